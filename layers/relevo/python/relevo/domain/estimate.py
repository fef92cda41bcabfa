"""How likely a carrier is to do what the class wants, from what is known so far (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from operator import add, sub
from typing import Final

from relevo.domain.evidence import GOALS, Cohort, Goal, settled
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass

HALF_MESSAGES: Final = 100
HALF_SHORTEST: Final = 30 * SECOND
HALF_LONGEST: Final = 30 * MINUTE
"""Evidence halves with every 100 messages, but in no less than 30 s and no more than 30 min."""

PRIOR_MASS: Final = 10.0
PRIOR_MEAN: Final = 0.95
"""What is believed of a carrier nobody has seen: 95 of a hundred, as if ten had been sent."""

USUAL_MASS: Final = 100.0
"""It takes that many to say what carriers usually come to."""

SURE: Final = 8.0
"""The logarithm of likelihood by which a change must be the better story than none."""

DOUBT: Final = 7.0
"""The same for believing less of a carrier than before, without a moment of change."""

JUST_BACK: Final = 15 * MINUTE
"""So long a carrier that came back is not held to what befell all of them before."""

KNOWN_AFTER: Final = 5 * SECOND
"""An outcome is taken to reach the counts so long after it happened."""

SHAPE_MASS: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What is believed of a carrier: `estimate`, out of `good` among `seen` submits that count.

    Both are weighted, and young submits count only as far as they could have arrived already.
    Only what came after `changed_at` counts, where a change was found.
    """

    estimate: float
    good: float = 0.0
    seen: float = 0.0
    changed_at: Millis | None = None


UNSEEN: Final = Score(estimate=PRIOR_MEAN)


@dataclass(slots=True)
class _Sums:
    good: float = 0.0
    seen: float = 0.0

    def mean(self, prior: float, mass: float = PRIOR_MASS) -> float:
        return (prior * mass + self.good) / (mass + self.seen)


def scores(
    traffic_class: TrafficClass,
    cohorts: Mapping[str, Iterable[Cohort]],
    now: Millis,
    since: Mapping[str, Millis] | None = None,
) -> dict[str, Score]:
    """Score each carrier; of one that came back, only what it did `since` counts.

    One without evidence of its own is believed to be as good as any of them has been over the
    hour, but no better than most are: what befalls all of them, it would meet as well. One that
    has just come back has shown that this is over, and is believed to be what most are.
    """
    goal, begun = GOALS[traffic_class], since or {}
    known = {carrier: settled(rows, now) for carrier, rows in cohorts.items()}
    usual = [
        _usual(rows, goal, now).mean(PRIOR_MEAN, USUAL_MASS) for rows in known.values() if rows
    ]
    prior = min(PRIOR_MEAN, max(usual, default=PRIOR_MEAN))
    return {
        carrier: _score(
            [row for row in rows if row.at >= begun.get(carrier, 0)],
            goal,
            now,
            prior=PRIOR_MEAN if now - begun.get(carrier, 0) < JUST_BACK else prior,
            curve=_curve(rows, goal),
        )
        for carrier, rows in known.items()
    }


def _usual(rows: Sequence[Cohort], goal: Goal, now: Millis) -> _Sums:
    """Sum up all that has had its time, whatever its age."""
    sums = _Sums()
    for row in rows:
        if now - row.at > goal.within + row.span + KNOWN_AFTER:
            sums.good += row.timely
            sums.seen += row.submits
    return sums


def _curve(rows: Sequence[Cohort], goal: Goal) -> tuple[float, ...]:
    """The carrier's own share of timely arrivals by each edge, leaning on the usual shape."""
    counts = [sum(row.arrived[number] for row in rows) for number in range(len(goal.edges))]
    total = SHAPE_MASS + sum(counts)
    share, shares = 0.0, []
    for count, expected in zip(counts, goal.shape, strict=True):
        share += count
        shares.append((share + SHAPE_MASS * expected) / total)
    return tuple(shares)


