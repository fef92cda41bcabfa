"""Receipts on their whole way: signed by the carrier, let in, read, and joined to their attempt."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from relevo.carriers import registry
from relevo.carriers.aws_eum import webhooks_in
from relevo.carriers.base import Forged, VerifiedWebhook, receipt_of
from relevo.carriers.values import CarrierAccount, Notice, Webhook
from relevo.domain.attempt import Attempt, climb
from relevo.domain.outcome import Accepted, report_of
from relevo.domain.words import ListName, State
from relevo.ports.carriers import Receipt
from tests.builders import NOW
from tests.carriers.lines import ALL, REFERENCE, a_line, a_submission
from tools.simulator.accounts import account_at
from tools.simulator.dialects import DIALECTS
from tools.simulator.server import Simulator, Step
from tools.simulator.wire import Keys, Taken

SECONDS = NOW // 1_000
NO_INTERIM = frozenset({"tencent", "alibaba", "alibaba-intl"})
"""Who says nothing before the end."""


class Dlr:
    """Our callback address: lets webhooks in, reads them, answers as the carrier expects."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []
        self.refused: list[str] = []
        self.account: CarrierAccount | None = None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002
                """Say nothing."""

            def take(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                outer.take(self, body, headers)

            do_GET = take  # noqa: N815 - their names there
            do_POST = take  # noqa: N815

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def take(self, call: BaseHTTPRequestHandler, body: bytes, headers: dict[str, str]) -> None:
        _, _, carrier, token, kind = call.path.partition("?")[0].split("/")
        assert kind == "receipts"
        webhook = Webhook(
            method=call.command,
            url=f"{self.url}{call.path}",
            token=token,
            headers=headers,
            body=body,
        )
        answer = self.read(carrier, webhook)
        call.send_response(answer.status if answer else 403)
        call.end_headers()
        call.wfile.write(answer.body if answer else b"")

    def read(self, carrier: str, webhook: Webhook) -> Any:
        assert self.account is not None
        adapter = registry.adapter(carrier)
        verified = adapter.verify(webhook, self.account, NOW)
        if isinstance(verified, Forged):
            self.refused.append(verified.reason)
            return None
        self.notices += adapter.parse_receipts(verified)
        return adapter.acknowledge("receipts")


@pytest.fixture(scope="module")
def carriers() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def dlr() -> Iterator[Dlr]:
    one = Dlr()
    yield one
    one.server.shutdown()
    one.server.server_close()


def submitted(name: str, carriers: Simulator, dlr: Dlr) -> tuple[Taken, Accepted]:
    """Hand a text over; gives what the carrier took and what it answered."""
    carriers.taken.clear()
    dlr.account = account_at(name, carriers.at(name), dlr.url, carriers.keys)
    line = a_line(name, carriers.at(name), account=dlr.account)
    outcome = line.submit(a_submission(name))
    assert isinstance(outcome, Accepted), outcome
    taken = carriers.taken[0][1]
    # An account-wide callback, for carriers that have no other.
    return replace(taken, callback=taken.callback or dlr.account.callback("receipts")), outcome


def sent_back(name: str, carriers: Simulator, dlr: Dlr, taken: Taken, plan: Sequence[Step]) -> None:
    if name != "aws-eum":
        assert {200} == set(carriers.call_back(name, taken, plan, at=SECONDS))
        return
    for step in plan:
        call = DIALECTS[name].receipt(taken, step.word, carriers.keys, SECONDS)
        assert call.event is not None
        for _ in range(step.times):
            for webhook in webhooks_in(call.event):
                assert dlr.read(name, webhook)


def joined(outcome: Accepted, receipts: Sequence[Receipt]) -> Attempt:
    attempt = Attempt(n=1, route="r", carrier="c", list=ListName.PRIMARY, owner="o", claimed_at=NOW)
    for report in (report_of(outcome, 1, NOW), *(receipt.report for receipt in receipts)):
        attempt = climb(attempt, report)
    return attempt


SAY_FAILED = {("plivo", "expired"), ("vonage-messages", "undelivered")}
ENDS = {"delivered": State.DELIVERED, "undelivered": State.UNDELIVERED, "expired": State.EXPIRED}


@pytest.mark.parametrize("word", ENDS)
@pytest.mark.parametrize("name", ALL)
def test_a_receipt_names_its_attempt_and_how_it_ended(
    name: str, word: str, carriers: Simulator, dlr: Dlr
) -> None:
    taken, outcome = submitted(name, carriers, dlr)

    sent_back(name, carriers, dlr, taken, [Step(word=word)])

    [notice] = dlr.notices
    assert notice.reference == REFERENCE
    receipt = receipt_of(notice, name, NOW)
    assert receipt is not None
    assert (receipt.message_id, receipt.report.n) == (REFERENCE.rpartition("-")[0], 1)
    wanted = State.FAILED if (name, word) in SAY_FAILED else ENDS[word]
    assert joined(outcome, [receipt]).state is wanted


@pytest.mark.parametrize("name", ALL)
def test_receipts_late_twice_and_out_of_order_end_the_same(
    name: str, carriers: Simulator, dlr: Dlr
) -> None:
    taken, outcome = submitted(name, carriers, dlr)
    plan = [Step(word="delivered", times=2), Step(word="undelivered", after=0.02)]
    if name not in NO_INTERIM:
        plan.append(Step(word="sent"))

    sent_back(name, carriers, dlr, taken, plan)

    receipts = [receipt for one in dlr.notices if (receipt := receipt_of(one, name, NOW))]
    assert len(receipts) == sum(step.times for step in plan)
    assert joined(outcome, receipts).state is State.DELIVERED


SIGNED = [name for name in ALL if registry.adapter(name).capabilities.signed == "always"]


@pytest.mark.parametrize("name", [*SIGNED, "vonage", "sinch"])
def test_a_receipt_that_another_key_signed_is_refused(
    name: str, carriers: Simulator, dlr: Dlr
) -> None:
    taken, _ = submitted(name, carriers, dlr)
    others = Keys(auth_token="f" * 32, secret="otherSecret" * 4, seed=b"o" * 32)
    dlr.account = account_at(name, carriers.at(name), dlr.url, others)

    assert carriers.call_back(name, taken, [Step(word="delivered")], at=SECONDS) == [403]
    assert dlr.refused == ["signature"]
    assert dlr.notices == []


TIMED = [name for name in ALL if registry.adapter(name).capabilities.replay_window]


@pytest.mark.parametrize("late", [-301, 301])
@pytest.mark.parametrize("name", TIMED)
def test_f36_a_receipt_signed_at_another_time_is_refused(
    name: str, late: int, carriers: Simulator, dlr: Dlr
) -> None:
    taken, _ = submitted(name, carriers, dlr)

    statuses = carriers.call_back(name, taken, [Step(word="delivered")], at=SECONDS + late)

    assert statuses == [403]
    assert dlr.refused == ["stale"]


def test_f38_one_part_of_two_is_no_delivered_message(carriers: Simulator, dlr: Dlr) -> None:
    carriers.taken.clear()
    dlr.account = account_at("vonage", carriers.at("vonage"), dlr.url, carriers.keys)
    text = "Hola a todos, esto es largo. " * 8

    outcome = a_line("vonage", carriers.at("vonage"), account=dlr.account).submit(
        a_submission(text=text)
    )

    assert isinstance(outcome, Accepted)
    assert (outcome.segments, len(outcome.parts), outcome.price) == (2, 2, Decimal("0.0666"))
    taken = replace(carriers.taken[0][1], callback=dlr.account.callback("receipts"))
    sent_back("vonage", carriers, dlr, taken, [Step(word="delivered"), Step(word="undelivered")])
    delivered, failed = dlr.notices
    assert (delivered.parts, delivered.part) == (2, outcome.parts[0])
    receipts = [receipt_of(one, "vonage", NOW) for one in (delivered, failed)]
    assert joined(outcome, [one for one in receipts[:1] if one]).state is State.SENT
    assert joined(outcome, [one for one in receipts if one]).state is State.UNDELIVERED


@pytest.mark.parametrize(
    "notice",
    [
        Notice(state=None, reference=REFERENCE),
        Notice(state=State.DELIVERED),
        Notice(state=State.DELIVERED, reference="no-attempt-of-ours"),
        Notice(state=State.DELIVERED, reference="01J0ABC"),
    ],
)
def test_a_notice_that_says_nothing_of_an_attempt_is_no_receipt(notice: Notice) -> None:
    assert receipt_of(notice, "x", NOW) is None


def test_what_verify_lets_in_is_all_that_can_be_read() -> None:
    with pytest.raises(AttributeError):
        registry.adapter("twilio").parse_receipts(
            Webhook(method="POST", url="https://x", token="t")  # type: ignore[arg-type]
        )
    assert VerifiedWebhook.__slots__ == ("webhook",)


INBOUND_PARTS = (
    ("Hola", "1", "2", ("42", 1, 2)),
    ("Hola", "", "", None),
)


@pytest.mark.parametrize(("text", "part", "total", "wanted"), INBOUND_PARTS)
def test_vonage_leaves_the_joining_of_parts_to_us(
    text: str, part: str, total: str, wanted: tuple[str, int, int] | None
) -> None:
    fields = f"msisdn=34600000001&to=34700000009&messageId=1&text={text}&type=text"
    if part:
        fields += f"&concat=true&concat-ref=42&concat-part={part}&concat-total={total}"
    adapter = registry.adapter("vonage")
    account = CarrierAccount(name="vonage", public_url="", tokens=("t",), fields={})
    verified = adapter.verify(
        Webhook(method="GET", url=f"https://x/?{fields}", token="t"), account, NOW
    )
    assert isinstance(verified, VerifiedWebhook)

    [inbound] = adapter.parse_inbound(verified)

    assert (inbound.part, inbound.sender, inbound.opt_out) == (wanted, "+34600000001", False)
