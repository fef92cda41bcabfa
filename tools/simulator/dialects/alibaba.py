"""How Alibaba, in China and abroad, reads a submit, takes it, refuses it, and calls back."""

from typing import Final

from tools.simulator.dialects.making import CHINA, answer_json, post_json
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken


def _read(received: Received, id_: str) -> Taken:
    query = received.query
    return Taken(
        id=f"{id_}^0",
        reference=query["OutId"],
        to=query["PhoneNumbers"],
        text=query["TemplateParam"],
    )


def _receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    report = {
        "phone_number": taken.to,
        "report_time": "2026-10-01 18:00:05",
        "success": word == "delivered",
        "err_code": CHINA[word],
        "sms_size": "1",
        "biz_id": taken.id,
        "out_id": taken.reference,
    }
    return post_json(taken.callback, [report])


def _abroad_read(received: Received, id_: str) -> Taken:
    query = received.query
    return Taken(id=f"{id_}^0", reference=query["TaskId"], to=query["To"], text=query["Message"])


def _abroad_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status = {"delivered": ("1", "DELIVRD"), "undelivered": ("2", "UNDELIV"), "expired": ("6", "")}
    report = {
        "To": taken.to,
        "Status": status[word][0],
        "ErrorCode": status[word][1],
        "MessageId": taken.id,
        "TaskId": taken.reference,
        "SmsSize": "1",
    }
    return post_json(taken.callback, [report])


def _rpc(code: str) -> Answer:
    return answer_json(200, {"Code": code, "Message": code})


DIALECT: Final = Dialect(
    name="alibaba",
    read=_read,
    accept=lambda taken: answer_json(200, {"Code": "OK", "BizId": taken.id, "Message": "OK"}),
    receipt=_receipt,
    refusals={
        "auth": _rpc("isp.RAM_PERMISSION_DENY"),
        "throttled": _rpc("isv.BUSINESS_LIMIT_CONTROL"),
        "internal": _rpc("isp.SYSTEM_ERROR"),
    },
)

ABROAD: Final = Dialect(
    name="alibaba-intl",
    read=_abroad_read,
    accept=lambda taken: answer_json(
        200, {"ResponseCode": "OK", "MessageId": taken.id, "Segments": "1"}
    ),
    receipt=_abroad_receipt,
    refusals={
        "auth": answer_json(200, {"ResponseCode": "RAM_PERMISSION_DENY"}),
        "throttled": answer_json(200, {"ResponseCode": "QPS_LIMIT_CONTROL"}),
        "internal": answer_json(200, {"ResponseCode": "SYSTEM_ERROR"}),
    },
)
