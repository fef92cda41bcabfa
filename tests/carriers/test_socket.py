"""What carriers see at their sockets: one request a submit, whatever happens to it."""

import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest

from relevo.carriers import sdk_line
from relevo.carriers.credentials import Credentials
from relevo.carriers.http import Transport
from relevo.carriers.infobip import Infobip
from relevo.carriers.line import Line
from relevo.carriers.sdk_line import sms_client
from relevo.carriers.values import CarrierAccount, HttpReply, HttpRequest
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Refused, Retryable
from relevo.domain.timing import MINUTE, SECOND
from tests.builders import NOW
from tests.carriers.lines import ALL, Records, a_line, a_submission
from tools.simulator.accounts import account_at
from tools.simulator.server import Fault, Simulator, closed_port
from tools.simulator.wire import Keys


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def carriers(running: Simulator) -> Simulator:
    running.ledger.clear()
    running.taken.clear()
    running.faults.clear()
    return running


@pytest.mark.parametrize("name", ALL)
def test_a_text_is_taken_once_with_our_reference_and_an_id(name: str, carriers: Simulator) -> None:
    outcome = a_line(name, carriers.at(name)).submit(a_submission(name))

    assert isinstance(outcome, Accepted), outcome
    [(_, taken)] = carriers.taken
    assert taken.reference == a_submission(name).reference
    assert taken.to.endswith(a_submission(name).to[-9:])
    assert carriers.counted(name) == 1
    if name != "kannel":  # which gives no id to anything
        assert outcome.reference


NOBODY_KNOWS = (
    Fault.RESET,
    Fault.CLOSE,
    Fault.TRUNCATE,
    Fault.GARBAGE,
    Fault.EMPTY,
    Fault.TOO_LONG,
    Fault.REDIRECT,
    Fault.SERVER_ERROR,
)


@pytest.mark.parametrize("fault", NOBODY_KNOWS)
@pytest.mark.parametrize("name", ALL)
def test_what_nobody_knows_is_ambiguous_and_was_asked_once(
    name: str, fault: Fault, carriers: Simulator
) -> None:
    carriers.script(fault)

    outcome = a_line(name, carriers.at(name)).submit(a_submission(name))

    assert isinstance(outcome, Ambiguous), outcome
    assert carriers.counted(name) == 1


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP_HEADERS, Fault.DRIP_BODY])
@pytest.mark.parametrize("name", ALL)
def test_a_slow_answer_ends_at_the_wall_clock_and_was_asked_once(
    name: str, fault: Fault, carriers: Simulator
) -> None:
    carriers.script(fault)
    line, started = a_line(name, carriers.at(name)), time.monotonic()

    outcome = line.submit(a_submission(name, within=150))

    assert outcome == Ambiguous(reason="read-timeout")
    assert time.monotonic() - started < 1.0
    assert carriers.counted(name) == 1


@pytest.mark.parametrize("name", ALL)
def test_a_carrier_that_cannot_be_reached_may_be_asked_again(name: str) -> None:
    line = a_line(name, f"http://127.0.0.1:{closed_port()}")

    assert line.submit(a_submission(name)) == Retryable(reason="connect-refused")


@pytest.mark.parametrize("name", ALL)
def test_refused_credentials_are_about_our_account(name: str, carriers: Simulator) -> None:
    carriers.script(Fault.AUTH)

    outcome = a_line(name, carriers.at(name)).submit(a_submission(name))

    assert isinstance(outcome, Refused), outcome
    assert (outcome.cause, outcome.stop) == (Cause.AUTH, False)
    assert carriers.counted(name) == 1


PAUSES = {"infobip": SECOND, "telnyx": SECOND, "vonage": 250}
"""Who says how long to wait, and what."""


@pytest.mark.parametrize("name", ALL)
def test_throttling_is_retryable_after_the_stated_pause(name: str, carriers: Simulator) -> None:
    carriers.script(Fault.THROTTLED)

    outcome = a_line(name, carriers.at(name)).submit(a_submission(name))

    assert isinstance(outcome, Retryable), outcome
    assert outcome.pause == PAUSES.get(name)
    assert carriers.counted(name) == 1


@pytest.mark.parametrize("name", ALL)
def test_a_bare_429_is_retryable_after_its_pause(name: str, carriers: Simulator) -> None:
    carriers.script(Fault.THROTTLED_BARE)

    outcome = a_line(name, carriers.at(name)).submit(a_submission(name))

    assert isinstance(outcome, Retryable), outcome
    assert (outcome.cause, outcome.pause) == (Cause.THROTTLED, SECOND)


