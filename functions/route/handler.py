"""Workflow task: choose routes for the heads in its input, and group them by first carrier."""

from typing import Any

from relevo.domain.correlation import about_all
from relevo.runtime.bootstrap.route import router
from relevo.runtime.logs import audit
from relevo.runtime.tasks import decisions_in, groups_out, heads_in

route = router()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Give `{groups: [{items, round, waitedMs}]}` for `{heads}`."""
    groups = route.route(heads_in(event))
    for heads, decision in decisions_in(groups):
        audit("decided", **about_all(heads), **decision)
    return groups_out(groups)
