"""List an account's messages, newest first, a page at a time; what arrives meanwhile moves none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from relevo.domain.message import Content, Head
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, Status, TrafficClass
from relevo.ports.accounts import Account
from relevo.ports.basics import Clock
from relevo.ports.messages import Contents, Listing, Messages, Place

AT_ONCE: Final = 100
EXAMINED: Final = 1_000
"""Messages looked at for one page; a filter that few pass gets a short page and a cursor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What a message must be; None is anything."""

    status: Status | None = None
    traffic_class: TrafficClass | None = None
    sender: str | None = None
    recipient_hash: str | None = None

    def let(self, head: Head) -> bool:
        wanted = (self.status, self.traffic_class, self.sender, self.recipient_hash)
        known = (head.status, head.traffic_class, head.sender, head.recipient_hash)
        return all(want in (None, is_) for want, is_ in zip(wanted, known, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePage:
    """`after` is the place from which the next page goes on, if there is one."""

    heads: Sequence[Head]
    contents: Mapping[str, Content]
    after: Place | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lister:
    listing: Listing
    messages: Messages
    contents: Contents
    clock: Clock

    def page(
        self,
        account: Account,
        environment: Environment,
        filters: Filters,
        *,
        since: Millis,
        before: Place,
        limit: int,
    ) -> MessagePage:
        """Give at most `limit` that pass, and where to go on; the last page may be empty."""
        most = limit if filters == Filters() else AT_ONCE
        found: list[Head] = []
        for _ in range(EXAMINED // most):
            places = self.listing.newest(
                account, environment, since=since, before=before, most=most
            )
            heads = self.messages.get_many([place.message_id for place in places])
            for place in places:
                head = heads.get(place.message_id)
                if head is not None and filters.let(head):
                    found.append(head)
                if len(found) == limit:
                    return self._page(found, place)
            if len(places) < most:
                return self._page(found, None)
            before = places[-1]
        return self._page(found, before)

    def _page(self, found: Sequence[Head], after: Place | None) -> MessagePage:
        contents = self.contents.get_many([head.id for head in found])
        return MessagePage(heads=found, contents=contents, after=after)
