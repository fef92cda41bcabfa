"""Workflow task: one round of submits for a group, and what is left to do."""

from typing import Any

from relevo.domain.correlation import about_all
from relevo.runtime.bootstrap.dispatch import dispatcher, exchanges
from relevo.runtime.logs import audit
from relevo.runtime.tasks import group_in, left_out, waits_left

kept = exchanges()
dispatch = dispatcher(kept)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Give `{items, round, waitedMs, wait}`; `items` are those that still want a submit."""
    group = group_in(event)
    left = dispatch.dispatch(group, waits=waits_left(event))
    kept.flush()
    audit("dispatched", **about_all(one.head for one in group), left=len(left.items))
    return left_out(event, left)
