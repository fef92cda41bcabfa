"""Messages on their way: heads, contents, lists, due items, queues and the workflow."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Protocol

from relevo.domain.message import Content, Head
from relevo.domain.timing import Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Debit


class WorkflowFailed(Exception):
    """An execution did not succeed; says how, never what was in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message opened for work: its head and content as stored, and whether we may write."""

    head: Head
    content: Content | None
    opted_out: bool = False


class Messages(Protocol):
    def create(self, head: Head, content: Content, debit: Debit) -> Head:
        """Store head and content and debit the price, all or nothing.

        Gives the head now stored under that id: ours, or an earlier one when the id was taken.
        Raises InsufficientBalance, SpendCapReached.
        """
        ...

    def receive(self, head: Head, content: Content, account: Account) -> bool:
        """Store a text that somebody sent to us; False when it was there already."""
        ...

    def get(self, message_id: str) -> Head | None:
        """Read the head as it stands (strongly consistent)."""
        ...

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Head | None]:
        """Read heads; None stands for one that is there and that this code cannot read."""
        ...

    def save(self, old: Head, new: Head) -> None:
        """Write `new` if `old.version` is still stored; raises Conflict."""
        ...

    def settle(self, old: Head, new: Head, amount: Decimal) -> None:
        """Write `new` and add `amount` to the balance, both or neither; raises Conflict."""
        ...


class Place(NamedTuple):
    """Where a message stands in its account's list: by time, then by id."""

    at: Millis
    message_id: str


class Listing(Protocol):
    def newest(
        self, account: Account, environment: Environment, *, since: Millis, before: Place, most: int
    ) -> Sequence[Place]:
        """Give the places before one down to `since`, newest first, at most so many."""
        ...


class Letters(Protocol):
    def read(self, heads: Mapping[str, Head | None], *, opt_outs: bool) -> Mapping[str, Letter]:
        """Open these messages in one consistent read; opt-outs are looked up for known heads."""
        ...


class Contents(Protocol):
    def get(self, message_id: str) -> Content | None: ...

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Content]:
        """Read contents; those that are gone are left out."""
        ...

    def reword(self, message_id: str, text: str, wording: str) -> None:
        """Replace the text of a stored content, and the wording at its end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    shard: int
    key: str
    ids: tuple[str, ...]
    leased: bool = False

    @property
    def at(self) -> Millis:
        """When it was due, with which keys begin."""
        return int(self.key.partition("#")[0])


class Dues(Protocol):
    def put(self, due: Mapping[str, Millis], *, leased: bool = False) -> None:
        """Remember to look at each message at its time; near ones also send a nudge.

        `leased` marks items that only ask whether whoever took the message is still alive.
        """
        ...

    def due(self, shard: int, now: Millis) -> Sequence[DueItem]:
        """Give items of the shard that have come due, oldest first, a page at a time."""
        ...

    def remove(self, items: Sequence[DueItem]) -> None: ...


class ClassQueues(Protocol):
    def send(self, heads: Sequence[Head]) -> None:
        """Say "look at this message" on the queue of its class."""
        ...


class Workflow(Protocol):
    def run(self, heads: Sequence[Head]) -> None:
        """Start the delivery of these heads and wait until it has ended; raises WorkflowFailed."""
        ...
