"""The client's own name for a request, carried to every line that is written about its message."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from relevo.domain.message import Head

SHAPE: Final = re.compile(r"[A-Za-z0-9._:=-]{1,128}")
_MADE_UP: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}", re.IGNORECASE
)
_LIKE_A_NUMBER: Final = re.compile(r"(?:[0-9][._:=-]?){9,}")


def correlation_of(headers: Mapping[str, str]) -> str | None:
    """Read it from the request; what could hold somebody's phone number is not carried on.

    UUIDs and trace ids are, whatever digits they have.
    """
    given = headers.get("x-correlation-id") or headers.get("x-request-id") or ""
    if not SHAPE.fullmatch(given):
        return None
    if not _MADE_UP.fullmatch(given) and _LIKE_A_NUMBER.search(given):
        return None
    return given


def about(head: Head) -> dict[str, Any]:
    """Name a message in a log line."""
    named = {"message_id": head.id}
    return {**named, "correlation": head.correlation} if head.correlation else named


def about_all(heads: Iterable[Head]) -> dict[str, Any]:
    """Name messages in a log line, each once; those of clients who name requests, by that too."""
    given = {head.id: head.correlation for head in heads}
    named: dict[str, Any] = {"messages": list(given)}
    known = {id_: name for id_, name in given.items() if name}
    return {**named, "correlations": known} if known else named
