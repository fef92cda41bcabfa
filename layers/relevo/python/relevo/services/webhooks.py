"""Keep the places where customers want to be told, and tell them again when they ask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from relevo.domain.delivery import KEPT, Delivery, State, lane_of, opened, replayed
from relevo.domain.egress import NotAllowed
from relevo.domain.endpoint import (
    CALLBACKS,
    MOST,
    SECRET_BYTES,
    Endpoint,
    Endpoints,
    Secret,
    callbacks,
    mint_secret,
    rotated,
)
from relevo.domain.event import CARRIER, TEST, Event, event_id
from relevo.domain.idempotency import random_id
from relevo.domain.problem import Flaw, Problem
from relevo.domain.timing import Millis
from relevo.domain.words import Environment
from relevo.ports.basics import Clock, Conflict, Draw
from relevo.ports.webhooks import Announcements, Bulletins, Deliveries, Subscriptions

PAGE: Final = 100
"""Deliveries that one call replays at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an owner says of an endpoint."""

    url: str
    events: tuple[str, ...]
    description: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """`operates` when the caller's key is an operator's: then carriers are his business."""

    account: str
    environment: Environment
    operates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Deliveries of events from `since` until before `until`, or before an id of them."""

    since: Millis
    before: str | None
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registrar:
    """`check` raises NotAllowed for a URL that would not be called as things stand."""

    subscriptions: Subscriptions
    deliveries: Deliveries
    bulletins: Bulletins
    announcements: Announcements
    check: Callable[[str], None]
    clock: Clock
    draw: Draw

    def create(self, owner: Owner, wanted: Wanted) -> Endpoint:
        """Save a new endpoint; its secret is shown now and never again. Raises Problem."""
        self._check(wanted.url)
        known = self._known(owner)
        if len(known.all) >= MOST:
            raise Problem("endpoint-limit-reached", f"An account has at most {MOST}.")
        endpoint = Endpoint(
            id=random_id(self.draw(16)),
            url=wanted.url,
            events=wanted.events,
            description=wanted.description,
            disabled=None if wanted.enabled else "by-owner",
            secrets=(Secret(value=self._mint()),),
            created_at=self.clock(),
            operators=owner.operates,
        )
        self._enlist(owner, endpoint)
        return self._save(known, endpoint)

    def all(self, owner: Owner) -> Sequence[Endpoint]:
        return self._known(owner).all

    def fetch(self, owner: Owner, endpoint_id: str) -> Endpoint:
        return _found(self._known(owner), endpoint_id)

    def change(self, owner: Owner, endpoint_id: str, wanted: Wanted) -> Endpoint:
        """Replace all that its owner says; enabling it ends whatever had disabled it."""
        known = self._known(owner)
        before = _found(known, endpoint_id)
        if before.url != wanted.url:
            self._check(wanted.url)
        off = before.disabled or "by-owner"
        changed = replace(
            before,
            url=wanted.url,
            events=wanted.events,
            description=wanted.description,
            disabled=None if wanted.enabled else off,
            operators=owner.operates,
        )
        self._enlist(owner, changed)
        return self._save(known, changed)

    def remove(self, owner: Owner, endpoint_id: str) -> None:
        """Remove it; what is still on its way there is not delivered any more."""
        known = self._known(owner)
        self._write(known.without(_found(known, endpoint_id).id))

    def rotate(self, owner: Owner, endpoint_id: str) -> Endpoint:
        """Let a new secret sign, beside the old one for a day; it is shown now and never again."""
        known = self._known(owner)
        if endpoint_id == CALLBACKS:
            fresh = callbacks(self._mint(), self.clock())
            before = known.callbacks
            new = rotated(before, self._mint(), self.clock()) if before else fresh
        else:
            new = rotated(_found(known, endpoint_id), self._mint(), self.clock())
        return self._save(known, new)

    def log(self, owner: Owner, endpoint_id: str, span: Span, most: int) -> Sequence[Delivery]:
        """Give deliveries of the span, newest first; those of another state are left out."""
        lane = self._lane(owner, endpoint_id)
        found = self.deliveries.newest(lane, since=span.since, before=span.before, most=most)
        return [one for one in found if span.state in (None, one.state)]

    def replay(self, owner: Owner, endpoint_id: str, delivery_id: str) -> Delivery:
        """Deliver an event once more under its id, with the whole schedule before it."""
        reference = f"{self._lane(owner, endpoint_id)}/{delivery_id}"
        known = self.deliveries.get_many([reference]).get(reference)
        if known is None:
            raise Problem("not-found")
        try:
            return self._again([known])[0]
        except Conflict:
            raise Problem("edit-conflict") from None

    def replay_span(self, owner: Owner, endpoint_id: str, span: Span) -> tuple[int, str | None]:
        """Replay a page of a span; give how many, and the id where the next page begins.

        What is still on its way is left to go on.
        """
        lane = self._lane(owner, endpoint_id)
        found = self.deliveries.newest(lane, since=span.since, before=span.before, most=PAGE)
        chosen = [
            one
            for one in found
            if one.state is not State.PENDING and span.state in (None, one.state)
        ]
        if chosen:
            self._again(chosen)
        return len(chosen), found[-1].id if len(found) == PAGE else None

    def test(self, owner: Owner, endpoint_id: str) -> Delivery:
        """Send an event that nothing caused, over the road that all events go."""
        endpoint = _found(self._known(owner), endpoint_id)
        now = self.clock()
        event = Event(
            id=event_id(endpoint.id, self.draw(8).hex()),
            account=owner.account,
            environment=owner.environment,
            type=TEST,
            at=now,
            data={"endpointId": endpoint.id},
        )
        self.bulletins.keep(event)
        delivery = opened(event, endpoint.id, now)
        self.deliveries.save(None, delivery)
        self.announcements.wake([delivery.reference])
        return delivery

    def _again(self, chosen: Sequence[Delivery]) -> Sequence[Delivery]:
        """Save before the queue is told: who is woken must find something to do."""
        again = [replayed(one, self.clock()) for one in chosen]
        for old, new in zip(chosen, again, strict=True):
            self.deliveries.save(old, new)
        self.announcements.wake([one.reference for one in again])
        return again

    def _lane(self, owner: Owner, endpoint_id: str) -> str:
        """Name the log of one of the account's own endpoints; raises Problem for any other."""
        if endpoint_id != CALLBACKS:
            _found(self._known(owner), endpoint_id)
        return lane_of(owner.account, owner.environment, endpoint_id)

    def _known(self, owner: Owner) -> Endpoints:
        return self.subscriptions.fresh(owner.account, owner.environment)

    def _save(self, known: Endpoints, endpoint: Endpoint) -> Endpoint:
        self._write(known.with_one(endpoint))
        return endpoint

    def _enlist(self, owner: Owner, endpoint: Endpoint) -> None:
        """Before it is saved: to be enlisted without an endpoint does no harm."""
        if endpoint.operators and owner.environment is Environment.LIVE and endpoint.wants(CARRIER):
            self.subscriptions.enlist(owner.account)

    def _write(self, endpoints: Endpoints) -> None:
        try:
            self.subscriptions.change(endpoints)
        except Conflict:
            raise Problem("edit-conflict") from None

    def _mint(self) -> str:
        return mint_secret(self.draw(SECRET_BYTES))

    def _check(self, url: str) -> None:
        try:
            self.check(url)
        except NotAllowed as refused:
            detail = "We cannot call this: use a public host over https."
            flaws = [Flaw("/url", str(refused), detail)]
            raise Problem("invalid-callback-url", errors=flaws) from None


def earliest(now: Millis) -> Millis:
    """Give the moment from which deliveries are kept."""
    return now - KEPT


def _found(known: Endpoints, endpoint_id: str) -> Endpoint:
    endpoint = None if endpoint_id == CALLBACKS else known.get(endpoint_id)
    if endpoint is None:
        raise Problem("not-found")
    return endpoint
