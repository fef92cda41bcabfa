"""Alibaba Cloud SMS in mainland China: approved templates, parameters by name, errors in HTTP 200.

A receipt as it arrives, in an array and unsigned; the times are China's:
`[{"phone_number": "13711112222", "send_time": "2026-10-01 18:00:00", "success": false,
"report_time": "2026-10-01 18:00:05", "err_code": "MI:0024", "err_msg": "…", "sms_size": "1",
"biz_id": "900619746936498440^0", "out_id": "k7q2…-1"}]`
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from relevo.carriers import acs3, mainland, reading, verdicts
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
from relevo.domain.outcome import Outcome, Reason, Refused
from relevo.domain.timing import SECOND
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "dysmsapi.aliyuncs.com"
VERSION: Final = "2017-05-25"
POLLED: Final[Mapping[str, State]] = {
    "1": State.ACCEPTED,
    "2": State.UNDELIVERED,
    "3": State.DELIVERED,
}


class Alibaba(Adapter[HttpRequest]):
    name = "alibaba"
    needs = frozenset({"access_key_id", "access_key_secret"})
    optional = frozenset({"sign_name", "host", "base_url"})
    secret = frozenset({"access_key_secret"})
    capabilities = Capabilities(
        free_text=False, lookup="by id", acknowledgement=acs3.ACKNOWLEDGED.body.decode()
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        registered = submission.registered
        if registered is None or isinstance(registered.params, tuple):
            return unsendable("template-parameters")
        if submission.country != "CN":
            return unsendable("country")
        signature = registered.signature or account.get("sign_name")
        if not signature:
            return unsendable("no-signature")
        params = json.dumps(dict(registered.params), ensure_ascii=False, separators=(",", ":"))
        query = {
            "PhoneNumbers": submission.to.removeprefix("+86"),
            "SignName": signature,
            "TemplateCode": registered.template_id,
            "TemplateParam": params,
            "OutId": submission.reference,
        }
        return acs3.call("SendSms", VERSION, account.get("host", HOST), query, account, stamp)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        return acs3.outcome(reply, answer, "Code", "Message", reading.identity(answer, "BizId"))

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        reports = reading.items(reading.as_json(verified.webhook.body))
        return [_notice(one) for one in reports if reading.child(one, "success") is not None]

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        messages = reading.items(reading.as_json(verified.webhook.body))
        return [
            Inbound(
                id=reading.identity(one, "sequence_id"),
                sender=f"+86{reading.word(one, 'phone_number').removeprefix('86')}",
                recipient=reading.word(one, "dest_code") or None,
                text=reading.raw_text(one, "content"),
                opt_out=says_stop(reading.raw_text(one, "content"), mainland=True),
                at=_moment(one, "send_time"),
            )
            for one in messages
            if reading.word(one, "phone_number") and reading.child(one, "content") is not None
        ]

    def acknowledge(self, kind: Kind) -> HttpReply:
        return acs3.ACKNOWLEDGED

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        if not inquiry.carrier_id:
            return None
        day = datetime.fromtimestamp(inquiry.at / SECOND, reading.CHINA)
        query = {
            "PhoneNumber": inquiry.to.removeprefix("+86"),
            "BizId": inquiry.carrier_id,
            "SendDate": f"{day:%Y%m%d}",
            "PageSize": "50",
            "CurrentPage": "1",
        }
        host = account.get("host", HOST)
        return acs3.call("QuerySendDetails", VERSION, host, query, account, stamp)

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        answer = reading.as_json(reply.body)
        listed = reading.child(answer, "SmsSendDetailDTOs", "SmsSendDetailDTO")
        if reading.word(answer, "Code") != "OK" or not isinstance(listed, list):
            return None  # also DATA_NOT_EXIST: not there yet is not never
        return [_polled(one) for one in listed]


def _moment(report: object, name: str) -> int | None:
    return reading.moment(reading.word(report, name), "%Y-%m-%d %H:%M:%S", reading.CHINA)


def _reason(code: str) -> Reason:
    """Give the reason an operator's code has, or one of the platform itself."""
    platform = verdicts.find(acs3.CODES, acs3.bare(code))
    return platform.reason if platform else mainland.reason_of(code)


def _notice(report: object) -> Notice:
    delivered = reading.word(report, "success") == "true"
    code = reading.word(report, "err_code")
    state = State.DELIVERED if delivered else mainland.state_of(code)
    return _judged(
        report, state, code, reference="out_id", id_="biz_id", size="sms_size", at="report_time"
    )


def _polled(detail: object) -> Notice:
    state, code = POLLED.get(reading.word(detail, "SendStatus")), reading.word(detail, "ErrCode")
    if state is State.UNDELIVERED:
        state = mainland.state_of(code)
    return _judged(detail, state, code, reference="OutId", id_="", size="", at="ReceiveDate")


def _judged(
    report: object,
    state: State | None,
    code: str,
    *,
    reference: str,
    id_: str,
    size: str,
    at: str,
) -> Notice:
    failed = state not in (State.DELIVERED, State.ACCEPTED)
    return Notice(
        state=state,
        closed=failed,
        reference=reading.identity(report, reference),
        carrier_id=reading.identity(report, id_),
        reason=_reason(code) if failed else None,
        code=code[: reading.LONGEST_CODE] or None,
        text=reading.hushed(reading.word(report, "err_msg")),
        stop=failed and (mainland.stops(code) or verdicts.stops(_reason(code), state)),
        segments=reading.segments(report, size),
        at=_moment(report, at),
    )
