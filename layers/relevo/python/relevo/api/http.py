"""HTTP API events (payload 2.0) in, answers out, with the headers that every answer carries."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl

from relevo.api.address import Address
from relevo.domain.correlation import SHAPE, correlation_of
from relevo.domain.problem import Problem
from relevo.ports.basics import Draw

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
HTML: Final = "text/html; charset=utf-8"

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9_=-]{8,64}")
_ALWAYS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as the gateway hands it over; header names are in lower case.

    `base` is the address of the API as the client knows it, without a slash at its end.
    """

    event: Mapping[str, Any]
    method: str
    path: str
    headers: Mapping[str, str]
    source_ip: str
    request_id: str
    base: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    correlation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer; `message` is the id it is about, for the audit line."""

    status: int = 200
    body: str | bytes = ""
    media: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    message: str | None = None


def call_of(event: Mapping[str, Any], draw: Draw, address: Address) -> Call:
    """Read an event, whatever is missing in it: what is not HTTP is a path nobody serves."""
    context = event.get("requestContext") or {}
    http = context.get("http") or {}
    given = str(context.get("requestId") or "")
    headers = {str(k).lower(): str(v) for k, v in (event.get("headers") or {}).items()}
    return Call(
        event={**event, "headers": headers},
        method=str(http.get("method") or ""),
        path=str(event.get("rawPath") or ""),
        headers=headers,
        source_ip=str(http.get("sourceIp") or ""),
        base=address(event),
        request_id=given if _REQUEST_ID.fullmatch(given) else draw(16).hex(),
        query=dict(parse_qsl(str(event.get("rawQueryString") or ""), keep_blank_values=True)),
        correlation=correlation_of(headers),
    )


def refused(problem: Problem, call: Call) -> Reply:
    return Reply(
        status=problem.status,
        body=json.dumps(problem.body(call.request_id, call.base), ensure_ascii=False),
        media=PROBLEM,
        headers={**problem.headers, "Link": f'<{problem.page(call.base)}>; rel="help"'},
    )


def written(reply: Reply, call: Call) -> dict[str, Any]:
    """Give the answer as the gateway wants it; HEAD is GET without the body."""
    headers = {**_ALWAYS, **reply.headers, "X-Request-Id": call.request_id}
    if reply.body:
        headers["Content-Type"] = reply.media
    correlation = call.headers.get("x-correlation-id", "")
    if SHAPE.fullmatch(correlation):
        headers["X-Correlation-Id"] = correlation
    body = "" if call.method == "HEAD" else reply.body
    packed = isinstance(body, bytes)
    return {
        "statusCode": reply.status,
        "headers": headers,
        "body": b64encode(body).decode() if isinstance(body, bytes) else body,
        "isBase64Encoded": packed,
    }
