"""Cohorts counted in memory, fine for the last minutes and by the minute before."""

from dataclasses import dataclass, field

from relevo.domain.evidence import FINE, REMEMBERED, SLOT, Cohort, bin_of
from relevo.domain.timing import MINUTE, Millis
from relevo.domain.words import TrafficClass
from tests.simulation.proving.road import News, millis

WHATS = {"accepted": 0, "refused": 1, "bounced": 2, "excused": 3}
FIRST_BIN = 4


@dataclass
class _Carrier:
    slots: dict[Millis, list[int]] = field(default_factory=dict)
    minutes: dict[Millis, list[int]] = field(default_factory=dict)


class Counts:
    def __init__(self, traffic_class: TrafficClass) -> None:
        self._class = traffic_class
        self._carriers: dict[str, _Carrier] = {}

    def add(self, news: News) -> None:
        place = WHATS.get(news.what)
        if news.what == "delivered":
            number = bin_of(self._class, round((news.known - news.submitted) * 1000))
            place = None if number is None else FIRST_BIN + number
        if place is None:
            return
        at = millis(news.submitted)
        kept = self._carriers.setdefault(news.carrier, _Carrier())
        for counts, span in ((kept.slots, SLOT), (kept.minutes, MINUTE)):
            counts.setdefault(at // span * span, [0] * 10)[place] += 1

    def cohorts(self, now: Millis) -> dict[str, list[Cohort]]:
        border = (now - FINE) // MINUTE * MINUTE
        return {name: self._rows(kept, now, border) for name, kept in self._carriers.items()}

    def _rows(self, kept: _Carrier, now: Millis, border: Millis) -> list[Cohort]:
        for at in [at for at in kept.slots if at < border]:
            del kept.slots[at]
        for at in [at for at in kept.minutes if at < now - REMEMBERED]:
            del kept.minutes[at]
        rows = [_cohort(at, SLOT, counts) for at, counts in kept.slots.items()]
        old = [(at, counts) for at, counts in kept.minutes.items() if at < border]
        return rows + [_cohort(at, MINUTE, counts) for at, counts in old]


def _cohort(at: Millis, span: Millis, counts: list[int]) -> Cohort:
    taken, refused, failed, excused, *arrived = counts
    return Cohort(
        at=at,
        span=span,
        taken=taken,
        refused=refused,
        failed=failed,
        excused=excused,
        arrived=tuple(arrived),
    )
