"""When a carrier is asked what became of an attempt whose receipt is missing (pure)."""

from typing import Final

from relevo.domain.attempt import Attempt
from relevo.domain.message import Head
from relevo.domain.timing import DAY, HOUR, LEASE, MINUTE, RECEIPTS_TAKEN_AFTER_END, Millis
from relevo.domain.words import State, Status

PATIENCE: Final = 2 * MINUTE
"""How long a receipt may take before its carrier is asked; most come within seconds."""

AGAIN: Final = (10 * MINUTE, HOUR, 6 * HOUR, DAY, 2 * DAY, 3 * DAY)
"""Ages of an attempt at which its carrier is asked once more."""

_OPEN: Final = frozenset({State.AMBIGUOUS, State.ACCEPTED, State.SENT})


def ask_at(head: Head, attempt: Attempt) -> Millis | None:
    """Give when this attempt's carrier should be asked next; None when never (again).

    Nothing is learnt about a message that is on the handset, and nothing is believed of one
    that ended longer ago than receipts are taken.
    """
    if not attempt.lookup or attempt.state not in _OPEN or head.status is Status.DELIVERED:
        return None
    ages = (_first(head, attempt), *AGAIN)
    if attempt.asks >= len(ages):
        return None
    at = (attempt.accepted_at or attempt.claimed_at) + ages[attempt.asks]
    return at if at <= head.expires_at + RECEIPTS_TAKEN_AFTER_END else None


def next_ask(head: Head) -> tuple[Millis, int] | None:
    """Give when the next attempt is asked about, and which that is."""
    times = ((ask_at(head, attempt), attempt.n) for attempt in head.attempts)
    return min(((at, n) for at, n in times if at is not None), default=None)


def _first(head: Head, attempt: Attempt) -> Millis:
    if attempt.state is State.AMBIGUOUS:
        return LEASE
    if not attempt.receipts:
        return MINUTE
    return max(PATIENCE, head.receipt_deadline or 0)
