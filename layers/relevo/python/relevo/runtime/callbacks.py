"""Answers to carriers' HTTP callbacks."""

import json
from collections.abc import Mapping
from typing import Any

from relevo.domain.problem import Problem


def unknown_carrier(event: Mapping[str, Any]) -> dict[str, Any]:
    """Refuse a callback of a carrier that is not configured; nothing is ever open."""
    problem = Problem("not-found")
    request_id = event.get("requestContext", {}).get("requestId", "")
    return {
        "statusCode": problem.status,
        "headers": {"content-type": "application/problem+json", "x-request-id": request_id},
        "body": json.dumps(problem.body(request_id)),
    }
