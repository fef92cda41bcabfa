"""The list of messages: its query read and sealed into its cursor, its page answered."""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from pydantic_core import PydanticCustomError

from relevo.api.answers import MessagesAnswer
from relevo.api.auth import Scope
from relevo.api.fields import parse_moment
from relevo.api.http import Reply
from relevo.api.operations import Asked, Services
from relevo.api.paging import limit_of, next_cursor, position_of
from relevo.api.views import message_answer
from relevo.domain.idempotency import recipient_hash
from relevo.domain.phone import parse_recipient
from relevo.domain.problem import Flaw, Problem
from relevo.domain.timing import DAY, Millis
from relevo.domain.words import Status, TrafficClass
from relevo.ports.messages import Place
from relevo.services.listing import Filters

T = TypeVar("T")
FILTERS: Final = ("status", "to", "from", "since", "until", "trafficClass")
SHOWN: Final = 30 * DAY
"""How far back a list goes that says no `since`."""

LONGEST: Final = 400 * DAY
_LAST_ID: Final = "~"
"""Greater than every id, so that `until` is the first place of its millisecond's end."""


def list_messages(services: Services, asked: Asked) -> Reply:
    query, caller = asked.call.query, asked.caller
    key = services.id_key
    until = _read(query, "until", _moment) or services.lister.clock()
    since = _read(query, "since", _moment)
    since = until - SHOWN if since is None else since
    if not 0 <= until - since <= LONGEST:
        raise _flawed("since", "Give a time before until, at most 400 days.")
    filters = _filters(query, key)
    about = ("messages", caller.account.id, caller.environment.value, *_asked(query))
    position = position_of(key, asked.call, *about)
    page = services.lister.page(
        caller.account,
        caller.environment,
        filters,
        since=since,
        before=Place(until, _LAST_ID) if position is None else _place(position),
        limit=limit_of(asked.call),
    )
    with_text = caller.may(Scope.MESSAGES_CONTENT)
    answer = MessagesAnswer(
        data=tuple(
            message_answer(head, page.contents.get(head.id), with_text=with_text)
            for head in page.heads
        ),
        next_cursor=next_cursor(
            key, page.after and f"{page.after.at} {page.after.message_id}", *about
        ),
    )
    return Reply(body=answer.wire())


def _asked(query: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(query.get(name, "") for name in FILTERS)


def _filters(query: Mapping[str, str], key: Callable[[], bytes]) -> Filters:
    to = query.get("to")
    return Filters(
        status=_read(query, "status", Status),
        traffic_class=_read(query, "trafficClass", TrafficClass),
        sender=query.get("from"),
        recipient_hash=None if to is None else recipient_hash(key(), parse_recipient(to).e164),
    )


def _read(query: Mapping[str, str], name: str, kind: Callable[[str], T]) -> T | None:
    given = query.get(name)
    if given is None:
        return None
    try:
        return kind(given)
    except (ValueError, PydanticCustomError):
        raise _flawed(name, "This is none of the values it can have.") from None


def _moment(given: str) -> Millis:
    # A plus that nobody escaped arrives as a blank, and no time has one there.
    return parse_moment(f"{given[:-6]}+{given[-5:]}" if given[-6:-5] == " " else given)


def _flawed(name: str, detail: str) -> Problem:
    return Problem("validation-failed", errors=[Flaw(f"/{name}", "invalid", detail)])


def _written(place: Place | None) -> str | None:
    return None if place is None else f"{place.at} {place.message_id}"


def _place(position: str) -> Place:
    at, _, message_id = position.partition(" ")
    return Place(int(at), message_id)
