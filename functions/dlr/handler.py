"""Carriers' receipts and texts, from their own callbacks, AWS's events, or the receipts queue."""

from typing import Any

from relevo.carriers.aws_eum import AwsEum, webhooks_in
from relevo.runtime.bootstrap.dlr import callbacks, receiver
from relevo.runtime.records import partial_response, receipts_in

receive = receiver()
called = callbacks()


def handler(event: dict[str, Any], context: object) -> dict[str, Any] | None:
    """Answer a call as its carrier expects, or name the queued receipts that failed."""
    if "requestContext" in event:
        return called.answer(event)
    if webhooks := webhooks_in(event):
        called.event(webhooks, AwsEum.name)
        return None
    return partial_response(event, receipts_in, receive.receive_all, what="received")
