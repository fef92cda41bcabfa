"""Tell customers: find out what happened and who listens, and have each delivery carried."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from relevo.domain.delivery import Delivery, opened
from relevo.domain.endpoint import CALLBACKS, SECRET_BYTES, Endpoint, callbacks, mint_secret
from relevo.domain.event import Event, of_carrier, of_message
from relevo.domain.message import Content, Head
from relevo.domain.outlook import CarrierChange
from relevo.domain.timing import Millis
from relevo.domain.words import Environment
from relevo.ports.basics import Clock, Conflict, Draw
from relevo.ports.messages import Contents, Messages
from relevo.ports.webhooks import Bulletins, Deliveries, Subscriptions
from relevo.services.courier import Courier, Job


class NotReadable(Exception):
    """A head of a schema that this code does not know; newer code will read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """A write of a head that told something."""

    message: str
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A delivery whose time has come, by its reference."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An event that is kept for itself, by its id."""

    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What befell a carrier: no account's own news, told to those of operators."""

    change: CarrierChange


Call: TypeAlias = Wrote | Due | News | Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a batch of calls is about, read in as few requests as there are tables."""

    heads: Mapping[str, Head | None]
    contents: Mapping[str, Content]
    events: Mapping[str, Event]
    deliveries: Mapping[str, Delivery]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifier:
    messages: Messages
    contents: Contents
    bulletins: Bulletins
    subscriptions: Subscriptions
    deliveries: Deliveries
    courier: Courier
    clock: Clock
    draw: Draw

    def notify(self, calls: Sequence[Call], *, until: Millis) -> int:
        """Make every delivery that these calls lead to; what there is no time for comes due.

        Doing it again is harmless: what was delivered or is under way is left alone.
        """
        known = self._read(calls)
        jobs = {job.delivery.reference: job for call in calls for job in self._jobs(call, known)}
        self.courier.run(list(jobs.values()), until)
        unread = sum(head is None for head in known.heads.values())
        if unread:
            raise NotReadable(f"{unread} heads")
        return len(jobs)

    def _read(self, calls: Sequence[Call]) -> Known:
        woken = {call.reference for call in calls if isinstance(call, Due)}
        deliveries = self.deliveries.get_many(woken) if woken else {}
        ids = {call.message for call in calls if isinstance(call, Wrote)}
        ids |= {one.message for one in deliveries.values() if one.message is not None}
        news = {call.event for call in calls if isinstance(call, News)}
        news |= {one.event for one in deliveries.values() if one.message is None}
        heads = self.messages.get_many(ids) if ids else {}
        heard = {id_ for id_, head in heads.items() if head is not None and self._heard(head)}
        return Known(
            heads=heads,
            contents=self.contents.get_many(heard) if heard else {},
            events=self.bulletins.get_many(news) if news else {},
            deliveries=deliveries,
        )

    def _heard(self, head: Head) -> bool:
        return head.callback or bool(self.subscriptions.of(head.account, head.environment).all)

    def _jobs(self, call: Call, known: Known) -> Iterator[Job]:
        match call:
            case Wrote(message=message, version=version):
                head = known.heads.get(message)
                if head is not None:
                    yield from self._told(head, version, known.contents.get(message))
            case News(event=event_id):
                event = known.events.get(event_id)
                if event is not None:
                    yield from self._fanned(event)
            case Changed(change=change):
                for account in sorted(self.subscriptions.operators()):
                    event = of_carrier(change, account)
                    self.bulletins.keep(event)  # later tries read it there
                    yield from self._fanned(event, to_operators=True)
            case Due(reference=reference):
                stored = known.deliveries.get(reference)
                if stored is not None and not _unreadable(stored, known):
                    yield self._again(stored, known)

    def _told(self, head: Head, version: int, content: Content | None) -> Iterator[Job]:
        """Give the deliveries of what a write told, the message's own callback among them."""
        for told in head.told:
            if told.version == version:
                event = of_message(head, told, content)
                yield from self._fanned(event)
                if head.callback and content is not None:
                    yield self._new(event, self._callback(head.account, head.environment, content))

    def _fanned(self, event: Event, *, to_operators: bool = False) -> Iterator[Job]:
        for endpoint in self.subscriptions.of(event.account, event.environment).all:
            if endpoint.wants(event.type) and (endpoint.operators or not to_operators):
                yield self._new(event, endpoint)

    def _new(self, event: Event, endpoint: Endpoint) -> Job:
        delivery = opened(event, endpoint.id, self.clock())
        return Job(delivery=delivery, event=event, endpoint=endpoint, stored=False)

    def _again(self, stored: Delivery, known: Known) -> Job:
        """Rebuild what was to be told, and to whom; whatever is missing ends the delivery."""
        content = known.contents.get(stored.message or "")
        endpoint = self._endpoint(stored, content)
        if endpoint is None:
            return Job(delivery=stored, missing="endpoint-removed")
        if endpoint.disabled is not None:
            return Job(delivery=stored, missing="endpoint-disabled")
        event = _event(stored, known, content)
        missing = None if event is not None else "event-gone"
        return Job(delivery=stored, event=event, endpoint=endpoint, missing=missing)

    def _endpoint(self, stored: Delivery, content: Content | None) -> Endpoint | None:
        if stored.endpoint != CALLBACKS:
            known = self.subscriptions.of(stored.account, stored.environment)
            return known.get(stored.endpoint)
        if content is None or content.callback_url is None:
            return None
        return self._callback(stored.account, stored.environment, content)

    def _callback(self, account: str, environment: Environment, content: Content) -> Endpoint:
        """Give the place behind all callbacks of the account, with the URL of this message."""
        place = self._place(account, environment)
        return replace(place, url=content.callback_url or "")

    def _place(self, account: str, environment: Environment) -> Endpoint:
        """Give the account's secret for callbacks; the first delivery of all makes one."""
        known = self.subscriptions.of(account, environment)
        if known.callbacks is None:
            known = self.subscriptions.fresh(account, environment)
        if known.callbacks is not None:
            return known.callbacks
        made = callbacks(mint_secret(self.draw(SECRET_BYTES)), self.clock())
        try:
            self.subscriptions.change(known.with_one(made))
        except Conflict:
            return self._place(account, environment)
        return made


def _unreadable(stored: Delivery, known: Known) -> bool:
    """Whether its head is there and cannot be read: then it waits for newer code."""
    id_ = stored.message or ""
    return id_ in known.heads and known.heads[id_] is None


def _event(stored: Delivery, known: Known, content: Content | None) -> Event | None:
    if stored.message is None:
        return known.events.get(stored.event)
    head, sequence = known.heads.get(stored.message), stored.sequence or 0
    if head is None or not 0 < sequence <= len(head.told):
        return None
    return of_message(head, head.told[sequence - 1], content)
