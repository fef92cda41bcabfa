"""The description of the API: for programs as JSON, for people as Swagger UI over that JSON."""

import json
from collections.abc import Mapping
from functools import cache

from relevo.api.http import JSON, Call, Reply
from relevo.api.portal.pages import page
from relevo.api.portal.serving import ASK_AGAIN, served


def specification(call: Call, _: Mapping[str, str]) -> Reply:
    return served(_written(), JSON, call, kept=ASK_AGAIN)


def reference(call: Call, _: Mapping[str, str]) -> Reply:
    return page("reference.html", call)


@cache
def _written() -> bytes:
    # Not at the top: it is generated from the table that this page stands in.
    from relevo.api.openapi import document  # noqa: PLC0415

    return json.dumps(document(), ensure_ascii=False).encode()
