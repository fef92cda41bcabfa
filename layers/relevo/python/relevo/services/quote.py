"""Quote: work an order out as a send would, and store, charge and send nothing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from relevo.domain.order import Order, end_of
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports import Account, Clock, Routes
from relevo.services.offer import Offer, offer

if TYPE_CHECKING:
    from relevo.domain.market_check import Breach


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """What would be sent, and the rules of its market that it would break."""

    offer: Offer
    violations: "tuple[Breach, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoter:
    routes: Routes
    clock: Clock

    def quote(self, account: Account, environment: Environment, order: Order) -> Quote:
        """Give the offer; an order that no route can take is answered with the reasons."""
        now = self.clock()
        end_of(order, now)
        offered = offer(account, environment, order, self.routes.book())
        return Quote(offer=offered, violations=_violations(offered, order, order.send_at or now))


def _violations(offered: Offer, order: Order, at: Millis) -> "tuple[Breach, ...]":
    # Only a quote pays for reading a market's rules; a send never loads them.
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.market_check import Draft, violations  # noqa: PLC0415
    from relevo.domain.market_hours import zones_of  # noqa: PLC0415

    rules = markets.rules(offered.recipient.country, at)
    promotion = order.traffic_class is TrafficClass.MARKETING
    draft = Draft(
        traffic_class=order.traffic_class,
        text=offered.text,
        encoding=offered.sizing.encoding,
        segments=offered.sizing.segments,
        sender=order.sender,
        at=at,
        zones=zones_of(offered.recipient.e164, rules) if promotion else (),
    )
    return violations(rules, draft)
