"""The table of everything that is served: every operation has a scope, and pages are public."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from relevo.api import operations as do
from relevo.api.answers import (
    Answer,
    BalanceAnswer,
    EventsAnswer,
    MessageAnswer,
    RouteAnswer,
    SendAnswer,
    StatusAnswer,
)
from relevo.api.auth import Scope
from relevo.api.docs import docs, specification
from relevo.api.http import HTML, JSON, Reply
from relevo.api.operations import Asked, Services
from relevo.api.quotes import QuoteAnswer
from relevo.api.schemas import Request, SendMessage
from relevo.domain.idempotency import is_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One row; `problems` are those of its own, beside what every operation may answer."""

    method: str
    path: str
    id: str
    summary: str
    scope: Scope
    run: Callable[[Services, Asked], Reply]
    answer: type[Answer]
    request: type[Request] | None = None
    status: int = 200
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One row that anybody may GET."""

    path: str
    id: str
    summary: str
    media: str
    read: Callable[[], Reply]
    method: str = "GET"


Row: TypeAlias = Operation | Page

_ID: Final = "{id}"
_ONE: Final = "/api/v1/messages/{id}"

TABLE: Final[tuple[Row, ...]] = (
    Operation(
        method="POST",
        path="/api/v1/messages/send",
        id="sendMessage",
        summary="Accept one message for sending.",
        scope=Scope.MESSAGES_SEND,
        run=do.send_message,
        request=SendMessage,
        answer=SendAnswer,
        status=202,
        problems=(
            "idempotency-key-invalid",
            "idempotency-key-reused",
            "spend-limit-reached",
            "destination-not-enabled",
            "sender-not-allowed",
            "invalid-recipient",
            "unsupported-destination",
            "invalid-sender",
            "content-too-long",
            "no-route",
            "template-not-found",
            "recipient-opted-out",
            "invalid-schedule",
            "invalid-callback-url",
        ),
    ),
    Operation(
        method="POST",
        path="/api/v1/messages/quote",
        id="quoteMessage",
        summary="What a message would come to: text, segments, routes, price. Sends nothing.",
        scope=Scope.MESSAGES_SEND,
        run=do.quote_message,
        request=SendMessage,
        answer=QuoteAnswer,
        problems=(
            "destination-not-enabled",
            "sender-not-allowed",
            "invalid-recipient",
            "unsupported-destination",
            "invalid-sender",
            "content-too-long",
            "template-not-found",
            "invalid-schedule",
            "invalid-callback-url",
        ),
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/status",
        id="checkStatus",
        summary="How far a message has come, attempt by attempt.",
        scope=Scope.MESSAGES_READ,
        run=do.check_status,
        answer=StatusAnswer,
    ),
    Operation(
        method="GET",
        path=_ONE,
        id="fetchMessage",
        summary="Everything about a message; its text only with the scope messages:content.",
        scope=Scope.MESSAGES_READ,
        run=do.fetch_message,
        answer=MessageAnswer,
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/route",
        id="explainRoute",
        summary="Which routes were chosen, which were not and why, and when the lists took turns.",
        scope=Scope.MESSAGES_READ,
        run=do.explain_route,
        answer=RouteAnswer,
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/events",
        id="listEvents",
        summary="What has been told about a message, in order.",
        scope=Scope.MESSAGES_READ,
        run=do.list_events,
        answer=EventsAnswer,
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/cancel",
        id="cancelMessage",
        summary="Cancel a message of which nothing has left yet.",
        scope=Scope.MESSAGES_SEND,
        run=do.cancel_message,
        answer=StatusAnswer,
        problems=("not-cancellable",),
    ),
    Operation(
        method="GET",
        path="/api/v1/account/balance",
        id="fetchBalance",
        summary="The balance of the account in the environment of the key.",
        scope=Scope.ACCOUNT_READ,
        run=do.fetch_balance,
        answer=BalanceAnswer,
    ),
    Page(
        path="/openapi.json",
        id="fetchSpecification",
        summary="This description.",
        media=JSON,
        read=specification,
    ),
    Page(
        path="/docs",
        id="showDocs",
        summary="This description for people.",
        media=HTML,
        read=docs,
    ),
)


class Found(NamedTuple):
    """The rows of one path by method, and the id it names."""

    rows: Mapping[str, Row]
    message_id: str = ""

    @property
    def allow(self) -> str:
        """The methods a client may use, for the header of that name."""
        also = ("HEAD",) if "GET" in self.rows else ()
        return ", ".join((*self.rows, *also, "OPTIONS"))

    @property
    def possible(self) -> bool:
        """Whether the path can name anything: what cannot is answered like an unknown path."""
        return not self.message_id or is_id(self.message_id)


def _by_path() -> dict[str, dict[str, Row]]:
    paths: dict[str, dict[str, Row]] = {}
    for row in TABLE:
        paths.setdefault(row.path, {})[row.method] = row
    return paths


_FIXED: Final = {path: rows for path, rows in _by_path().items() if _ID not in path}
_NAMED: Final = [(path.partition(_ID), rows) for path, rows in _by_path().items() if _ID in path]


def find(path: str) -> Found | None:
    """Look a path up: fixed ones first, then those with an id in them."""
    if rows := _FIXED.get(path):
        return Found(rows)
    for (before, _, after), named in _NAMED:
        middle = path[len(before) : len(path) - len(after)]
        if path == f"{before}{middle}{after}" and middle and "/" not in middle:
            return Found(named, middle)
    return None
