"""Counted buckets: minutes added to, wider ones replaced, marks that say what to add up."""

from collections import Counter

from relevo.domain.telemetry import Bucket, Cell, Grain, Owner
from relevo.domain.timing import DAY, HOUR, MINUTE, SECOND
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.telemetry import ROUND, Mark
from tests.contract.conftest import Side
from tests.fakes import NOON

ACME = Owner("acme", Environment.LIVE)
OTP = Cell("infobip", "ES", TrafficClass.OTP)
NONE = Cell("", "MX", TrafficClass.MARKETING)


def minutes(side: Side, owner: Owner = ACME) -> list[Bucket]:
    return list(side.telemetry.series(owner, Grain.MINUTE, NOON - DAY, NOON + DAY))


def test_counts_of_a_minute_and_cell_add_up(side: Side) -> None:
    reasons = Counter({"sent": 1, "bounce:blocked-spam": 2, "latency:17": 1})
    side.telemetry.add({ACME: [Bucket(NOON, OTP, reasons), Bucket(NOON, NONE, Counter(sent=1))]})
    side.telemetry.add({ACME: [Bucket(NOON, OTP, Counter(sent=4))]})

    assert minutes(side) == [
        Bucket(NOON, NONE, Counter(sent=1)),
        Bucket(NOON, OTP, reasons + Counter(sent=4)),
    ]


def test_owners_are_kept_apart(side: Side) -> None:
    side.telemetry.add({ACME: [Bucket(NOON, OTP, Counter(sent=1))]})

    assert minutes(side, Owner("acme", Environment.TEST)) == []
    assert minutes(side, Owner("other", Environment.LIVE)) == []


def test_a_series_begins_with_since_and_ends_before_until(side: Side) -> None:
    times = [NOON - MINUTE, NOON, NOON + MINUTE, NOON + 2 * MINUTE]
    side.telemetry.add({ACME: [Bucket(at, OTP, Counter(sent=1)) for at in times]})

    found = side.telemetry.series(ACME, Grain.MINUTE, NOON, NOON + 2 * MINUTE)

    assert [bucket.at for bucket in found] == times[1:3]


def test_a_wider_bucket_is_replaced(side: Side) -> None:
    for number in (1, 2):
        side.telemetry.put(ACME, Grain.HOUR, [Bucket(NOON, OTP, Counter(sent=number))])

    found = side.telemetry.series(ACME, Grain.HOUR, NOON, NOON + HOUR)
    assert found == [Bucket(NOON, OTP, Counter(sent=2))]


def test_what_was_added_to_is_marked_for_the_next_round(side: Side) -> None:
    side.telemetry.add({ACME: [Bucket(NOON, OTP, Counter(sent=1))]})
    side.telemetry.add({ACME: [Bucket(NOON + SECOND, OTP, Counter(sent=1))]})
    due = (side.clock() // ROUND + 1) * ROUND

    assert side.telemetry.marks(due - 1) == []
    assert side.telemetry.marks(due) == [Mark(due, ACME, Grain.HOUR, NOON)]


def test_what_comes_after_a_round_is_marked_again(side: Side) -> None:
    side.telemetry.add({ACME: [Bucket(NOON, OTP, Counter(sent=1))]})
    side.clock.advance(ROUND)
    first = side.telemetry.marks(side.clock())
    side.telemetry.add({ACME: [Bucket(NOON, OTP, Counter(sent=1))]})
    side.telemetry.unmark(first)

    side.clock.advance(ROUND)

    assert [mark.at for mark in side.telemetry.marks(side.clock())] == [NOON]


def test_days_are_marked_by_themselves(side: Side) -> None:
    side.telemetry.mark(ACME, Grain.DAY, NOON)

    (mark,) = side.telemetry.marks(side.clock() + ROUND)

    assert (mark.grain, mark.at) == (Grain.DAY, NOON // DAY * DAY)
