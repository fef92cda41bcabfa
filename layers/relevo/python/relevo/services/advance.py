"""Join a fact into a stored head: start from what is known, read again only on conflict."""

from typing import Final

from relevo.domain.advance import apply
from relevo.domain.facts import Fact
from relevo.domain.message import Head
from relevo.ports.basics import Clock, Conflict
from relevo.ports.messages import Messages

TRIES: Final = 8


class Contended(Exception):
    """A head kept changing under us; whoever asked will be asked again."""


def advance(
    messages: Messages,
    message_id: str,
    fact: Fact,
    *,
    clock: Clock,
    by: str,
    head: Head | None = None,
) -> Head | None:
    """Give the head as stored after `fact`, or None where no such message exists."""
    known = head
    for _ in range(TRIES):
        known = known or messages.get(message_id)
        if known is None:
            return None
        new = apply(known, fact, now=clock(), by=by)
        if new is known:
            return known
        try:
            messages.save(known, new)
        except Conflict:
            known = None
        else:
            return new
    raise Contended(message_id)
