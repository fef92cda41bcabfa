"""The closed vocabularies of Relevo: classes, environments, statuses, attempt states."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class TrafficClass(StrEnum):
    OTP = "otp"
    TRANSACTIONAL = "transactional"
    MARKETING = "marketing"


class Environment(StrEnum):
    LIVE = "live"
    TEST = "test"


class OnAmbiguous(StrEnum):
    """What to do when nobody knows whether a carrier took the message."""

    RESEND = "resend"
    HOLD = "hold"


class ListName(StrEnum):
    PRIMARY = "primary"
    BACKUP = "backup"


class Charge(StrEnum):
    """What the customer's balance was last told about a message."""

    DEBITED = "debited"
    CREDITED = "credited"


class Status(StrEnum):
    SCHEDULED = "scheduled"
    ACCEPTED = "accepted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"
    EXPIRED = "expired"
    REJECTED = "rejected"
    CANCELED = "canceled"
    UNCONFIRMED = "unconfirmed"
    RECEIVED = "received"


FINAL: Final = frozenset(
    {
        Status.DELIVERED,
        Status.UNDELIVERED,
        Status.FAILED,
        Status.EXPIRED,
        Status.REJECTED,
        Status.CANCELED,
        Status.UNCONFIRMED,
        Status.RECEIVED,
    }
)


class State(StrEnum):
    """An attempt's states, in the order in which they climb."""

    INTENT = "intent"
    AMBIGUOUS = "ambiguous"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    SENT = "sent"
    EXPIRED = "expired"
    FAILED = "failed"
    UNDELIVERED = "undelivered"
    REJECTED = "rejected"
    DELIVERED = "delivered"


RANK: Final[Mapping[State, int]] = {state: rank for rank, state in enumerate(State)}
IN_FLIGHT: Final = frozenset({State.INTENT, State.AMBIGUOUS, State.ACCEPTED, State.SENT})
BOUNCES: Final = frozenset({State.EXPIRED, State.FAILED, State.UNDELIVERED, State.REJECTED})
MAX_ATTEMPTS: Final[Mapping[TrafficClass, int]] = {
    TrafficClass.OTP: 4,
    TrafficClass.TRANSACTIONAL: 12,
    TrafficClass.MARKETING: 12,
}
