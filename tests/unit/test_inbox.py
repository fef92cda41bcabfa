"""What people text to us: refusals heeded at once, texts stored once, answers given once."""

import json
import logging
import secrets
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.endpoint import Endpoint
from relevo.domain.event import of_message
from relevo.domain.inbound import LONGEST, storable
from relevo.domain.sender import Sender
from relevo.domain.voice import Voice
from relevo.domain.words import Status
from relevo.ports.carriers import InboundText
from relevo.services.events import Publisher
from relevo.services.inbox import Inbox
from tests.fakes import Faulty
from tests.front import ID_KEY, Front

US = "+12025550123"
ES = "+34600123456"
OURS = "+12025550999"


class Away(Exception):
    """A table that does not answer."""


@dataclass
class Bench:
    """Alice answers to `OURS`; a text goes in by `take`."""

    front: Front = field(default_factory=Front)
    failing: str = ""

    def __post_init__(self) -> None:
        self.world: Any = self.front.world
        self.front.change("alice", voice=Voice(brand="ACME", language="es-MX"))
        self.own("alice")

    def own(self, *accounts: str) -> None:
        for account in accounts:
            self.world.senders.change(account, [Sender(name=OURS, countries=frozenset({"*"}))])

    def inbox(self) -> Inbox:
        ports: dict[str, Any] = {
            name: Faulty(getattr(self.world, name), before=self._fail)
            for name in ("messages", "opt_outs", "accounts", "senders", "orphans")
        }
        return Inbox(
            **ports,
            id_key=lambda: ID_KEY,
            confirm=self.front.app.services.acceptor.confirm,
            clock=self.world.clock,
            draw=secrets.token_bytes,
        )

    def take(self, text: str, sender: str = US, **changes: Any) -> None:
        said = {"carrier": "twilio", "line": "main", "key": "SM1", "recipient": OURS, **changes}
        self.inbox().take(InboundText(sender=sender, text=text, **said))

    def _fail(self, method: str) -> None:
        if method == self.failing:
            raise Away

    @property
    def received(self) -> list[Any]:
        return [head for head in self.world.messages.heads.values() if head.inbound]

    @property
    def answers(self) -> list[str]:
        heads = self.world.messages.heads.values()
        return [self.world.contents[head.id].text for head in heads if not head.inbound]

    @property
    def refused(self) -> set[str]:
        return {account for account, _, _ in self.world.accounts.opt_outs}


def test_a_text_is_stored_for_the_account_it_was_written_to() -> None:
    bench = Bench()

    bench.take("¿A qué hora abren?")

    [head] = bench.received
    content = bench.world.contents[head.id]
    assert (head.account, head.status, head.country, head.price) == ("alice", "received", "US", 0)
    assert (content.to, content.sender, content.text) == (US, OURS, "¿A qué hora abren?")
    assert not bench.refused
    assert not bench.answers


def test_its_owner_reads_it_and_nobody_else() -> None:
    bench = Bench()
    bench.take("Hola")
    path = f"/api/v1/messages/{bench.received[0].id}"

    answer = bench.front.call("GET", path)
    other = bench.front.call("GET", path, key=bench.front.key_for("bob"))

    said = answer.json
    assert (said["direction"], said["from"], said["to"]) == ("inbound", US, OURS)
    assert (said["status"], said["final"], said["text"]) == ("received", True, "Hola")
    assert (other.status, other.slug) == (404, "not-found")
    [event] = bench.front.call("GET", f"{path}/events").json["data"]
    assert (event["sequence"], event["type"], event["by"]) == (1, "message.received", "dlr")
    assert bench.front.call("POST", f"{path}/cancel").status == 409


def test_a_key_that_may_not_read_content_does_not_see_what_was_written() -> None:
    bench = Bench()
    bench.take("Hola")
    key = bench.front.key_for("alice", scopes=frozenset({"messages:read"}))

    answer = bench.front.call("GET", f"/api/v1/messages/{bench.received[0].id}", key=key)

    assert answer.status == 200
    assert "Hola" not in answer.body


def test_the_stream_announces_it_and_asks_nobody_to_look_at_it_again() -> None:
    bench = Bench()
    bench.take("Hola")
    world = bench.world
    publisher = Publisher(
        **{
            name: getattr(world, name)
            for name in (
                *("messages", "dues", "queues", "health", "telemetry"),
                *("announcements", "subscriptions"),
            )
        },
        clock=world.clock,
    )

    endpoint = Endpoint(id="e" * 26, url="https://x.example.com/", secrets=(), created_at=0)
    head = bench.received[0]
    nothing = world.subscriptions.of(head.account, head.environment)
    world.subscriptions.change(nothing.with_one(endpoint))

    publisher.publish(bench.received)

    assert world.announcements.published == [(bench.received[0].id, 1)]
    assert not world.dues.items
    assert not len(world.queues)


@pytest.mark.parametrize(("text", "wish"), [("Hola", {}), ("STOP", {"wish": "stop"})])
def test_customers_are_told_of_it_without_number_and_text(text: str, wish: dict[str, str]) -> None:
    bench = Bench()
    bench.take(text, ES)
    [head] = bench.received

    event = of_message(head, head.told[0], bench.world.contents[head.id])

    assert event.type == "message.received"
    assert event.data == {"messageId": head.id, "sequence": 1, "status": "received", **wish}


def test_the_same_text_told_twice_is_stored_once() -> None:
    bench = Bench()

    bench.take("Hola")
    bench.take("Hola")

    assert len(bench.received) == 1


