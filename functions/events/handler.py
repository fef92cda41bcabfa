"""The stream of heads: due items, requeues, announcements, statistics; and its parked rest."""

from typing import Any

from relevo.domain.correlation import about_all
from relevo.runtime.bootstrap.events import publisher
from relevo.runtime.logs import audit
from relevo.runtime.metrics import meter
from relevo.runtime.records import (
    changes_in_stream,
    from_queue,
    partial_response,
    time_left,
    writes_in,
)

publish = publisher()
measure = meter()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle every image by itself; one that fails is parked and comes back by its queue."""
    if from_queue(event):
        return partial_response(event, writes_in, publish.redrive, what="redriven")
    changes = changes_in_stream(event, publish.announcements.park)
    heads = [change.new for change in changes]
    publish.publish(heads, until=publish.clock() + time_left(context))
    audit("published", **about_all(head for head in heads if head.news))
    measure.changed(changes)
    return {"batchItemFailures": []}
