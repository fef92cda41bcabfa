"""How Tencent reads a submit, takes it, refuses it, and calls back."""

import json
from typing import Final

from tools.simulator.dialects.making import CHINA, answer_json, post_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=f"5000:{id_}",
        reference=fields["SessionContext"],
        to=fields["PhoneNumberSet"][0],
        text="|".join(fields["TemplateParamSet"]),
    )


def _accept(taken: Taken) -> Answer:
    status = {
        "SerialNo": taken.id,
        "PhoneNumber": taken.to,
        "Fee": 1,
        "SessionContext": taken.reference,
        "Code": "Ok",
        "Message": "send success",
    }
    return answer_json(200, {"Response": {"SendStatusSet": [status], "RequestId": "r-1"}})


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    report = {
        "user_receive_time": "2026-10-01 18:00:05",
        "nationcode": "86",
        "mobile": taken.to[-11:],
        "report_status": "SUCCESS" if word == "delivered" else "FAIL",
        "errmsg": CHINA[word],
        "sid": taken.id,
        "ext": taken.reference,
    }
    return post_json(taken.callback, [report])


def _error(code: str) -> Answer:
    return answer_json(200, {"Response": {"Error": {"Code": code, "Message": "no"}}})


DIALECT: Final = Dialect(
    name="tencent",
    read=_read,
    accept=_accept,
    receipt=_receipt,
    refusals={
        "auth": _error("AuthFailure.SignatureFailure"),
        "throttled": _error("RequestLimitExceeded"),
        "internal": _error("InternalError.Timeout"),
    },
)
