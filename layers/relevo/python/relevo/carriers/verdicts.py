"""What a carrier's code means for us: the verdicts that code tables are written in."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias, TypeVar

from relevo.carriers.reading import hushed
from relevo.carriers.values import HttpReply
from relevo.domain.outcome import ABOUT_RECIPIENT, Ambiguous, Cause, Reason, Refused, Retryable
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import State

T = TypeVar("T")
Failure: TypeAlias = Refused | Retryable | Ambiguous


class Verdict(NamedTuple):
    """No cause means that nobody knows whether the message was taken."""

    cause: Cause | None
    reason: Reason = Reason.UNKNOWN
    stop: bool = False


INVALID_NUMBER: Final = Verdict(Cause.PERMANENT, Reason.INVALID_NUMBER, stop=True)
LANDLINE: Final = Verdict(Cause.PERMANENT, Reason.LANDLINE, stop=True)
OPTED_OUT: Final = Verdict(Cause.PERMANENT, Reason.OPTED_OUT, stop=True)
OUR_BAN: Final = Verdict(Cause.PERMANENT, Reason.CARRIER_REJECTED, stop=True)
"""Our own rule at the carrier forbids this recipient; another carrier would go round it."""
REJECTED: Final = Verdict(Cause.PERMANENT, Reason.CARRIER_REJECTED)
UNREACHABLE: Final = Verdict(Cause.PERMANENT, Reason.UNREACHABLE)
REFUSED: Final = Verdict(Cause.PERMANENT)
"""Refused in so many words, by a code we do not know."""
SPAM: Final = Verdict(Cause.PERMANENT, Reason.BLOCKED_SPAM)
SETUP: Final = Verdict(Cause.CONFIG, Reason.CARRIER_REJECTED)
OUR_BUG: Final = Verdict(Cause.CONFIG)
AUTH: Final = Verdict(Cause.AUTH)
NO_CREDIT: Final = Verdict(Cause.NO_CREDIT, Reason.NO_CREDIT)
THROTTLED: Final = Verdict(Cause.THROTTLED, Reason.THROTTLED)
LATER: Final = Verdict(Cause.TRANSIENT)
NOBODY_KNOWS: Final = Verdict(None)

_BY_REASON: Final[Mapping[Reason, Verdict]] = {
    Reason.INVALID_NUMBER: INVALID_NUMBER,
    Reason.LANDLINE: LANDLINE,
    Reason.OPTED_OUT: OPTED_OUT,
    Reason.BLOCKED_SPAM: SPAM,
    Reason.NO_CREDIT: NO_CREDIT,
    Reason.THROTTLED: THROTTLED,
    Reason.CARRIER_REJECTED: SETUP,
}


def spread(*rows: tuple[T, str]) -> Mapping[str, T]:
    """Write a table by its meanings: each row is one, and the codes that have it."""
    codes = [(code, meaning) for meaning, names in rows for code in names.split()]
    table = dict(codes)
    if len(table) != len(codes):
        raise ValueError("a code has two meanings")
    return table


def find(table: Mapping[str, T], code: str) -> T | None:
    """Look a code up; a row `Family.*` stands for every code of its family."""
    if code in table:
        return table[code]
    families = [name for name in table if name.endswith("*") and code.startswith(name[:-1])]
    return table[max(families, key=len)] if families else None


def by_status(status: int) -> Verdict:
    """Judge an answer by its HTTP status alone, where the carrier documents no code for it."""
    if status in (401, 403):
        return AUTH
    if status == 402:
        return NO_CREDIT
    if status == 429:
        return THROTTLED
    return OUR_BUG if 400 <= status < 500 and status != 408 else NOBODY_KNOWS


def by_reason(reason: Reason | None) -> Verdict | None:
    """Judge a submit by what a receipt with the same code would say."""
    return _BY_REASON.get(reason, Verdict(Cause.PERMANENT, reason)) if reason else None


def outcome_of(
    verdict: Verdict, *, code: str | None = None, text: str = "", pause: Millis | None = None
) -> Failure:
    """Make the outcome of a verdict, with the carrier's own code and words beside it."""
    said, reason = hushed(text), verdict.reason
    match verdict.cause:
        case None:
            return Ambiguous(reason=reason, code=code, text=said)
        case Cause.THROTTLED | Cause.TRANSIENT as cause:
            return Retryable(reason=reason, code=code, text=said, pause=pause, cause=cause)
        case cause:
            return Refused(reason=reason, code=code, text=said, stop=verdict.stop, cause=cause)


def judged(
    verdict: Verdict | None, reply: HttpReply, *, code: str | None = None, text: str = ""
) -> Failure:
    """Make the outcome of an answer; one none of whose words we know is judged by its status."""
    known = verdict or by_status(reply.status)
    code = code or str(reply.status)
    return outcome_of(known, code=code, text=text, pause=pause_of(reply))


def pause_of(reply: HttpReply) -> Millis | None:
    """How long `Retry-After` asks us to wait; a date, which nobody sends, is not read."""
    seconds = reply.headers.get("retry-after", "")
    return int(seconds) * SECOND if re.fullmatch("[0-9]{1,5}", seconds) else None


def stops(reason: Reason | None, state: State | None) -> bool:
    """Whether a failed receipt is about the recipient, so that no carrier can do better."""
    return reason in ABOUT_RECIPIENT and state not in (None, State.DELIVERED)
