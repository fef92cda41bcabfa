"""A scenario file: carriers, traffic and faults over virtual time, in seconds."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import erf, log, sqrt
from pathlib import Path
from typing import Any

import yaml

from relevo.domain.words import TrafficClass

NUMBERS = (
    "price", "median_s", "p95_s", "error_rate", "error_latency_s", "drop_rate", "bounce_rate",
    "receipt_lag_s", "receipt_loss", "latency_s",
)  # fmt: skip
IN_TIME = {
    TrafficClass.OTP: 10.0,
    TrafficClass.TRANSACTIONAL: 300.0,
    TrafficClass.MARKETING: 3600.0,
}
TO_FIRST_SUBMIT = 0.3
STRETCH = 1.6448536269514722  # the normal quantile of 95 %


@dataclass(frozen=True, slots=True)
class Traits:
    """How a carrier is at one moment."""

    price: float = 0.05
    median_s: float = 2.0
    p95_s: float = 6.0
    error_rate: float = 0.0
    error_latency_s: float = 0.2
    drop_rate: float = 0.0
    bounce_rate: float = 0.0
    receipt_lag_s: float = 0.0
    receipt_loss: float = 0.0
    latency_s: float = 0.2

    @property
    def sigma(self) -> float:
        return log(self.p95_s / self.median_s) / STRETCH if self.p95_s > self.median_s else 0.0

    def chance(self, within: float) -> float:
        """The true chance that a submit reaches a reachable handset within so many seconds."""
        arrives = (1 - self.error_rate) * (1 - self.drop_rate) * (1 - self.bounce_rate)
        if self.sigma == 0:
            return arrives * (self.median_s <= within)
        z = (log(within) - log(self.median_s)) / self.sigma
        return arrives * 0.5 * (1 + erf(z / sqrt(2)))


@dataclass(frozen=True, slots=True)
class Event:
    at: float
    until: float
    carriers: tuple[str, ...]
    set: Mapping[str, float]
    ramp: Mapping[str, float]
    every_s: float | None
    on_for_s: float | None

    def active(self, t: float) -> bool:
        if not self.at <= t < self.until:
            return False
        if self.every_s is None:
            return True
        return (t - self.at) % self.every_s < (self.on_for_s or self.every_s)

    def edges(self) -> list[float]:
        if self.every_s is None:
            return [self.at, self.until]
        times, t = [self.until], self.at
        while t < self.until:
            times += [t, min(t + (self.on_for_s or self.every_s), self.until)]
            t += self.every_s
        return times


@dataclass(frozen=True, slots=True)
class Change:
    at: float
    until: float
    rate: float


@dataclass
class Scenario:
    name: str
    doc: str
    traffic_class: TrafficClass
    duration: float
    rate: float
    changes: Sequence[Change]
    invalid_rate: float
    off_rate: float
    off_mean: float
    carriers: Mapping[str, Traits]
    lists: Mapping[str, str]
    events: Sequence[Event]
    seeds: Sequence[int]
    resend: bool
    _edges: list[float] = field(default_factory=list)
    _steady: dict[tuple[str, int], Traits | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._edges = sorted({edge for event in self.events for edge in event.edges()})

    @property
    def within(self) -> float:
        return IN_TIME[self.traffic_class]

    @property
    def order(self) -> list[str]:
        return list(self.carriers)

    def rate_at(self, t: float) -> float:
        for change in reversed(self.changes):
            if change.at <= t < change.until:
                return change.rate
        return self.rate

    def in_fault(self, t: float) -> bool:
        """Whether some event spans this moment; of a flapping one the pauses count as well."""
        return any(event.at <= t < event.until for event in self.events)

    @property
    def recovered_at(self) -> float | None:
        """When the last fault has ended; None where nothing ever fails, or never recovers."""
        end = max((event.until for event in self.events), default=None)
        return end if end is not None and end < self.duration else None

    def traits(self, carrier: str, t: float) -> Traits:
        """How the carrier is at `t`: constants of a stretch are kept, ramps are worked out."""
        stretch = bisect_right(self._edges, t)
        key = (carrier, stretch)
        if key not in self._steady:
            ramps = any(
                event.ramp and carrier in event.carriers and event.active(t)
                for event in self.events
            )
            self._steady[key] = None if ramps else self._at(carrier, t)
        return self._steady[key] or self._at(carrier, t)

    def _at(self, carrier: str, t: float, upto: int | None = None) -> Traits:
        traits = self.carriers[carrier]
        for number, event in enumerate(self.events[:upto]):
            if carrier not in event.carriers or not event.active(t):
                continue
            traits = replace(traits, **event.set)
            if event.ramp:
                before = self._at(carrier, event.at, number)
                share = (t - event.at) / (event.until - event.at)
                moved = {
                    name: getattr(before, name) + share * (end - getattr(before, name))
                    for name, end in event.ramp.items()
                }
                traits = replace(traits, **moved)
        return traits


def load(path: Path | str) -> Scenario:
    """Read a scenario; raises ValueError for a version or a key it does not know."""
    data = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    if data.get("version") != 1:
        raise ValueError(f"scenario version {data.get('version')}")
    rows = sorted(data["carriers"], key=_configured)
    carriers = {str(row["id"]): Traits(**_numbers(row)) for row in rows}
    traffic, recipients = data["traffic"], data.get("recipients") or {}
    traffic_class = TrafficClass(data["class"])
    return Scenario(
        name=str(data["scenario"]),
        doc=str(data.get("doc", "")),
        traffic_class=traffic_class,
        duration=float(data["duration_s"]),
        rate=float(traffic["rate_per_s"]),
        changes=[
            Change(float(row["at"]), float(row["until"]), float(row["rate_per_s"]))
            for row in traffic.get("changes") or ()
        ],
        invalid_rate=float(recipients.get("invalid_rate") or 0),
        off_rate=float(recipients.get("handset_off_rate") or 0),
        off_mean=float(recipients.get("handset_off_mean_s") or 0),
        carriers=carriers,
        lists={str(row["id"]): str(row.get("list", "primary")) for row in rows},
        events=[_event(row, list(carriers), data) for row in data.get("events") or ()],
        seeds=[int(seed) for seed in data.get("seeds") or range(1, 11)],
        resend=traffic_class is not TrafficClass.MARKETING
        and data.get("on_ambiguous", "resend") == "resend",
    )


def _configured(row: Mapping[str, Any]) -> tuple[bool, int]:
    return row.get("list", "primary") != "primary", int(row.get("position", 0))


def _numbers(row: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(row[name]) for name in NUMBERS if row.get(name) is not None}


def _event(row: Mapping[str, Any], everybody: list[str], data: Mapping[str, Any]) -> Event:
    named = row["carrier"]
    names = everybody if named == "all" else named if isinstance(named, list) else [named]
    unknown = {*names} - {*everybody}
    if unknown:
        raise ValueError(f"no such carrier: {sorted(unknown)}")
    return Event(
        at=float(row["at"]),
        until=float(row.get("until", data["duration_s"])),
        carriers=tuple(str(name) for name in names),
        set=_numbers(row.get("set") or {}),
        ramp=_numbers(row.get("ramp") or {}),
        every_s=None if row.get("every_s") is None else float(row["every_s"]),
        on_for_s=None if row.get("on_for_s") is None else float(row["on_for_s"]),
    )
