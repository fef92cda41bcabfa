"""Take in carriers' receipts: join each to its attempt, or keep it where nobody knows it."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from relevo.domain.attempt import Attempt
from relevo.domain.correlation import about
from relevo.domain.message import Head
from relevo.domain.timing import RECEIPTS_TAKEN_AFTER_END, SECOND
from relevo.domain.words import RANK, Environment
from relevo.ports.basics import Clock, Within
from relevo.ports.carriers import InboundText, Orphans, Receipt, Receipts
from relevo.ports.messages import Messages
from relevo.services.advance import advance

log = logging.getLogger(__name__)


PROMPT: Final = SECOND
"""How long a carrier's call waits for our tables before its receipts are queued instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """What a carrier said that could not be made a receipt; never a number, never a text."""

    carrier: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    messages: Messages
    orphans: Orphans
    clock: Clock

    def receive_all(self, receipts: Iterable[Receipt]) -> list[Head]:
        """Record a batch and give the messages; a receipt met twice changes nothing again."""
        heads = [self.receive(receipt) for receipt in receipts]
        return [head for head in heads if head is not None]

    def put_aside(self, stray: Stray) -> None:
        """Count and keep what names no attempt of ours, or says nothing that we understand."""
        details = {"carrier": stray.carrier, "carrier_code": stray.said.get("code")}
        log.warning("receipt-stray", extra=details)
        self.orphans.keep_stray(stray.carrier, stray.said, self.clock())

    def receive(self, receipt: Receipt) -> Head | None:
        """Record the receipt; None when it names no attempt of that carrier."""
        head = self.messages.get(receipt.message_id)
        attempt = head.attempt(receipt.report.n) if head else None
        now = self.clock()
        ours = attempt if attempt and attempt.carrier == receipt.carrier else None
        if head is None or ours is None or now > head.expires_at + RECEIPTS_TAKEN_AFTER_END:
            log.warning("receipt-orphaned", extra={"carrier": receipt.carrier})
            self.orphans.keep(receipt, now)
            return None
        stored = advance(
            self.messages, head.id, receipt.report, clock=self.clock, by="dlr", head=head
        )
        _say(receipt, ours, head, stored)
        return stored


def _say(receipt: Receipt, attempt: Attempt, head: Head, stored: Head | None) -> None:
    """Say what a receipt was good for; one that moved its message is told by the message."""
    details = {**about(head), "carrier": receipt.carrier, "state": receipt.report.state.value}
    if head.environment is Environment.TEST:
        details["test"] = True
    if stored is None or stored.version != head.version:
        if head.correlation:
            log.info("receipt", extra=details)
    elif receipt.report.state is attempt.state:
        log.info("receipt-repeated", extra=details)
    elif RANK[receipt.report.state] < RANK[attempt.state]:
        log.info("receipt-overtaken", extra=details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where receipts and texts are handed in while their carrier waits for an answer."""

    receiver: Receiver
    queue: Receipts
    inbox: Callable[[InboundText], None]
    within: Within

    def take(
        self,
        receipts: Sequence[Receipt],
        strays: Sequence[Stray] = (),
        texts: Sequence[InboundText] = (),
    ) -> int:
        """Write receipts down within a second, or queue them; gives how many were queued.

        Raises when the queue refuses them too, or a text cannot be stored, for queues carry no
        texts: then the carrier has to come again.
        """
        receiving = [partial(self.receiver.receive, one) for one in receipts]
        keeping = [partial(self.receiver.put_aside, one) for one in strays]
        done = self.within(PROMPT, [*receiving, *keeping])
        late = [one for one, ended in zip(receipts, done, strict=False) if not ended]
        if late:
            self.queue.send_all(late)
        for text in texts:
            self.inbox(text)
        return len(late)
