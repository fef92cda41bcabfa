"""What a committed write of a head measures: a pure function of the images before and after.

A stream that is read again gives the same samples again, and nothing is measured that a table
does not hold.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from relevo.domain import measures as of
from relevo.domain.attempt import Attempt
from relevo.domain.measures import Sample
from relevo.domain.message import Head
from relevo.domain.words import BOUNCES, RANK, State, Status

MICROS: Final = 1_000_000
NEVER_LEFT: Final = frozenset(
    {"content-gone", "expired", "no-time-left", "not-read-back", "unknown-carrier"}
)
"""Why dispatch took an intent back: no carrier was asked, so no carrier is measured."""

OPTED_OUT: Final = "opted-out"
NOTHING_ELSE: Final[Mapping[str, str]] = {}
ENDS: Final[Mapping[Status, str]] = {
    Status.SENT: "MessagesSent",
    Status.DELIVERED: "MessagesDelivered",
    Status.UNDELIVERED: "MessagesUndelivered",
    Status.FAILED: "MessagesFailed",
    Status.REJECTED: "MessagesFailed",
    Status.EXPIRED: "MessagesExpired",
    Status.UNCONFIRMED: "MessagesUnknown",
}


class Change(NamedTuple):
    """One write: the head as it was, None before it existed, and as it is now."""

    old: Head | None
    new: Head


def samples_of(change: Change) -> Iterator[Sample]:
    """Give what this write measures; the labels are all that any metric's sets may name."""
    old, new = change
    if old is None:
        yield _sample(new, "MessagesAccepted")
        yield _sample(new, "SegmentsAccepted", value=new.segments)
    for attempt in new.attempts:
        before = old.attempt(attempt.n) if old else None
        if before != attempt:
            yield from _of_attempt(new, before, attempt)
    if old is not None and new.status is not old.status:
        yield from _of_status(old, new)


def _sample(
    head: Head, name: str, labels: Mapping[str, str] = NOTHING_ELSE, value: int = 1
) -> Sample:
    known = {
        of.PRIORITY: head.traffic_class.value,
        of.COUNTRY: head.country,
        of.ENCODING: head.encoding,
    }
    return Sample(name, head.begun_at, head.environment, {**known, **labels}, value)


def _of_attempt(head: Head, before: Attempt | None, now: Attempt) -> Iterator[Sample]:
    labels = {of.CARRIER: now.carrier}
    if before is None:
        yield from _of_claim(head, now)
        if now.state is State.INTENT:
            return
    if (outcome := _outcome(now)) and not _outcome(before):
        yield _sample(head, "CarrierSubmit", {**labels, of.OUTCOME: outcome})
        if outcome == "ambiguous":
            yield _sample(head, "AmbiguousOutcome", labels)
    if (took := _took(now)) is not None and _took(before) is None:
        yield _sample(head, "CarrierSubmitLatency", labels, took)
    if now.taken and not (before and before.taken) and now.price:
        cost = int(now.price * MICROS)
        yield _sample(head, f"{of.COST}{head.currency}", labels, cost)
    yield from _of_failure(head, before, now)
    if _heard(before, now):
        yield _sample(head, "DlrReceived", labels)
    if now.stated_at and now.ended_at and not (before and before.stated_at):
        lag = max(now.ended_at - now.stated_at, 0)
        yield _sample(head, "DlrLag", labels, lag)
    if now.state is State.DELIVERED and not (before and before.state is State.DELIVERED):
        yield from _of_delivery(head, now)


def _of_claim(head: Head, now: Attempt) -> Iterator[Sample]:
    if now.n == 1:
        dwell = max(now.claimed_at - head.begun_at, 0)
        yield _sample(head, "QueueDwell", value=dwell)
    if now.duplicate:
        yield _sample(head, "PossibleDuplicate", {of.CARRIER: now.carrier})
    if switch := _switch(head, now):
        yield _sample(head, "FailoverStarted", switch)


def _switch(head: Head, now: Attempt) -> dict[str, str]:
    """Name both carriers when this attempt left another one's; empty when it did not."""
    last = head.attempt(now.n - 1)
    if last is None or last.carrier == now.carrier:
        return {}
    return {of.FROM_CARRIER: last.carrier, of.TO_CARRIER: now.carrier}


def _of_failure(head: Head, before: Attempt | None, now: Attempt) -> Iterator[Sample]:
    if now.reason == OPTED_OUT and now.code is None and not (before and before.failed):
        yield _sample(head, "OptOutBlocked", {of.REASON: OPTED_OUT})
    elif _failing(now) and not (before and _failing(before)):
        reason = "silent" if now.silent else now.reason or "unknown"
        yield _sample(head, "AttemptFailed", {of.CARRIER: now.carrier, of.REASON: reason})


def _failing(attempt: Attempt) -> bool:
    return (attempt.failed or attempt.silent) and attempt.reason not in NEVER_LEFT


def _outcome(attempt: Attempt | None) -> str:
    """What the carrier answered; empty while it has not, and where nobody asked it."""
    if attempt is None or attempt.state is State.INTENT or _unasked(attempt):
        return ""
    if attempt.taken:
        return "accepted"
    if attempt.state is State.AMBIGUOUS:
        return "ambiguous"
    return "retryable" if attempt.retryable else "refused"


def _unasked(attempt: Attempt) -> bool:
    own = attempt.reason in NEVER_LEFT or (attempt.reason == OPTED_OUT and attempt.code is None)
    return attempt.state is State.REFUSED and own


def _took(attempt: Attempt | None) -> int | None:
    """How long the answer took; unknown where a receipt came first or none came at all."""
    if attempt is None or _unasked(attempt):
        return None
    if attempt.accepted_at:
        return max(attempt.accepted_at - attempt.claimed_at, 0)
    if attempt.state is State.REFUSED and attempt.ended_at:
        return max(attempt.ended_at - attempt.claimed_at, 0)
    return None


def _heard(before: Attempt | None, now: Attempt) -> bool:
    """Whether a receipt said something new: a higher state that only carriers state, or a part."""
    known = RANK[before.state] if before else -1
    stated = now.state in (State.SENT, State.DELIVERED, *BOUNCES)
    return (stated and RANK[now.state] > known) or bool(before and before.arrived != now.arrived)


def _of_delivery(head: Head, now: Attempt) -> Iterator[Sample]:
    others = [one for one in head.attempts if one.n != now.n and one.state is State.DELIVERED]
    if others:
        yield _sample(head, "DuplicateDelivered", {of.CARRIER: now.carrier})
    elif switch := _switch(head, now):
        yield _sample(head, "FailoverSucceeded", switch)


def _of_status(old: Head, new: Head) -> Iterator[Sample]:
    attempt = _behind(old, new)
    labels = {of.CARRIER: attempt.carrier if attempt else of.NOBODY}
    if name := ENDS.get(new.status):
        yield _sample(new, name, labels)
    if new.status is Status.DELIVERED:
        latency = max(new.status_at - new.begun_at, 0)
        yield _sample(new, "DeliveryLatency", labels, latency)


def _behind(old: Head, new: Head) -> Attempt | None:
    """Give the attempt that moved the message, or else its last one."""
    changed = tuple(one for one in new.attempts if old.attempt(one.n) != one)
    return next(reversed(changed or new.attempts), None)
