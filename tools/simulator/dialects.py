"""How each carrier reads a submit, takes it, refuses it, and signs what it calls back with.

Signatures come from the carriers' own SDKs where those can make them, never from our adapters.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

import jwt
from nacl.signing import SigningKey
from plivo.utils import signature_v3  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from vonage_http_client.auth import Auth  # type: ignore[import-untyped]

from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken, given_back

FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
JSON: Final = {"content-type": "application/json"}


def _json(status: int, body: Any, **headers: str) -> Answer:
    written = json.dumps(body, ensure_ascii=False).encode()
    return Answer(status=status, body=written, headers={**JSON, **headers})


def _text(status: int, body: str) -> Answer:
    return Answer(status=status, body=body.encode(), headers={"content-type": "text/plain"})


def _post(url: str, body: Any, **headers: str) -> Call:
    written = json.dumps(body, ensure_ascii=False).encode()
    return Call(url=url, headers={**JSON, **headers}, body=written)


def _form(url: str, fields: Mapping[str, str], **headers: str) -> Call:
    return Call(url=url, headers={**FORM, **headers}, body=urlencode(fields).encode())


def _infobip_read(received: Received, id_: str) -> Taken:
    message = json.loads(received.body)["messages"][0]
    return Taken(
        id=message["destinations"][0]["messageId"],
        reference=message["webhooks"]["callbackData"],
        to=message["destinations"][0]["to"],
        text=message["content"]["text"],
        callback=message["webhooks"]["delivery"]["url"],
        sender=message["sender"],
    )


def _infobip_accept(taken: Taken) -> Answer:
    status = {"groupId": 1, "groupName": "PENDING", "id": 26, "name": "PENDING_ACCEPTED"}
    message = {
        "messageId": taken.id,
        "status": status,
        "destination": taken.to,
        "details": {"messageCount": 1},
    }
    return _json(200, {"bulkId": "b-1", "messages": [message]})


INFOBIP: Final = {
    "sent": (1, 7, 0),
    "delivered": (3, 5, 0),
    "undelivered": (2, 9, 27),
    "expired": (4, 15, 0),
}


def _infobip_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    group, status, error = INFOBIP[word]
    result = {
        "messageId": taken.id,
        "to": taken.to,
        "messageCount": 1,
        "callbackData": taken.reference,
        "price": {"pricePerMessage": 0.06, "currency": "EUR"},
        "status": {"groupId": group, "id": status},
        "error": {"groupId": 0, "id": error, "permanent": False},
    }
    return _post(taken.callback, {"results": [result]})


def _infobip_error(text: str) -> dict[str, Any]:
    return {"requestError": {"serviceException": {"messageId": text.upper(), "text": text}}}


def _twilio_read(received: Received, id_: str) -> Taken:
    form = received.form
    return Taken(
        id=f"SM{id_:0>32}",
        reference=given_back(form["StatusCallback"]),
        to=form["To"],
        text=form["Body"],
        callback=form["StatusCallback"],
        sender=form.get("From", ""),
    )


def _twilio_accept(taken: Taken) -> Answer:
    body = {
        "sid": taken.id,
        "status": "queued",
        "body": taken.text,
        "to": taken.to,
        "num_segments": "1",
        "price": None,
        "error_code": None,
    }
    return _json(201, body)


def _twilio_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    word, error = ("failed", "30036") if word == "expired" else (word, "30003")
    fields = {
        "MessageSid": taken.id,
        "SmsSid": taken.id,
        "MessageStatus": word,
        "To": taken.to,
        **({"ErrorCode": error} if word in ("failed", "undelivered") else {}),
    }
    mark = RequestValidator(keys.auth_token).compute_signature(taken.callback, fields)
    return _form(taken.callback, fields, **{"X-Twilio-Signature": mark})


def _twilio_error(code: int, status: int) -> Answer:
    return _json(status, {"code": code, "message": "No", "status": status})


def _aws_read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=fields["Context"]["mid"],
        to=fields["DestinationPhoneNumber"],
        text=fields["MessageBody"],
    )


AWS: Final = {
    "sent": ("TEXT_SUCCESSFUL", False),
    "delivered": ("TEXT_DELIVERED", True),
    "undelivered": ("TEXT_UNREACHABLE", True),
    "expired": ("TEXT_TTL_EXPIRED", True),
}


def _aws_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    kind, final = AWS[word]
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


def _aws_error(kind: str, status: int = 400) -> Answer:
    return _json(status, {"__type": kind, "Message": "no"})


def _tencent_read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=f"5000:{id_}",
        reference=fields["SessionContext"],
        to=fields["PhoneNumberSet"][0],
        text="|".join(fields["TemplateParamSet"]),
    )


def _tencent_accept(taken: Taken) -> Answer:
    status = {
        "SerialNo": taken.id,
        "PhoneNumber": taken.to,
        "Fee": 1,
        "SessionContext": taken.reference,
        "Code": "Ok",
        "Message": "send success",
    }
    return _json(200, {"Response": {"SendStatusSet": [status], "RequestId": "r-1"}})


CHINA: Final = {"delivered": "DELIVRD", "undelivered": "MK:0001", "expired": "EXPIRED"}


def _tencent_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    report = {
        "user_receive_time": "2026-10-01 18:00:05",
        "nationcode": "86",
        "mobile": taken.to[-11:],
        "report_status": "SUCCESS" if word == "delivered" else "FAIL",
        "errmsg": CHINA[word],
        "sid": taken.id,
        "ext": taken.reference,
    }
    return _post(taken.callback, [report])


def _tencent_error(code: str) -> Answer:
    return _json(200, {"Response": {"Error": {"Code": code, "Message": "no"}}})


def _kannel_read(received: Received, id_: str) -> Taken:
    query = received.query
    return Taken(
        id=id_,
        reference=given_back(query["dlr-url"]),
        to=query["to"],
        text=query["text"],
        callback=query["dlr-url"],
        sender=query["from"],
    )


KANNEL: Final = {
    "sent": ("8", "ACK/"),
    "delivered": ("1", "stat:DELIVRD err:000"),
    "undelivered": ("2", "stat:UNDELIV err:027"),
    "expired": ("2", "stat:EXPIRED err:000"),
}


def _kannel_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    kind, said = KANNEL[word]
    values = {"%d": kind, "%F": taken.id, "%A": said, "%T": str(at), "%p": "ACME", "%B": "000"}
    values["%P"] = taken.to
    bare, _, query = taken.callback.partition("?")
    filled = {name: values.get(value, value) for name, value in parse_qsl(query)}
    return Call(method="GET", url=f"{bare}?{urlencode(filled)}")


def _jasmin_read(received: Received, id_: str) -> Taken:
    form = received.form
    text = form.get("content") or bytes.fromhex(form["hex-content"]).decode("utf-16-be")
    return Taken(
        id=id_,
        reference=given_back(form["dlr-url"]),
        to=form["to"],
        text=text,
        callback=form["dlr-url"],
    )


JASMIN: Final = {
    "sent": ("1", "ESME_ROK"),
    "delivered": ("2", "DELIVRD"),
    "undelivered": ("2", "UNDELIV"),
    "expired": ("2", "EXPIRED"),
}


def _jasmin_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    level, status = JASMIN[word]
    fields = {"id": taken.id, "level": level, "message_status": status, "connector": "smpp"}
    return _form(taken.callback, fields)


def _vonage_read(received: Received, id_: str) -> Taken:
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


def _vonage_accept(taken: Taken) -> Answer:
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
    return _json(200, {"message-count": str(taken.parts), "messages": parts})


VONAGE: Final = {
    "sent": ("buffered", "0"),
    "delivered": ("delivered", "0"),
    "undelivered": ("failed", "2"),
    "expired": ("expired", "1"),
}


def _vonage_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, error = VONAGE[word]
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
    return _form(taken.callback, {**fields, "sig": auth.sign_params(dict(fields))})


def _vonage_error(status: str, text: str) -> Answer:
    return _json(200, {"message-count": "1", "messages": [{"status": status, "error-text": text}]})


def _messages_read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=fields["client_ref"],
        to=fields["to"],
        text=fields["text"],
        callback=fields["webhook_url"],
    )


MESSAGES: Final = {
    "sent": ("submitted", None),
    "delivered": ("delivered", None),
    "undelivered": ("undeliverable", {"title": "1260", "detail": "Destination unreachable"}),
    "expired": ("rejected", {"title": "1", "detail": "Message expired"}),
}


def _messages_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, error = MESSAGES[word]
    body = {
        "message_uuid": taken.id,
        "to": taken.to,
        "status": status,
        "client_ref": taken.reference,
        "usage": {"currency": "EUR", "price": "0.0333"},
        **({"error": error} if error else {}),
    }
    written = json.dumps(body).encode()
    claims = {"iat": at, "iss": "Vonage", "payload_hash": hashlib.sha256(written).hexdigest()}
    token = jwt.encode(claims, keys.secret, algorithm="HS256")
    headers = {**JSON, "Authorization": f"Bearer {token}"}
    return Call(url=taken.callback, headers=headers, body=written)


def _problem(status: int, title: str) -> Answer:
    return _json(status, {"type": "https://developer.vonage.com/api-errors", "title": title})


def _sinch_read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=fields["client_reference"],
        to=fields["to"][0],
        text=fields["body"],
        callback=fields["callback_url"],
    )


def _sinch_accept(taken: Taken) -> Answer:
    return _json(201, {"id": taken.id, "to": [taken.to], "body": taken.text, "canceled": False})


SINCH: Final = {
    "sent": ("Dispatched", 401),
    "delivered": ("Delivered", 0),
    "undelivered": ("Failed", 153),
    "expired": ("Expired", 406),
}


def _sinch_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, code = SINCH[word]
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


def _alibaba_read(received: Received, id_: str) -> Taken:
    query = received.query
    return Taken(
        id=f"{id_}^0",
        reference=query["OutId"],
        to=query["PhoneNumbers"],
        text=query["TemplateParam"],
    )


def _alibaba_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    report = {
        "phone_number": taken.to,
        "report_time": "2026-10-01 18:00:05",
        "success": word == "delivered",
        "err_code": CHINA[word],
        "sms_size": "1",
        "biz_id": taken.id,
        "out_id": taken.reference,
    }
    return _post(taken.callback, [report])


def _intl_read(received: Received, id_: str) -> Taken:
    query = received.query
    return Taken(id=f"{id_}^0", reference=query["TaskId"], to=query["To"], text=query["Message"])


def _intl_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status = {"delivered": ("1", "DELIVRD"), "undelivered": ("2", "UNDELIV"), "expired": ("6", "")}
    report = {
        "To": taken.to,
        "Status": status[word][0],
        "ErrorCode": status[word][1],
        "MessageId": taken.id,
        "TaskId": taken.reference,
        "SmsSize": "1",
    }
    return _post(taken.callback, [report])


def _telnyx_read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=given_back(fields["webhook_url"]),
        to=fields["to"],
        text=fields["text"],
        callback=fields["webhook_url"],
    )


def _telnyx_message(taken: Taken, status: str, *errors: str) -> dict[str, Any]:
    return {
        "id": taken.id,
        "direction": "outbound",
        "text": taken.text,
        "to": [{"phone_number": taken.to, "status": status}],
        "parts": 1,
        "cost": {"amount": "0.0600", "currency": "USD"},
        "errors": [{"code": code} for code in errors],
    }


TELNYX: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "sent": ("sent", ()),
    "delivered": ("delivered", ()),
    "undelivered": ("delivery_failed", ("40008",)),
    "expired": ("expired", ()),
}


def _telnyx_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
    status, errors = TELNYX[word]
    kind = "message.sent" if word == "sent" else "message.finalized"
    payload = _telnyx_message(taken, status, *errors)
    written = json.dumps({"data": {"event_type": kind, "id": "e-1", "payload": payload}}).encode()
    mark = SigningKey(keys.seed).sign(f"{at}|".encode() + written).signature
    headers = {
        **JSON,
        "telnyx-signature-ed25519": base64.b64encode(mark).decode(),
        "telnyx-timestamp": str(at),
    }
    return Call(url=taken.callback, headers=headers, body=written)


def _telnyx_error(status: int, code: str, **headers: str) -> Answer:
    return _json(status, {"errors": [{"code": code, "title": "no", "detail": "no"}]}, **headers)


def _plivo_read(received: Received, id_: str) -> Taken:
    fields = json.loads(received.body)
    return Taken(
        id=id_,
        reference=given_back(fields["url"]),
        to=fields["dst"],
        text=fields["text"],
        callback=fields["url"],
    )


def _plivo_receipt(taken: Taken, word: str, keys: Keys, at: int) -> Call:
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
    return _form(taken.callback, fields, **headers)


def _rpc(code: str) -> Answer:
    return _json(200, {"Code": code, "Message": code})


DIALECTS: Final[Mapping[str, Dialect]] = {
    dialect.name: dialect
    for dialect in (
        Dialect(
            name="infobip",
            read=_infobip_read,
            accept=_infobip_accept,
            receipt=_infobip_receipt,
            refusals={
                "auth": _json(401, _infobip_error("Unauthorized")),
                "throttled": _json(429, _infobip_error("Slow down"), **{"Retry-After": "1"}),
                "internal": _json(500, _infobip_error("General error")),
            },
        ),
        Dialect(
            name="twilio",
            read=_twilio_read,
            accept=_twilio_accept,
            receipt=_twilio_receipt,
            refusals={
                "auth": _twilio_error(20003, 401),
                "throttled": _twilio_error(20429, 429),
                "internal": _twilio_error(20500, 500),
            },
        ),
        Dialect(
            name="aws-eum",
            read=_aws_read,
            accept=lambda taken: _json(200, {"MessageId": taken.id}),
            receipt=_aws_receipt,
            refusals={
                "auth": _aws_error("UnrecognizedClientException"),
                "throttled": _aws_error("ThrottlingException"),
                "internal": _aws_error("InternalServerException", 500),
            },
        ),
        Dialect(
            name="tencent",
            read=_tencent_read,
            accept=_tencent_accept,
            receipt=_tencent_receipt,
            refusals={
                "auth": _tencent_error("AuthFailure.SignatureFailure"),
                "throttled": _tencent_error("RequestLimitExceeded"),
                "internal": _tencent_error("InternalError.Timeout"),
            },
        ),
        Dialect(
            name="kannel",
            read=_kannel_read,
            accept=lambda _: _text(202, "0: Accepted for delivery"),
            receipt=_kannel_receipt,
            refusals={
                "auth": _text(403, "Authorization failed for sendsms"),
                "throttled": _text(503, "Temporal failure, try again later."),
                "internal": _text(500, "Sending failed."),
            },
        ),
        Dialect(
            name="jasmin",
            read=_jasmin_read,
            accept=lambda taken: _text(200, f'Success "{taken.id}"'),
            receipt=_jasmin_receipt,
            refusals={
                "auth": _text(403, 'Error "Authentication failure for username:x"'),
                "throttled": _text(403, 'Error "User throughput exceeded"'),
                "internal": _text(500, 'Error "Cannot send submit_sm, check SMPPClientManagerPB"'),
            },
        ),
        Dialect(
            name="vonage",
            read=_vonage_read,
            accept=_vonage_accept,
            receipt=_vonage_receipt,
            refusals={
                "auth": _vonage_error("4", "Bad Credentials"),
                "throttled": _vonage_error("1", "Throughput Rate Exceeded - please wait [ 250 ]"),
                "internal": _vonage_error("5", "Internal Error"),
            },
        ),
        Dialect(
            name="vonage-messages",
            read=_messages_read,
            accept=lambda taken: _json(202, {"message_uuid": taken.id}),
            receipt=_messages_receipt,
            refusals={
                "auth": _problem(401, "Unauthorized"),
                "throttled": _problem(429, "1000"),
                "internal": _problem(500, "Internal Error"),
            },
        ),
        Dialect(
            name="sinch",
            read=_sinch_read,
            accept=_sinch_accept,
            receipt=_sinch_receipt,
            refusals={
                "auth": Answer(status=401),
                "throttled": _json(429, {"code": "too_many_requests", "text": "Slow down"}),
                "internal": _json(500, {"code": "internal", "text": "no"}),
            },
        ),
        Dialect(
            name="alibaba",
            read=_alibaba_read,
            accept=lambda taken: _json(200, {"Code": "OK", "BizId": taken.id, "Message": "OK"}),
            receipt=_alibaba_receipt,
            refusals={
                "auth": _rpc("isp.RAM_PERMISSION_DENY"),
                "throttled": _rpc("isv.BUSINESS_LIMIT_CONTROL"),
                "internal": _rpc("isp.SYSTEM_ERROR"),
            },
        ),
        Dialect(
            name="alibaba-intl",
            read=_intl_read,
            accept=lambda taken: _json(
                200, {"ResponseCode": "OK", "MessageId": taken.id, "Segments": "1"}
            ),
            receipt=_intl_receipt,
            refusals={
                "auth": _json(200, {"ResponseCode": "RAM_PERMISSION_DENY"}),
                "throttled": _json(200, {"ResponseCode": "QPS_LIMIT_CONTROL"}),
                "internal": _json(200, {"ResponseCode": "SYSTEM_ERROR"}),
            },
        ),
        Dialect(
            name="telnyx",
            read=_telnyx_read,
            accept=lambda taken: _json(200, {"data": _telnyx_message(taken, "queued")}),
            receipt=_telnyx_receipt,
            refusals={
                "auth": _telnyx_error(401, "10009"),
                "throttled": _telnyx_error(429, "10011", **{"Retry-After": "1"}),
                "internal": _telnyx_error(500, "10007"),
            },
        ),
        Dialect(
            name="plivo",
            read=_plivo_read,
            accept=lambda taken: _json(202, {"api_id": "a", "message_uuid": [taken.id]}),
            receipt=_plivo_receipt,
            refusals={
                "auth": _json(401, {"api_id": "a", "error": "authentication failed"}),
                "throttled": _json(429, {"api_id": "a", "error": "too many requests"}),
                "internal": _json(500, {"api_id": "a", "error": "no"}),
            },
        ),
    )
}
