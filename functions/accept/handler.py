"""The HTTPS API: everything but what carriers call."""

from typing import Any

from relevo.runtime.bootstrap.accept import front_door

app = front_door()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request, in the form of payload 2.0."""
    return app(event, context)
