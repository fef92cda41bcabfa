"""What is believed of a carrier: young submits speak early, changes are found, bad luck is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.estimate import KNOWN_AFTER, PRIOR_MEAN, Score, scores
from relevo.domain.evidence import (
    FINE,
    GOALS,
    REMEMBERED,
    SLOT,
    Cohort,
    bin_of,
    pace,
    settled,
    slot_of,
)
from relevo.domain.timing import HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass
from tests.builders import NOW

OTP = TrafficClass.OTP
IN_TWO_SECONDS = (0, 10, 0, 0, 0, 0)


def healthy(minutes: int, until: Millis = NOW - MINUTE) -> list[Cohort]:
    """Ten submits each five seconds, of which one in fifty cohorts loses one."""
    count = minutes * MINUTE // SLOT
    return [
        Cohort(
            at=slot_of(until) - number * SLOT,
            taken=10,
            arrived=IN_TWO_SECONDS if number % 5 else (0, 9, 0, 0, 0, 0),
        )
        for number in range(count)
    ]


def silent(seconds: int, until: Millis = NOW) -> list[Cohort]:
    return [
        Cohort(at=slot_of(until) - number * SLOT, taken=10)
        for number in range(seconds * SECOND // SLOT)
    ]


def score(cohorts: list[Cohort], now: Millis = NOW) -> Score:
    return scores(OTP, {"a": cohorts}, now)["a"]


def test_a_carrier_nobody_has_seen_is_believed_to_be_good() -> None:
    assert score([]).estimate == PRIOR_MEAN


def test_a_healthy_carrier_is_believed_as_it_is() -> None:
    assert score(healthy(10)).estimate == pytest.approx(0.98, abs=0.01)


def test_submits_that_could_not_have_arrived_yet_say_nothing() -> None:
    """The last five seconds cannot be known at all, and what left just before hardly."""
    calm = score(healthy(10))

    young = score([*healthy(10), *silent(5)])

    assert young.estimate == pytest.approx(calm.estimate, abs=0.001)


def test_silence_is_noticed_before_anything_is_late() -> None:
    """Of what left ten to fifteen seconds ago most would be known to have arrived by now."""
    found = score([*healthy(10, NOW - 20 * SECOND), *silent(20)])

    assert found.estimate < PRIOR_MEAN - 0.1
    assert found.changed_at is not None
    assert found.changed_at >= NOW - 20 * SECOND


def test_one_lost_message_is_bad_luck() -> None:
    lost = Cohort(at=slot_of(NOW - MINUTE), taken=1)

    assert score([lost]).estimate == pytest.approx(PRIOR_MEAN, abs=0.01)


def test_failures_known_at_once_count_at_once() -> None:
    refused = Cohort(at=slot_of(NOW - SLOT), refused=10)

    assert score([*healthy(10), refused]).estimate < 0.8


def test_what_is_the_recipients_fault_is_not_the_carriers() -> None:
    excused = [Cohort(at=slot_of(NOW - MINUTE), taken=20, excused=20)]

    assert score(excused).estimate == PRIOR_MEAN


@pytest.mark.parametrize(("ago", "as_all"), [(MINUTE, False), (HOUR, True)])
def test_where_all_are_bad_only_one_that_has_just_come_back_is_believed_in(
    ago: Millis, as_all: bool
) -> None:
    half = [
        Cohort(at=NOW - n * MINUTE, taken=20, arrived=(10, 0, 0, 0, 0, 0)) for n in range(1, 50)
    ]

    known = scores(OTP, {"a": half, "b": []}, NOW, {"b": NOW - ago})

    assert known["b"].estimate == (pytest.approx(0.5, abs=0.05) if as_all else PRIOR_MEAN)


def test_after_a_change_only_what_came_since_counts() -> None:
    """An hour of good service does not excuse ten minutes of losing half."""
    half = [
        Cohort(at=slot_of(NOW - MINUTE) - n * SLOT, taken=10, arrived=(0, 5, 0, 0, 0, 0))
        for n in range(100)
    ]
    before = healthy(30, NOW - 11 * MINUTE)

    assert score([*before, *half]).estimate == pytest.approx(0.5, abs=0.06)


def test_evidence_from_before_a_return_is_forgotten() -> None:
    rows = silent(300, NOW - 2 * MINUTE)

    known = scores(OTP, {"a": rows, "b": healthy(10)}, NOW, {"a": NOW - MINUTE})["a"]

    assert known.estimate == PRIOR_MEAN


def test_what_befalls_everybody_lowers_what_is_believed_of_the_unseen() -> None:
    slow = [
        Cohort(at=slot_of(NOW - MINUTE) - n * SLOT, taken=10, arrived=(0, 5, 0, 0, 0, 0))
        for n in range(600)
    ]

    known = scores(OTP, {"a": slow, "b": slow, "c": []}, NOW)

    assert known["c"].estimate == pytest.approx(0.5, abs=0.05)


COHORTS = st.builds(
    Cohort,
    at=st.integers(0, HOUR // SLOT).map(lambda n: slot_of(NOW) - n * SLOT),
    taken=st.integers(0, 50),
    refused=st.integers(0, 20),
    failed=st.integers(0, 10),
    excused=st.integers(0, 10),
    arrived=st.tuples(*[st.integers(0, 9)] * 6),
)


@given(st.lists(COHORTS, max_size=40), st.sampled_from(TrafficClass))
def test_an_estimate_is_always_a_probability(rows: list[Cohort], kind: TrafficClass) -> None:
    known = scores(kind, {"a": rows, "b": []}, NOW)

    assert all(0 < one.estimate <= 1 for one in known.values())


@given(st.lists(COHORTS, max_size=40), st.randoms())
def test_the_order_in_which_counts_are_read_is_irrelevant(rows: list[Cohort], dice: object) -> None:
    mixed = list(rows)
    dice.shuffle(mixed)  # type: ignore[attr-defined]

    assert score(mixed).estimate == pytest.approx(score(rows).estimate)


@given(st.lists(COHORTS, max_size=60))
def test_merging_by_the_minute_loses_no_submit(rows: list[Cohort]) -> None:
    merged = settled(rows, NOW)

    young = [row for row in rows if NOW - REMEMBERED < row.at <= NOW]
    assert sum(row.submits for row in merged) == sum(row.submits for row in young)
    assert all(row.span == MINUTE for row in merged if row.at < NOW - FINE - MINUTE)


@pytest.mark.parametrize(
    ("kind", "delay", "place"),
    [
        (OTP, 0, 0),
        (OTP, SECOND, 0),
        (OTP, SECOND + 1, 1),
        (OTP, 10 * SECOND, 5),
        (OTP, 10 * SECOND + 1, None),  # too late for a login code
        (TrafficClass.TRANSACTIONAL, 10 * SECOND + 1, 2),
        (TrafficClass.MARKETING, HOUR, 5),
    ],
)
def test_bins(kind: TrafficClass, delay: Millis, place: int | None) -> None:
    assert bin_of(kind, delay) == place


def test_the_goals_end_where_their_bins_do() -> None:
    assert all(goal.edges[-1] == goal.within for goal in GOALS.values())
    assert all(goal.shape[-1] == 1 for goal in GOALS.values())


def test_pace_is_the_time_between_two_messages() -> None:
    rows = [Cohort(at=slot_of(NOW) - n * SLOT, taken=5) for n in range(12)]

    assert pace({"a": rows}, NOW) == pytest.approx(SECOND, rel=0.1)


def test_an_outcome_counts_within_ten_seconds() -> None:
    assert KNOWN_AFTER + 5 * SECOND <= 10 * SECOND
