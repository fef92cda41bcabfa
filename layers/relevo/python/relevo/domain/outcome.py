"""The four outcomes of a submit, as values; the carrier's adapter decides which."""

from dataclasses import dataclass
from typing import TypeAlias

from relevo.domain.attempt import Report
from relevo.domain.timing import Millis
from relevo.domain.words import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Documented success with the carrier's id."""

    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Documented refusal; `stop` when it is about the recipient and no carrier can do better."""

    reason: str
    code: str | None = None
    stop: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Retryable:
    """Provably not taken: connect failure, 429, a documented "later"."""

    reason: str
    code: str | None = None
    pause: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Nobody knows: read time-out, reset after bytes, an answer that cannot be read."""

    reason: str


Outcome: TypeAlias = Accepted | Refused | Retryable | Ambiguous


def report_of(outcome: Outcome, n: int, at: Millis) -> Report:
    """Put a submit's outcome into the words that attempts are joined with."""
    match outcome:
        case Accepted(reference=reference):
            return Report(n=n, state=State.ACCEPTED, at=at, reference=reference)
        case Refused(reason=reason, code=code, stop=stop):
            return Report(n=n, state=State.REFUSED, at=at, reason=reason, code=code, stop=stop)
        case Retryable(reason=reason, code=code, pause=pause):
            return Report(
                n=n,
                state=State.REFUSED,
                at=at,
                reason=reason,
                code=code,
                retryable=True,
                pause=pause,
            )
        case Ambiguous(reason=reason):
            return Report(n=n, state=State.AMBIGUOUS, at=at, reason=reason)
