"""Images of the Messages stream as heads."""

from collections.abc import Mapping
from typing import Any

from relevo import wire
from relevo.aws.codec import decode
from relevo.domain.message import Head


def head_of(record: Mapping[str, Any]) -> Head | None:
    """Read a record's new image; None for deletions and for items that are no message."""
    image = record["dynamodb"].get("NewImage")
    if not image or "kind" in image:
        return None
    return wire.head_from_item(decode(image))
