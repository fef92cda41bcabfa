"""How much of a carrier's throughput a class may use, and when who waits comes back (pure)."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import TrafficClass

SHARES: Final[Mapping[TrafficClass, int]] = {
    TrafficClass.OTP: 100,
    TrafficClass.TRANSACTIONAL: 90,
    TrafficClass.MARKETING: 70,
}
"""Up to what percentage a class may fill a second; the rest is kept for more urgent ones."""


class Gate(NamedTuple):
    """Where messages of one class share what a carrier's account takes a second."""

    account: str
    traffic_class: TrafficClass
    tps: int

    @property
    def most(self) -> int:
        return ceiling(self.tps, self.traffic_class)


def ceiling(tps: int, traffic_class: TrafficClass) -> int:
    """Give the count of submits in one second beyond which this class waits; at least one."""
    return -(-tps * SHARES[traffic_class] // 100)


def stretch(count: int, most: int) -> Millis:
    """How long so many messages keep a line busy that moves `most` a second."""
    return -(-count * SECOND // most)


def turns(begins: Millis, now: Millis, count: int, most: int) -> list[Millis]:
    """When those who stand in line from `begins` come back: spread evenly, never this second."""
    first = max(begins, (now // SECOND + 1) * SECOND)
    return [first + i * SECOND // most for i in range(count)]
