"""The one gate of change: join a fact into a head, derive status, and tell what happened."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from relevo.domain.attempt import Attempt, Report, climb
from relevo.domain.facts import (
    Asked,
    Canceled,
    Ended,
    Expired,
    Fact,
    HeldBack,
    Lost,
    OfMessage,
    Postponed,
    Released,
    Silent,
    Undecided,
    Unsent,
)
from relevo.domain.message import Head, Told
from relevo.domain.status import blocked, once_more, status_of, this_round
from relevo.domain.timing import MAX_BACKOFF, SECOND, Millis, backoff
from relevo.domain.words import FINAL, State, Status

UNTOLD = frozenset({Status.ACCEPTED, Status.SCHEDULED, Status.QUEUED, Status.SENDING})
"""`accepted` is told once, by the write that creates the message."""

FAILING: Final = frozenset(
    {"attempt_failed", Status.FAILED.value, Status.UNDELIVERED.value, Status.REJECTED.value}
)
"""What is told with the reason that was known then: a later report may change the attempt's."""


def apply(head: Head, fact: Fact, *, now: Millis, by: str) -> Head:
    """Give the head after `fact`, one version on; the very same head when nothing changed."""
    joined = _joined(head, fact, now)
    if joined == head:
        return head
    return sealed(head, _onward(joined, now), fact_n(fact), now=now, by=by)


def sealed(old: Head, new: Head, n: int, *, now: Millis, by: str) -> Head:
    """Raise the version, derive the status and append what is to be told, gap-free."""
    status = status_of(new)
    version = old.version + 1
    types = [*_failures(old, new), *_status_event(old.status, status)]
    news = tuple(
        Told(
            sequence=len(old.told) + i,
            type=type_,
            n=n,
            by=by,
            at=now,
            version=version,
            status=status if status.value != type_ else None,
            reason=_reason(new, n) if type_ in FAILING else None,
        )
        for i, type_ in enumerate(types, start=1)
    )
    return replace(
        new,
        status=status,
        status_at=now if status is not old.status else old.status_at,
        told=old.told + news,
        version=version,
    )


def fact_n(fact: Fact) -> int:
    return getattr(fact, "n", 0)


def _joined(head: Head, fact: Fact, now: Millis) -> Head:
    match fact:
        case Report():
            return _on_attempt(head, fact.n, lambda attempt: climb(attempt, fact))
        case Unsent():
            return _unsent(head, fact, now)
        case Lost(n=n):
            lost = Report(n=n, state=State.AMBIGUOUS, at=now, reason="lease-expired")
            return _on_attempt(head, n, lambda attempt: climb(attempt, lost))
        case Undecided(n=n, owner=owner):
            return _on_attempt(head, n, lambda attempt: _undecided(attempt, owner, now))
        case Silent(n=n):
            return _on_attempt(head, n, _silenced)
        case Asked(n=n):
            return _on_attempt(head, n, lambda attempt: replace(attempt, asks=attempt.asks + 1))
        case _:
            return _of_message(head, fact)


def _of_message(head: Head, fact: OfMessage) -> Head:
    match fact:
        case Expired():
            return head if head.final else replace(head, expired=True)
        case Canceled():
            unsent = all(attempt.state is State.REFUSED for attempt in head.attempts)
            return replace(head, canceled=True) if unsent and not head.final else head
        case Released():
            return replace(head, send_at=None, released_at=head.send_at or head.released_at)
        case Postponed(until=until):
            return head if head.final else _put_off(head, until)
        case HeldBack(until=until):
            # Somebody may have claimed it since; then it waits for that answer and no longer.
            return head if head.final or blocked(head) else replace(head, not_before=until)
        case Ended(reason=reason):
            return head if head.final or head.stop else replace(head, stop=reason)


def _put_off(head: Head, until: Millis) -> Head:
    # Scheduled is what has not been tried; what bounced in the meantime waits as for a back-off.
    return replace(head, not_before=until) if head.attempts else replace(head, send_at=until)


def _on_attempt(head: Head, n: int, change: Callable[[Attempt], Attempt]) -> Head:
    attempt = head.attempt(n)
    if attempt is None:
        return head
    attempts = (*head.attempts[: n - 1], change(attempt), *head.attempts[n:])
    return replace(head, attempts=attempts)


def _unsent(head: Head, fact: Unsent, now: Millis) -> Head:
    """Take an intent back: only its owner knows that nothing left, anybody else's stays."""
    attempt = head.attempt(fact.n)
    if attempt is None or attempt.owner != fact.owner:
        return head
    if fact.retryable and attempt is head.attempts[-1] and attempt.state is State.INTENT:
        # Our own trouble is no attempt on a carrier and must not use the message's up.
        plan = (attempt.route, *(head.plan or ()))
        return replace(head, attempts=head.attempts[:-1], plan=plan, not_before=now + SECOND)
    refused = Report(
        n=fact.n,
        state=State.REFUSED,
        at=now,
        reason=fact.reason,
        stop=fact.stop,
        retryable=fact.retryable,
    )
    return _on_attempt(head, fact.n, lambda attempt: climb(attempt, refused))


def _undecided(attempt: Attempt, owner: str, now: Millis) -> Attempt:
    return replace(attempt, repeats_until=now) if attempt.owner == owner else attempt


def _silenced(attempt: Attempt) -> Attempt:
    waiting = attempt.state in (State.ACCEPTED, State.SENT)
    return replace(attempt, silent=True) if waiting else attempt


def _onward(head: Head, now: Millis) -> Head:
    """After a refusal: once more on the same route, or a new round when all have been tried."""
    if not head.attempts or head.plan is None or blocked(head) or not _retry_due(head):
        return head
    last = head.attempts[-1]
    if once_more(head, last):
        again = (last.route, *head.plan)
        return replace(head, plan=again, not_before=now + (last.pause or 0))
    if head.plan:
        return head
    return replace(
        head,
        plan=tuple(dict.fromkeys(a.route for a in this_round(head) if a.retryable)),
        round=head.round + 1,
        not_before=max(now + backoff(head.round + 1), _asked_again(head, now)),
    )


def _asked_again(head: Head, now: Millis) -> Millis:
    """When the first of the carriers that said "later" wants to be asked again."""
    said = [attempt for attempt in this_round(head) if attempt.retryable]
    return min((a.ended_at or now) + min(a.pause or 0, MAX_BACKOFF) for a in said)


def _retry_due(head: Head) -> bool:
    last = head.attempts[-1]
    if last.route in (head.plan or ()) or not any(a.retryable for a in this_round(head)):
        return False
    return not (head.stopped or head.spent or head.canceled or head.expired)


def _reason(head: Head, n: int) -> str | None:
    attempt = head.attempt(n)
    return attempt.reason if attempt is not None else head.stop


def _failures(old: Head, new: Head) -> list[str]:
    # A silence that counts is a failure too, as far as the owner's view of failover goes.
    before = sum(attempt.failed or attempt.silent for attempt in old.attempts)
    after = sum(attempt.failed or attempt.silent for attempt in new.attempts)
    return ["attempt_failed"] * max(after - before, 0)


def _status_event(old: Status, new: Status) -> list[str]:
    if old is new:
        return []
    if old in FINAL:
        return ["status_corrected"]
    return [] if new in UNTOLD else [new.value]
