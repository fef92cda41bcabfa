"""Keep up with carriers' health: read, judge, share what was judged, and pick single probes."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from relevo.domain.lineup import Lineup, probing, wants_probe
from relevo.domain.outlook import CarrierChange, Configured, Outlook, Scene, changes, outlook
from relevo.domain.routes import ANY, RouteBook
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import Environment
from relevo.ports.basics import Clock, Conflict
from relevo.ports.routing import CarriersChanged, Health, Lineups

log = logging.getLogger(__name__)

FRESH = 2 * SECOND
"""How long a judgement stays good: with the counts' own five seconds an outcome counts in ten."""


def configured(book: RouteBook, scene: Scene) -> list[Configured]:
    """Everybody's carriers of this scene in configured order, then those of single accounts."""
    lists = [book.lists_for(ANY, scene.environment, scene.country, scene.traffic_class)]
    lists += [one for key, one in sorted(book.lists.items()) if key[1] == scene.environment]
    found: dict[str, Configured] = {}
    for one in lists:
        for name in (*one.primary, *one.backup):
            route = book.routes.get(name)
            if route is not None and route.environment is scene.environment:
                found.setdefault(route.carrier, Configured(route.carrier, route.price))
    return list(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlooks:
    """Without health there is no outlook, and routes keep their configured order.

    So they do in the sandbox, always: there each message fails as its own number says.
    """

    health: Health
    lineups: Lineups
    changed: CarriersChanged
    clock: Clock
    _kept: dict[Scene, tuple[Millis, Outlook]] = field(default_factory=dict)

    def of(self, scene: Scene, book: RouteBook) -> Outlook | None:
        """Judge a scene at most every `FRESH`, and share what changed."""
        if scene.environment is Environment.TEST:
            return None
        now = self.clock()
        kept = self._kept.get(scene)
        if kept is not None and now < kept[0] + FRESH:
            return kept[1]
        try:
            looked = self._judged(scene, configured(book, scene), now)
        except Exception as error:  # noqa: BLE001 - routing goes on as configured
            log.warning("health-unread", extra={"error": type(error).__name__})
            return None
        self._kept[scene] = (now, looked)
        return looked

    def look(self, scene: Scene, book: RouteBook) -> Outlook | None:
        """Give the outlook as `of`, and leave everything as it is."""
        if scene.environment is Environment.TEST:
            return None
        now = self.clock()
        try:
            lineup, read = self.lineups.get(scene), self.health.evidence(scene, now)
            order = configured(book, scene)
            return outlook(lineup, order, scene.traffic_class, read.cohorts, read.at)
        except Exception as error:  # noqa: BLE001 - a quote goes on as configured
            log.warning("health-unread", extra={"error": type(error).__name__})
            return None

    def probe(self, scene: Scene, looked: Outlook, carriers: Sequence[str]) -> Outlook | None:
        """Give the outlook for one message that is to probe a carrier, where one is due.

        Whoever writes it down first has the probe, of all workers.
        """
        now = self.clock()
        due = wants_probe(looked.lineup, carriers, now)
        if due is None:
            return None
        try:
            lineup = self.lineups.save(scene, probing(looked.lineup, due, now))
        except Conflict:
            self._kept.pop(scene, None)
            return None
        except Exception as error:  # noqa: BLE001 - no probe, and nothing else is lost
            log.warning("probe-unwritten", extra={"error": type(error).__name__})
            return None
        told = replace(looked, lineup=lineup)
        self._kept[scene] = (now, told)
        return replace(told, probe=due)

    def _judged(self, scene: Scene, order: Sequence[Configured], now: Millis) -> Outlook:
        before, read = self.lineups.get(scene), self.health.evidence(scene, now)
        looked = outlook(before, order, scene.traffic_class, read.cohorts, read.at)
        if not _worth_writing(before, looked.lineup):
            return looked
        try:
            stored = self.lineups.save(scene, looked.lineup)
        except Conflict:
            # Somebody judged before us; the next look starts from what they wrote.
            return looked
        self._tell(changes(scene, before, looked))
        return replace(looked, lineup=stored)

    def _tell(self, changes: Sequence[CarrierChange]) -> None:
        if not changes:
            return
        try:
            self.changed(changes)
        except Exception as error:  # noqa: BLE001 - routing does not wait for who is told
            log.warning("change-untold", extra={"error": type(error).__name__})


def _worth_writing(before: Lineup, after: Lineup) -> bool:
    """Whether others must know: that nothing is wrong, or a guess by a hair, they see as well."""
    if not before.version and not after.standings:
        return False
    return _rounded(before) != _rounded(after)


def _rounded(lineup: Lineup) -> object:
    standings = {
        name: replace(one, estimate=round(one.estimate, 1))
        for name, one in lineup.standings.items()
    }
    return lineup.lead, standings
