"""What `watch` does about a message that came due (pure): record, ask, queue, look later."""

from dataclasses import dataclass
from typing import TypeAlias

from relevo.domain.asking import next_ask
from relevo.domain.facts import Expired, Fact, Lost, Released, Silent
from relevo.domain.health import WINDOW
from relevo.domain.message import Head
from relevo.domain.status import may_try
from relevo.domain.steps import Wait, later, wants_submit
from relevo.domain.timing import LEASE, Millis
from relevo.domain.words import OnAmbiguous, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Turn waiting into a fact, then look again."""

    fact: Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """Put it on its class queue again, and look at it at `then` all the same."""

    then: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Final: only its money may need putting right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Ask the carrier of attempt `n` what became of it, then look again."""

    n: int


Look: TypeAlias = Record | Queue | Later | Done | Ask


def look(head: Head, now: Millis, *, silence_counts: bool, leased: bool = False) -> Look:
    """Decide about a due message; `silence_counts` is the valve's word on its routes.

    `leased`: it came due only because `render` took it a lease ago. Then its sender may be dead,
    which is recorded, but its own times say when it is queued again.
    """
    asking = next_ask(head)
    if asking is not None and asking[0] <= now and (head.final or now < head.expires_at):
        return Ask(n=asking[1])
    if head.final:
        return Later(at=asking[0]) if asking else Done()
    if now >= head.expires_at:
        return Record(fact=Expired())
    if head.send_at is not None:
        return Record(fact=Released()) if now >= head.send_at else Later(at=head.send_at)
    if fact := _waited_out(head, now, silence_counts=silence_counts):
        return Record(fact=fact)
    if wants_submit(head, now) is True and not leased:
        return Queue(then=min(later(head, now), head.expires_at))
    return Later(at=due_at(head, now))


def due_at(head: Head, now: Millis) -> Millis:
    """When a message that is let go of must be looked at: the earliest of what it waits for."""
    if head.send_at is not None:
        return min(head.send_at, head.expires_at)
    times = [head.expires_at]
    times += [a.claimed_at + LEASE for a in head.attempts if a.state is State.INTENT]
    times += [at if at > now else _asked_again(head, at, now) for at in _deadlines(head)]
    if asking := next_ask(head):
        times.append(max(asking[0], now))
    wanted = wants_submit(head, now)
    if isinstance(wanted, Wait):
        times.append(wanted.until)
    elif wanted:
        times.append(later(head, now))
    return min(times)


def silence_of(head: Head, now: Millis) -> tuple[Millis, Millis] | None:
    """In which time a receipt was missed that would count as silence now, if the valve let it."""
    until = min((at for at in _deadlines(head) if at <= now), default=None)
    return None if until is None else (until - (head.receipt_deadline or 0), until)


def silence_at(head: Head, n: int) -> Millis | None:
    """When the silence of accepted attempt `n` begins to matter; None where it never does."""
    attempt = head.attempt(n)
    if (
        attempt is None
        or attempt.silent
        or not attempt.receipts
        or attempt.state not in (State.ACCEPTED, State.SENT)
        or head.receipt_deadline is None
        or head.on_ambiguous is not OnAmbiguous.RESEND
        or not may_try(head)
    ):
        return None
    return (attempt.accepted_at or attempt.claimed_at) + head.receipt_deadline


def _asked_again(head: Head, missed: Millis, now: Millis) -> Millis:
    """When to ask the valve once more about a deadline that it did not let count.

    Each lease, as long as it looks back on that time; then as rarely as of anything else, for a
    day of that cost more than the message.
    """
    if now >= missed + WINDOW:
        return later(head, now)
    return head.begun_at + ((now - head.begun_at) // LEASE + 1) * LEASE


def _deadlines(head: Head) -> list[Millis]:
    times = [silence_at(head, attempt.n) for attempt in head.attempts]
    return [at for at in times if at is not None]


def _waited_out(head: Head, now: Millis, *, silence_counts: bool) -> Fact | None:
    for attempt in head.attempts:
        if attempt.state is State.INTENT and now >= attempt.claimed_at + LEASE:
            return Lost(n=attempt.n)
        at = silence_at(head, attempt.n)
        if silence_counts and at is not None and now >= at:
            return Silent(n=attempt.n)
    return None
