"""Where a path leads: the rows of its part of the API, which come when first asked for."""

from functools import cache
from importlib import import_module
from typing import Final

from relevo.api import message_rows
from relevo.api.paths import Found, Paths
from relevo.api.rows import Row

_LATER: Final = {
    "/api/v1/templates": "relevo.api.template_rows",
    "/api/v1/routes": "relevo.api.route_rows",
    "/api/v1/senders": "relevo.api.route_rows",
    "/api/v1/accounts/": "relevo.api.route_rows",
    "/api/v1/telemetry": "relevo.api.telemetry_rows",
    "/api/v1/exchanges/": "relevo.api.exchange_rows",
    "/api/v1/webhook-endpoints": "relevo.api.webhook_rows",
    "/openapi.json": "relevo.api.page_rows",
    "/docs": "relevo.api.page_rows",
}
"""Parts that no message needs, by what their paths begin with: a send does not wait for them."""

_MESSAGES: Final = Paths(message_rows.ROWS)


def find(path: str) -> Found | None:
    """Look a path up; None for what nobody serves, and for names that can name nothing."""
    for start, part in _LATER.items():
        if path.startswith(start):
            return _paths(part).find(path)
    return _MESSAGES.find(path)


def table() -> tuple[Row, ...]:
    """Give every row there is."""
    later = (row for part in dict.fromkeys(_LATER.values()) for row in _rows(part))
    return (*message_rows.ROWS, *later)


@cache
def _paths(part: str) -> Paths:
    return Paths(_rows(part))


def _rows(part: str) -> tuple[Row, ...]:
    rows: tuple[Row, ...] = import_module(part).ROWS
    return rows
