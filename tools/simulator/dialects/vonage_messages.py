"""How Vonage's Messages API reads a submit, takes it, refuses it, and calls back."""

import hashlib
import json
from typing import Final

import jwt

from tools.simulator.dialects.making import JSON, answer_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=fields["client_ref"],
        to=fields["to"],
        text=fields["text"],
        callback=fields["webhook_url"],
    )


WORDS: Final = {
    "sent": ("submitted", None),
    "delivered": ("delivered", None),
    "undelivered": ("undeliverable", {"title": "1260", "detail": "Destination unreachable"}),
    "expired": ("rejected", {"title": "1", "detail": "Message expired"}),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, error = WORDS[word]
    body = {
        "message_uuid": taken.id,
        "to": taken.to,
        "status": status,
        "client_ref": taken.reference,
        "usage": {"currency": "EUR", "price": "0.0333"},
        **({"error": error} if error else {}),
    }
    written = json.dumps(body).encode()
    claims = {"iat": at, "iss": "Vonage", "payload_hash": hashlib.sha256(written).hexdigest()}
    token = jwt.encode(claims, keys.secret, algorithm="HS256")
    headers = {**JSON, "Authorization": f"Bearer {token}"}
    return Call(url=taken.callback, headers=headers, body=written)


def _problem(status: int, title: str) -> Answer:
    return answer_json(status, {"type": "https://developer.vonage.com/api-errors", "title": title})


DIALECT: Final = Dialect(
    name="vonage-messages",
    read=_read,
    accept=lambda taken: answer_json(202, {"message_uuid": taken.id}),
    receipt=_receipt,
    refusals={
        "auth": _problem(401, "Unauthorized"),
        "throttled": _problem(429, "1000"),
        "internal": _problem(500, "Internal Error"),
    },
)
