"""Each minute, or at a nudge: look at the messages that have come due, add up statistics."""

from typing import Any

from relevo.runtime.bootstrap.parts import settings
from relevo.runtime.bootstrap.watch import roller, watcher
from relevo.runtime.logs import audit
from relevo.runtime.records import is_nudge, shards_in, time_left

watch = watcher()
rollup = roller()


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Look at the nudged shards, or at all of them; failing raises, and the next minute repeats."""
    shards = shards_in(event, settings().due_shards)
    until = watch.clock() + time_left(context)
    looked = watch.watch(shards, until=until)
    minutely = {} if is_nudge(event) else {"rolled": rollup.roll(until=until)}
    audit("watched", shards=len(shards), looked=looked, **minutely)
    return {"batchItemFailures": []}
