"""Each minute, or at a nudge: look at the messages that have come due."""

from typing import Any

from relevo.runtime.bootstrap import settings, watcher
from relevo.runtime.logs import audit
from relevo.runtime.records import shards_in, time_left

watch = watcher()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the nudged shards, or at all of them; failing raises, and the next minute repeats."""
    shards = shards_in(event, settings().due_shards)
    looked = watch.watch(shards, until=watch.clock() + time_left(context))
    audit("watched", shards=len(shards), looked=looked)
    return {"batchItemFailures": []}
