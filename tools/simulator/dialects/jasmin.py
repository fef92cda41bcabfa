"""How Jasmin reads a submit, takes it, refuses it, and calls back."""

from typing import Final

from tools.simulator.dialects.making import answer_text, post_form
from tools.simulator.wire import Call, Dialect, Keys, Received, Taken, given_back


def _read(received: Received, id_: str) -> Taken:
    form = received.form
    text = form.get("content") or bytes.fromhex(form["hex-content"]).decode("utf-16-be")
    return Taken(
        id=id_,
        reference=given_back(form["dlr-url"]),
        to=form["to"],
        text=text,
        callback=form["dlr-url"],
    )


WORDS: Final = {
    "sent": ("1", "ESME_ROK"),
    "delivered": ("2", "DELIVRD"),
    "undelivered": ("2", "UNDELIV"),
    "expired": ("2", "EXPIRED"),
}


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    level, status = WORDS[word]
    fields = {"id": taken.id, "level": level, "message_status": status, "connector": "smpp"}
    return post_form(taken.callback, fields)


DIALECT: Final = Dialect(
    name="jasmin",
    read=_read,
    accept=lambda taken: answer_text(200, f'Success "{taken.id}"'),
    receipt=_receipt,
    refusals={
        "auth": answer_text(403, 'Error "Authentication failure for username:x"'),
        "throttled": answer_text(403, 'Error "User throughput exceeded"'),
        "internal": answer_text(500, 'Error "Cannot send submit_sm, check SMPPClientManagerPB"'),
    },
)
