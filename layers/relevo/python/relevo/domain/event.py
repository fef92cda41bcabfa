"""What customers are told: events with ids that repeat, and the thin bodies that carry them.

A body says that something happened and where to read more; never a text, never a number.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from relevo.domain.idempotency import mac, random_id
from relevo.domain.message import Content, Head, Told
from relevo.domain.outlook import CarrierChange
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import Environment, Status

MESSAGE: Final = "message."
TRANSITIONS: Final = tuple(
    f"{MESSAGE}{what}"
    for what in (
        *(Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.UNDELIVERED, Status.FAILED),
        *(Status.EXPIRED, Status.REJECTED, Status.CANCELED, Status.UNCONFIRMED),
        *("status_corrected", "attempt_failed"),
    )
)
"""Events that a write of a head causes; the others are announced by whoever knows of them."""

CARRIER: Final = "carrier.state_changed"
TEST: Final = "webhook.test"
TYPES: Final = (
    *TRANSITIONS,
    "message.received",
    "consent.changed",
    CARRIER,
    "campaign.started",
    "campaign.paused",
    "campaign.resumed",
    "campaign.completed",
    "campaign.canceled",
    TEST,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to an account, as everyone who listens is told of it.

    `id` names it for ever: whoever announces it twice must give the same id. `data` is plain
    JSON without null and without fractions: what a table can keep.
    """

    id: str
    account: str
    environment: Environment
    type: str
    at: Millis
    data: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> str:
        """Write the body; equal events have equal bodies."""
        said = {"type": self.type, "timestamp": moment(self.at), "data": dict(self.data)}
        return json.dumps(said, separators=(",", ":"))


def moment(at: Millis) -> str:
    """Write an instant as RFC 3339 in UTC, to the millisecond."""
    whole = datetime.fromtimestamp(at // SECOND, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{at % SECOND:03d}Z"


def event_id(*named: str | int) -> str:
    """Name an event after what it is of, so that telling of it again cannot make another."""
    first, *rest = (str(part).encode() for part in named)
    return random_id(mac(first, b"event", *rest))


def of_message(head: Head, told: Told, content: Content | None) -> Event:
    """Give the event of a transition as it was then, whatever has become of the message since."""
    attempt = head.attempt(told.n)
    status = told.status_then or head.status
    said = {
        "messageId": head.id,
        "sequence": told.sequence,
        "status": status.value,
        "attempt": told.n or None,
        "carrier": attempt.carrier if attempt else None,
        "reason": told.reason,
        "wish": head.wish,
        "clientReference": content.client_reference if content else None,
        "metadata": dict(content.metadata) or None if content else None,
    }
    return Event(
        id=event_id(head.id, told.sequence),
        account=head.account,
        environment=head.environment,
        type=f"{MESSAGE}{told.type}",
        at=told.at,
        data={name: value for name, value in said.items() if value is not None},
    )


def of_carrier(change: CarrierChange, account: str) -> Event:
    """Give the event that tells an account of operators what befell a carrier."""
    environment, traffic_class, country = change.scene
    state = "out" if change.out else "back"
    said: dict[str, str | int] = {
        "carrier": change.carrier,
        "state": state,
        "trafficClass": traffic_class.value,
        "country": country,
        "lead": change.lead,
    }
    if change.estimate is not None:
        said["estimatePercent"] = round(100 * change.estimate)
    return Event(
        id=event_id(account, CARRIER, *change.scene, change.carrier, state, change.at),
        account=account,
        environment=environment,
        type=CARRIER,
        at=change.at,
        data=said,
    )
