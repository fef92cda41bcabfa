"""Restrain: hold an account to how often a market lets one recipient be written to."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from relevo.domain.frequency import COUNTED, Sent, remembered
from relevo.domain.message import Head
from relevo.domain.problem import Problem
from relevo.domain.timing import SECOND, Millis
from relevo.ports.accounts import Histories
from relevo.ports.basics import Conflict
from relevo.services.offer import Offer

if TYPE_CHECKING:
    from relevo.domain.market import Frequency

log = logging.getLogger(__name__)

TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Restraint:
    histories: Histories

    def check(self, head: Head, offered: Offer) -> None:
        """Count the message for its recipient; raises Problem when that would be one too many.

        A repeat of the same message counts once. Where the history cannot be read or written the
        message goes: limits of throughput fail open.
        """
        limits = _limits(head, offered)
        if not limits:
            return
        new = _sent(head, offered)
        try:
            free = self._take(head, new, limits)
        except Exception as error:  # noqa: BLE001 - as said above
            log.warning("recipient-uncounted", extra={"error": type(error).__name__})
            return
        if free > new.at:
            detail = f"{head.country} does not let one recipient be written to so often."
            seconds = -(-(free - new.at) // SECOND)
            raise Problem("quota-exceeded", detail, headers={"Retry-After": str(seconds)})

    def _take(self, head: Head, new: Sent, limits: "Sequence[Frequency]") -> Millis:
        from relevo.domain.market_frequency import free_at  # noqa: PLC0415 - two markets need it

        who = (head.account, head.environment, head.recipient_hash)
        span = max(limit.span for limit in limits)
        for _ in range(TRIES):
            recent = self.histories.recent(*who)
            if any(one.message_id == new.message_id for one in recent.entries):
                return new.at
            free = free_at(limits, recent.entries, new)
            if free > new.at:
                return free
            entries = remembered(recent.entries, new, span)
            try:
                self.histories.remember(*who, replace(recent, entries=entries), new.at + span)
            except Conflict:
                continue
            return new.at
        return new.at + SECOND  # somebody else is writing to this very recipient


def _limits(head: Head, offered: Offer) -> "Sequence[Frequency]":
    if head.country not in COUNTED:
        return ()
    from relevo import markets  # noqa: PLC0415 - two markets need it

    rules = markets.rules(head.country, head.created_at, state=offered.order.state)
    return [
        limit
        for limit in rules.frequencies
        if limit.verified and head.traffic_class in limit.classes
    ]


def _sent(head: Head, offered: Offer) -> Sent:
    composition = offered.composition
    return Sent(
        at=head.send_at or head.created_at,
        message_id=head.id,
        traffic_class=head.traffic_class,
        sender=composition.signature or head.sender or "",
        template=composition.template.id if composition.template else "",
    )
