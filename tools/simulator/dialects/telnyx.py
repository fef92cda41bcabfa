"""How Telnyx reads a submit, takes it, refuses it, and calls back."""

import base64
import json
from collections.abc import Mapping
from typing import Any, Final

from nacl.signing import SigningKey

from tools.simulator.dialects.making import JSON, answer_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken, given_back


def _read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=given_back(fields["webhook_url"]),
        to=fields["to"],
        text=fields["text"],
        callback=fields["webhook_url"],
    )


def _message(taken: Taken, status: str, *errors: str) -> dict[str, Any]:
    return {
        "id": taken.id,
        "direction": "outbound",
        "text": taken.text,
        "to": [{"phone_number": taken.to, "status": status}],
        "parts": 1,
        "cost": {"amount": "0.0600", "currency": "USD"},
        "errors": [{"code": code} for code in errors],
    }


WORDS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "sent": ("sent", ()),
    "delivered": ("delivered", ()),
    "undelivered": ("delivery_failed", ("40008",)),
    "expired": ("expired", ()),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, errors = WORDS[word]
    kind = "message.sent" if word == "sent" else "message.finalized"
    payload = _message(taken, status, *errors)
    written = json.dumps({"data": {"event_type": kind, "id": "e-1", "payload": payload}}).encode()
    mark = SigningKey(keys.seed).sign(f"{at}|".encode() + written).signature
    headers = {
        **JSON,
        "telnyx-signature-ed25519": base64.b64encode(mark).decode(),
        "telnyx-timestamp": str(at),
    }
    return Call(url=taken.callback, headers=headers, body=written)


def _error(status: int, code: str, **headers: str) -> Answer:
    return answer_json(
        status, {"errors": [{"code": code, "title": "no", "detail": "no"}]}, **headers
    )


DIALECT: Final = Dialect(
    name="telnyx",
    read=_read,
    accept=lambda taken: answer_json(200, {"data": _message(taken, "queued")}),
    receipt=_receipt,
    refusals={
        "auth": _error(401, "10009"),
        "throttled": _error(429, "10011", **{"Retry-After": "1"}),
        "internal": _error(500, "10007"),
    },
)
