"""How Vonage's SMS API reads a submit, takes it, refuses it, and calls back."""

from typing import Final

from vonage_http_client.auth import Auth  # type: ignore[import-untyped]

from tools.simulator.dialects.making import answer_json, post_form
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    form = received.form
    reference, _, parts = form["client-ref"].partition("/")
    return Taken(
        id=id_,
        reference=reference,
        to=form["to"],
        text=form["text"],
        callback=form.get("callback", ""),
        parts=int(parts or 1),
        sender=form["from"],
    )


def _accept(taken: Taken) -> Answer:
    parts = [
        {
            "to": taken.to,
            "message-id": f"{taken.id}{place}",
            "status": "0",
            "message-price": "0.03330000",
            "client-ref": taken.reference,
        }
        for place in range(taken.parts)
    ]
    return answer_json(200, {"message-count": str(taken.parts), "messages": parts})


WORDS: Final = {
    "sent": ("buffered", "0"),
    "delivered": ("delivered", "0"),
    "undelivered": ("failed", "2"),
    "expired": ("expired", "1"),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, error = WORDS[word]
    whole = f"{taken.reference}/{taken.parts}" if taken.parts > 1 else taken.reference
    fields = {
        "api-key": "abcd1234",
        "client-ref": whole,
        "messageId": f"{taken.id}0",
        "msisdn": taken.to,
        "to": taken.sender,
        "price": "0.03330000",
        "status": status,
        "err-code": error,
        "timestamp": str(at),
        "nonce": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    }
    auth = Auth(api_key="abcd1234", signature_secret=keys.secret, signature_method="sha256")
    return post_form(taken.callback, {**fields, "sig": auth.sign_params(dict(fields))})


def _error(status: str, text: str) -> Answer:
    return answer_json(
        200, {"message-count": "1", "messages": [{"status": status, "error-text": text}]}
    )


DIALECT: Final = Dialect(
    name="vonage",
    read=_read,
    accept=_accept,
    receipt=_receipt,
    refusals={
        "auth": _error("4", "Bad Credentials"),
        "throttled": _error("1", "Throughput Rate Exceeded - please wait [ 250 ]"),
        "internal": _error("5", "Internal Error"),
    },
)
