"""What an order comes to before anything is stored: recipient, text, segments, routes, price."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from relevo.domain.compose import Composition, compose
from relevo.domain.language import canonical
from relevo.domain.order import DEFAULT_CEILING, MAX_SEGMENTS, Order, classed
from relevo.domain.phone import Recipient, parse_recipient
from relevo.domain.plan import Wish, plan
from relevo.domain.problem import Flaw, Problem
from relevo.domain.routes import RoutePlan
from relevo.domain.sender import default_sender
from relevo.domain.templates import Template
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import Account
from relevo.ports.routing import Routes, Senders
from relevo.ports.templates import Templates

if TYPE_CHECKING:
    from relevo.domain.market import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """`order` is in the class of its template; `sender` is who it is from, chosen or named."""

    order: Order
    recipient: Recipient
    composition: Composition
    sender: str | None
    wish: Wish
    routes: RoutePlan

    @property
    def price(self) -> Decimal:
        """The price is that of the first eligible route in configured order; raises Problem."""
        if not self.routes.candidates:
            reasons = sorted({exclusion.reason for exclusion in self.routes.exclusions})
            raise Problem("no-route", details={"reasons": reasons})
        return self.routes.candidates[0].price

    @property
    def ceiling(self) -> Decimal:
        """What the message may cost at most, whichever route takes it; raises Problem."""
        return self.order.max_price or self.price * DEFAULT_CEILING


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What an order is worked out with: the account's templates and senders, and the routes."""

    templates: Templates
    senders: Senders
    routes: Routes

    def offer(self, account: Account, environment: Environment, order: Order, at: Millis) -> Offer:
        """Work an order out as it would be sent `at`; raises Problem where it never could be."""
        template = _template(account, order, self.templates)
        if template is not None:
            order = classed(order, template.category)
        recipient = parse_recipient(order.to, order.country)
        order = self._sent_by(account, order, recipient.country)
        _check_allowed(account, order, recipient)
        rules = _rules(account, order, recipient, at)
        composition = compose(
            order, recipient.country, account.voice, template=template, rules=rules
        )
        if composition.sizing.segments > MAX_SEGMENTS:
            details = {"segments": composition.sizing.segments, "max": MAX_SEGMENTS}
            raise Problem("content-too-long", details=details)
        sender = order.sender or composition.signature
        wish = Wish(
            account=account.id,
            environment=environment,
            country=recipient.country,
            traffic_class=order.traffic_class,
            encoding=composition.sizing.encoding,
            segments=composition.sizing.segments,
            currency=account.currency,
            ceiling=order.max_price,
            pinned=order.pinned,
            sender=sender,
            registered_only=registered_only(sender, recipient.country, at),
            shifted=composition.shifted,
            registered=tuple(sorted(composition.registered)),
        )
        return Offer(
            order=order,
            recipient=recipient,
            composition=composition,
            sender=sender,
            wish=wish,
            routes=plan(wish, self.routes.book()),
        )

    def _sent_by(self, account: Account, order: Order, country: str) -> Order:
        """Hold the order to the account's senders, or give it the one used there unasked."""
        senders = self.senders.of(account.id)
        if order.sender is None:
            language = canonical(order.language or account.voice.language or "")
            chosen = default_sender(senders, country, language)
            return order if chosen is None else replace(order, sender=chosen.name)
        known = {sender.name for sender in senders if sender.serves(country)}
        if order.sender not in known | account.senders | {*account.voice.signatures}:
            raise Problem("sender-not-allowed")
        return order


def registered_only(sender: str | None, country: str, at: Millis) -> bool:
    """Say whether a market lets this sender through only where a carrier has it registered."""
    if sender is None:
        return False
    # Files and dates of rules, which a message without a sender never waits for.
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.senders import must_be_registered  # noqa: PLC0415

    return must_be_registered(sender, markets.rules(country, at))


def _template(account: Account, order: Order, templates: Templates) -> Template | None:
    filling = order.filling
    if filling is None:
        return None
    template = templates.get(account.id, filling.template_id, filling.version)
    if template is None:
        detail = "The account has no template of this id, or not in this version."
        raise Problem("template-not-found", errors=[Flaw("/templateId", "not-found", detail)])
    return template


def _check_allowed(account: Account, order: Order, recipient: Recipient) -> None:
    if account.countries is not None and recipient.country not in account.countries:
        raise Problem("destination-not-enabled")
    if order.max_price_currency not in (None, account.currency):
        flaw = Flaw("/maxPrice/currency", "other-currency", f"Use {account.currency}.")
        raise Problem("validation-failed", errors=[flaw])


def _rules(account: Account, order: Order, recipient: Recipient, at: Millis) -> "Rules | None":
    """Read the market's rules where the answer depends on them, and hold the order to them."""
    name = None if order.sender in account.voice.signatures else order.sender
    promotion = order.traffic_class is TrafficClass.MARKETING
    if name is None and order.state is None and not promotion:
        return None
    # Files and dates of rules, which an ordinary notice never waits for.
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.senders import check_supported  # noqa: PLC0415

    if order.state is not None and order.state not in markets.states(recipient.country):
        flaw = Flaw("/state", "unknown-state", f"No state of {recipient.country} is known by it.")
        raise Problem("validation-failed", errors=[flaw])
    rules = markets.rules(recipient.country, at, state=order.state)
    if name is not None:
        check_supported(name, rules)
    return rules
