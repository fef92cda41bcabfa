"""Ask: what a carrier says of an attempt whose receipt is missing, joined like a receipt."""

import logging
from dataclasses import dataclass
from typing import Final

from relevo.domain.attempt import Attempt, Report
from relevo.domain.correlation import about
from relevo.domain.facts import Asked
from relevo.domain.message import Head
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock
from relevo.ports.carriers import Lookup
from relevo.ports.messages import Contents, Messages
from relevo.ports.routing import Routes
from relevo.services.advance import advance

log = logging.getLogger(__name__)

TAKES: Final = 8 * SECOND
"""How long asking may take in the worst case, from reading the number to the last write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    messages: Messages
    contents: Contents
    routes: Routes
    lookup: Lookup
    clock: Clock

    def fits(self, until: Millis) -> bool:
        return self.clock() + TAKES <= until

    def ask(self, head: Head, n: int) -> Head:
        """Count the asking, ask, and record what was said; a carrier's trouble changes nothing.

        Counted first, so that a crash loses one of several askings and never repeats one forever.
        """
        head = self._advanced(head, Asked(n=n))
        attempt = head.attempt(n)
        reports = self._said(head, attempt) if attempt else []
        for report in reports:
            head = self._advanced(head, report)
        return head

    def _said(self, head: Head, attempt: Attempt) -> list[Report]:
        route = self.routes.book().routes.get(attempt.route)
        content = self.contents.get(head.id)
        if route is None or content is None:
            return []
        details = {**about(head), "carrier": attempt.carrier}
        try:
            said = list(self.lookup(route, head, attempt, content.to))
        except Exception as error:  # noqa: BLE001 - statements are welcome, never a condition
            log.warning("lookup-failed", extra={**details, "error": type(error).__name__})
            return []
        log.info("looked-up", extra={**details, "states": [report.state for report in said]})
        return said

    def _advanced(self, head: Head, fact: Asked | Report) -> Head:
        stored = advance(self.messages, head.id, fact, clock=self.clock, by="watch", head=head)
        return stored or head
