"""Put a message's money right: the mark on its head and the balance move together."""

from typing import Final

from relevo.domain.message import Head
from relevo.domain.money import owed, settled
from relevo.ports.basics import Clock, Conflict
from relevo.ports.messages import Messages

TRIES: Final = 4


def settle(messages: Messages, head: Head, *, clock: Clock, by: str) -> None:
    """Credit or debit back what `owed` says, once; a newer head is asked again."""
    known: Head | None = head
    for _ in range(TRIES):
        if known is None:
            return
        amount = owed(known)
        if not amount:
            return
        try:
            messages.settle(known, settled(known, now=clock(), by=by), amount)
        except Conflict:
            known = messages.get(head.id)
        else:
            return
    raise Conflict(head.id)
