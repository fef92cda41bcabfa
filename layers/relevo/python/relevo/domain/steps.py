"""What to do next with a message: submit on a route, wait, or nothing (pure)."""

from dataclasses import dataclass, replace
from typing import TypeAlias

from relevo.domain.advance import sealed
from relevo.domain.attempt import Attempt
from relevo.domain.message import Head
from relevo.domain.routes import Candidate, RoutePlan
from relevo.domain.status import blocked, may_try, once_more, repeatable, repeated_until, this_round
from relevo.domain.timing import LEASE, MAX_BACKOFF, Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Try `candidate` as attempt `n`; `rest` are the routes still untried after it.

    An `n` that there is already repeats that attempt under its own id.
    """

    candidate: Candidate
    n: int
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Final, expired, in flight, or scheduled: no submit is wanted."""


Step: TypeAlias = Submit | Wait | Nothing


def wants_submit(head: Head, now: Millis) -> bool | Wait:
    """Say whether a submit is wanted now, later, or not at all, whatever the routes are."""
    if head.final or head.send_at is not None or now >= head.expires_at:
        return False
    if repeatable(head) is None and not _may_go_on(head):
        return False
    waits = [at for at in (head.not_before, repeated_until(head)) if at is not None and now < at]
    return Wait(until=max(waits)) if waits else True


def next_step(head: Head, plan: RoutePlan, now: Millis) -> Step:
    """Decide on facts alone: a passed deadline is none until `watch` has recorded it."""
    wanted = wants_submit(head, now)
    if isinstance(wanted, Wait):
        return wanted
    if not wanted:
        return Nothing()
    if again := _repeat(head, plan):
        return again
    if not _may_go_on(head):
        return Nothing()
    untried = [c for c in plan.candidates if c.route.name not in _tried(head)]
    ready = next((candidate for candidate in untried if not candidate.shut), None)
    if ready is None:
        return Wait(until=later(head, now))
    rest = tuple(one.route.name for one in untried if one is not ready)
    return Submit(candidate=ready, n=len(head.attempts) + 1, rest=rest)


def later(head: Head, now: Millis) -> Millis:
    """When to look at a message nothing else wakes: at 20, 40, 80 … s of age, then each 30 min.

    The times are the message's own, whoever asks and when: due items of several functions
    then fall on the same second and become one look, where they would otherwise multiply.
    """
    age, step = max(now - head.begun_at, 0), LEASE
    while step <= age and step < MAX_BACKOFF:
        step *= 2
    if step < MAX_BACKOFF:
        return head.begun_at + step
    return head.begun_at + (age // MAX_BACKOFF + 1) * MAX_BACKOFF


def claimed(
    head: Head, step: Submit, *, owner: str, now: Millis, by: str, knows_repeats: bool = False
) -> Head:
    """Give the head with attempt `n` as the intent of `owner`, written before any byte leaves.

    An attempt that is repeated stays ambiguous and changes its owner; for a lease nobody goes on
    to another route beside it. `knows_repeats`: the carrier would recognise our id.
    """
    if step.n <= len(head.attempts):
        last = head.attempts[-1]
        again = replace(last, owner=owner, repeats=last.repeats - 1, repeats_until=now + LEASE)
        repeated = replace(head, attempts=(*head.attempts[:-1], again), not_before=None)
        return sealed(head, repeated, step.n, now=now, by=by)
    candidate = step.candidate
    attempt = Attempt(
        n=step.n,
        route=candidate.route.name,
        carrier=candidate.route.carrier,
        list=candidate.list,
        owner=owner,
        claimed_at=now,
        round=head.round,
        price=candidate.price,
        receipts=candidate.route.receipts,
        lookup=candidate.route.lookup,
        repeats=int(knows_repeats),
        duplicate=any(other.in_flight for other in head.attempts),
    )
    attempts = (*head.attempts, attempt)
    new = replace(head, attempts=attempts, plan=step.rest, not_before=None)
    return sealed(head, new, step.n, now=now, by=by)


def _may_go_on(head: Head) -> bool:
    return may_try(head) and not blocked(head)


def _repeat(head: Head, plan: RoutePlan) -> Submit | None:
    """Ask the same carrier once more before any other, while it is in service."""
    attempt = repeatable(head)
    if attempt is None:
        return None
    for candidate in plan.candidates:
        if candidate.route.name == attempt.route and not candidate.shut:
            return Submit(candidate=candidate, n=attempt.n, rest=head.plan or ())
    return None


def _tried(head: Head) -> frozenset[str]:
    """Routes used up for good, and those tried in this round without leave for another try."""
    used_up = {a.route for a in head.attempts if not a.retryable}
    now_tried = {a.route for a in this_round(head) if not once_more(head, a)}
    return frozenset(used_up | now_tried)
