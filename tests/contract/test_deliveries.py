from dataclasses import replace

import pytest

from relevo.domain import delivery as steps
from relevo.domain.delivery import Answer, Delivery, opened
from relevo.domain.event import Event, event_id
from relevo.domain.timing import SECOND
from relevo.domain.words import Environment
from relevo.ports.basics import Conflict
from tests.contract.conftest import Aws, Side
from tests.fakes import NOON


def a_delivery(number: int = 0, endpoint: str = "e" * 26, *, of: str = "head") -> Delivery:
    told = {"messageId": "m" * 26, "sequence": 3} if of == "head" else {"endpointId": "x"}
    event = Event(
        id=event_id("m" * 26, number),
        account="acc_test",
        environment=Environment.LIVE,
        type="message.sent",
        at=NOON + number * SECOND,
        data=told,
    )
    return opened(event, endpoint, NOON)


@pytest.mark.parametrize("of", ["head", "bulletin"])
def test_every_step_is_read_back_as_it_was(side: Side, of: str) -> None:
    before, delivery = None, a_delivery(of=of)
    for change in (
        delivery,
        steps.begun(delivery, "owner", NOON),
        steps.answered(
            steps.begun(delivery, "owner", NOON), Answer(status=503, took=12), NOON + 1, 0.5
        ),
        steps.passed_over(delivery, "circuit-open", NOON, 0),
    ):
        step = replace(change, version=0 if before is None else before.version + 1)
        side.deliveries.save(before, step)
        before = step
        assert side.deliveries.get_many([delivery.reference, "nonsense"]) == {
            delivery.reference: step
        }


def test_one_claim_wins(side: Side) -> None:
    delivery = a_delivery()
    mine, theirs = (steps.begun(delivery, owner, NOON) for owner in ("mine", "theirs"))

    side.deliveries.save(None, mine)
    with pytest.raises(Conflict):
        side.deliveries.save(None, theirs)
    with pytest.raises(Conflict):
        side.deliveries.save(delivery, theirs)

    assert side.deliveries.get_many([delivery.reference])[delivery.reference].owner == "mine"


def test_our_own_claim_whose_answer_was_lost_is_ours(side: Side) -> None:
    mine = steps.begun(a_delivery(), "mine", NOON)

    side.deliveries.save(None, mine)
    side.deliveries.save(None, mine)


def test_the_log_is_read_newest_first_page_by_page(side: Side) -> None:
    for number in range(25):
        side.deliveries.save(None, a_delivery(number))
    side.deliveries.save(None, a_delivery(99, "f" * 26))
    lane = a_delivery().lane

    first = side.deliveries.newest(lane, since=0, before=None, most=10)
    second = side.deliveries.newest(lane, since=0, before=first[-1].id, most=10)
    third = side.deliveries.newest(lane, since=0, before=second[-1].id, most=10)

    ids = [one.id for one in (*first, *second, *third)]
    assert ids == [a_delivery(number).id for number in range(24, -1, -1)]


def test_a_span_begins_with_since_and_ends_before_until(side: Side) -> None:
    for number in range(5):
        side.deliveries.save(None, a_delivery(number))

    found = side.deliveries.newest(
        a_delivery().lane, since=NOON + SECOND, before=f"{NOON + 3 * SECOND:013d}", most=10
    )

    assert [one.at - NOON for one in found] == [2 * SECOND, SECOND]


def test_the_log_forgets_after_a_month_and_holds_no_body(aws: Aws) -> None:
    delivery = a_delivery()
    aws.deliveries().save(None, delivery)

    [row] = aws.rows("Ledger")
    assert row["ttl"] == (NOON + steps.KEPT) // SECOND
    assert "data" not in row
    assert "url" not in row


def test_many_deliveries_are_spread_over_partitions(aws: Aws) -> None:
    for number in range(40):
        aws.deliveries().save(None, a_delivery(number))

    assert len({row["id"] for row in aws.rows("Ledger")}) == 4
