"""What an account's messages came to, counted by minute; statistics, never money or status."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from relevo.domain.histogram import bucket_of
from relevo.domain.message import Head, Told
from relevo.domain.timing import DAY, HOUR, MINUTE, Millis
from relevo.domain.words import FINAL, Environment, Status, TrafficClass

LATENCY: Final = "latency:"
BOUNCE: Final = "bounce:"
FAILOVERS: Final = "failovers"
CORRECTED: Final = "status_corrected"


class Grain(StrEnum):
    """How wide the buckets of a series are."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"

    @property
    def span(self) -> Millis:
        return {Grain.MINUTE: MINUTE, Grain.HOUR: HOUR, Grain.DAY: DAY}[self]


class Owner(NamedTuple):
    account: str
    environment: Environment


class Cell(NamedTuple):
    """Where something happened; the carrier is empty where none was asked yet."""

    carrier: str
    country: str
    traffic_class: TrafficClass


class Bucket(NamedTuple):
    """What was counted in one cell from `at` on, for as long as the series' grain."""

    at: Millis
    cell: Cell
    counts: Counter[str]


def buckets_of(heads: Iterable[Head]) -> Mapping[Owner, list[Bucket]]:
    """Count what the last writes of these heads made known, by minute and cell."""
    found: dict[Owner, dict[tuple[Millis, Cell], Counter[str]]] = {}
    for head in heads:
        owner = Owner(head.account, head.environment)
        for told in head.news:
            where = (told.at // MINUTE * MINUTE, _cell(head, told))
            cells = found.setdefault(owner, {})
            cells.setdefault(where, Counter()).update(_counted(head, told))
    return {
        owner: [Bucket(at, cell, counts) for (at, cell), counts in cells.items()]
        for owner, cells in found.items()
    }


def added(buckets: Iterable[Bucket], grain: Grain) -> list[Bucket]:
    """Add buckets up into wider ones."""
    sums: dict[tuple[Millis, Cell], Counter[str]] = {}
    for at, cell, counts in buckets:
        where = (at // grain.span * grain.span, cell)
        sums.setdefault(where, Counter()).update(counts)
    return [Bucket(at, cell, counts) for (at, cell), counts in sums.items()]


def _cell(head: Head, told: Told) -> Cell:
    attempt = head.attempt(told.n) or (head.attempts[-1] if head.attempts else None)
    return Cell(attempt.carrier if attempt else "", head.country, head.traffic_class)


def _counted(head: Head, told: Told) -> Iterator[str]:
    yield told.type
    if told.type == Status.DELIVERED.value:
        yield f"{LATENCY}{bucket_of(told.at - head.begun_at)}"
    if told.type == "attempt_failed":
        attempt = head.attempt(told.n)
        reason = (attempt.reason if attempt else None) or "unknown"
        yield f"{BOUNCE}{'silent' if attempt and attempt.silent else reason}"
        if head.status not in FINAL and head.plan:
            yield FAILOVERS
