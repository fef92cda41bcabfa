"""The webhook queue: tell customers what happened, now or when it has come due again."""

from functools import partial
from typing import Any, Final

from relevo.domain.timing import SECOND
from relevo.runtime.bootstrap.notify import notifier
from relevo.runtime.calls import calls_in
from relevo.runtime.records import partial_response, time_left

tell = notifier()
SPARE: Final = 3 * SECOND


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Deliver a batch; a record that fails for a reason of ours comes again alone."""
    until = tell.clock() + time_left(context, SPARE)
    return partial_response(event, calls_in, partial(tell.notify, until=until), what="notified")
