"""What befell the submits of one carrier lately, grouped by the moment of submit (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from relevo.domain.timing import HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass

SLOT: Final = 5 * SECOND
"""The finest grain: submits of the same five seconds are one cohort."""

FINE: Final = 3 * MINUTE
"""Cohorts older than this are merged by the minute: their moment no longer matters."""

REMEMBERED: Final = HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What a class wants of a carrier: a handset reached `within`; `edges` are bins up to it.

    `shape` is the share of timely arrivals by each edge where a carrier's own is not known yet.
    """

    within: Millis
    edges: tuple[Millis, ...]
    shape: tuple[float, ...]


GOALS: Final[Mapping[TrafficClass, Goal]] = {
    TrafficClass.OTP: Goal(
        within=10 * SECOND,
        edges=tuple(seconds * SECOND for seconds in (1, 2, 3, 5, 7, 10)),
        shape=(0.05, 0.25, 0.5, 0.8, 0.92, 1.0),
    ),
    TrafficClass.TRANSACTIONAL: Goal(
        within=300 * SECOND,
        edges=tuple(seconds * SECOND for seconds in (3, 10, 30, 60, 120, 300)),
        shape=(0.3, 0.7, 0.88, 0.93, 0.97, 1.0),
    ),
    TrafficClass.MARKETING: Goal(
        within=3600 * SECOND,
        edges=tuple(seconds * SECOND for seconds in (10, 30, 120, 300, 900, 3600)),
        shape=(0.6, 0.8, 0.9, 0.95, 0.98, 1.0),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """Submits of `span` from `at` on, by what has become known of them so far.

    `taken` were accepted and `refused` were not, for a reason that is the carrier's or ours; of
    the taken, `failed` ended by a failure the carrier is answerable for, `excused` by one that is
    the recipient's, and `arrived` reached a handset within the goal, by the bins of its edges.
    """

    at: Millis
    span: Millis = SLOT
    taken: int = 0
    refused: int = 0
    failed: int = 0
    excused: int = 0
    arrived: tuple[int, ...] = (0,) * 6

    @property
    def submits(self) -> int:
        return self.taken + self.refused - self.excused

    @property
    def timely(self) -> int:
        return sum(self.arrived)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The cohorts of a scene by carrier, as they were counted at the moment they were read."""

    at: Millis
    cohorts: Mapping[str, Sequence[Cohort]]


def slot_of(at: Millis) -> Millis:
    """Give the beginning of the cohort that a submit of this moment belongs to."""
    return at // SLOT * SLOT


def bin_of(traffic_class: TrafficClass, delay: Millis) -> int | None:
    """Give the bin of a handset reached after `delay`; None when that was too late."""
    edges = GOALS[traffic_class].edges
    return next((number for number, edge in enumerate(edges) if delay <= edge), None)


def settled(cohorts: Iterable[Cohort], now: Millis) -> list[Cohort]:
    """Merge what is old by the minute, drop what is too old; newest first."""
    kept: dict[tuple[Millis, Millis], Cohort] = {}
    for cohort in cohorts:
        if not now - REMEMBERED < cohort.at <= now:
            continue
        key = (cohort.at, cohort.span)
        if cohort.span < MINUTE and cohort.at < (now - FINE) // MINUTE * MINUTE:
            key = (cohort.at // MINUTE * MINUTE, MINUTE)
        known = kept.get(key)
        kept[key] = merged(known, cohort, key) if known else _moved(cohort, key)
    return sorted(kept.values(), key=lambda cohort: -cohort.at)


def merged(one: Cohort, other: Cohort, key: tuple[Millis, Millis]) -> Cohort:
    at, span = key
    return Cohort(
        at=at,
        span=span,
        taken=one.taken + other.taken,
        refused=one.refused + other.refused,
        failed=one.failed + other.failed,
        excused=one.excused + other.excused,
        arrived=tuple(a + b for a, b in zip(one.arrived, other.arrived, strict=True)),
    )


def _moved(cohort: Cohort, key: tuple[Millis, Millis]) -> Cohort:
    return cohort if key == (cohort.at, cohort.span) else merged(Cohort(at=0), cohort, key)


SPAN_OF_PACE: Final = 5 * MINUTE
FEWEST: Final = 20


def pace(evidence: Mapping[str, Iterable[Cohort]], now: Millis) -> float:
    """Give the milliseconds between two messages lately: over five minutes, or longer for few."""
    rows = sorted((row for rows in evidence.values() for row in rows), key=lambda row: -row.at)
    count, begun = 0, now
    for row in rows:
        if row.at < now - REMEMBERED or (row.at < now - SPAN_OF_PACE and count >= FEWEST):
            break
        count += row.submits
        begun = row.at
    return max(now - begun, 2 * SLOT) / max(count, 1)


BEHIND: Final = 5
"""Counts that name no submit of the last five paces are themselves behind the times."""


def known_until(evidence: Mapping[str, Iterable[Cohort]], now: Millis, spacing: float) -> Millis:
    """Until when outcomes can have been counted at best: not much after the newest submit.

    Were it later, a stream that lags would look like a carrier that fell silent.
    """
    ends = [row.at + row.span for rows in evidence.values() for row in rows if row.at <= now]
    return min(now, round(max(ends, default=now) + BEHIND * spacing))