def arrived_by(age: float, goal: Goal, curve: Sequence[float]) -> float:
    """The share of those that will be timely that have arrived at this age."""
    if age <= 0:
        return 0.0
    before, below = 0.0, 0.0
    for edge, share in zip(goal.edges, curve, strict=True):
        if age <= edge:
            return below + (share - below) * (age - before) / (edge - before)
        before, below = edge, share
    return 1.0


@dataclass(frozen=True, slots=True)
class _Row:
    """A cohort as evidence: of those `open_`, not heard of yet, `share` could have been."""

    good: int
    bad: int
    open_: int
    share: float

    @property
    def seen(self) -> float:
        return self.good + self.bad + self.open_ * self.share

    @property
    def ripe(self) -> bool:
        return self.share >= 1 or not self.open_


def _row(cohort: Cohort, now: Millis, goal: Goal, curve: Sequence[float]) -> _Row:
    # All of them may have left in the cohort's last moment: no haste on their account.
    share = arrived_by(now - KNOWN_AFTER - cohort.at - cohort.span, goal, curve)
    open_ = max(cohort.taken - cohort.failed - cohort.excused - cohort.timely, 0)
    return _Row(cohort.timely, cohort.refused + cohort.failed, open_, share)


def _score(
    cohorts: Sequence[Cohort], goal: Goal, now: Millis, *, prior: float, curve: Sequence[float]
) -> Score:
    rows = [_row(cohort, now, goal, curve) for cohort in cohorts]
    sums = _likelihoods(rows)
    length = _since_change(sums)
    changed = length < len(rows)
    # What cannot be known yet says nothing, unless the whole is more than bad luck.
    hasty = changed or max(sums[length]) - sums[length][_nearest(prior)] > DOUBT
    counted = _Sums()
    for row, weight in zip(rows[:length], _weights(cohorts[:length], now), strict=True):
        if hasty or row.ripe:
            counted.good += weight * row.good
            counted.seen += weight * row.seen
    mean = min(counted.mean(prior), 1.0)
    return Score(
        estimate=mean if hasty else max(mean, prior),
        good=counted.good,
        seen=counted.seen,
        changed_at=cohorts[length - 1].at if changed else None,
    )


def _weights(cohorts: Sequence[Cohort], now: Millis) -> list[float]:
    weights, newer = [], 0
    for cohort in cohorts:
        age = max(now - cohort.at, 0)
        halvings = min(max(newer / HALF_MESSAGES, age / HALF_LONGEST), age / HALF_SHORTEST)
        weights.append(0.5**halvings)
        newer += cohort.submits
    return weights


def _nearest(share: float) -> int:
    return min(range(len(SHARES)), key=lambda place: abs(SHARES[place] - share))


SHARES: Final = (0.02, 0.2, 0.45, 0.65, 0.8, 0.88, 0.93, 0.965, 0.985)
"""What a carrier's true share may be, as far as changes of it are told apart."""

_LOGS: Final = [(p, log(p), log(1 - p)) for p in SHARES]


def _since_change(sums: Sequence[Sequence[float]]) -> int:
    """How many of the newest rows have been alike: all of them where nothing changed.

    Where two shares, one before and one after a moment, are by far the better story than one
    share throughout, only what came after counts; and so on until no such moment is left.
    """
    length = len(sums) - 1
    while length > 1:
        whole = sums[length]
        together = max(whole)
        best, found = SURE, 0
        for number in range(1, length):
            newer = sums[number]
            apart = max(newer) + max(map(sub, whole, newer))
            if apart - together > best:
                best, found = apart - together, number
        if not found:
            break
        length = found
    return length


def _likelihoods(rows: Sequence[_Row]) -> list[list[float]]:
    """The logarithm of likelihood of the newest 0, 1, 2 … rows under each share."""
    sums = [[0.0] * len(SHARES)]
    for row in rows:
        if row.ripe:
            bad = row.bad + row.open_
            terms = [row.good * good + bad * fails for _, good, fails in _LOGS]
        else:
            # A submit not heard of yet speaks as far as it could have been heard of.
            terms = [
                row.good * good + row.bad * fails + row.open_ * log(1 - p * row.share)
                for p, good, fails in _LOGS
            ]
        sums.append(list(map(add, sums[-1], terms)))
    return sums
