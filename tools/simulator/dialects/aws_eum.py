"""How AWS End User Messaging reads a submit, takes it, refuses it, and calls back."""

import json
from typing import Final

from tools.simulator.dialects.making import answer_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=fields["Context"]["mid"],
        to=fields["DestinationPhoneNumber"],
        text=fields["MessageBody"],
    )


WORDS: Final = {
    "sent": ("TEXT_SUCCESSFUL", False),
    "delivered": ("TEXT_DELIVERED", True),
    "undelivered": ("TEXT_UNREACHABLE", True),
    "expired": ("TEXT_TTL_EXPIRED", True),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    kind, final = WORDS[word]
    event = {
        "eventType": kind,
        "eventTimestamp": at * 1_000,
        "isFinal": final,
        "destinationPhoneNumber": taken.to,
        "messageId": taken.id,
        "context": {"mid": taken.reference},
        "totalMessageParts": 1,
        "totalMessagePrice": 0.0785,
    }
    sns = {"TopicArn": keys.topic, "Message": json.dumps(event)}
    return Call(event={"Records": [{"EventSource": "aws:sns", "Sns": sns}]})


def _error(kind: str, status: int = 400) -> Answer:
    return answer_json(status, {"__type": kind, "Message": "no"})


DIALECT: Final = Dialect(
    name="aws-eum",
    read=_read,
    accept=lambda taken: answer_json(200, {"MessageId": taken.id}),
    receipt=_receipt,
    refusals={
        "auth": _error("UnrecognizedClientException"),
        "throttled": _error("ThrottlingException"),
        "internal": _error("InternalServerException", 500),
    },
)
