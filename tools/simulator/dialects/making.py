"""What dialects are written with: answers and calls in JSON, text and forms."""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from tools.simulator.wire import Answer, Call

FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
JSON: Final = {"content-type": "application/json"}
CHINA: Final = {"delivered": "DELIVRD", "undelivered": "MK:0001", "expired": "EXPIRED"}
"""Words of the operators of mainland China, whoever forwards them."""


def answer_json(status: int, body: Any, **headers: str) -> Answer:
    written = json.dumps(body, ensure_ascii=False).encode()
    return Answer(status=status, body=written, headers={**JSON, **headers})


def answer_text(status: int, body: str) -> Answer:
    return Answer(status=status, body=body.encode(), headers={"content-type": "text/plain"})


def post_json(url: str, body: Any, **headers: str) -> Call:
    written = json.dumps(body, ensure_ascii=False).encode()
    return Call(url=url, headers={**JSON, **headers}, body=written)


def post_form(url: str, fields: Mapping[str, str], **headers: str) -> Call:
    return Call(url=url, headers={**FORM, **headers}, body=urlencode(fields).encode())
