"""Carriers' receipts, from the receipts queue or from their own callbacks."""

from typing import Any

from relevo.runtime.bootstrap import receiver
from relevo.runtime.callbacks import unknown_carrier
from relevo.runtime.records import partial_response, receipts_in

receive = receiver()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Take in a queue's batch; HTTP callbacks belong to carriers, and none is configured yet."""
    if "Records" in event:
        return partial_response(event, receipts_in, receive.receive_all, what="received")
    return unknown_carrier(event)
