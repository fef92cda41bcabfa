"""Endpoints and deliveries as their owners read them; a secret is in an answer only once."""

from typing import Annotated

from pydantic import Field

from relevo.api.answers import Answer, Instant, if_known
from relevo.domain.delivery import Delivery, State, Try
from relevo.domain.endpoint import CALLBACKS, Endpoint
from relevo.domain.timing import Millis


class EndpointAnswer(Answer):
    """`url` is null for `callbacks`, the place behind every `callbackUrl` of the account.

    `secret` is in the answers that make one; `oldSecretUntil` is when the one before it ends.
    """

    id: str
    url: str | None
    events: tuple[str, ...]
    description: str | None = None
    enabled: bool
    disabled_reason: str | None = None
    created_at: Instant
    secret: str | None = if_known()
    old_secret_until: Instant | None = if_known()


class EndpointsAnswer(Answer):
    data: tuple[EndpointAnswer, ...] = ()


class TryAnswer(Answer):
    """One try; without `statusCode` there was no answer, and `reason` says why."""

    n: int
    at: Instant
    status_code: int | None = None
    reason: str | None = None
    duration_ms: int


class DeliveryAnswer(Answer):
    id: str
    event_id: str
    type: str
    at: Instant
    message_id: str | None = if_known()
    sequence: int | None = if_known()
    status: State
    attempts: tuple[TryAnswer, ...] = ()
    next_at: Instant | None = None


class DeliveriesAnswer(Answer):
    data: tuple[DeliveryAnswer, ...] = ()
    next_cursor: str | None = None


class ReplayAnswer(Answer):
    """How many deliveries begin anew; with a cursor there are more, which the next call takes."""

    replayed: Annotated[int, Field(ge=0)]
    next_cursor: str | None = None


def endpoint_answer(endpoint: Endpoint, now: Millis, *, show: bool = False) -> EndpointAnswer:
    old = endpoint.secrets[1:]
    ends = old[0].expires_at if old and len(endpoint.signing(now)) > 1 else None
    return EndpointAnswer(
        id=endpoint.id,
        url=None if endpoint.id == CALLBACKS else endpoint.url,
        events=endpoint.events,
        description=endpoint.description,
        enabled=endpoint.disabled is None,
        disabled_reason=endpoint.disabled,
        created_at=endpoint.created_at,
        secret=endpoint.secrets[0].value if show else None,
        old_secret_until=ends,
    )


def delivery_answer(delivery: Delivery) -> DeliveryAnswer:
    return DeliveryAnswer(
        id=delivery.id,
        event_id=delivery.event,
        type=delivery.type,
        at=delivery.at,
        message_id=delivery.message,
        sequence=delivery.sequence,
        status=delivery.state,
        attempts=tuple(map(_try, delivery.tries)),
        next_at=delivery.next_at,
    )


def _try(one: Try) -> TryAnswer:
    return TryAnswer(
        n=one.n, at=one.at, status_code=one.status, reason=one.reason, duration_ms=one.took
    )
