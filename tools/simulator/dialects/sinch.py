"""How Sinch reads a submit, takes it, refuses it, and calls back."""

import base64
import hmac
import json
from typing import Final

from tools.simulator.dialects.making import JSON, answer_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=fields["client_reference"],
        to=fields["to"][0],
        text=fields["body"],
        callback=fields["callback_url"],
    )


def _accept(taken: Taken) -> Answer:
    return answer_json(
        201, {"id": taken.id, "to": [taken.to], "body": taken.text, "canceled": False}
    )


WORDS: Final = {
    "sent": ("Dispatched", 401),
    "delivered": ("Delivered", 0),
    "undelivered": ("Failed", 153),
    "expired": ("Expired", 406),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, code = WORDS[word]
    body = {
        "type": "recipient_delivery_report_sms",
        "batch_id": taken.id,
        "recipient": taken.to,
        "client_reference": taken.reference,
        "code": code,
        "status": status,
    }
    written, nonce = json.dumps(body).encode(), "01FJA8B4A7BM43YGWSG9GBV067"
    signed = written + f".{nonce}.{at}".encode()
    mark = base64.b64encode(hmac.new(keys.secret.encode(), signed, "sha256").digest()).decode()
    header = "x-sinch-webhook-signature"
    headers = {**JSON, header: mark, f"{header}-nonce": nonce, f"{header}-timestamp": str(at)}
    return Call(url=taken.callback, headers=headers, body=written)


DIALECT: Final = Dialect(
    name="sinch",
    read=_read,
    accept=_accept,
    receipt=_receipt,
    refusals={
        "auth": Answer(status=401),
        "throttled": answer_json(429, {"code": "too_many_requests", "text": "Slow down"}),
        "internal": answer_json(500, {"code": "internal", "text": "no"}),
    },
)
