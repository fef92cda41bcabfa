"""What the last minutes say about carriers' receipts, and the valve that silence passes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from relevo.domain.message import Head
from relevo.domain.timing import MINUTE, Millis
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
    at: Millis = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Counts of one class over the last five minutes, all carriers together.

    `hearing` are the stretches from a minute's first receipt of a carrier to its last.
    """

    accepted: int = 0
    receipts: int = 0
    silences: int = 0
    hearing: tuple[tuple[Millis, Millis], ...] = ()

    def deaf(self, since: Millis, until: Millis, now: Millis) -> bool:
        """Say whether nobody sent a receipt in that time, though many should have.

        Of what is longer ago nobody can tell any more.
        """
        if until < now - WINDOW + MINUTE:
            return True
        expected = self.accepted * (until - since) / WINDOW
        heard = any(first <= until and last > since for first, last in self.hearing)
        return not heard and expected > SILENCE_FLOOR


def valve(window: Window, *, deaf: bool = False) -> bool:
    """Say whether one more silence may count.

    Silence from everybody at once is our own outage, not theirs; with less than
    `SILENCE_FLOOR` accepted submits there is too little traffic to tell the two apart.
    While we are `deaf` a few may still count: where all traffic is on one carrier, only these
    can bring a receipt from another and show that it is that carrier, and not us.
    """
    if window.receipts == 0 and window.accepted > SILENCE_FLOOR:
        return False
    if deaf:
        return window.silences < SILENCE_FLOOR
    return window.silences < max(SILENCE_FLOOR, SILENCE_SHARE * window.accepted)


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
                at=head.news[0].at,
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
