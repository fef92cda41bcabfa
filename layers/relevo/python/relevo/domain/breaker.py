"""A carrier account's breaker: open while submits are wasted there, closed by a probe (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from relevo.domain.outcome import Accepted, Cause, Outcome, Refused, Retryable
from relevo.domain.plan import shut_at
from relevo.domain.routes import RoutePlan
from relevo.domain.timing import LEASE, MINUTE, SECOND, SHORT_PAUSE, Millis

FIRST_OPEN: Final = 15 * SECOND
"""Short, because some carriers answer one odd message in the words they have for a wrong key."""

LONGEST_OPEN: Final = 5 * MINUTE
"""As long as old credentials are kept, so that new ones are never waited for much longer."""

PROBE: Final = LEASE
"""How long a probe keeps others away: its sender is dead by then."""

OURS: Final = frozenset({Cause.AUTH, Cause.NO_CREDIT})
"""Refused for what we are to the carrier, and so for every message alike."""

REASON: Final = "carrier-breaker-open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """Open until `until`; then one probe at a time. `trips` is how often in a row, 0 is closed."""

    account: str
    cause: Cause
    until: Millis
    trips: int = 1
    probing: bool = False
    version: int = 1

    def is_open(self, now: Millis) -> bool:
        return self.trips > 0 and now < self.until

    def half_open(self, now: Millis) -> bool:
        return self.trips > 0 and now >= self.until


def opens(outcome: Outcome) -> bool:
    """Say whether the next message would be refused like this one."""
    match outcome:
        case Refused(cause=cause):
            return cause in OURS
        case Retryable(pause=pause):
            return pause is not None and pause > SHORT_PAUSE
    return False


def closes(outcome: Outcome) -> bool:
    """Say whether a probe has shown that the account works, whatever became of its message."""
    return isinstance(outcome, Accepted | Refused) and not opens(outcome)


def opened(
    known: Breaker | None, account: str, outcome: Refused | Retryable, now: Millis
) -> Breaker:
    """Give the breaker after such a refusal; the very same one while it is open anyway."""
    if known and known.is_open(now) and not known.probing:
        return known
    trips = (known.trips if known else 0) + 1
    span = min(FIRST_OPEN << min(trips - 1, 20), LONGEST_OPEN)
    if isinstance(outcome, Retryable):
        span = min(outcome.pause or 0, LONGEST_OPEN)
    return Breaker(
        account=account,
        cause=outcome.cause,
        until=now + span,
        trips=trips,
        version=known.version + 1 if known else 1,
    )


def probed(known: Breaker, now: Millis) -> Breaker:
    """Give the breaker while somebody tries the account with one message."""
    return replace(known, until=now + PROBE, probing=True, version=known.version + 1)


def closed(known: Breaker) -> Breaker:
    return replace(known, trips=0, probing=False, version=known.version + 1)


def fitted(chosen: RoutePlan, known: Mapping[str, Breaker], now: Millis) -> RoutePlan:
    """Shut candidates whose breaker is open, and put those on trial whose time is up."""
    shut = shut_at(chosen, {name for name, one in known.items() if one.is_open(now)}, REASON)
    on_trial = {name for name, one in known.items() if one.half_open(now)}
    candidates = tuple(
        replace(one, trial=one.route.carrier_account in on_trial) for one in shut.candidates
    )
    return replace(shut, candidates=candidates)
