"""Promise: check an order, fix its price, and store message, content and debit in one write."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from relevo.domain.correlation import about
from relevo.domain.idempotency import message_id, random_id, recipient_hash
from relevo.domain.message import Content, Head, Told
from relevo.domain.order import Order, end_of
from relevo.domain.phone import Recipient
from relevo.domain.problem import Problem
from relevo.domain.status import status_of
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, Status
from relevo.ports.accounts import Account, Debit, InsufficientBalance, SpendCapReached
from relevo.ports.basics import Clock, Draw
from relevo.ports.messages import ClassQueues, Contents, Messages
from relevo.services.offer import Offer, Offers
from relevo.services.restrain import Restraint

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The message as it stands; `replayed` when an earlier request had made it."""

    head: Head
    content: Content | None
    replayed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptor:
    messages: Messages
    contents: Contents
    offers: Offers
    queues: ClassQueues
    clock: Clock
    draw: Draw
    restraint: Restraint
    id_key: Callable[[], bytes]
    plays_stop: Callable[[Environment, Recipient], bool]

    def accept(self, account: Account, environment: Environment, order: Order) -> Accepted:
        """Store and queue the message, or give the one its key already made; raises Problem.

        A keyed order refused for a reason of state first looks for its message: the key's
        promise is older than the balance, the clock or the opt-out that changed since.
        """
        id_ = self._id(account, environment, order)
        try:
            head, content = self._compose(account, environment, order, id_)
            stored = self._create(account, head, content)
        except Problem:
            known = self.messages.get(id_) if order.key else None
            if known is None:
                raise
            return self._replay(known, order)
        if stored.request_id != head.request_id:
            return self._replay(stored, order)
        self._queue(head)
        return Accepted(head=head, content=content)

    def confirm(self, account: Account, order: Order) -> Accepted:
        """Accept an answer to a refusal, which only people at live numbers give."""
        return self.accept(account, Environment.LIVE, order)

    def _id(self, account: Account, environment: Environment, order: Order) -> str:
        if order.key is None:
            return random_id(self.draw(16))
        operation = "confirm" if order.confirms else "send"
        return message_id(self.id_key(), account.id, environment, operation, order.key)

    def _replay(self, stored: Head, order: Order) -> Accepted:
        if stored.body_digest != order.body_digest:
            raise Problem("idempotency-key-reused")
        return Accepted(head=stored, content=self.contents.get(stored.id), replayed=True)

    def _create(self, account: Account, head: Head, content: Content) -> Head:
        try:
            return self.messages.create(
                head, content, Debit(account=account, today=day_of(head.created_at))
            )
        except InsufficientBalance:
            detail = "The balance and credit do not cover the price of this message."
            raise Problem("spend-limit-reached", detail) from None
        except SpendCapReached:
            detail = "The daily cap is reached; it starts again at 00:00 UTC."
            raise Problem("spend-limit-reached", detail) from None

    def _queue(self, head: Head) -> None:
        if head.status is Status.SCHEDULED:
            return
        try:
            self.queues.send([head])
        except Exception as error:  # noqa: BLE001 - the promise stands: the due item queues it
            log.warning("queue-missed", extra={**about(head), "error": type(error).__name__})

    def _compose(
        self, account: Account, environment: Environment, order: Order, id_: str
    ) -> tuple[Head, Content]:
        now = self.clock()
        offered = self.offers.offer(account, environment, order, order.send_at or now)
        order, composition = offered.order, offered.composition
        end = end_of(order, now)
        if self.plays_stop(environment, offered.recipient):
            raise Problem("recipient-opted-out")
        head = Head(
            id=id_,
            account=account.id,
            environment=environment,
            traffic_class=order.traffic_class,
            country=offered.recipient.country,
            sender=offered.sender,
            recipient_hash=recipient_hash(self.id_key(), offered.recipient.e164),
            encoding=composition.sizing.encoding,
            segments=composition.sizing.segments,
            shifted=composition.shifted,
            registered=tuple(sorted(composition.registered)),
            callback=order.callback_url is not None,
            price=offered.price,
            currency=account.currency,
            max_price=offered.ceiling,
            on_ambiguous=order.ambiguity,
            receipt_deadline=order.deadline,
            pinned=order.pinned,
            confirms=order.confirms,
            created_at=now,
            send_at=order.send_at,
            expires_at=end,
            request_id=self.draw(8).hex(),
            body_digest=order.body_digest,
            status_at=now,
            correlation=order.correlation,
            told=(Told(sequence=1, type="accepted", n=0, by="accept", at=now, version=1),),
        )
        self.restraint.check(head, offered)
        return with_status(head), _content(id_, offered)


def with_status(head: Head) -> Head:
    """Derive the status of a new head, and say it in what is told where the type does not."""
    status = status_of(head)
    said = None if status is Status.ACCEPTED else status
    told = tuple(replace(one, status=said) for one in head.told)
    return replace(head, status=status, told=told)


def day_of(now: Millis) -> str:
    """Name the UTC day that spending at `now` counts for."""
    return datetime.fromtimestamp(now / 1000, UTC).date().isoformat()


def _content(id_: str, offered: Offer) -> Content:
    order, composition = offered.order, offered.composition
    template = composition.template
    return Content(
        id=id_,
        to=offered.recipient.e164,
        text=composition.text,
        smart=order.smart_encoding,
        replaced="".join(composition.replaced),
        language=composition.language,
        zone=order.zone,
        state=order.state,
        wording=composition.wording,
        contact=composition.contact,
        template_id=template.id if template else None,
        template_version=template.version if template else None,
        registered=composition.registered,
        sender=offered.sender,
        client_reference=order.client_reference,
        metadata=tuple(sorted(order.metadata)),
        callback_url=order.callback_url,
        send_at=order.send_at,
    )
