"""How Kannel reads a submit, takes it, refuses it, and calls back."""

from typing import Final
from urllib.parse import parse_qsl, urlencode

from tools.simulator.dialects.making import answer_text
from tools.simulator.wire import Call, Dialect, Keys, Received, Taken, given_back


def _read(received: Received, id_: str) -> Taken:
    query = received.query
    return Taken(
        id=id_,
        reference=given_back(query["dlr-url"]),
        to=query["to"],
        text=query["text"],
        callback=query["dlr-url"],
        sender=query["from"],
    )


WORDS: Final = {
    "sent": ("8", "ACK/"),
    "delivered": ("1", "stat:DELIVRD err:000"),
    "undelivered": ("2", "stat:UNDELIV err:027"),
    "expired": ("2", "stat:EXPIRED err:000"),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    kind, said = WORDS[word]
    values = {"%d": kind, "%F": taken.id, "%A": said, "%T": str(at), "%p": "ACME", "%B": "000"}
    values["%P"] = taken.to
    bare, _, query = taken.callback.partition("?")
    filled = {name: values.get(value, value) for name, value in parse_qsl(query)}
    return Call(method="GET", url=f"{bare}?{urlencode(filled)}")


DIALECT: Final = Dialect(
    name="kannel",
    read=_read,
    accept=lambda _: answer_text(202, "0: Accepted for delivery"),
    receipt=_receipt,
    refusals={
        "auth": answer_text(403, "Authorization failed for sendsms"),
        "throttled": answer_text(503, "Temporal failure, try again later."),
        "internal": answer_text(500, "Sending failed."),
    },
)