LATER = frozenset({"aws-eum", "kannel", "jasmin", "vonage", "alibaba", "alibaba-intl"})
"""Whose internal error is documented as not taken; nobody knows what the others had done."""


@pytest.mark.parametrize("name", ALL)
def test_an_internal_error_is_retryable_only_where_that_is_documented(
    name: str, carriers: Simulator
) -> None:
    carriers.script(Fault.INTERNAL)

    outcome = a_line(name, carriers.at(name)).submit(a_submission(name))

    assert isinstance(outcome, Retryable if name in LATER else Ambiguous), outcome
    assert carriers.counted(name) == 1


@pytest.mark.parametrize("name", ALL)
def test_an_account_without_its_fields_refuses_and_nothing_is_sent(
    name: str, carriers: Simulator
) -> None:
    full = account_at(name, carriers.at(name), "https://relevo.example.com", Keys())
    line = a_line(name, carriers.at(name), account=replace(full, fields={}))

    assert line.submit(a_submission(name)) == Refused(reason="not-configured", cause=Cause.CONFIG)
    assert carriers.counted(name) == 0


def test_submits_share_a_connection_until_it_has_been_idle(carriers: Simulator) -> None:
    clock = [0.0]
    transport = Transport(now=lambda: clock[0])
    line = a_line("infobip", carriers.at("infobip"), transport=transport)
    for pause in (0.0, 1.0, 60.0):
        clock[0] += pause
        line.submit(a_submission())

    first, second, third = [received.connection for received in carriers.ledger]
    assert first == second != third


def test_a_connection_that_dripped_is_not_used_again(carriers: Simulator) -> None:
    carriers.script(Fault.DRIP_BODY)
    line = a_line("infobip", carriers.at("infobip"))
    line.submit(a_submission(within=200))

    assert isinstance(line.submit(a_submission()), Accepted)
    first, second = [received.connection for received in carriers.ledger]
    assert first != second


def test_a_name_that_does_not_exist_may_be_asked_again() -> None:
    line = a_line("infobip", "http://relevo.invalid")

    assert line.submit(a_submission()) == Retryable(reason="dns")


