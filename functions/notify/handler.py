"""The webhook queue: what customers will be told; delivery to endpoints is not built yet."""

from typing import Any

from relevo.runtime.logs import audit
from relevo.runtime.records import announcements_in


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Log what was told, by id and version; no endpoint exists that could refuse it."""
    audit("announced", messages=announcements_in(event))
    return {"batchItemFailures": []}
