"""Images of the Messages stream as heads, and as changes from one to the next."""

from collections.abc import Mapping
from typing import Any

from relevo import wire
from relevo.aws.codec import decode
from relevo.domain.message import Head
from relevo.domain.transitions import Change


def head_of(record: Mapping[str, Any]) -> Head | None:
    """Read a record's new image; None for deletions and for items that are no message."""
    return _head(record["dynamodb"].get("NewImage"))


def change_of(record: Mapping[str, Any]) -> Change | None:
    """Read both images of a record; None where `head_of` gives none."""
    new = head_of(record)
    return Change(_head(record["dynamodb"].get("OldImage")), new) if new else None


def _head(image: Mapping[str, Any] | None) -> Head | None:
    if not image or "kind" in image:
        return None
    return wire.head_from_item(decode(image))
