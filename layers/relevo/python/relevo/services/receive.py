"""Take in a carrier's receipt: join it to its attempt, or keep it where nobody knows it."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from relevo.domain.message import Head
from relevo.domain.timing import RECEIPTS_TAKEN_AFTER_END
from relevo.ports import Clock, Messages, Orphans, Receipt
from relevo.services.advance import advance

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    messages: Messages
    orphans: Orphans
    clock: Clock

    def receive_all(self, receipts: Iterable[Receipt]) -> None:
        """Record a batch; a receipt met twice changes nothing the second time."""
        for receipt in receipts:
            self.receive(receipt)

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
