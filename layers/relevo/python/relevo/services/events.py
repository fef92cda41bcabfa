"""Follow the stream of heads: first due items, requeues, credits, health, announcements."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from relevo.domain.correlation import about
from relevo.domain.counting import counts_of
from relevo.domain.health import Tally, tallies_of
from relevo.domain.look import due_at
from relevo.domain.message import Head
from relevo.domain.money import owed
from relevo.domain.telemetry import buckets_of
from relevo.domain.timing import FIRST_LOOK, Millis
from relevo.domain.words import Environment, Status
from relevo.ports.basics import Clock
from relevo.ports.messages import ClassQueues, Dues, Messages
from relevo.ports.routing import Health
from relevo.ports.telemetry import Telemetry
from relevo.ports.webhooks import Announcements, Subscriptions, Write
from relevo.services.settle import settle

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    messages: Messages
    dues: Dues
    queues: ClassQueues
    health: Health
    telemetry: Telemetry
    announcements: Announcements
    subscriptions: Subscriptions
    clock: Clock

    def publish(self, heads: Sequence[Head], *, until: Millis | None = None) -> None:
        """Handle each image; one that fails is parked and never holds up the others.

        After `until` the rest is parked unseen, so that a slow queue cannot end the function
        in mid batch; only a failing park raises, and then the stream itself keeps the batch.
        """
        for head in heads:
            if owed(head):
                self._alone(head)
        self._together(heads, until)
        self._count(heads)

    def redrive(self, parked: Sequence[tuple[str, int]]) -> None:
        """Handle what was parked from the message as it stands now; raises what went wrong."""
        for message_id, version in parked:
            head = self.messages.get(message_id)
            if head is not None:
                if not head.final:
                    self.dues.put({head.id: due_at(head, self.clock())})
                if head.status is Status.QUEUED:
                    self.queues.send([head])
                settle(self.messages, head, clock=self.clock, by="events")
                self.announcements.publish([Write(message_id, version, head.account)])

    def _together(self, heads: Sequence[Head], until: Millis | None) -> None:
        # Batched for the price of one call; alone when the batch will not go.
        try:
            self._follow(heads)
        except Exception as error:  # noqa: BLE001 - events can neither block nor drop
            log.warning("batch-failed", extra={"error": type(error).__name__})
            for head in heads:
                self._follow_or_park(head, until)

    def _follow_or_park(self, head: Head, until: Millis | None) -> None:
        try:
            if until is not None and self.clock() >= until:
                raise TimeoutError("no time left for this image")
            self._follow([head])
        except Exception as error:  # noqa: BLE001 - parked as (id, version); redrive re-reads
            log.error("image-parked", extra={**about(head), "error": type(error).__name__})
            self.announcements.park(head.id, head.version)

    def _follow(self, heads: Sequence[Head]) -> None:
        now = self.clock()
        self.dues.put({head.id: at for head in heads if (at := _first_look(head, now))})
        self.queues.send([head for head in heads if _bounced_on(head)])
        self._announce([head for head in heads if head.news])

    def _announce(self, told: Sequence[Head]) -> None:
        """Announce what somebody listens for; where nobody does, a queue and a function rest."""
        asked = {(head.account, head.environment) for head in told if not head.callback}
        heard = {who for who in asked if self._listens(*who)}
        writes = [
            Write(head.id, head.version, head.account)
            for head in told
            if head.callback or (head.account, head.environment) in heard
        ]
        if writes:
            self.announcements.publish(writes)

    def _listens(self, account: str, environment: Environment) -> bool:
        try:
            return self.subscriptions.listening(account, environment)
        except Exception as error:  # noqa: BLE001 - whoever delivers will find out
            log.warning("listeners-unknown", extra={"error": type(error).__name__})
            return True

    def _alone(self, head: Head) -> None:
        try:
            settle(self.messages, head, clock=self.clock, by="events")
        except Exception as error:  # noqa: BLE001 - parked; `look` puts it right as well
            log.error("credit-parked", extra={**about(head), "error": type(error).__name__})
            self.announcements.park(head.id, head.version)

    def _count(self, heads: Sequence[Head]) -> None:
        try:
            self.health.add(
                [one for head in heads for one in chain(tallies_of(head), counts_of(head))]
            )
        except Exception as error:  # noqa: BLE001 - health is a help, never a condition
            log.warning("health-uncounted", extra={"error": type(error).__name__})
        try:
            self.telemetry.add(buckets_of(heads))
        except Exception as error:  # noqa: BLE001 - so are statistics
            log.warning("telemetry-uncounted", extra={"error": type(error).__name__})


def _counts(head: Head) -> Iterable[Tally]:
    """What the valve counts by the minute of the news, and what routing does by that of submit."""
    return chain(tallies_of(head), counts_of(head))


def _first_look(head: Head, now: Millis) -> Millis | None:
    """When this image's message must be looked at, where nobody else has left a due item."""
    if head.final:
        return None
    if head.version == 1:
        return head.send_at or now + FIRST_LOOK[head.traffic_class]
    if _bounced_on(head) or _reopened(head):
        return due_at(head, now)
    return None


def _bounced_on(head: Head) -> bool:
    """Whether an accepted attempt ended by a stated failure and another route may be tried."""
    if head.status is not Status.QUEUED:
        return False
    news = [told.n for told in head.news if told.type == "attempt_failed"]
    return any((attempt := head.attempt(n)) is not None and attempt.bounced for n in news)


def _reopened(head: Head) -> bool:
    """Whether a carrier took back a failure that had already ended the message."""
    return any(told.type == "status_corrected" for told in head.news)
