"""Remember: look at every message that has come due, and leave a later item before the old goes."""

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from relevo.domain.facts import Fact, Silent
from relevo.domain.health import Window, valve
from relevo.domain.look import Done, Later, Queue, Record, look
from relevo.domain.message import Head
from relevo.domain.timing import LEASE, Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports import ClassQueues, Clock, DueItem, Dues, Health, Messages
from relevo.services.advance import advance
from relevo.services.settle import settle

log = logging.getLogger(__name__)

LOOKS = 16
"""Facts recorded on one message in one go; more than a head can hold attempts."""


@dataclass(slots=True)
class Valves:
    """The silences this run has let count, on top of what health already knows."""

    health: Health
    now: Millis
    windows: dict[tuple[Environment, TrafficClass], Window] = field(default_factory=dict)

    def open(self, head: Head) -> bool:
        return valve(self._window(head))

    def count(self, head: Head) -> None:
        window = self._window(head)
        self.windows[head.environment, head.traffic_class] = replace(
            window, silences=window.silences + 1
        )

    def _window(self, head: Head) -> Window:
        key = (head.environment, head.traffic_class)
        if key not in self.windows:
            self.windows[key] = self.health.window(*key, self.now)
        return self.windows[key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    messages: Messages
    dues: Dues
    queues: ClassQueues
    health: Health
    clock: Clock

    def watch(self, shards: Iterable[int], *, until: Millis) -> int:
        """Work through what is due on these shards until `until`; give how many were looked at."""
        looked = 0
        for shard in shards:
            while self.clock() < until:
                items = self.dues.due(shard, self.clock())
                if not items:
                    break
                self._take(items)
                looked += sum(len(item.ids) for item in items)
        return looked

    def _take(self, items: Iterable[DueItem]) -> None:
        items = list(items)
        heads = self.messages.get_many({id_ for item in items for id_ in item.ids})
        valves = Valves(self.health, self.clock())
        looks = {id_: self._look_safely(head, valves) for id_, head in heads.items()}
        self.queues.send([head for head, again in looks.values() if isinstance(again, Queue)])
        self.dues.put(_times(looks))
        self.dues.remove(items)

    def _look_safely(self, head: Head, valves: Valves) -> tuple[Head, Queue | Later | None]:
        # One message that cannot be looked at must not hold back the others that came due.
        try:
            return self._look(head, valves)
        except Exception as error:  # noqa: BLE001 - it keeps its due item, a lease later
            log.error("look-failed", extra={"message_id": head.id, "error": type(error).__name__})
            return head, Later(at=self.clock() + LEASE)

    def _look(self, head: Head, valves: Valves) -> tuple[Head, Queue | Later | None]:
        for _ in range(LOOKS):
            now = self.clock()
            match look(head, now, silence_counts=valves.open(head)):
                case Record(fact=fact):
                    head = self._record(head, fact, valves)
                case Queue() | Later() as again:
                    return head, again
                case Done():
                    settle(self.messages, head, clock=self.clock, by="watch")
                    return head, None
        return head, Later(at=self.clock())

    def _record(self, head: Head, fact: Fact, valves: Valves) -> Head:
        if isinstance(fact, Silent):
            valves.count(head)
        stored = advance(self.messages, head.id, fact, clock=self.clock, by="watch", head=head)
        return stored or head


def _times(looks: Mapping[str, tuple[Head, Queue | Later | None]]) -> dict[str, Millis]:
    times = {}
    for id_, (_, again) in looks.items():
        match again:
            case Queue(then=then):
                times[id_] = then
            case Later(at=at):
                times[id_] = at
    return times
