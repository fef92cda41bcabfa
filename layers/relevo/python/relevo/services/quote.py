"""Quote: work an order out as a send would, and store, charge and send nothing."""

from dataclasses import dataclass

from relevo.domain.order import Order, end_of
from relevo.domain.words import Environment
from relevo.ports import Account, Clock, Routes
from relevo.services.offer import Offer, offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoter:
    routes: Routes
    clock: Clock

    def quote(self, account: Account, environment: Environment, order: Order) -> Offer:
        """Give the offer; an order that no route can take is answered with the reasons."""
        end_of(order, self.clock())
        return offer(account, environment, order, self.routes.book())
