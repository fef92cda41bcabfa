"""The stream of heads: due items, requeues, credits, health, announcements; and its parked rest."""

from typing import Any

from relevo.runtime.bootstrap import publisher
from relevo.runtime.logs import audit
from relevo.runtime.records import (
    from_queue,
    heads_in_stream,
    partial_response,
    time_left,
    writes_in,
)

publish = publisher()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle every image by itself; one that fails is parked and comes back by its queue."""
    if from_queue(event):
        return partial_response(event, writes_in, publish.redrive, what="redriven")
    heads = heads_in_stream(event, publish.announcements.park)
    publish.publish(heads, until=publish.clock() + time_left(context))
    audit("published", messages=[head.id for head in heads])
    return {"batchItemFailures": []}
