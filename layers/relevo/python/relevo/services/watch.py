"""Remember: look at every message that has come due, and leave a later item before the old goes."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from relevo.domain.correlation import about
from relevo.domain.delivery import due_name, reference_due
from relevo.domain.facts import Fact, Silent
from relevo.domain.health import Window, valve
from relevo.domain.look import Ask, Done, Later, Queue, Record, look, silence_of
from relevo.domain.message import Head
from relevo.domain.timing import LEASE, MINUTE, SECOND, Millis
from relevo.domain.words import Environment, Status, TrafficClass
from relevo.ports.basics import Clock
from relevo.ports.messages import ClassQueues, DueItem, Dues, Messages
from relevo.ports.routing import Health
from relevo.ports.webhooks import Announcements
from relevo.services.advance import advance
from relevo.services.ask import Asker
from relevo.services.settle import settle

log = logging.getLogger(__name__)

LOOKS: Final = 16
"""Facts recorded on one message in one go; more than a head can hold attempts."""

LATE: Final = MINUTE + 15 * SECOND
"""What comes due between two rounds waits for the next one; more than that is worth a line."""

UNHEARD: Final = 10 * SECOND
"""The age at which a message that nobody tried has lost its copy on the class queue."""

GRACE: Final = 5 * MINUTE
"""How long after its validity a message may still have no end, before one was lost."""

UNREADABLE_AGAIN: Final = 5 * MINUTE

Next: TypeAlias = Queue | Later | None


class Incomplete(Exception):
    """Some shards could not be worked through; their items are still due."""


@dataclass(slots=True)
class Round:
    """One run: until when it may last, and the silences it has let count beside those of health."""

    health: Health
    now: Millis
    until: Millis
    windows: dict[tuple[Environment, TrafficClass], Window] = field(default_factory=dict)
    told: dict[tuple[Environment, TrafficClass], Millis] = field(default_factory=dict)

    def open(self, head: Head, now: Millis) -> bool:
        """Whether a receipt is missing and its silence may count; not while nobody can tell."""
        missed = silence_of(head, now)
        if missed is None:
            return False
        try:
            window = self._window(head)
            deaf = window.deaf(*missed, now)
            if not (lets := valve(window, deaf=deaf)):
                self._tell(head, window, deaf=deaf)
            return lets
        except Exception as error:  # noqa: BLE001 - without health there is no outage to see
            log.warning("health-unread", extra={"error": type(error).__name__})
            return False

    def count(self, head: Head) -> None:
        window = self._window(head)
        self.windows[head.environment, head.traffic_class] = replace(
            window, silences=window.silences + 1
        )

    def _tell(self, head: Head, window: Window, *, deaf: bool) -> None:
        """Say once a minute that messages wait for receipts, and why no carrier is blamed."""
        kind = (head.environment, head.traffic_class)
        if self.now - self.told.get(kind, 0) < MINUTE:
            return
        self.told[kind] = self.now
        why = "no-receipts" if deaf or not window.receipts else "budget"
        counts = {"accepted": window.accepted, "receipts": window.receipts}
        details = {"class": kind[1].value, "why": why, **counts, "silences": window.silences}
        log.error("silence-held", extra=details)

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
    asker: Asker
    announcements: Announcements
    clock: Clock
    _told: dict[tuple[Environment, TrafficClass], Millis] = field(default_factory=dict)

    def watch(self, shards: Iterable[int], *, until: Millis) -> int:
        """Work through what is due until `until`, a page of each shard in turn; raises Incomplete.

        Gives how many messages were looked at.
        """
        round_ = Round(self.health, self.clock(), until, told=self._told)
        waiting, failed, looked = list(shards), list[int](), 0
        while waiting and self.clock() < until:
            for shard in list(waiting):
                try:
                    seen = self._page(shard, round_)
                except Exception as error:  # noqa: BLE001 - the other shards are due as well
                    log.error("shard-failed", extra={"shard": shard, "error": type(error).__name__})
                    failed.append(shard)
                    seen = 0
                looked += seen
                if not seen:
                    waiting.remove(shard)
        if failed:
            raise Incomplete(f"shards {failed}")
        return looked

    def _page(self, shard: int, round_: Round) -> int:
        items = self.dues.due(shard, self.clock())
        if items:
            self._take(items, round_)
        return sum(len(item.ids) for item in items)

    def _take(self, items: Sequence[DueItem], round_: Round) -> None:
        named = dict.fromkeys(id_ for item in items for id_ in item.ids)  # the earliest first
        webhooks = [id_ for id_ in named if reference_due(id_) is not None]
        asked = {id_ for item in items if not item.leased for id_ in item.ids}
        heads = self.messages.get_many(named.keys() - set(webhooks))
        looks = {
            id_: self._look_safely(head, round_, leased=id_ not in asked)
            for id_ in named
            if (head := heads.get(id_)) is not None
        }
        self._notice(items, heads.values())
        times = _times(looks) | self._queue(looks)
        times |= {id_: self.clock() + UNREADABLE_AGAIN for id_ in heads if heads[id_] is None}
        self.dues.put(times | self._wake(webhooks))
        self.dues.remove(items)

    def _wake(self, webhooks: Iterable[str]) -> dict[str, Millis]:
        """Say that deliveries have come due; give a near time to all if nobody could be told."""
        references = sorted(filter(None, map(reference_due, webhooks)))
        if not references:
            return {}
        try:
            self.announcements.wake(references)
        except Exception as error:  # noqa: BLE001 - messages are due as well
            log.error("queue-failed", extra={"queue": "webhook", "error": type(error).__name__})
            return {due_name(one): self.clock() + LEASE for one in references}
        return {}

    def _notice(self, items: Sequence[DueItem], heads: Iterable[Head | None]) -> None:
        """Say what should not be: items long overdue, and messages without an end in their time."""
        now = self.clock()
        late = max(now - item.at for item in items)
        if late > LATE:
            log.warning("due-late", extra={"seconds": late // SECOND})
        for head in heads:
            if head is not None and not head.final and now > head.expires_at + GRACE:
                log.error("unended", extra=about(head))

    def _queue(self, looks: Mapping[str, tuple[Head, Next]]) -> dict[str, Millis]:
        """Queue what wants it, class by class; give a near time to those that could not be."""
        classes: defaultdict[TrafficClass, list[Head]] = defaultdict(list)
        for head, again in looks.values():
            if isinstance(again, Queue):
                classes[head.traffic_class].append(head)
                age = self.clock() - head.begun_at
                if head.status is Status.ACCEPTED and age > (LATE if head.released_at else UNHEARD):
                    # Its copy on the class queue was lost, or nobody took it in time.
                    log.warning("message-recovered", extra=about(head))
        missed: dict[str, Millis] = {}
        for traffic_class, heads in classes.items():
            try:
                self.queues.send(heads)
            except Exception as error:  # noqa: BLE001 - one broken queue must not stop the others
                details = {"queue": traffic_class.value, "error": type(error).__name__}
                log.error("queue-failed", extra=details)
                missed |= {head.id: self.clock() + LEASE for head in heads}
        return missed

    def _look_safely(self, head: Head, round_: Round, *, leased: bool) -> tuple[Head, Next]:
        # One message that cannot be looked at must not hold back the others that came due.
        try:
            return self._look(head, round_, leased=leased)
        except Exception as error:  # noqa: BLE001 - it keeps its due item, a lease later
            log.error("look-failed", extra={**about(head), "error": type(error).__name__})
            return head, Later(at=self.clock() + LEASE)

    def _look(self, head: Head, round_: Round, *, leased: bool) -> tuple[Head, Next]:
        for _ in range(LOOKS):
            now = self.clock()
            counts = round_.open(head, now)
            match look(head, now, silence_counts=counts, leased=leased):
                case Record(fact=fact):
                    head = self._record(head, fact, round_)
                case Ask(n=n) if self.asker.fits(round_.until):
                    head = self.asker.ask(head, n)
                case Ask():
                    return head, Later(at=now + MINUTE)
                case Queue() | Later() as again:
                    self._settle(head)
                    return head, again
                case Done():
                    self._settle(head)
                    return head, None
        return head, Later(at=self.clock() + LEASE)

    def _settle(self, head: Head) -> None:
        if head.final:
            settle(self.messages, head, clock=self.clock, by="watch")

    def _record(self, head: Head, fact: Fact, round_: Round) -> Head:
        if isinstance(fact, Silent):
            round_.count(head)
        stored = advance(self.messages, head.id, fact, clock=self.clock, by="watch", head=head)
        return stored or head


def _times(looks: Mapping[str, tuple[Head, Next]]) -> dict[str, Millis]:
    times = {}
    for id_, (_, again) in looks.items():
        match again:
            case Queue(then=then):
                times[id_] = then
            case Later(at=at):
                times[id_] = at
    return times
