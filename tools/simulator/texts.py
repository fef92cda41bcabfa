"""Texts that people send to us, as their carrier tells of them."""

import secrets
from typing import Final
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tools.simulator.wire import Call, Keys

FORM: Final = "application/x-www-form-urlencoded"


def twilio_text(url: str, sender: str, recipient: str, text: str, keys: Keys) -> Call:
    """Give Twilio's signed call that tells of a text; its id is new each time."""
    fields = {
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "From": sender,
        "To": recipient,
        "Body": text,
        "NumSegments": "1",
    }
    mark = RequestValidator(keys.auth_token).compute_signature(url, fields)
    headers = {"content-type": FORM, "X-Twilio-Signature": mark}
    return Call(url=url, headers=headers, body=urlencode(fields).encode())