@pytest.mark.parametrize("address", ["nowhere", "http://", "ftp://127.0.0.1", "https://[::1"])
def test_an_address_that_is_none_is_our_mistake(address: str) -> None:
    line = a_line("infobip", address)

    assert line.submit(a_submission()) == Refused(reason="not-configured", cause=Cause.CONFIG)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    out = ["-keyout", str(path), "-out", f"{path}.crt"]
    subprocess.run([*command.split(), *names, *out], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[tuple[Simulator, str]]:
    simulator = Simulator()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server: HTTPServer = simulator._server
    server.socket = context.wrap_socket(server.socket, server_side=True)
    with simulator:
        yield simulator, f"https://localhost:{server.server_port}/infobip"


def test_a_certificate_nobody_vouches_for_ends_before_any_byte(
    secure: tuple[Simulator, str],
) -> None:
    simulator, base = secure

    outcome = a_line("infobip", base).submit(a_submission())

    assert outcome == Retryable(reason="tls")
    assert simulator.counted("infobip") == 0


def test_over_tls_a_slow_answer_ends_at_the_wall_clock_too(
    secure: tuple[Simulator, str], certificate: Path
) -> None:
    simulator, base = secure
    trust = ssl.create_default_context(cafile=f"{certificate}.crt")
    line = a_line("infobip", base, transport=Transport(trust=trust))

    assert isinstance(line.submit(a_submission()), Accepted)
    simulator.script(Fault.DRIP_HEADERS)
    started = time.monotonic()
    assert line.submit(a_submission(within=150)) == Ambiguous(reason="read-timeout")
    assert time.monotonic() - started < 1.0
    assert simulator.counted("infobip") == 2


def test_a_port_that_takes_connections_and_does_no_tls_is_no_carrier(carriers: Simulator) -> None:
    base = carriers.at("infobip").replace("http://", "https://")

    assert a_line("infobip", base).submit(a_submission()) == Retryable(reason="tls")
    assert carriers.counted("infobip") == 0


class Store:
    """A secret that is read, and what each reading gives."""

    def __init__(self, *keys: str) -> None:
        self.keys = list(keys)
        self.read = 0

    def __call__(self) -> CarrierAccount:
        key = self.keys[min(self.read, len(self.keys) - 1)]
        self.read += 1
        return CarrierAccount(name="x", public_url="", tokens=("t",), fields={"key": key})


def test_refused_credentials_are_read_again_for_the_next_call_only_once() -> None:
    store = Store("old", "old", "new")
    credentials = Credentials(read=store, clock=lambda: NOW)

    for _ in range(3):
        credentials.refused(credentials.current())

    assert store.read == 2
    assert credentials.current()["key"] == "old"


def test_a_renewed_key_is_used_from_the_next_call_on() -> None:
    store = Store("old", "new")
    credentials = Credentials(read=store, clock=lambda: NOW)

    credentials.refused(credentials.current())

    assert credentials.current()["key"] == "new"


def test_credentials_are_read_again_after_five_minutes() -> None:
    now = [NOW]
    store = Store("old", "new")
    credentials = Credentials(read=store, clock=lambda: now[0])
    assert credentials.current()["key"] == "old"

    now[0] += 5 * MINUTE + 1

    assert credentials.current()["key"] == "new"


def test_an_account_that_cannot_be_read_again_is_used_as_it_was() -> None:
    now, store = [NOW], Store("known")
    credentials = Credentials(read=store, clock=lambda: now[0])
    credentials.current()
    store.keys.clear()

    now[0] += 6 * MINUTE

    assert credentials.current()["key"] == "known"


def test_a_401_never_sends_the_same_submit_again(carriers: Simulator) -> None:
    carriers.script(Fault.AUTH)
    line = a_line("infobip", carriers.at("infobip"))

    first, second = line.submit(a_submission()), line.submit(a_submission())

    assert isinstance(first, Refused)
    assert isinstance(second, Accepted)
    assert carriers.counted("infobip") == 2


def test_a_record_that_cannot_be_kept_changes_no_answer(carriers: Simulator) -> None:
    def broken(_: Any) -> None:
        raise OSError("no room")

    line = a_line("infobip", carriers.at("infobip"), record=broken)

    assert isinstance(line.submit(a_submission()), Accepted)


def test_credentials_that_cannot_be_read_are_known_before_any_byte(carriers: Simulator) -> None:
    def broken() -> CarrierAccount:
        raise OSError("no vault")

    line = a_line("infobip", carriers.at("infobip"))
    assert isinstance(line, Line)
    line = replace(line, credentials=Credentials(read=broken, clock=lambda: NOW))

    assert line.submit(a_submission()) == Retryable(reason="credentials-unread")
    assert carriers.counted("infobip") == 0


def test_a_defect_in_building_is_known_before_any_byte(carriers: Simulator) -> None:
    class Broken(Infobip):
        def compose(self, *_: object) -> HttpRequest | Refused:
            raise ZeroDivisionError

    line = a_line("infobip", carriers.at("infobip"))
    assert isinstance(line, Line)
    line = replace(line, adapter=Broken())

    assert line.submit(a_submission()) == Refused(reason="build-defect", cause=Cause.CONFIG)
    assert carriers.counted("infobip") == 0


def test_a_slow_aws_is_asked_once_whatever_its_client_would_do(carriers: Simulator) -> None:
    carriers.script(Fault.HANG, Fault.HANG)
    line = a_line("aws-eum", carriers.at("aws-eum"))

    outcome = line.submit(a_submission("aws-eum", within=200))

    assert outcome == Ambiguous(reason="read-timeout")
    time.sleep(0.3)  # left to itself, botocore would have asked again by now
    assert carriers.counted("aws-eum") == 1


def test_aws_without_credentials_of_its_own_sends_nothing(
    carriers: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setattr(sdk_line, "sms_client", sms_client.__wrapped__)
    line = a_line("aws-eum", carriers.at("aws-eum"))

    outcome = line.submit(a_submission("aws-eum"))

    assert isinstance(outcome, Refused)
    assert outcome.code == "NoCredentialsError"
    assert carriers.counted("aws-eum") == 0


def test_nothing_is_recorded_of_what_was_never_sent(carriers: Simulator) -> None:
    records = Records()
    line = a_line("infobip", carriers.at("infobip"), record=records)

    line.submit(a_submission(sender="far too long a name"))

    assert records.kept == []


def test_a_body_is_sent_as_it_was_built(carriers: Simulator) -> None:
    request = HttpRequest(method="POST", url=f"{carriers.at('sinch')}/x", body=b'{"to":["1"]}')
    carriers.script(Fault.AUTH)

    answer = Transport().call(request, within=SECOND)

    assert isinstance(answer, HttpReply)
    assert carriers.ledger[0].body == request.body
