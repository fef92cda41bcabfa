"""The stream of heads: due items, requeues, credits, health, announcements."""

from typing import Any

from relevo.runtime.bootstrap import publisher
from relevo.runtime.logs import audit
from relevo.runtime.records import heads_in_stream

publish = publisher()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Handle every image by itself; one that fails is parked, so the batch never fails."""
    heads = heads_in_stream(event, publish.announcements.park)
    publish.publish(heads)
    audit("published", messages=[head.id for head in heads])
    return {"batchItemFailures": []}
