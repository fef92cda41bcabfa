"""Quote: work an order out as a send would, and store, charge and send nothing."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from relevo.domain.order import Order, end_of
from relevo.domain.outlook import Scene
from relevo.domain.plan import plan
from relevo.domain.routes import RoutePlan
from relevo.domain.timing import Millis
from relevo.domain.voice import Voice
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import Account
from relevo.ports.basics import Clock
from relevo.services.offer import Offer, Offers
from relevo.services.outlooks import Outlooks

if TYPE_CHECKING:
    from relevo.domain.market_check import Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What would be sent, over which routes now, and the rules of its market that it would break.

    `routes` are in the order that health gives them; the price follows the configured one.
    """

    offer: Offer
    routes: RoutePlan
    violations: "tuple[Breach, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoter:
    offers: Offers
    outlooks: Outlooks
    clock: Clock

    def quote(self, account: Account, environment: Environment, order: Order) -> Quote:
        """Give the offer; an order that no route can take is answered with the reasons."""
        now = self.clock()
        at = order.send_at or now
        offered = self.offers.offer(account, environment, order, at)
        end_of(offered.order, now)
        voice = self._voice(account, offered)
        routes = self._routes(offered)
        return Quote(offer=offered, routes=routes, violations=_violations(offered, voice, at))

    def _routes(self, offered: Offer) -> RoutePlan:
        """Plan as `route` would now, by the same code."""
        wish = offered.wish
        book = self.offers.routes.book()
        scene = Scene(wish.environment, wish.traffic_class, wish.country)
        return plan(wish, book, self.outlooks.look(scene, book))

    def _voice(self, account: Account, offered: Offer) -> Voice:
        """Add what the sender's own registrations satisfy."""
        own = [
            sender.registrations
            for sender in self.offers.senders.of(account.id)
            if sender.name == offered.sender
        ]
        return replace(account.voice, registrations=account.voice.registrations.union(*own))


def _violations(offered: Offer, voice: Voice, at: Millis) -> "tuple[Breach, ...]":
    # Only a quote pays for reading a market's rules; an ordinary send never loads them.
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.market_check import draft_of, violations  # noqa: PLC0415
    from relevo.domain.market_hours import zones_of  # noqa: PLC0415

    order = offered.order
    rules = markets.rules(offered.recipient.country, at, state=order.state)
    zones: tuple[str, ...] = ()
    if order.traffic_class is TrafficClass.MARKETING:
        zones = (order.zone,) if order.zone else zones_of(offered.recipient.e164, rules)
    return violations(rules, draft_of(order, offered.composition, voice, at=at, zones=zones))
