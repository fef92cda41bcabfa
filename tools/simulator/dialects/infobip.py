"""How Infobip reads a submit, takes it, refuses it, and calls back."""

import json
from typing import Any, Final

from tools.simulator.dialects.making import answer_json, post_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    message = json.loads(received.body)["messages"][0]
    return Taken(
        id=message["destinations"][0]["messageId"],
        reference=message["webhooks"]["callbackData"],
        to=message["destinations"][0]["to"],
        text=message["content"]["text"],
        callback=message["webhooks"]["delivery"]["url"],
        sender=message["sender"],
    )


def _accept(taken: Taken) -> Answer:
    status = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}
    message = {
        "messageId": taken.id,
        "status": status,
        "destination": taken.to,
        "details": {"messageCount": 1},
    }
    return answer_json(200, {"bulkId": "b-1", "messages": [message]})


WORDS: Final = {
    "sent": (1, 7, 0),
    "delivered": (3, 5, 0),
    "undelivered": (2, 9, 27),
    "expired": (4, 15, 0),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    group, status, error = WORDS[word]
    result = {
        "messageId": taken.id,
        "to": taken.to,
        "messageCount": 1,
        "callbackData": taken.reference,
        "price": {"pricePerMessage": 0.06, "currency": "EUR"},
        "status": {"groupId": group, "id": status},
        "error": {"groupId": 0, "id": error, "permanent": False},
    }
    return post_json(taken.callback, {"results": [result]})


def _error(text: str) -> dict[str, Any]:
    return {"requestError": {"serviceException": {"messageId": text.upper(), "text": text}}}


DIALECT: Final = Dialect(
    name="infobip",
    read=_read,
    accept=_accept,
    receipt=_receipt,
    refusals={
        "auth": answer_json(401, _error("Unauthorized")),
        "throttled": answer_json(429, _error("Slow down"), **{"Retry-After": "1"}),
        "internal": answer_json(500, _error("General error")),
    },
)
