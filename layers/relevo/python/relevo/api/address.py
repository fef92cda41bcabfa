"""Where the API is, as a client knows it: what problems and pages link to."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

Address: TypeAlias = Callable[[Mapping[str, Any]], str]
"""Reads an event; without a slash at the end, and empty when the event does not say."""

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
_API_ID: Final = re.compile(r"[a-z0-9]+")


def deployed(event: Mapping[str, Any]) -> str:
    """Give the name the gateway was called by: it answers to no other than the API's own."""
    name = str((event.get("requestContext") or {}).get("domainName") or "")
    return f"https://{name}" if _HOST.fullmatch(name) else ""


def emulated(event: Mapping[str, Any]) -> str:
    """Give the emulator's address: there every API lives below a path of one host."""
    host = str((event.get("headers") or {}).get("host") or "")
    api = str((event.get("requestContext") or {}).get("apiId") or "")
    known = _HOST.fullmatch(host) and _API_ID.fullmatch(api)
    return f"http://{host}/_aws/execute-api/{api}/$default" if known else ""
