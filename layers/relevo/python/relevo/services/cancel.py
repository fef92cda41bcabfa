"""Cancel a message, as long as nothing of it has left."""

from dataclasses import dataclass

from relevo.domain.facts import Canceled
from relevo.domain.message import Head
from relevo.domain.problem import Problem
from relevo.domain.words import Status
from relevo.ports.basics import Clock
from relevo.ports.messages import Messages
from relevo.services.advance import advance


@dataclass(frozen=True, slots=True, kw_only=True)
class Canceler:
    messages: Messages
    clock: Clock

    def cancel(self, head: Head) -> Head:
        """Give the canceled head, also when it was canceled before; raises Problem."""
        stored = advance(
            self.messages, head.id, Canceled(), clock=self.clock, by="accept", head=head
        )
        if stored is None or stored.status is not Status.CANCELED:
            raise Problem("not-cancellable")
        return stored
