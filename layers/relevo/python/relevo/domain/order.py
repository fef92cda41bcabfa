"""What a client asks to be sent, after parsing and before any look at state."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from relevo.domain.problem import Flaw, Problem
from relevo.domain.timing import DAY, HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import OnAmbiguous, TrafficClass

MAX_SEGMENTS: Final = 10
DEFAULT_CEILING: Final = 3
"""Routes dearer than this many times the price are not used unless the client says so."""

HORIZON: Final = 90 * DAY
SHORTEST_TTL: Final = 10 * SECOND
LONGEST_TTL: Final = 72 * HOUR
DEFAULT_TTL: Final[dict[TrafficClass, Millis]] = {
    TrafficClass.OTP: 10 * MINUTE,
    TrafficClass.TRANSACTIONAL: DAY,
    TrafficClass.MARKETING: DAY,
}
RECEIPT_DEADLINE: Final[dict[TrafficClass, Millis | None]] = {
    TrafficClass.OTP: 20 * SECOND,
    TrafficClass.TRANSACTIONAL: 120 * SECOND,
    TrafficClass.MARKETING: None,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """A template to fill in, in its latest version unless one is named; values as they came.

    `traffic_class` is the one asked for, which may only be the template's own.
    """

    template_id: str
    version: int | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    traffic_class: TrafficClass | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One message as ordered; `body_digest` identifies the request's body, `key` its id.

    It says a `text` or a `filling`. `send_at`, `expires_at` and `ttl` are as asked for: whether
    they can be depends on when. `zone` and `state` are the recipient's, where the client knows.
    """

    to: str
    country: str | None
    text: str = ""
    filling: Filling | None = None
    language: str | None = None
    zone: str | None = None
    state: str | None = None
    traffic_class: TrafficClass = TrafficClass.TRANSACTIONAL
    body_digest: str
    expires_at: Millis | None = None
    ttl: Millis | None = None
    key: str | None = None
    sender: str | None = None
    smart_encoding: bool = True
    pinned: str | None = None
    on_ambiguous: OnAmbiguous | None = None
    receipt_deadline: Millis | None = None
    max_price: Decimal | None = None
    max_price_currency: str | None = None
    send_at: Millis | None = None
    callback_url: str | None = None
    client_reference: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()
    correlation: str | None = None
    confirms: bool = False
    """It answers a refusal, once: our own order, which no client can give."""

    @property
    def ambiguity(self) -> OnAmbiguous:
        """The owner's choice, or the class's: a second code beats none, a second advert not."""
        if self.on_ambiguous is not None:
            return self.on_ambiguous
        otp = self.traffic_class is TrafficClass.OTP
        return OnAmbiguous.RESEND if otp else OnAmbiguous.HOLD

    @property
    def deadline(self) -> Millis | None:
        return self.receipt_deadline or RECEIPT_DEADLINE[self.traffic_class]


def classed(order: Order, category: TrafficClass) -> Order:
    """Put an order in the category of its template; raises Problem if it asked for another.

    Else promotion could be sent at night as a notice.
    """
    asked = order.filling.traffic_class if order.filling else None
    if asked not in (None, category):
        flaw = Flaw("/trafficClass", "other-category", f"The template is for {category.value}.")
        raise Problem("validation-failed", errors=[flaw])
    return replace(order, traffic_class=category)


def end_of(order: Order, now: Millis) -> Millis:
    """Give when the message ends; validity counts from `sendAt`. Raises Problem."""
    if order.send_at is not None and not now <= order.send_at <= now + HORIZON:
        detail = "Give a time in the future, at most 90 days ahead."
        raise Problem("invalid-schedule", errors=[Flaw("/sendAt", "out-of-range", detail)])
    start = now if order.send_at is None else order.send_at
    if order.expires_at is None:
        return start + (order.ttl or DEFAULT_TTL[order.traffic_class])
    if not start < order.expires_at <= start + LONGEST_TTL:
        detail = "Give a time after the time of sending, within 72 hours of it."
        raise Problem("validation-failed", errors=[Flaw("/expiresAt", "out-of-range", detail)])
    return order.expires_at
