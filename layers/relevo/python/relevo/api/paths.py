"""Paths with names in them: which row a path means, and what it names there."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from relevo.api.rows import Row
from relevo.domain.delivery import DELIVERY_SHAPE
from relevo.domain.endpoint import CALLBACKS
from relevo.domain.idempotency import SHAPE

SHAPES: Final[Mapping[str, str]] = {
    "id": SHAPE,
    "messageId": SHAPE,
    "templateId": r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?",
    "version": r"[1-9][0-9]{0,5}",
    "routeName": r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}",
    "endpointId": SHAPE,
    "placeId": rf"{SHAPE}|{CALLBACKS}",
    "deliveryId": DELIVERY_SHAPE,
    "accountId": r"acc_[a-z0-9-]{1,32}",
    "slug": r"[a-z][a-z-]{1,60}",
    "asset": r"[a-z-]+\.[0-9a-f]{16}\.(?:css|js|svg)",
}
"""What a name in a path can look like; anything else is answered like an unknown path."""

_NAMED: Final = re.compile(r"\{([A-Za-z]+)\}")


def names_in(path: str) -> tuple[str, ...]:
    return tuple(_NAMED.findall(path))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rows of one path by method, and what the path names."""

    rows: Mapping[str, Row]
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def allow(self) -> str:
        """The methods a client may use, for the header of that name."""
        also = ("HEAD",) if "GET" in self.rows else ()
        return ", ".join((*self.rows, *also, "OPTIONS"))


class Paths:
    """A table of rows, looked up by path: fixed ones first, then those with names in them."""

    def __init__(self, table: Iterable[Row]) -> None:
        self._fixed: dict[str, dict[str, Row]] = {}
        named: dict[str, dict[str, Row]] = {}
        for row in table:
            rows = named if names_in(row.path) else self._fixed
            rows.setdefault(row.path, {})[row.method] = row
        self._named = [(_pattern(path), rows) for path, rows in named.items()]

    def find(self, path: str) -> Found | None:
        if rows := self._fixed.get(path):
            return Found(rows=rows)
        for pattern, named in self._named:
            if match := pattern.fullmatch(path):
                return Found(rows=named, named=match.groupdict())
        return None


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[A-Za-z]+\})", path)
    written = (
        f"(?P<{part[1:-1]}>{SHAPES[part[1:-1]]})" if part.startswith("{") else re.escape(part)
        for part in parts
    )
    return re.compile("".join(written), re.ASCII)
