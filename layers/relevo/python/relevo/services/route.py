"""Choose routes for a batch, write the decisions down, and group by first carrier."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from relevo.domain.message import Head
from relevo.domain.outlook import Outlook, Scene
from relevo.domain.plan import Wish, plan, wish_of
from relevo.domain.routes import RouteBook, RoutePlan
from relevo.ports.basics import Clock, Draw
from relevo.ports.routing import Routes
from relevo.services.breaker import Fuses
from relevo.services.offer import registered_only
from relevo.services.outlooks import Outlooks

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """A head with the plan it is to follow and the id of the decision that explains it."""

    head: Head
    plan: RoutePlan
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A plan with the outlook it was made on, under the id that explains it."""

    id: str
    plan: RoutePlan
    outlook: Outlook | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Router:
    routes: Routes
    outlooks: Outlooks
    fuses: Fuses
    clock: Clock
    draw: Draw

    def route(self, heads: Sequence[Head]) -> list[list[Routed]]:
        """Give groups of messages whose first carrier is the same; one decision per wish.

        One message may be a probe, and then has a decision of its own.
        """
        if not heads:
            return []
        book = self.routes.book()
        decided: dict[Wish, Decision] = {}
        probes: list[Decision] = []
        groups: dict[str, list[Routed]] = {}
        now = self.clock()
        for head in heads:
            needed = registered_only(head.sender, head.country, now)
            wish = wish_of(head, registered_only=needed)
            decision = decided.get(wish)
            if decision is None:
                scene = Scene(wish.environment, wish.traffic_class, wish.country)
                decision = self._decided(wish, book, self.outlooks.of(scene, book))
                decided[wish] = decision
            if probe := self._probe(head, wish, book, decision):
                decision = probe
                probes.append(probe)
            routed = Routed(head=head, plan=decision.plan, decision=decision.id)
            groups.setdefault(_first_carrier(decision.plan), []).append(routed)
        self._remember([*decided.values(), *probes])
        return list(groups.values())

    def _decided(self, wish: Wish, book: RouteBook, looked: Outlook | None) -> Decision:
        chosen = self.fuses.fitted(plan(wish, book, looked))
        return Decision(id=self.draw(8).hex(), plan=chosen, outlook=looked)

    def _probe(
        self, head: Head, wish: Wish, book: RouteBook, decision: Decision
    ) -> Decision | None:
        """Let a message that nobody pinned and nothing befell yet try a carrier that is out."""
        looked = decision.outlook
        if looked is None or not looked.lineup.standings or wish.pinned or head.attempts:
            return None
        able = [one.route.carrier for one in decision.plan.candidates if not one.shut]
        scene = Scene(wish.environment, wish.traffic_class, wish.country)
        probing = self.outlooks.probe(scene, looked, able)
        return None if probing is None else self._decided(wish, book, probing)

    def _remember(self, decisions: Iterable[Decision]) -> None:
        now = self.clock()
        try:
            for one in decisions:
                self.routes.remember(one.id, one.plan, now, one.outlook)
        except Exception as error:  # noqa: BLE001 - an explanation must never hold up a message
            log.warning("decision-unremembered", extra={"error": type(error).__name__})


def _first_carrier(chosen: RoutePlan) -> str:
    return next((one.route.carrier for one in chosen.candidates if not one.shut), "")
