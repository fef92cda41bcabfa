"""The webhook queue: what customers will be told; delivery to endpoints is not built yet."""

from collections.abc import Sequence
from typing import Any

from relevo.runtime.logs import audit, configure
from relevo.runtime.records import partial_response, writes_in

configure("notify")


def announce(writes: Sequence[tuple[str, int]]) -> None:
    """Log what was told, by id and version; no endpoint exists that could refuse it."""
    audit("announced", messages=[f"{id_}@{version}" for id_, version in writes])


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Take a batch of announcements; one that cannot be read fails alone."""
    return partial_response(event, writes_in, announce, what="notified")
