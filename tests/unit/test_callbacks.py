"""Carriers' calls to us: who is let in, what becomes of what they say, and what they hear."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest

from relevo.carriers.accounts import Entry
from relevo.carriers.aws_eum import webhooks_in
from relevo.domain.timing import Millis
from relevo.domain.words import State, Status
from relevo.ports.carriers import InboundText, Receipt
from relevo.runtime.callbacks import Callbacks
from relevo.services.receive import Desk, Receiver
from tests.builders import a_head, an_attempt
from tests.fakes import Faulty, World
from tools.simulator.accounts import TOKEN, account_at
from tools.simulator.dialects import DIALECTS
from tools.simulator.texts import twilio_text
from tools.simulator.wire import Call, Keys, Taken

PUBLIC = "https://sms.example.com"
MESSAGE = "m" * 26
SENDERS = ("twilio", "infobip", "tencent", "kannel", "vonage", "telnyx", "plivo", "sinch")


class Away(Exception):
    """A table or a queue that does not answer."""


def at_once(_: Millis, tasks: Sequence[Callable[[], object]]) -> list[bool]:
    """A `Within` without threads: what raises has not ended well."""
    return [_ended_well(task) for task in tasks]


def _ended_well(task: Callable[[], object]) -> bool:
    try:
        task()
    except Away:
        return False
    return True


@dataclass
class Bench:
    """A message taken by each carrier once, and where carriers call."""

    world: Any = field(default_factory=World)
    carriers: Sequence[str] = SENDERS
    tables_away: bool = False
    queue_away: bool = False
    texts: list[InboundText] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.put("twilio")

    def put(self, carrier: str) -> None:
        attempt = an_attempt(1, State.ACCEPTED, carrier=carrier)
        head = a_head(id=MESSAGE, attempts=(attempt,), plan=())
        self.world.messages.heads[MESSAGE] = head

    def entry(self, name: str) -> Entry | None:
        if name not in (*self.carriers, "aws-eum"):
            return None
        account = account_at(name, "http://127.0.0.1:1", PUBLIC, Keys())
        return Entry(adapter=name, account=account)

    def callbacks(self) -> Callbacks:
        messages = Faulty(self.world.messages, before=lambda _: self._fail(self.tables_away))
        orphans = Faulty(self.world.orphans, before=lambda _: self._fail(self.tables_away))
        queue = Faulty(self.world.receipts, before=lambda _: self._fail(self.queue_away))
        receiver: Any = Receiver(messages=messages, orphans=orphans, clock=self.world.clock)
        desk: Any = Desk(receiver=receiver, queue=queue, inbox=self.take_in, within=at_once)
        return Callbacks(
            entry=self.entry,
            entries=lambda adapter: [one for one in [self.entry(adapter)] if one],
            desk=desk,
            clock=self.world.clock,
        )

    def take_in(self, text: InboundText) -> None:
        self._fail(self.tables_away)
        self.texts.append(text)

    @staticmethod
    def _fail(away: bool) -> None:
        if away:
            raise Away

    def receipt(self, carrier: str, word: str = "delivered", attempt: str = f"{MESSAGE}-1") -> Call:
        url = f"{PUBLIC}/carriers/{carrier}/{TOKEN}/receipts"
        if carrier in ("twilio", "plivo", "telnyx", "kannel"):
            url += f"?mid={attempt}"
        if carrier == "kannel":
            url += "&status=%d&smscid=%F&answer=%A&ts=%T"
        id_ = attempt if carrier == "infobip" else "SM1"  # which is told the id by us
        taken = Taken(id=id_, reference=attempt, to="+34600000001", text="Hola", callback=url)
        return DIALECTS[carrier].receipt(taken, word, Keys(), self.world.clock() // 1000)

    def call(self, call: Call, **changes: Any) -> dict[str, Any]:
        return self.callbacks().answer({**event_of(call), **changes})

    @property
    def state(self) -> State:
        state: State = self.world.messages.heads[MESSAGE].attempts[0].state
        return state

    @property
    def queued(self) -> list[Receipt]:
        return list(self.world.receipts)


def event_of(call: Call) -> dict[str, Any]:
    """Give the event of an HTTP API that this call becomes; forms arrive in base64."""
    parts = urlsplit(call.url)
    return {
        "rawPath": parts.path,
        "rawQueryString": parts.query,
        "headers": {name.title(): value for name, value in call.headers.items()},
        "requestContext": {"requestId": "r-1", "http": {"method": call.method}},
        "body": base64.b64encode(call.body).decode(),
        "isBase64Encoded": True,
    }


@pytest.mark.parametrize("carrier", SENDERS)
def test_a_receipt_reaches_its_message_and_its_carrier_hears_what_it_wants(carrier: str) -> None:
    bench = Bench()
    bench.put(carrier)

    answer = bench.call(bench.receipt(carrier))

    assert 200 <= answer["statusCode"] < 300
    assert bench.world.messages.heads[MESSAGE].status is Status.DELIVERED


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/carriers/twilio/{TOKEN[:-1]}x/receipts", 404),
        (f"/carriers/nobody/{TOKEN}/receipts", 404),
        (f"/carriers/twilio/{TOKEN}/elsewhere", 404),
        ("/carriers/", 404),
        (f"/carriers/twilio/{TOKEN}/receipts/../receipts", 404),
    ],
)
def test_f36_who_does_not_know_the_token_learns_nothing(path: str, status: int) -> None:
    bench = Bench()

    answer = bench.call(bench.receipt("twilio"), rawPath=path)

    assert (answer["statusCode"], json.loads(answer["body"])["code"]) == (status, "not-found")
    assert bench.state is State.ACCEPTED


def test_f36_a_signature_that_does_not_fit_is_refused() -> None:
    bench = Bench()
    call = bench.receipt("twilio")

    answer = bench.call(call, rawQueryString=f"mid={MESSAGE}-2")

    assert (answer["statusCode"], bench.state) == (403, State.ACCEPTED)


def test_a_receipt_that_cannot_be_written_in_time_is_queued_and_answered_as_taken() -> None:
    bench = Bench(tables_away=True)

    answer = bench.call(bench.receipt("twilio"))

    assert 200 <= answer["statusCode"] < 300
    [receipt] = bench.queued
    assert (receipt.message_id, receipt.report.state) == (MESSAGE, State.DELIVERED)
    assert bench.state is State.ACCEPTED


def test_a_carrier_comes_again_when_neither_table_nor_queue_takes_its_receipt() -> None:
    bench = Bench(tables_away=True, queue_away=True)

    answer = bench.call(bench.receipt("twilio"))

    assert (answer["statusCode"], answer["body"]) == (503, "")


@pytest.mark.parametrize("attempt", ["z" * 26 + "-1", f"{MESSAGE}-9"])
def test_f30_a_receipt_of_nobody_is_kept_and_answered_as_taken(attempt: str) -> None:
    bench = Bench()

    answer = bench.call(bench.receipt("twilio", attempt=attempt))

    assert 200 <= answer["statusCode"] < 300
    assert len(bench.world.orphans.kept) == 1


def test_what_names_no_attempt_is_kept_without_number_and_text() -> None:
    bench = Bench()

    answer = bench.call(bench.receipt("twilio", attempt="not-ours"))

    assert 200 <= answer["statusCode"] < 300
    assert bench.world.orphans.strays == [
        ("twilio", {"carrierId": "SM1", "reference": "not-ours", "state": "delivered"})
    ]


def test_another_carriers_receipt_does_not_end_an_attempt() -> None:
    bench = Bench()

    bench.call(bench.receipt("infobip"))

    assert bench.state is State.ACCEPTED


def test_events_of_aws_take_the_same_road() -> None:
    bench = Bench()
    bench.put("aws-eum")
    taken = Taken(id="1", reference=f"{MESSAGE}-1", to="+34600000001", text="Hola")
    call = DIALECTS["aws-eum"].receipt(taken, "delivered", Keys(), bench.world.clock() // 1000)

    bench.callbacks().event(webhooks_in(call.event or {}), "aws-eum")

    assert bench.state is State.DELIVERED


INBOUND = f"{PUBLIC}/carriers/twilio/{TOKEN}/inbound"


def test_a_text_is_handed_in_and_the_person_hears_nothing_of_it() -> None:
    bench = Bench()
    call = twilio_text(INBOUND, "+34600000001", "+34600000002", "Hola", Keys())

    answer = bench.call(call)

    [text] = bench.texts
    assert (text.carrier, text.line, text.text) == ("twilio", "twilio", "Hola")
    assert (answer["statusCode"], answer["headers"]["content-type"]) == (200, "text/xml")
    assert "Message" not in answer["body"]


def test_a_carrier_comes_again_with_a_text_that_could_not_be_stored() -> None:
    bench = Bench(tables_away=True)

    answer = bench.call(twilio_text(INBOUND, "+34600000001", "+34600000002", "Hola", Keys()))

    assert (answer["statusCode"], bench.texts, bench.queued) == (503, [], [])
