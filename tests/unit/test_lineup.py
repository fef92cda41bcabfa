"""A carrier that lost the lead is probed by single messages, and returns when that goes well."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.evidence import SLOT, Cohort, slot_of
from relevo.domain.lineup import (
    GAP,
    GOOD_PROBES,
    LONGEST_GAP,
    MOST_GOOD_PROBES,
    ONE_IN,
    RELAPSE,
    Lineup,
    Standing,
    judge,
    probing,
    wants_probe,
)
from relevo.domain.preference import Option
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass
from tests.builders import NOW

BUSY = 100.0  # milliseconds between two messages
THIN = 60_000.0
OTP = TrafficClass.OTP


def options(**estimates: float) -> list[Option]:
    return [
        Option(name=name, estimate=estimate, price=Decimal("0.05"))
        for name, estimate in estimates.items()
    ]


def judged(
    lineup: Lineup,
    given_: Sequence[Option],
    evidence: Mapping[str, list[Cohort]] | None = None,
    now: Millis = NOW,
    pace: float = BUSY,
) -> Lineup:
    return judge(lineup, given_, OTP, evidence or {}, now, pace)


def out(**changes: object) -> Lineup:
    """Carrier a lost the lead a minute ago, and its next probe is due."""
    standing = Standing(since=NOW - MINUTE, estimate=0.2, next_probe=NOW)
    return Lineup(lead="b", standings={"a": replace(standing, **changes)})  # type: ignore[arg-type]


def test_the_configured_first_leads_and_nothing_is_written_down_of_it() -> None:
    lineup = judged(Lineup(), options(a=0.95, b=0.95))

    assert lineup == Lineup(lead="a")
    assert judged(lineup, options(a=0.96, b=0.95)) is lineup


def test_a_clearly_worse_lead_is_lost() -> None:
    lineup = judged(Lineup(lead="a"), options(a=0.5, b=0.95))

    assert lineup.lead == "b"
    assert lineup.out("a")
    assert not lineup.out("b")
    assert lineup.standings["a"].needed == GOOD_PROBES + 1
    assert lineup.standings["a"].next_probe == NOW + GAP


def test_when_all_are_slow_nobody_loses_the_lead() -> None:
    assert judged(Lineup(lead="a"), options(a=0.3, b=0.32, c=0.34)) == Lineup(lead="a")


def test_one_that_is_out_leads_again_where_the_rest_is_far_worse() -> None:
    lineup = judged(out(estimate=0.6), options(a=0.6, b=0.1))

    assert lineup.lead == "a"
    assert lineup.out("a")


def test_among_those_that_are_out_the_lead_stays_until_another_is_better_by_far() -> None:
    everybody = Standing(since=NOW, estimate=0.5, next_probe=NOW + MINUTE)
    lineup = Lineup(lead="b", standings={"a": everybody, "b": everybody})

    assert judged(lineup, options(a=0.5, b=0.35)).lead == "b"
    assert judged(lineup, options(a=0.5, b=0.25)).lead == "a"


@pytest.mark.parametrize(
    ("worst", "pace", "needed"),
    [
        (0.0, SECOND, 3),
        (0.4, SECOND, 3),
        (0.5, SECOND, 4),
        (0.8, SECOND, 11),  # eight of ten times ten in a row would be luck
        (0.9, SECOND, MOST_GOOD_PROBES),
        (0.8, 20 * SECOND, 6),
        (0.8, MINUTE, 3),  # proof would cost many minutes, a wrong return a message or two
    ],
)
def test_coming_back_takes_more_good_probes_than_luck_gives(
    worst: float, pace: Millis, needed: int
) -> None:
    lineup = judged(Lineup(lead="a"), options(a=worst, b=0.99), pace=pace)

    assert lineup.standings["a"].needed == needed


def test_one_that_turns_out_worse_needs_fewer_probes_as_luck_is_rarer() -> None:
    lost = judged(Lineup(lead="a"), options(a=0.8, b=0.99))

    worse = judged(lost, options(a=0.3, b=0.99))
    better = judged(worse, options(a=0.6, b=0.99))

    assert [one.standings["a"].needed for one in (lost, worse, better)] == [11, 3, 3]


def test_no_probe_before_its_time_and_never_two_at_once() -> None:
    early, due = out(next_probe=NOW + 1), out()

    assert wants_probe(early, ["a", "b"], NOW) is None
    assert wants_probe(due, ["a", "b"], NOW) == "a"
    assert wants_probe(probing(due, "a", NOW), ["a", "b"], NOW) is None


def test_a_probe_that_arrived_counts() -> None:
    lineup = probing(out(), "a", NOW)
    arrived = Cohort(at=slot_of(NOW), taken=1, arrived=(0, 1, 0, 0, 0, 0))

    lineup = judged(lineup, options(a=0.2, b=0.95), {"a": [arrived]}, NOW + 8 * SECOND)

    assert lineup.standings["a"].good == 1
    assert lineup.standings["a"].probing is None
    assert lineup.out("a")


def test_enough_good_probes_bring_it_back_with_a_clean_record() -> None:
    lineup = probing(out(good=GOOD_PROBES - 1, first_good=NOW - MINUTE), "a", NOW)
    arrived = Cohort(at=slot_of(NOW), taken=1, arrived=(0, 1, 0, 0, 0, 0))

    lineup = judged(lineup, options(a=0.2, b=0.95), {"a": [arrived]}, NOW + 8 * SECOND)

    assert not lineup.out("a")
    assert lineup.lead == "a"
    assert lineup.returns == {"a": NOW - MINUTE}


BAD = [
    (Cohort(at=slot_of(NOW), refused=1), 2 * SECOND),
    (Cohort(at=slot_of(NOW), taken=1, failed=1), 6 * SECOND),
    (Cohort(at=slot_of(NOW), taken=1), 17 * SECOND),  # nothing heard of it, and it is too late
]


@pytest.mark.parametrize(("row", "later"), BAD)
def test_a_probe_that_failed_begins_anew_and_waits_longer(row: Cohort, later: Millis) -> None:
    lineup = probing(out(good=2), "a", NOW)

    lineup = judged(lineup, options(a=0.2, b=0.95), {"a": [row]}, NOW + later)

    standing = lineup.standings["a"]
    assert (standing.good, standing.failures, standing.probing) == (0, 1, None)
    assert standing.next_probe == NOW + later + 2 * GAP


def test_a_probe_that_never_left_is_taken_again() -> None:
    lineup = judged(probing(out(good=2), "a", NOW), options(a=0.2, b=0.95), {}, NOW + MINUTE)

    standing = lineup.standings["a"]
    assert (standing.good, standing.failures, standing.probing) == (2, 0, None)
    assert wants_probe(lineup, ["a"], NOW + MINUTE) == "a"


def test_pauses_double_to_four_minutes() -> None:
    lineup, now, gaps = out(), NOW, []
    for _ in range(8):
        lineup = probing(lineup, "a", now)
        row = Cohort(at=slot_of(now), refused=1)
        lineup = judged(lineup, options(a=0.2, b=0.95), {"a": [row]}, now)
        gaps.append((lineup.standings["a"].next_probe - now) // SECOND)
        now = lineup.standings["a"].next_probe

    assert gaps == [30, 60, 120, 240, 240, 240, 240, 240]


def test_probes_are_one_message_in_a_hundred_at_most() -> None:
    """At one a second the hundred take longer than the shortest pause."""
    lineup = judged(Lineup(lead="a"), options(a=0.5, b=0.95), pace=1000.0)

    assert lineup.standings["a"].next_probe - NOW == ONE_IN * SECOND


def test_in_thin_traffic_the_next_message_follows_a_good_probe() -> None:
    lineup = probing(out(), "a", NOW)
    arrived = Cohort(at=slot_of(NOW), taken=1, arrived=(0, 1, 0, 0, 0, 0))

    lineup = judged(lineup, options(a=0.2, b=0.95), {"a": [arrived]}, NOW + MINUTE, pace=THIN)

    assert lineup.standings["a"].good == 1
    assert wants_probe(lineup, ["a", "b"], NOW + MINUTE) == "a"


def test_in_thin_traffic_pauses_count_messages() -> None:
    lineup = judged(Lineup(lead="a"), options(a=0.5, b=0.95), pace=THIN)

    assert lineup.standings["a"].next_probe - NOW == 12 * MINUTE > LONGEST_GAP


@pytest.mark.parametrize(
    ("ago", "losses", "needed"),
    [(RELAPSE - 1, 2, 2 * GOOD_PROBES), (RELAPSE + 1, 1, GOOD_PROBES)],
)
def test_losing_the_lead_again_soon_doubles_what_it_takes(
    ago: Millis, losses: int, needed: int
) -> None:
    back = out(returned=NOW - ago)

    lineup = judged(replace(back, lead="a"), options(a=0.3, b=0.95))

    assert lineup.standings["a"].losses == losses
    assert lineup.standings["a"].needed == needed


ESTIMATES = st.lists(st.floats(0.01, 1), min_size=2, max_size=5)


@given(st.lists(ESTIMATES, min_size=1, max_size=12), st.floats(1, 10 * MINUTE))
def test_whatever_happens_one_leads_and_one_probe_is_under_way(
    history: list[list[float]], pace: float
) -> None:
    lineup, now = Lineup(), NOW
    for estimates in history:
        given_ = options(**dict(zip("abcde", estimates, strict=False)))
        lineup = judged(lineup, given_, now=now, pace=pace)
        if due := wants_probe(lineup, [option.name for option in given_], now):
            lineup = probing(lineup, due, now)
        now += 20 * SECOND

        assert lineup.lead in {option.name for option in given_}
        standings = lineup.standings.values()
        assert sum(one.busy(now) for one in standings) <= 1
        assert all(GOOD_PROBES <= one.needed <= MOST_GOOD_PROBES for one in standings)


def test_slots_are_finer_than_pauses() -> None:
    assert SLOT < GAP
