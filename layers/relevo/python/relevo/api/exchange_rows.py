"""The row of exchanges: what passed between us and carriers over a message, for support."""

from collections.abc import Mapping
from typing import Any, Final

from relevo.api.answers import Answer, Instant
from relevo.api.auth import Scope
from relevo.api.http import Reply
from relevo.api.operations import Asked, Services
from relevo.api.rows import Operation
from relevo.domain.message import split_attempt_id


class ExchangeEntry(Answer):
    """One submit as it went over the wire; secrets, numbers and text stand as `…`."""

    attempt: int
    carrier: str
    at: Instant
    took_ms: int
    method: str
    host: str
    path: str
    request: dict[str, Any]
    status: int | None
    headers: dict[str, str]
    reply: Any
    outcome: str
    reason: str | None
    code: str | None


class ExchangesAnswer(Answer):
    data: tuple[ExchangeEntry, ...]


def list_exchanges(services: Services, asked: Asked) -> Reply:
    kept = services.operator().exchanges_of(asked.named["messageId"])
    return Reply(body=ExchangesAnswer(data=tuple(map(_entry, kept))).wire())


def _entry(kept: Mapping[str, Any]) -> ExchangeEntry:
    named = split_attempt_id(kept["reference"])
    return ExchangeEntry(
        attempt=named[1] if named else 0,
        took_ms=kept["took"],
        **{name: kept[name] for name in ExchangeEntry.model_fields if name in kept},
    )


ROWS: Final[tuple[Operation, ...]] = (
    Operation(
        method="GET",
        path="/api/v1/exchanges/{messageId}",
        id="listExchanges",
        summary="What passed between us and carriers over a message; kept for a week.",
        scope=Scope.OPERATOR_EXCHANGES,
        run=list_exchanges,
        answer=ExchangesAnswer,
    ),
)
