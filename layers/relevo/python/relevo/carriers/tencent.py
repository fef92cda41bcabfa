"""Tencent Cloud SMS: approved templates with parameters in order, refusals inside HTTP 200.

A receipt as it arrives, up to a hundred in one call:
`[{"user_receive_time": "2026-10-01 18:00:05", "nationcode": "86", "mobile": "13711112222",
"report_status": "FAIL", "errmsg": "MK:0001", "description": "", "ext": "k7q2…-1",
"sid": "5000:1045710669157053657849499619"}]`
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from relevo.carriers import mainland, reading, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, unsendable
from relevo.carriers.senders import says_stop
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    HttpRequest,
    Inbound,
    Inquiry,
    Kind,
    Notice,
    Stamp,
)
from relevo.domain.outcome import Accepted, Cause, Outcome, Reason, Refused
from relevo.domain.timing import HOUR, SECOND
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "sms.tencentcloudapi.com"
VERSION: Final = "2021-01-11"
CONTENT_TYPE: Final = "application/json"
SIGNED_HEADERS: Final = "content-type;host"
ACKNOWLEDGED: Final = HttpReply(
    status=200, headers={"content-type": CONTENT_TYPE}, body=b'{"result":0,"errmsg":"OK"}'
)

CODES: Final = verdicts.spread(
    (verdicts.OPTED_OUT, "FailedOperation.PhoneNumberInBlacklist"),
    (
        verdicts.INVALID_NUMBER,
        """
        InvalidParameterValue.IncorrectPhoneNumber
        FailedOperation.PhoneNumberParseFail
        """,
    ),
    (
        verdicts.SPAM,
        """
        FailedOperation.ContainSensitiveWord
        InvalidParameterValue.TemplateParameterFormatError
        InvalidParameterValue.ProhibitedUseUrlInTemplateParameter
        """,
    ),
    (
        verdicts.SETUP,
        """
        FailedOperation.SignatureIncorrectOrUnapproved
        FailedOperation.TemplateIncorrectOrUnapproved
        UnsupportedOperation.*
        InvalidParameterValue.SdkAppIdNotExist
        LimitExceeded.AppCountryOrRegionInBlacklist
        LimitExceeded.PhoneNumberCountLimit
        """,
    ),
    (
        verdicts.NO_CREDIT,
        """
        FailedOperation.InsufficientBalanceInSmsPackage
        UnauthorizedOperation.ServiceSuspendDueToArrears
        """,
    ),
    (verdicts.THROTTLED, "LimitExceeded.* RequestLimitExceeded RequestLimitExceeded.*"),
    # From 22 h to 8 h: time alone cures it, and no other carrier may be used to go round it.
    (
        verdicts.Verdict(Cause.THROTTLED, Reason.CARRIER_REJECTED),
        "FailedOperation.MarketingSendTimeConstraint",
    ),
    (verdicts.NOBODY_KNOWS, "InternalError.*"),
    (verdicts.AUTH, "AuthFailure.* UnauthorizedOperation.* InternalError.RequestTimeException"),
    (verdicts.OUR_BUG, "InvalidParameter* MissingParameter* UnknownParameter* FailedOperation.*"),
)


PUSHED: Final = ("report_status", "errmsg", "sid", "ext")
POLLED: Final = ("ReportStatus", "Description", "SerialNo", "SessionContext")
"""What a report calls its end, the operator's code, the carrier's id and ours."""


class Tencent(Adapter[HttpRequest]):
    name = "tencent"
    needs = frozenset({"secret_id", "secret_key", "app_id", "region"})
    optional = frozenset({"sign_name", "host", "base_url"})
    secret = frozenset({"secret_key"})
    capabilities = Capabilities(
        free_text=False, lookup="by reference", acknowledgement=ACKNOWLEDGED.body.decode()
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        registered, mainland_ = submission.registered, submission.country == "CN"
        if registered is None or not isinstance(registered.params, tuple):
            return unsendable("template-parameters")
        signature = registered.signature or account.get("sign_name")
        if mainland_ and not signature:
            return unsendable("no-signature")
        signer = {"SignName": signature} if mainland_ else {}
        origin = {"SenderId": submission.sender} if submission.sender and not mainland_ else {}
        body = {
            "PhoneNumberSet": [submission.to],
            "SmsSdkAppId": account["app_id"],
            "TemplateId": registered.template_id,
            **signer,
            **origin,
            "TemplateParamSet": list(registered.params),
            "SessionContext": submission.reference,
        }
        return _call("SendSms", body, account, stamp)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.child(reading.as_json(reply.body), "Response")
        status = reading.child(answer, "SendStatusSet", 0)
        code = reading.code(status, "Code")
        serial = reading.identity(status, "SerialNo")
        refused = reading.code(answer, "Error", "Code")
        if reply.status == 200 and code == "Ok" and serial and not refused:
            return Accepted(reference=serial, segments=reading.segments(status, "Fee"))
        code = refused or code
        text = reading.word(answer, "Error", "Message") or reading.word(status, "Message")
        verdict = verdicts.find(CODES, code or "")
        return verdicts.judged(verdict, reply, code=code, text=text)

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        reports = reading.items(reading.as_json(verified.webhook.body))
        ended = [report for report in reports if reading.word(report, PUSHED[0])]
        return [_notice(report, PUSHED, _china(report)) for report in ended]

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        message = reading.as_json(verified.webhook.body)
        mobile = reading.word(message, "mobile")
        if not mobile or reading.child(message, "text") is None:
            return ()
        text = reading.raw_text(message, "text")
        return (
            Inbound(
                id=None,
                sender=reading.e164(reading.word(message, "nationcode") + mobile),
                recipient=reading.word(message, "extend") or None,
                text=text,
                opt_out=says_stop(text, mainland=True),
                at=reading.epoch(message, "time"),
            ),
        )

    def acknowledge(self, kind: Kind) -> HttpReply:
        return ACKNOWLEDGED

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        body = {
            "BeginTime": (inquiry.at - HOUR) // SECOND,
            "Offset": 0,
            "Limit": 100,
            "PhoneNumber": inquiry.to,
            "SmsSdkAppId": account["app_id"],
        }
        return _call("PullSmsSendStatusByPhoneNumber", body, account, stamp)

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        answer = reading.child(reading.as_json(reply.body), "Response")
        found = reading.child(answer, "PullSmsSendStatusSet")
        if not isinstance(found, list) or reading.child(answer, "Error"):
            return None
        return [_notice(one, POLLED, reading.epoch(one, "UserReceiveTime")) for one in found]


def _call(
    action: str, body: Mapping[str, Any], account: CarrierAccount, stamp: Stamp
) -> HttpRequest:
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    host = account.get("host", HOST)
    headers = {
        "Host": host,
        "Content-Type": CONTENT_TYPE,
        "X-TC-Action": action,
        "X-TC-Version": VERSION,
        "X-TC-Region": account["region"],
        "X-TC-Timestamp": str(stamp.seconds),
        "Authorization": authorization(written, host, account, stamp),
    }
    url = f"{account.get('base_url', f'https://{host}')}/"
    return HttpRequest(method="POST", url=url, headers=headers, body=written)


def authorization(body: bytes, host: str, account: CarrierAccount, stamp: Stamp) -> str:
    """Sign a call as TC3-HMAC-SHA256 has it; the body must be sent byte for byte as signed."""
    day = datetime.fromtimestamp(stamp.seconds, UTC).date().isoformat()
    scope = f"{day}/sms/tc3_request"
    described = f"content-type:{CONTENT_TYPE}\nhost:{host}\n"
    canonical = "\n".join(("POST", "/", "", described, SIGNED_HEADERS, _sha256(body)))
    signed = "\n".join(("TC3-HMAC-SHA256", str(stamp.seconds), scope, _sha256(canonical.encode())))
    key = f"TC3{account['secret_key']}".encode()
    for word in (day, "sms", "tc3_request", signed):
        key = hmac.new(key, word.encode(), "sha256").digest()
    credential = f"{account['secret_id']}/{scope}"
    return (
        f"TC3-HMAC-SHA256 Credential={credential}, SignedHeaders={SIGNED_HEADERS}, "
        f"Signature={key.hex()}"
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _notice(report: object, names: Sequence[str], at: int | None) -> Notice:
    ended, said, id_, reference = names
    delivered, code = reading.word(report, ended) == "SUCCESS", reading.word(report, said)
    return Notice(
        state=State.DELIVERED if delivered else mainland.state_of(code),
        closed=True,
        reference=reading.identity(report, reference),
        carrier_id=reading.identity(report, id_),
        reason=None if delivered else mainland.reason_of(code),
        code=code[: reading.LONGEST_CODE] or None,
        text=reading.hushed(reading.word(report, "description")),
        stop=not delivered and mainland.stops(code),
        at=at,
    )


def _china(report: object) -> int | None:
    text = reading.word(report, "user_receive_time")
    return reading.moment(text, "%Y-%m-%d %H:%M:%S", reading.CHINA)