def test_equal_texts_that_their_carrier_does_not_name_are_two() -> None:
    bench = Bench()

    bench.take("Hola", key=None)
    bench.take("Hola", key=None)

    assert len(bench.received) == 2


@pytest.mark.parametrize("text", ["STOP", "baja por favor", "Don't text me", "Stop ACME"])
def test_a_refusal_holds_for_every_later_message_of_the_account(text: str) -> None:
    bench = Bench()

    bench.take(text, ES)

    assert bench.refused == {"alice"}
    assert bench.received[0].wish == "stop"
    sent = bench.world.messages.heads[bench.front.send(to=ES).json["id"]]
    assert bench.world.letters.read({sent.id: sent}, opt_outs=True)[sent.id].opted_out


def test_a_refusal_is_confirmed_once_where_the_market_wants_it() -> None:
    bench = Bench()

    bench.take("STOP")
    bench.take("STOP")
    bench.take("stop", key="SM2")

    assert bench.answers == [
        "ACME: queda de baja y no recibira mas mensajes. Responda START para volver."
    ]
    assert len(bench.received) == 2
    [confirmation] = [head for head in bench.world.messages.heads.values() if head.confirms]
    assert (confirmation.sender, confirmation.recipient_hash) == (
        OURS,
        bench.received[0].recipient_hash,
    )


@pytest.mark.parametrize(
    ("sender", "changes"),
    [(ES, {}), (US, {"answered": True})],
    ids=["a market without that custom", "the carrier has answered already"],
)
def test_a_refusal_is_not_confirmed_elsewhere(sender: str, changes: dict[str, Any]) -> None:
    bench = Bench()

    bench.take("STOP", sender, **changes)

    assert bench.refused == {"alice"}
    assert not bench.answers


def test_the_carriers_own_word_is_a_refusal_too() -> None:
    bench = Bench()

    bench.take("Schluss jetzt", ES, refuses=True)

    assert bench.refused == {"alice"}


def test_who_wants_texts_again_gets_them() -> None:
    bench = Bench()

    bench.take("STOP")
    bench.take("START", key="SM2")

    assert not bench.refused
    assert bench.received[-1].wish == "resume"


def test_an_old_start_told_again_does_not_undo_a_later_stop() -> None:
    bench = Bench()

    bench.take("START", key="SM1")
    bench.take("STOP", key="SM2")
    bench.take("START", key="SM1")

    assert bench.refused == {"alice"}


def test_a_start_whose_text_could_not_be_stored_is_heeded_when_it_comes_again() -> None:
    bench = Bench()
    bench.take("STOP", key="SM1")
    bench.failing = "remove"

    with pytest.raises(Away):
        bench.take("START", key="SM2")
    bench.failing = ""
    bench.take("START", key="SM2")

    assert not bench.refused


def test_a_refusal_to_a_shared_number_is_not_taken_back_by_a_text() -> None:
    bench = Bench()
    bench.own("bob")

    bench.take("STOP")
    bench.take("START", key="SM2")

    assert bench.refused == {"alice", "bob"}


def test_a_shared_number_refuses_for_all_and_tells_none_what_was_written() -> None:
    bench = Bench()
    bench.own("bob")

    bench.take("STOP")
    bench.take("Hola", key="SM2")

    assert bench.refused == {"alice", "bob"}
    assert not bench.received
    assert not bench.answers


def test_a_line_of_ones_own_needs_no_number() -> None:
    bench = Bench()

    bench.take("Hola", recipient=None, owner="bob")

    assert [head.account for head in bench.received] == ["bob"]


def test_what_belongs_to_nobody_is_kept_without_number_and_text() -> None:
    bench = Bench()

    bench.take("Hola", recipient="+12025550111")

    assert bench.world.orphans.strays == [("twilio", {"inbound": "SM1"})]
    assert not bench.received


def test_a_refusal_stands_although_the_text_could_not_be_stored_and_is_confirmed_later() -> None:
    bench = Bench(failing="receive")

    with pytest.raises(Away):
        bench.take("STOP")
    assert bench.refused == {"alice"}
    assert not bench.answers

    bench.failing = ""
    bench.take("STOP")
    assert (len(bench.received), len(bench.answers)) == (1, 1)


def test_an_account_without_money_is_not_asked_to_confirm_for_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bench = Bench()
    bench.world.accounts.purses.clear()

    bench.take("STOP")

    assert bench.refused == {"alice"}
    assert len(bench.received) == 1
    assert "confirmation-refused" in caplog.text


@pytest.mark.parametrize("sender", ["12345", "INFO", "+999123456789", "", "+1 (202) 555-0123"])
def test_whoever_writes_is_heard(sender: str) -> None:
    bench = Bench()

    bench.take("Hola", sender)

    assert bench.received[0].status is Status.RECEIVED


def test_heads_and_logs_say_nothing_of_who_wrote_and_what(caplog: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    caplog.set_level(logging.DEBUG)

    bench.take("la clave es 410852")
    bench.take("STOP", recipient="+12025550111", key="SM2")

    written = caplog.text + json.dumps([str(head) for head in bench.received])
    assert not [word for word in ("2025550", "410852", "STOP") if word in written]


@given(st.text(alphabet=st.characters(), max_size=40), st.integers(0, 300))
def test_any_text_can_be_stored(text: str, times: int) -> None:
    kept = storable(text * times)

    assert len(kept) <= LONGEST
    assert kept.encode("utf-8", "strict").decode() == kept
    assert storable(kept) == kept
