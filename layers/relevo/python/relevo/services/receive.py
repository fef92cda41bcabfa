"""Take in carriers' receipts: join each to its attempt, or keep it where nobody knows it."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from relevo.domain.message import Head
from relevo.domain.timing import RECEIPTS_TAKEN_AFTER_END, SECOND
from relevo.ports import Clock, InboundText, Messages, Orphans, Receipt, Receipts, Within
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

    def receive_all(self, receipts: Iterable[Receipt]) -> None:
        """Record a batch; a receipt met twice changes nothing the second time."""
        for receipt in receipts:
            self.receive(receipt)

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
        ours = attempt is not None and attempt.carrier == receipt.carrier
        if head is None or not ours or now > head.expires_at + RECEIPTS_TAKEN_AFTER_END:
            log.warning("receipt-orphaned", extra={"carrier": receipt.carrier})
            self.orphans.keep(receipt, now)
            return None
        return advance(
            self.messages, head.id, receipt.report, clock=self.clock, by="dlr", head=head
        )


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
