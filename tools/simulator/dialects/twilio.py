"""How Twilio reads a submit, takes it, refuses it, and calls back."""

from typing import Final

from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from tools.simulator.dialects.making import answer_json, post_form
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken, given_back


def _read(received: Received, id_: str) -> Taken:
    form = received.form
    return Taken(
        id=f"SM{id_:0>32}",
        reference=given_back(form["StatusCallback"]),
        to=form["To"],
        text=form["Body"],
        callback=form["StatusCallback"],
        sender=form.get("From", ""),
    )


def _accept(taken: Taken) -> Answer:
    body = {
        "sid": taken.id,
        "status": "queued",
        "body": taken.text,
        "to": taken.to,
        "num_segments": "1",
        "price": None,
        "error_code": None,
    }
    return answer_json(201, body)


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    word, error = ("failed", "30036") if word == "expired" else (word, "30003")
    fields = {
        "MessageSid": taken.id,
        "SmsSid": taken.id,
        "MessageStatus": word,
        "To": taken.to,
        **({"ErrorCode": error} if word in ("failed", "undelivered") else {}),
    }
    mark = RequestValidator(keys.auth_token).compute_signature(taken.callback, fields)
    return post_form(taken.callback, fields, **{"X-Twilio-Signature": mark})


def _error(code: int, status: int) -> Answer:
    return answer_json(status, {"code": code, "message": "No", "status": status})


DIALECT: Final = Dialect(
    name="twilio",
    read=_read,
    accept=_accept,
    receipt=_receipt,
    refusals={
        "auth": _error(20003, 401),
        "throttled": _error(20429, 429),
        "internal": _error(20500, 500),
    },
)
