"""Choose routes for a batch, write the decisions down, and group by first carrier."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relevo.domain.message import Head
from relevo.domain.plan import Wish, plan, wish_of
from relevo.domain.routes import RoutePlan
from relevo.ports import Clock, Draw, Routes
from relevo.services.breaker import Fuses
from relevo.services.offer import registered_only

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A head with the plan it is to follow and the id of the decision that explains it."""

    head: Head
    plan: RoutePlan
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    routes: Routes
    fuses: Fuses
    clock: Clock
    draw: Draw

    def route(self, heads: Sequence[Head]) -> list[list[Routed]]:
        """Give groups of messages whose first carrier is the same; one decision per wish."""
        if not heads:
            return []
        book = self.routes.book()
        decided: dict[Wish, tuple[str, RoutePlan]] = {}
        groups: dict[str, list[Routed]] = {}
        now = self.clock()
        for head in heads:
            needed = registered_only(head.sender, head.country, now)
            wish = wish_of(head, registered_only=needed)
            if wish not in decided:
                decided[wish] = (self.draw(8).hex(), self.fuses.fitted(plan(wish, book)))
            decision, chosen = decided[wish]
            routed = Routed(head=head, plan=chosen, decision=decision)
            groups.setdefault(_first_carrier(chosen), []).append(routed)
        self._remember(decided.values())
        return list(groups.values())

    def _remember(self, decisions: Iterable[tuple[str, RoutePlan]]) -> None:
        now = self.clock()
        try:
            for decision, chosen in decisions:
                self.routes.remember(decision, chosen, now)
        except Exception as error:  # noqa: BLE001 - an explanation must never hold up a message
            log.warning("decision-unremembered", extra={"error": type(error).__name__})


def _first_carrier(chosen: RoutePlan) -> str:
    return next((one.route.carrier for one in chosen.candidates if not one.shut), "")
