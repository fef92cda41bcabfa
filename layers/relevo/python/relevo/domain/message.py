"""The head of a message: everything the road needs to know, without text and without number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from relevo.domain.attempt import Attempt
from relevo.domain.shift_tables import Shift
from relevo.domain.templates import Registered
from relevo.domain.timing import Millis
from relevo.domain.words import (
    FINAL,
    MAX_ATTEMPTS,
    Charge,
    Environment,
    OnAmbiguous,
    Status,
    TrafficClass,
)

_STATUSES: Final = frozenset(status.value for status in Status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event that a write caused; `version` is the write that stored it.

    `status` stands only where the type is another word; `reason` is that of a failure, then.
    """

    sequence: int
    type: str
    n: int
    by: str
    at: Millis
    version: int
    status: Status | None = None
    reason: str | None = None

    @property
    def status_then(self) -> Status | None:
        """The status from this event on; None where an early record does not say."""
        if self.status is None and self.type in _STATUSES:
            return Status(self.type)
        return self.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`shifted` are the segments with a national table where it saves some; `registered` the
    carriers that have an approved template for this message; `callback` says that its content
    names a URL to tell of its events.

    `inbound`: a text that somebody sent to us; its recipient hash is its sender's, and `wish` is
    what it asks of us. `confirms`: it answers a refusal, so it goes in spite of it.
    """

    id: str
    account: str
    environment: Environment
    traffic_class: TrafficClass
    country: str
    recipient_hash: str
    encoding: str
    segments: int
    price: Decimal
    currency: str
    on_ambiguous: OnAmbiguous
    created_at: Millis
    expires_at: Millis
    request_id: str
    body_digest: str
    max_price: Decimal
    sender: str | None = None
    receipt_deadline: Millis | None = None
    pinned: str | None = None
    send_at: Millis | None = None
    released_at: Millis | None = None
    not_before: Millis | None = None
    round: int = 0
    shifted: tuple[tuple[Shift, int], ...] = ()
    registered: tuple[str, ...] = ()
    callback: bool = False
    plan: tuple[str, ...] | None = None
    decision: str | None = None
    attempts: tuple[Attempt, ...] = ()
    canceled: bool = False
    expired: bool = False
    stop: str | None = None
    inbound: bool = False
    wish: str | None = None
    confirms: bool = False
    charge: Charge = Charge.DEBITED
    status: Status = Status.ACCEPTED
    status_at: Millis = 0
    told: tuple[Told, ...] = ()
    version: int = 1
    correlation: str | None = None

    @property
    def begun_at(self) -> Millis:
        """When it could first be sent, from which its age counts."""
        return self.released_at or self.created_at

    @property
    def final(self) -> bool:
        return self.status in FINAL

    @property
    def stopped(self) -> bool:
        """Whether no further carrier may be tried: the recipient, or we ourselves, said so."""
        return self.stop is not None or any(attempt.stop for attempt in self.attempts)

    @property
    def spent(self) -> bool:
        """Whether the class's number of attempts is used up."""
        return len(self.attempts) >= MAX_ATTEMPTS[self.traffic_class]

    @property
    def taken(self) -> bool:
        return any(attempt.taken for attempt in self.attempts)

    @property
    def possible_duplicate(self) -> bool:
        return any(attempt.duplicate for attempt in self.attempts)

    @property
    def news(self) -> tuple[Told, ...]:
        """The events that the write which made this version caused."""
        return tuple(told for told in self.told if told.version == self.version)

    def attempt(self, n: int) -> Attempt | None:
        return self.attempts[n - 1] if 0 < n <= len(self.attempts) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What only the sender, the carrier and a scope of its own may see; kept apart, shorter.

    `text` is what every carrier can be given; `smart` lets a carrier's finish replace characters.
    `wording` is what was put at its end so that promotion can be refused, at `contact` if named.
    `zone` and `state` are the recipient's, where known; `registered` is by carrier.
    """

    id: str
    to: str
    text: str
    sender: str | None = None
    client_reference: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    callback_url: str | None = None
    send_at: Millis | None = None
    smart: bool = True
    replaced: str = ""
    language: str | None = None
    zone: str | None = None
    state: str | None = None
    wording: str | None = None
    contact: str | None = None
    template_id: str | None = None
    template_version: int | None = None
    registered: Mapping[str, Registered] = field(default_factory=dict)


def attempt_id(message_id: str, n: int) -> str:
    """Name attempt `n`: the reference we give the carrier and receive back with receipts."""
    return f"{message_id}-{n}"


def split_attempt_id(reference: str) -> tuple[str, int] | None:
    """Read an attempt id back; None when it cannot be one of ours."""
    message_id, dash, number = reference.rpartition("-")
    if not (dash and message_id and number.isascii() and number.isdigit() and len(number) <= 2):
        return None
    return message_id, int(number)
