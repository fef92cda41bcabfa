"""What an order comes to before anything is stored: recipient, text, segments, routes, price."""

from dataclasses import dataclass
from decimal import Decimal

from relevo.domain import gsm
from relevo.domain.order import DEFAULT_CEILING, MAX_SEGMENTS, Order
from relevo.domain.phone import Recipient, parse_recipient
from relevo.domain.plan import Wish, plan
from relevo.domain.problem import Flaw, Problem
from relevo.domain.routes import RouteBook, RoutePlan
from relevo.domain.segments import Sizing, measure
from relevo.domain.words import Environment
from relevo.ports import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`text` is what will be sent; `replaced` names what smart encoding took out of it."""

    recipient: Recipient
    text: str
    replaced: tuple[str, ...]
    sizing: Sizing
    routes: RoutePlan

    @property
    def price(self) -> Decimal:
        """The price is that of the first eligible route in configured order; raises Problem."""
        if not self.routes.candidates:
            reasons = sorted({exclusion.reason for exclusion in self.routes.exclusions})
            raise Problem("no-route", details={"reasons": reasons})
        return self.routes.candidates[0].price

    def ceiling(self, order: Order) -> Decimal:
        """What the message may cost at most, whichever route takes it; raises Problem."""
        return order.max_price or self.price * DEFAULT_CEILING


def offer(account: Account, environment: Environment, order: Order, book: RouteBook) -> Offer:
    """Work an order out for this account; raises Problem where it could never be sent."""
    recipient = parse_recipient(order.to, order.country)
    _check_allowed(account, order, recipient)
    text, replaced = composed(order)
    sizing = measure(text)
    if sizing.segments > MAX_SEGMENTS:
        details = {"segments": sizing.segments, "max": MAX_SEGMENTS}
        raise Problem("content-too-long", details=details)
    wish = Wish(
        environment=environment,
        country=recipient.country,
        traffic_class=order.traffic_class,
        segments=sizing.segments,
        currency=account.currency,
        ceiling=order.max_price,
        pinned=order.pinned,
    )
    return Offer(
        recipient=recipient,
        text=text,
        replaced=replaced,
        sizing=sizing,
        routes=plan(wish, book),
    )


def composed(order: Order) -> tuple[str, tuple[str, ...]]:
    """Give the text as it will be sent, and the characters that smart encoding replaced."""
    if not order.smart_encoding:
        return gsm.normalise(order.text), ()
    smart = gsm.transliterate(order.text)
    return smart.text, smart.replaced


def _check_allowed(account: Account, order: Order, recipient: Recipient) -> None:
    if account.countries is not None and recipient.country not in account.countries:
        raise Problem("destination-not-enabled")
    if order.sender is not None and order.sender not in account.senders:
        raise Problem("sender-not-allowed")
    if order.max_price_currency not in (None, account.currency):
        flaw = Flaw("/maxPrice/currency", "other-currency", f"Use {account.currency}.")
        raise Problem("validation-failed", errors=[flaw])
