"""What the last minutes say about carriers' receipts, and the valve that silence passes."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from relevo.domain.message import Head
from relevo.domain.timing import MINUTE
from relevo.domain.words import Environment, State, TrafficClass

WINDOW: Final = 5 * MINUTE
SILENCE_FLOOR: Final = 5
SILENCE_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Things that happened in one minute on one carrier and country, for one class."""

    environment: Environment
    traffic_class: TrafficClass
    carrier: str
    country: str
    minute: int
    what: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Counts of one class over the last five minutes, all carriers together."""

    accepted: int = 0
    receipts: int = 0
    silences: int = 0


class Shut(StrEnum):
    """Why a silence may not count."""

    NO_RECEIPTS = "no-receipts"
    """Everybody is silent at once: that is our own outage, not theirs."""
    BUDGET = "budget"
    """More silences than carriers can be blamed for without asking twice."""


def valve(window: Window) -> bool:
    """Say whether one more silence may count."""
    return shut(window) is None


def shut(window: Window) -> Shut | None:
    """Give the reason why no more silence may count, if there is one.

    With less than `SILENCE_FLOOR` accepted submits there is too little traffic to tell our own
    outage from theirs.
    """
    if window.receipts == 0 and window.accepted > SILENCE_FLOOR:
        return Shut.NO_RECEIPTS
    budget = max(SILENCE_FLOOR, SILENCE_SHARE * window.accepted)
    return None if window.silences < budget else Shut.BUDGET


def tallies_of(head: Head) -> Iterable[Tally]:
    """Count what the last write of this head made known, for statistics only."""
    for n, what in sorted({(told.n, _counted(head, told.n)) for told in head.news if told.n}):
        attempt = head.attempt(n)
        if attempt and what:
            yield Tally(
                environment=head.environment,
                traffic_class=head.traffic_class,
                carrier=attempt.carrier,
                country=head.country,
                minute=head.news[0].at // MINUTE,
                what=what,
            )


def _counted(head: Head, n: int) -> str:
    attempt = head.attempt(n)
    if attempt is None:
        return ""
    if attempt.silent and attempt.in_flight:
        return "silence"
    if attempt.state in (State.ACCEPTED, State.AMBIGUOUS, State.REFUSED):
        return attempt.state.value
    return "receipt" if attempt.state is not State.INTENT else ""
