"""Instants, and the ladder of time-outs that every function stands on (milliseconds)."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from relevo.domain.words import TrafficClass

Millis: TypeAlias = int
"""An instant in epoch milliseconds, or a span in milliseconds."""

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

CONNECT: Final = 2 * SECOND
SUBMIT: Final[Mapping[TrafficClass, Millis]] = {
    TrafficClass.OTP: 3 * SECOND,
    TrafficClass.TRANSACTIONAL: 5 * SECOND,
    TrafficClass.MARKETING: 5 * SECOND,
}
ROUTE: Final = 3 * SECOND
DISPATCH: Final = 12 * SECOND
DISPATCH_ROUNDS: Final = 3
WAITS: Final = 5 * SECOND
LEASE: Final = 20 * SECOND
WORKFLOW: Final = 45 * SECOND
RENDER: Final = 50 * SECOND
VISIBILITY: Final = 300 * SECOND

NUDGE_BELOW: Final = 60 * SECOND
"""Due items nearer than this are also announced by a delayed nudge."""

FIRST_LOOK: Final[Mapping[TrafficClass, Millis]] = {
    TrafficClass.OTP: 15 * SECOND,
    TrafficClass.TRANSACTIONAL: MINUTE,
    TrafficClass.MARKETING: MINUTE,
}
"""When a new message is first looked at, should its copy on the class queue be missing."""

SHORT_PAUSE: Final = 2 * SECOND
"""A carrier that asks for at most this pause is tried once more at once."""

MAX_BACKOFF: Final = 30 * MINUTE
RECEIPTS_TAKEN_AFTER_END: Final = 72 * HOUR


def backoff(round_: int) -> Millis:
    """Give the pause before round `round_` (1 …): 1, 2, 4 … seconds, at most 30 minutes."""
    return min(SECOND << min(round_ - 1, 20), MAX_BACKOFF)
