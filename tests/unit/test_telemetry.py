"""What an account's messages came to: counted from the stream, added up, told by window."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.facts import Canceled, Expired, Silent
from relevo.domain.histogram import GROWTH, LAST, SHORTEST, bucket_of, percentile
from relevo.domain.message import Head
from relevo.domain.telemetry import Bucket, Cell, Grain, Owner, added, buckets_of
from relevo.domain.timing import DAY, HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import Environment, State, TrafficClass
from relevo.services.rollup import Roller
from tests.builders import NOW, a_head, an_attempt
from tests.fakes import Faulty, World
from tests.front import Front

TEST = Owner("acc_test", Environment.TEST)
CELL = Cell("a", "ES", TrafficClass.TRANSACTIONAL)
TELEMETRY = "/api/v1/telemetry"


@given(st.integers(SHORTEST, 6 * DAY))
def test_a_percentile_is_within_five_percent(span: Millis) -> None:
    bucket = bucket_of(span)
    found = percentile({bucket: 3}, 0.5)

    assert found is not None
    assert 0 <= bucket <= LAST
    assert abs(found - span) <= 0.05 * span + 1


@given(st.lists(st.integers(1, DAY), min_size=1, max_size=60), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_of_many_is_the_right_one_of_them(spans: list[Millis], share: float) -> None:
    found = percentile(Counter(map(bucket_of, spans)), share)
    exact = sorted(spans)[-(-round(len(spans) * share * 100) // 100) - 1]

    assert found is not None
    assert found / GROWTH <= max(exact, SHORTEST) * 1.06
    assert found * GROWTH >= min(exact, found)


def test_without_any_there_is_no_percentile() -> None:
    assert percentile({}, 0.5) is None


def counts(head: Head) -> list[tuple[str, dict[str, int]]]:
    return [
        (bucket.cell.carrier, dict(bucket.counts)) for bucket in buckets_of([head]).get(TEST, [])
    ]


def moved(head: Head, *facts: Any) -> Head:
    for fact in facts:
        head = apply(head, fact, now=NOW + 2 * SECOND, by="test")
    return head


ACCEPTED = a_head(attempts=(an_attempt(1, State.ACCEPTED),), plan=("b",))
COUNTED = [
    (a_head(), [("", {"accepted": 1})]),
    (
        moved(ACCEPTED, Report(n=1, state=State.DELIVERED, at=NOW)),
        [("a", {"delivered": 1, f"latency:{bucket_of(2 * SECOND)}": 1})],
    ),
    (
        moved(ACCEPTED, Report(n=1, state=State.UNDELIVERED, at=NOW, reason="absent-subscriber")),
        [("a", {"attempt_failed": 1, "bounce:absent-subscriber": 1, "failovers": 1})],
    ),
    (
        moved(replace(ACCEPTED, plan=()), Report(n=1, state=State.UNDELIVERED, at=NOW)),
        [("a", {"attempt_failed": 1, "bounce:unknown": 1, "undelivered": 1})],
    ),
    (moved(a_head(), Canceled()), [("", {"canceled": 1})]),
    (moved(a_head(), Expired()), [("", {"expired": 1})]),
]


@pytest.mark.parametrize(("head", "expected"), COUNTED)
def test_what_a_write_made_known_is_counted(
    head: Head, expected: list[tuple[str, dict[str, int]]]
) -> None:
    assert counts(head) == expected


def test_a_silence_that_counts_is_a_bounce_of_its_own_kind() -> None:
    (carrier, counted), *_ = counts(moved(ACCEPTED, Silent(n=1)))

    assert (carrier, counted["bounce:silent"]) == ("a", 1)


def test_a_write_that_tells_nothing_counts_nothing() -> None:
    assert counts(replace(ACCEPTED, version=9)) == []


def test_minutes_add_up_to_hours() -> None:
    hour = NOW // HOUR * HOUR
    minutes = [
        Bucket(hour, CELL, Counter(sent=1)),
        Bucket(hour + 59 * MINUTE, CELL, Counter(sent=2, failed=1)),
        Bucket(hour + HOUR, CELL, Counter(sent=4)),
    ]

    assert added(minutes, Grain.HOUR) == [
        Bucket(hour, CELL, Counter(sent=3, failed=1)),
        Bucket(hour + HOUR, CELL, Counter(sent=4)),
    ]


def rolled(world: World) -> int:
    return Roller(telemetry=world.telemetry, clock=world.clock).roll(until=world.clock() + HOUR)


def total(world: World, grain: Grain) -> int:
    series = world.telemetry.series(TEST, grain, 0, NOW + 400 * DAY)
    return sum(bucket.counts["sent"] for bucket in series)


def test_wider_buckets_follow_within_a_round_and_catch_up_with_what_comes_late() -> None:
    world = World(start=NOW)
    late = Bucket(NOW - 3 * HOUR, CELL, Counter(sent=1))
    now = Bucket(NOW // MINUTE * MINUTE, CELL, Counter(sent=1))
    world.telemetry.add({TEST: [now]})
    for _ in range(2):
        world.clock.advance(6 * MINUTE)
        rolled(world)
    world.telemetry.add({TEST: [late]})
    for _ in range(2):
        world.clock.advance(6 * MINUTE)
        rolled(world)

    assert [total(world, grain) for grain in Grain] == [2, 2, 2]
    assert rolled(world) == 0
    assert world.telemetry.marked == set()


def test_a_round_that_crashes_is_repeated_and_comes_to_the_same() -> None:
    world: Any = World(start=NOW)
    world.telemetry.add({TEST: [Bucket(NOW // MINUTE * MINUTE, CELL, Counter(sent=3))]})
    world.clock.advance(6 * MINUTE)

    def crash(name: str) -> None:
        if name == "unmark":
            raise RuntimeError

    broken = Faulty(world.telemetry, before=crash)
    Roller(telemetry=broken, clock=world.clock).roll(until=world.clock() + HOUR)
    for _ in range(3):
        world.clock.advance(6 * MINUTE)
        rolled(world)

    assert [total(world, grain) for grain in Grain] == [3, 3, 3]


ALICE = Owner("alice", Environment.LIVE)
MEXICO = Cell("b", "MX", TrafficClass.OTP)


def a_front() -> Front:
    """An account with a quarter of an hour of traffic on two carriers."""
    front = Front()
    now = front.world.clock() // MINUTE * MINUTE
    slow = f"latency:{bucket_of(9 * SECOND)}"
    fast = f"latency:{bucket_of(2 * SECOND)}"
    buckets = [
        Bucket(now, CELL._replace(carrier=""), Counter(accepted=12)),
        Bucket(now - MINUTE, CELL, Counter({"sent": 9, "delivered": 8, fast: 8})),
        Bucket(now, CELL, Counter({"undelivered": 1, "bounce:blocked": 1, "failovers": 1})),
        Bucket(now, MEXICO, Counter({"sent": 2, "delivered": 1, "expired": 1, slow: 1})),
        Bucket(now - HOUR, CELL, Counter(sent=100)),
    ]
    front.world.telemetry.add({ALICE: buckets, Owner("bob", Environment.LIVE): buckets[:1]})
    return front


def test_the_totals_of_a_window() -> None:
    totals = a_front().call("GET", TELEMETRY).json["totals"]

    assert totals["accepted"] == 12
    assert (totals["sent"], totals["delivered"], totals["failed"]) == (11, 9, 1)
    assert totals["successRate"] == round(9 / 11, 4)
    assert totals["bounceReasons"] == {"blocked": 1}
    assert totals["failovers"] == 1
    assert abs(totals["deliveryLatencyMs"]["p50"] - 2000) < 100
    assert abs(totals["deliveryLatencyMs"]["p99"] - 9000) < 450


def test_groups_and_series() -> None:
    answer = a_front().call("GET", f"{TELEMETRY}?groupBy=carrier").json

    assert [(group["key"], group["totals"]["sent"]) for group in answer["groups"]] == [
        ("a", 9),
        ("b", 2),
    ]
    assert [point["delivered"] for point in answer["series"]] == [8, 1]
    countries = a_front().call("GET", f"{TELEMETRY}?groupBy=country").json["groups"]
    assert {group["key"] for group in countries} == {"ES", "MX"}


def test_a_longer_window_is_read_from_wider_buckets() -> None:
    front = a_front()
    assert front.call("GET", f"{TELEMETRY}?window=1h").json["totals"]["sent"] == 11
    assert front.call("GET", f"{TELEMETRY}?window=24h").json["totals"]["sent"] == 0
    for _ in range(2):
        front.world.clock.advance(6 * MINUTE)
        rolled(front.world)

    for window in ("24h", "30d"):
        answer = front.call("GET", f"{TELEMETRY}?window={window}").json
        assert answer["totals"]["sent"] == 111


def test_each_window_is_one_query() -> None:
    front, asked = a_front(), list[str]()
    app = front.build(telemetry=Faulty(front.world.telemetry, before=asked.append))
    for window in ("15m", "1h", "24h", "30d"):
        front.call("GET", f"{TELEMETRY}?window={window}&groupBy=country", app=app)

    assert asked == ["series"] * 4


def test_an_account_is_told_of_itself_in_its_environment() -> None:
    front = a_front()

    bob = front.call("GET", TELEMETRY, key=front.key_for("bob")).json["totals"]
    test = front.call("GET", TELEMETRY, key=front.key_for("alice", Environment.TEST)).json

    assert (bob["accepted"], bob["sent"]) == (12, 0)
    assert test["totals"]["successRate"] is None
    assert test["totals"]["deliveryLatencyMs"] is None


@pytest.mark.parametrize("query", ["window=2h", "window=", "groupBy=account", "groupBy=to"])
def test_queries_that_cannot_be(query: str) -> None:
    answer = Front().call("GET", f"{TELEMETRY}?{query}")

    assert (answer.status, answer.slug) == (422, "validation-failed")


def test_a_message_is_counted_from_end_to_end() -> None:
    front = Front()
    front.send()
    front.world.accounts.deposit("alice", Environment.LIVE, Decimal(1))

    front.world.telemetry.add(buckets_of(front.world.messages.images))

    assert front.call("GET", TELEMETRY).json["totals"]["accepted"] == 1
