"""What the webhook queue says, apart because only `notify` knows what to do about it."""

from collections.abc import Mapping, Sequence
from typing import Any

from relevo.services.notify import Call, Changed, Due, News, Wrote
from relevo.wire_plans import change_from_item


def calls_in(body: Mapping[str, Any]) -> Sequence[Call]:
    """Read what the webhook queue says: a write that told something, a delivery, or news.

    What befell a carrier comes whole, for nobody kept it yet.
    """
    if "delivery" in body:
        return [Due(reference=str(body["delivery"]))]
    if "event" in body:
        return [News(event=str(body["event"]))]
    if "change" in body:
        return [Changed(change=change_from_item(body["change"]))]
    return [Wrote(message=str(body["id"]), version=int(body["version"]))]
