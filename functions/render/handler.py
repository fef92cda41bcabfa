"""Class queues in: take the batch, start its delivery, answer which records failed."""

from typing import Any

from relevo.runtime.bootstrap.render import renderer
from relevo.runtime.records import ids_in, partial_response

render = renderer()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Handle one SQS batch as one unit; a record we cannot read fails alone."""
    return partial_response(event, ids_in, render.render, what="rendered")
