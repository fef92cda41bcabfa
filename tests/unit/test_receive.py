"""Receipts: joined to the attempt they name, or kept apart where nobody can know them."""

from typing import Any

import pytest

from relevo.domain.attempt import Report
from relevo.domain.message import Head
from relevo.domain.timing import DAY, MINUTE, Millis
from relevo.domain.words import State, Status
from relevo.ports.carriers import Receipt
from relevo.services.receive import Receiver
from tests.builders import NOW, a_head, an_attempt
from tests.fakes import World


def a_receipt(**changes: Any) -> Receipt:
    report = Report(n=changes.pop("n", 1), state=State.DELIVERED, at=NOW)
    named = {"message_id": "m" * 26, "carrier": "a", **changes}
    return Receipt(report=report, **named)


def received(receipt: Receipt, *, at: Millis = NOW) -> tuple[Head, int]:
    world: Any = World(start=at)
    head = a_head(attempts=(an_attempt(1, State.ACCEPTED),), plan=())
    world.messages.heads[head.id] = head
    receiver = Receiver(messages=world.messages, orphans=world.orphans, clock=world.clock)
    receiver.receive(receipt)
    receiver.receive(receipt)
    return world.messages.heads[head.id], len(world.orphans.kept)


def test_f31_a_receipt_met_twice_is_recorded_once() -> None:
    head, orphans = received(a_receipt())

    assert (head.status, head.version, orphans) == (Status.DELIVERED, 2, 0)


@pytest.mark.parametrize(
    "receipt",
    [a_receipt(message_id="x" * 26), a_receipt(n=2), a_receipt(carrier="b")],
    ids=["unknown message", "unknown attempt", "another carrier's attempt"],
)
def test_a_receipt_nobody_knows_is_kept_and_changes_nothing(receipt: Receipt) -> None:
    head, orphans = received(receipt)

    assert (head.status, orphans) == (Status.SENT, 2)


@pytest.mark.parametrize(("after", "taken"), [(3 * DAY, True), (3 * DAY + 1, False)])
def test_receipts_are_taken_for_three_days_after_the_end(after: Millis, taken: bool) -> None:
    head, _ = received(a_receipt(), at=NOW + 10 * MINUTE + after)

    assert (head.status is Status.DELIVERED) is taken
