"""Tell an account what its messages came to: totals, groups and a series, of one window."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from relevo.domain.telemetry import Bucket, Cell, Grain, Owner
from relevo.domain.timing import DAY, HOUR, MINUTE, Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from relevo.ports.basics import Clock
from relevo.ports.telemetry import Telemetry


class Window(NamedTuple):
    span: Millis
    grain: Grain


WINDOWS: Final[Mapping[str, Window]] = {
    "15m": Window(15 * MINUTE, Grain.MINUTE),
    "1h": Window(HOUR, Grain.MINUTE),
    "24h": Window(DAY, Grain.HOUR),
    "30d": Window(30 * DAY, Grain.DAY),
}
GROUPS: Final[Mapping[str, Callable[[Cell], str]]] = {
    "carrier": lambda cell: cell.carrier,
    "country": lambda cell: cell.country,
    "trafficClass": lambda cell: cell.traffic_class.value,
}

Counts = Mapping[Millis, Counter[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Counts by bucket, over all and by group; `since` is where the first bucket begins."""

    since: Millis
    until: Millis
    grain: Grain
    over_all: Counts
    groups: Mapping[str, Counts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyst:
    telemetry: Telemetry
    clock: Clock

    def tell(
        self, account: Account, environment: Environment, window: str, group_by: str | None
    ) -> Told:
        """Read one window in one query. The running bucket is among it, so it ends now."""
        span, grain = WINDOWS[window]
        now = self.clock()
        end = (now // grain.span + 1) * grain.span
        since = end - span
        owner = Owner(account.id, environment)
        buckets = self.telemetry.series(owner, grain, since, end)
        named = GROUPS.get(group_by or "")
        groups: defaultdict[str, list[Bucket]] = defaultdict(list)
        for bucket in buckets:
            # What no carrier has been asked for yet belongs to none.
            if named is not None and (name := named(bucket.cell)):
                groups[name].append(bucket)
        return Told(
            since=since,
            until=now,
            grain=grain,
            over_all=_by_time(buckets),
            groups={name: _by_time(some) for name, some in sorted(groups.items())},
        )


def _by_time(buckets: Iterable[Bucket]) -> Counts:
    times: defaultdict[Millis, Counter[str]] = defaultdict(Counter)
    for bucket in buckets:
        times[bucket.at].update(bucket.counts)
    return dict(sorted(times.items()))
