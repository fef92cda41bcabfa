"""What is kept of a call names no number, no text and no secret, whoever repeats them to us."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.carriers.exchange import HIDDEN, Redaction, redaction
from relevo.domain.outcome import Accepted
from tests.carriers.lines import ALL, REFERENCE, Records, a_line, a_submission
from tools.simulator.accounts import API_SECRET, TOKEN, account_at
from tools.simulator.server import Fault, Simulator
from tools.simulator.wire import Answer, Keys

CANARY = "Querida Ñandú, tu clave 482913 vence a las 18:00 en el piso 7"


@pytest.fixture(scope="module")
def carriers() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


def shown(records: Records) -> str:
    return repr(records.kept)


SECRETS = (API_SECRET, TOKEN, Keys().auth_token, Keys().secret)


@pytest.mark.parametrize("fault", [None, Fault.AUTH, Fault.GARBAGE, Fault.HANG, Fault.INTERNAL])
@pytest.mark.parametrize("name", ALL)
def test_a_record_has_the_call_and_none_of_the_canaries(
    name: str, fault: Fault | None, carriers: Simulator
) -> None:
    carriers.faults.clear()
    carriers.script(fault)
    records, submission = Records(), a_submission(name, text=CANARY, within=150)

    a_line(name, carriers.at(name), record=records).submit(submission)

    [kept] = records.kept
    assert (kept.carrier, kept.reference, kept.host) == (name, REFERENCE, "127.0.0.1")
    assert kept.outcome in ("accepted", "refused", "retryable", "ambiguous")
    digits = submission.to[1:]
    utf16 = CANARY.encode("utf-16-be").hex()
    for secret in (*SECRETS, digits, digits[-9:], "Ñandú", "482913", "clave", utf16[:40]):
        assert secret not in shown(records), secret
    # What helps to understand a failure is there.
    assert REFERENCE in json.dumps(kept.request)


def test_a_record_of_a_success_says_which_id_and_how_long(carriers: Simulator) -> None:
    carriers.faults.clear()
    records = Records()

    outcome = a_line("sinch", carriers.at("sinch"), record=records).submit(a_submission())

    assert isinstance(outcome, Accepted)
    [kept] = records.kept
    assert (kept.method, kept.status, kept.outcome) == ("POST", 201, "accepted")
    assert kept.reply["id"] == outcome.reference
    assert kept.reply["body"] == HIDDEN
    assert kept.path == "/sinch/xms/v1/0123456789abcdef/batches"


def hiding(text: str = CANARY) -> Redaction:
    account = account_at("twilio", "https://x", "https://relevo.example.com", Keys())
    return redaction(a_submission("twilio", text=text), account, {"auth_token"})


REPEATED = (
    # how a carrier may repeat what it was given
    "+34600000001",
    "34600000001",
    "600000001",
    "to 34 600 000 001 not allowed",
    "number 600-000-001",
    CANARY,
    CANARY.upper(),
    CANARY[:20] + "...",
    "...vence a las 18:00 en",
    "tu clave 482913",
    f"https://relevo.example.com/carriers/twilio/{TOKEN}/receipts",
    f"token {Keys().auth_token} is wrong",
)


@pytest.mark.parametrize("said", REPEATED)
def test_what_a_carrier_repeats_is_hidden(said: str) -> None:
    kept = hiding().of({"error": said, "deep": [{"deeper": said}]})

    text = json.dumps(kept, ensure_ascii=False)
    for secret in ("600000001", "600 000", "600-000", "482913", "clave", TOKEN, Keys().auth_token):
        assert secret not in text


KEPT = ("21610", "SM0123", "900619746936498440^0", "invalid sender", "2026-10-01T10:00:05Z")


@pytest.mark.parametrize("said", KEPT)
def test_what_explains_a_failure_is_kept(said: str) -> None:
    assert hiding().of(said) == said


@pytest.mark.parametrize("text", ["Hola", "Sí", "a"])
def test_a_short_text_is_hidden_too(text: str) -> None:
    assert hiding(text).of({"text": text}) == {"text": HIDDEN}


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=6, max_size=60))
def test_no_stretch_of_any_text_survives(text: str) -> None:
    for start in range(len(text) - 5):
        piece = text[start : start + 6]
        kept = hiding(text).of(f"<{piece}>")
        assert kept == HIDDEN or piece not in kept


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=80) | st.dictionaries(st.text(), inner, max_size=80),
    max_leaves=200,
)


@given(value=JSON)
def test_a_record_is_bounded_whatever_is_answered(value: Any) -> None:
    def widest(kept: Any, depth: int = 0) -> int:
        if isinstance(kept, dict):
            assert len(kept) <= 60
            return max((widest(one, depth + 1) for one in kept.values()), default=depth)
        if isinstance(kept, list):
            assert len(kept) <= 60
            return max((widest(one, depth + 1) for one in kept), default=depth)
        assert not isinstance(kept, str) or len(kept) <= 200
        return depth

    assert widest(hiding().of(value)) <= 6


def test_the_log_has_no_address_that_holds_a_text(
    carriers: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    carriers.faults.clear()
    for fault in (None, Fault.RESET, Fault.TRUNCATE, Fault.REDIRECT):
        carriers.script(fault)
        a_line("kannel", carriers.at("kannel")).submit(a_submission("kannel", text=CANARY))

    assert "clave" not in caplog.text
    assert "34600000001" not in caplog.text
    assert API_SECRET not in caplog.text


def test_an_answer_has_no_body_in_what_is_printed() -> None:
    assert Answer().body == b""
