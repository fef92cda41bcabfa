"""One event on its way to one endpoint: claimed, tried, tried again on a schedule, given up."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from relevo.domain.event import Event
from relevo.domain.idempotency import SHAPE
from relevo.domain.timing import DAY, HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import Environment

SCHEDULE: Final[tuple[Millis, ...]] = (
    0,
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
"""The pause before each try; there are as many tries as pauses."""

JITTER: Final = 0.1
"""By how much of itself a pause may be longer: many endpoints come back at the same moment."""

LONGEST_RETRY_AFTER: Final = DAY
LEASE: Final = 30 * SECOND
"""How long a try may be under way; `notify` itself may not run longer."""

AGAIN: Final = 5 * SECOND
"""When a delivery is taken up again that there was no time for."""

LONGEST_LIFE: Final = 5 * DAY
KEPT: Final = 30 * DAY
MOST_TRIES: Final = 20
"""Tries a delivery remembers; the oldest are forgotten after many replays."""

DUE: Final = "webhook:"
DELIVERY_SHAPE: Final = rf"[0-9]{{13}}-{SHAPE}"
_REFERENCE: Final = re.compile(rf"([A-Za-z0-9_.#-]{{1,80}})/({DELIVERY_SHAPE})")


class State(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of one POST: an HTTP status, or the reason why there is none."""

    status: int | None = None
    reason: str | None = None
    retry_after: Millis | None = None
    took: Millis = 0

    @property
    def well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        return self.status == 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One try as it is logged: no body, no address."""

    n: int
    at: Millis
    status: int | None = None
    reason: str | None = None
    took: Millis = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`lane` is the endpoint, unmistakably among all accounts; `message` and `sequence` say what
    to tell, or `event` names what is kept for itself. `since` counts the tries before the last
    replay. `owner` has the try that is under way until `leased_until`.
    """

    id: str
    lane: str
    account: str
    environment: Environment
    endpoint: str
    event: str
    type: str
    at: Millis
    message: str | None = None
    sequence: int | None = None
    state: State = State.PENDING
    tries: tuple[Try, ...] = ()
    begun: int = 0
    since: int = 0
    next_at: Millis | None = None
    taken_up_at: Millis
    owner: str | None = None
    leased_until: Millis = 0
    version: int = 0

    @property
    def reference(self) -> str:
        return f"{self.lane}/{self.id}"

    def ready(self, now: Millis) -> bool:
        """Say whether a try may begin: nobody is at it, and its time has come."""
        waiting = self.next_at is not None and now < self.next_at
        return self.state is State.PENDING and now >= self.leased_until and not waiting


def lane_of(account: str, environment: Environment, endpoint: str) -> str:
    return f"{account}#{environment.value}#{endpoint}"


def delivery_id(event: Event) -> str:
    """Name a delivery among those of its endpoint, in the order of what happened."""
    return f"{event.at:013d}-{event.id}"


def due_name(reference: str) -> str:
    """Name a delivery among the due items, most of which are of messages."""
    return f"{DUE}{reference}"


def reference_due(name: str) -> str | None:
    """Read the reference back; None for the id of a message."""
    return name.removeprefix(DUE) if name.startswith(DUE) else None


def split_reference(reference: str) -> tuple[str, str] | None:
    """Read lane and id back; None for what cannot be one of ours."""
    read = _REFERENCE.fullmatch(reference)
    return (read[1], read[2]) if read else None


def opened(event: Event, endpoint: str, now: Millis) -> Delivery:
    """Begin to deliver an event to an endpoint, due at once."""
    sequence = event.data.get("sequence")
    return Delivery(
        id=delivery_id(event),
        lane=lane_of(event.account, event.environment, endpoint),
        account=event.account,
        environment=event.environment,
        endpoint=endpoint,
        event=event.id,
        type=event.type,
        at=event.at,
        message=event.data["messageId"] if sequence is not None else None,
        sequence=sequence,
        taken_up_at=now,
    )


def begun(delivery: Delivery, owner: str, now: Millis) -> Delivery:
    """Claim the next try; a try that was begun and never ended stays in the count."""
    return replace(
        delivery,
        begun=delivery.begun + 1,
        owner=owner,
        leased_until=now + LEASE,
        next_at=None,
        version=delivery.version + 1,
    )


def answered(delivery: Delivery, answer: Answer, now: Millis, chance: float) -> Delivery:
    """Record how the claimed try went; `chance` (0 … 1) spreads the next one."""
    tried = Try(
        n=delivery.begun, at=now, status=answer.status, reason=answer.reason, took=answer.took
    )
    done = replace(
        delivery,
        tries=(*delivery.tries, tried)[-MOST_TRIES:],
        owner=None,
        leased_until=0,
        next_at=None,
        version=delivery.version + 1,
    )
    if answer.well:
        return replace(done, state=State.SUCCEEDED)
    at = None if answer.gone else _next(done, answer, now, chance)
    if at is None:
        return replace(done, state=State.FAILED)
    return replace(done, next_at=at)


def passed_over(delivery: Delivery, reason: str, now: Millis, chance: float) -> Delivery:
    """Let a try go by unmade, as if it had failed: its endpoint is known to be out of order."""
    claimed = replace(delivery, begun=delivery.begun + 1)
    return answered(claimed, Answer(reason=reason), now, chance)


def put_off(delivery: Delivery, now: Millis) -> Delivery:
    """Take it up again in a moment; that costs no try."""
    if now - delivery.taken_up_at > LONGEST_LIFE:
        return given_up(delivery, "too-late", now)
    return replace(delivery, next_at=now + AGAIN, version=delivery.version + 1)


def given_up(delivery: Delivery, reason: str, now: Millis) -> Delivery:
    """End it without a further try, because there is nothing to send or nowhere to."""
    last = Try(n=delivery.begun, at=now, reason=reason)
    return replace(
        delivery,
        state=State.FAILED,
        tries=(*delivery.tries, last)[-MOST_TRIES:],
        owner=None,
        leased_until=0,
        next_at=None,
        version=delivery.version + 1,
    )


def replayed(delivery: Delivery, now: Millis) -> Delivery:
    """Start the schedule anew, whatever became of it; the log and the event's id stay."""
    return replace(
        delivery,
        state=State.PENDING,
        since=delivery.begun,
        next_at=None,
        taken_up_at=now,
        owner=None,
        leased_until=0,
        version=delivery.version + 1,
    )


def pause(made: int, chance: float, retry_after: Millis | None = None) -> Millis | None:
    """Give the pause after so many tries; None when there are no more.

    A customer may ask for a longer one, up to a day, never for a shorter one.
    """
    if made >= len(SCHEDULE):
        return None
    spread = round(SCHEDULE[made] * (1 + JITTER * chance))
    return max(spread, min(retry_after or 0, LONGEST_RETRY_AFTER))


def _next(delivery: Delivery, answer: Answer, now: Millis, chance: float) -> Millis | None:
    if now - delivery.taken_up_at > LONGEST_LIFE:
        return None
    span = pause(delivery.begun - delivery.since, chance, answer.retry_after)
    return None if span is None else now + span
