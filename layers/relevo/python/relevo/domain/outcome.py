"""The four outcomes of a submit, as values; the carrier's adapter decides which."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, TypeAlias

from relevo.domain.attempt import Report
from relevo.domain.timing import Millis
from relevo.domain.words import State


class Reason(StrEnum):
    """Why a message was not taken or not delivered, whatever words its carrier has for it."""

    UNREACHABLE = "unreachable"
    ABSENT_SUBSCRIBER = "absent-subscriber"
    INVALID_NUMBER = "invalid-number"
    LANDLINE = "landline"
    BLOCKED_SPAM = "blocked-spam"
    OPTED_OUT = "opted-out"
    CARRIER_REJECTED = "carrier-rejected"
    NO_CREDIT = "no-credit"
    THROTTLED = "throttled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


ABOUT_RECIPIENT: Final = frozenset({Reason.INVALID_NUMBER, Reason.LANDLINE, Reason.OPTED_OUT})
"""No other carrier can do better."""


class Cause(StrEnum):
    """What has to change before the same submit can succeed, and so who has to act."""

    PERMANENT = "permanent"
    """The message: this recipient, text or sender will never pass here."""
    CONFIG = "config"
    """Our account, sender, template or request at this carrier: alarm."""
    AUTH = "auth"
    """Our credentials, or the account is closed: alarm, and no further submits."""
    NO_CREDIT = "no-credit"
    """Money or quota: alarm, and no further submits."""
    THROTTLED = "throttled"
    """Our speed."""
    TRANSIENT = "transient"
    """Nothing but time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """Documented success with the carrier's id; `parts` are ids where each part has its own."""

    reference: str | None = None
    parts: tuple[str, ...] = ()
    segments: int | None = None
    price: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Documented refusal; `stop` when it is about the recipient and no carrier can do better."""

    reason: str
    code: str | None = None
    stop: bool = False
    cause: Cause = Cause.PERMANENT
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retryable:
    """Provably not taken: connect failure, 429, a documented "later"."""

    reason: str
    code: str | None = None
    pause: Millis | None = None
    cause: Cause = Cause.TRANSIENT
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambiguous:
    """Nobody knows: read time-out, reset after bytes, an answer that cannot be read."""

    reason: str
    code: str | None = None
    text: str | None = field(default=None, repr=False)


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
        case Ambiguous(reason=reason, code=code):
            return Report(n=n, state=State.AMBIGUOUS, at=at, reason=reason, code=code)
