"""How Plivo reads a submit, takes it, refuses it, and calls back."""

import json
from typing import Final

from plivo.utils import signature_v3  # type: ignore[import-untyped]

from tools.simulator.dialects.making import answer_json, post_form
from tools.simulator.wire import Call, Dialect, Keys, Received, Taken, given_back


def _read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=given_back(fields["url"]),
        to=fields["dst"],
        text=fields["text"],
        callback=fields["url"],
    )


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    word, error = ("failed", "420") if word == "expired" else (word, "80")
    fields = {
        "MessageUUID": taken.id,
        "ParentMessageUUID": taken.id,
        "PartInfo": "1 of 1",
        "From": "34700000009",
        "To": taken.to,
        "Status": word,
        "Units": "1",
        "TotalAmount": "0.0600",
        "ErrorCode": error if word in ("undelivered", "failed") else "000",
    }
    base = signature_v3.construct_post_url(taken.callback, dict(fields)).decode()
    mark = signature_v3.get_signature_v3(keys.auth_token.encode(), base, "12345").decode()
    headers = {"X-Plivo-Signature-V3": mark, "X-Plivo-Signature-V3-Nonce": "12345"}
    return post_form(taken.callback, fields, **headers)


DIALECT: Final = Dialect(
    name="plivo",
    read=_read,
    accept=lambda taken: answer_json(202, {"api_id": "a", "message_uuid": [taken.id]}),
    receipt=_receipt,
    refusals={
        "auth": answer_json(401, {"api_id": "a", "error": "authentication failed"}),
        "throttled": answer_json(429, {"api_id": "a", "error": "too many requests"}),
        "internal": answer_json(500, {"api_id": "a", "error": "no"}),
    },
)
