"""A message's status is a pure function of its head; this is that function."""

from relevo.domain.attempt import Attempt
from relevo.domain.message import Head
from relevo.domain.timing import Millis
from relevo.domain.words import OnAmbiguous, State, Status


def _of_failure(attempt: Attempt) -> Status:
    return Status.FAILED if attempt.state is State.REFUSED else Status(attempt.state.value)


def last_failure(head: Head) -> Attempt | None:
    """Give the failure the message is answered with: a stated bounce before a refusal."""
    bounced = [attempt for attempt in head.attempts if attempt.bounced]
    refused = [attempt for attempt in head.attempts if attempt.state is State.REFUSED]
    failures = bounced or refused
    return failures[-1] if failures else None


def may_try(head: Head) -> bool:
    """Say whether a route may still be tried; a head without a plan has not been routed yet."""
    if head.stopped or head.spent or head.canceled or head.expired:
        return False
    return head.plan is None or bool(head.plan)


def repeatable(head: Head) -> Attempt | None:
    """Give the attempt of which nobody knows whether it was taken, but that may be repeated.

    Its carrier knows our id again, so the repeat is no second text, whatever the owner chose.
    """
    last = head.attempts[-1] if head.attempts else None
    if last is None or last.state is not State.AMBIGUOUS or not last.repeats:
        return None
    return None if head.stopped or head.canceled or head.expired else last


def repeated_until(head: Head) -> Millis | None:
    """Until when another route waits for a repeat under way; None once its answer is known."""
    last = head.attempts[-1] if head.attempts else None
    return last.repeats_until if last is not None and last.state is State.AMBIGUOUS else None


def blocked(head: Head) -> bool:
    """Say whether an attempt under way forbids another one.

    An intent always does. An answer that nobody knows, or a silence that counts, does not
    where the owner chose `resend`.
    """
    resend = head.on_ambiguous is OnAmbiguous.RESEND
    return any(
        attempt.in_flight and not (resend and (attempt.state is State.AMBIGUOUS or attempt.silent))
        for attempt in head.attempts
    )


def this_round(head: Head) -> tuple[Attempt, ...]:
    return tuple(attempt for attempt in head.attempts if attempt.round == head.round)


def once_more(head: Head, attempt: Attempt) -> bool:
    """Say whether a short stated pause earns this attempt's route its second try this round."""
    tries = sum(other.route == attempt.route for other in this_round(head))
    return attempt.short_pause and attempt.round == head.round and tries == 1


def _at_expiry(head: Head) -> Status:
    if any(attempt.in_flight for attempt in head.attempts):
        return Status.UNCONFIRMED
    failure = last_failure(head)
    if failure is not None and failure.bounced:
        return _of_failure(failure)
    return Status.EXPIRED


def _in_flight(head: Head) -> Status | None:
    states = {attempt.state for attempt in head.attempts if attempt.in_flight}
    if states & {State.ACCEPTED, State.SENT}:
        return Status.SENT
    return Status.SENDING if states else None


def status_of(head: Head) -> Status:
    """Derive the status; docs/message-lifecycle.md says in words what this says in order."""
    if head.inbound:
        return Status.RECEIVED
    if any(attempt.state is State.DELIVERED for attempt in head.attempts):
        return Status.DELIVERED
    if head.expired:
        return _at_expiry(head)
    if in_flight := _in_flight(head):
        return in_flight
    if head.canceled:
        return Status.CANCELED
    if head.send_at is not None and not head.stopped:
        return Status.SCHEDULED
    if may_try(head):
        return Status.QUEUED if head.attempts else Status.ACCEPTED
    failure = last_failure(head)
    return _of_failure(failure) if failure else Status.FAILED
