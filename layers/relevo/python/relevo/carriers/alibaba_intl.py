"""Alibaba Cloud SMS abroad: free text to every country but mainland China, refusals in HTTP 200.

A receipt as it arrives, in an array and unsigned:
`[{"To": "34600000001", "SendDate": "Thu, 01 Oct 2026 18:00:00 +0800", "Status": "6",
"ReceiveDate": "Thu, 01 Oct 2026 18:00:05 +0800", "ErrorCode": "EXPIRED", "SmsSize": "1",
"ErrorDescription": "EXPIRED", "TaskId": "k7q2…-1", "MessageId": "123456789^0"}]`
"""

from collections.abc import Mapping, Sequence
from typing import Final

from relevo.carriers import acs3, reading, smpp, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, unsendable, within
from relevo.carriers.senders import plain, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    HttpRequest,
    Inquiry,
    Kind,
    Notice,
    Stamp,
)
from relevo.domain.outcome import Outcome, Reason, Refused
from relevo.domain.words import BOUNCES, State, TrafficClass
from relevo.ports.carriers import Submission

HOST: Final = "dysmsapi.ap-southeast-1.aliyuncs.com"
VERSION: Final = "2018-05-01"
TTL: Final = (1, 14_400)
TYPES: Final = {
    TrafficClass.OTP: "OTP",
    TrafficClass.TRANSACTIONAL: "NOTIFY",
    TrafficClass.MARKETING: "MKT",
}
STATUSES: Final[Mapping[str, State]] = {
    "1": State.DELIVERED,
    "2": State.FAILED,
    "6": State.EXPIRED,
}
POLLED: Final[Mapping[str, State]] = {
    "1": State.SENT,
    "2": State.FAILED,
    "3": State.ACCEPTED,
}
"""What a question is answered: 1 says that it was sent, not that it arrived."""
WORDS: Final = verdicts.spread(
    (Reason.UNREACHABLE, "UNDELIV"),
    (Reason.EXPIRED, "EXPIRED"),
    (Reason.CARRIER_REJECTED, "REJECTD"),
)
"""Of the error codes only the operators' common words are documented."""


class AlibabaAbroad(Adapter[HttpRequest]):
    name = "alibaba-intl"
    needs = frozenset({"access_key_id", "access_key_secret"})
    optional = frozenset({"sender", "host", "base_url"})
    secret = frozenset({"access_key_secret"})
    capabilities = Capabilities(
        lookup="by id", inbound=False, ttl=TTL, acknowledgement=acs3.ACKNOWLEDGED.body.decode()
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        if submission.country == "CN":
            return unsendable("country")
        query = {
            "To": plain(submission.to),
            "From": plain(sender),
            "Message": submission.text,
            "Type": TYPES[submission.traffic_class],
            "TaskId": submission.reference,
            "ValidityPeriod": str(within(submission.ttl, TTL)),
        }
        host = account.get("host", HOST)
        return acs3.call("SendMessageToGlobe", VERSION, host, query, account, stamp)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        id_ = reading.identity(answer, "MessageId")
        named = "ResponseCode" if reading.child(answer, "ResponseCode") else "Code"
        return acs3.outcome(reply, answer, named, "ResponseDescription", id_)

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        reports = reading.items(reading.as_json(verified.webhook.body))
        return [
            _notice(one, STATUSES.get(reading.word(one, "Status")))
            for one in reports
            if reading.word(one, "Status") and reading.word(one, "MessageId")
        ]

    def acknowledge(self, kind: Kind) -> HttpReply:
        return acs3.ACKNOWLEDGED

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        if not inquiry.carrier_id:
            return None
        host, query = account.get("host", HOST), {"MessageId": inquiry.carrier_id}
        return acs3.call("QueryMessage", VERSION, host, query, account, stamp)

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        answer = reading.as_json(reply.body)
        if reading.word(answer, "ResponseCode") != "OK":
            return None
        return (_notice(answer, POLLED.get(reading.word(answer, "Status"))),)


def _notice(report: object, state: State | None) -> Notice:
    code = reading.word(report, "ErrorCode")
    if state is State.FAILED:
        refined = smpp.STATES.get(code.upper())
        state = refined if refined in BOUNCES else state
    failed = state not in (State.DELIVERED, State.SENT, State.ACCEPTED)
    reason = WORDS.get(code.upper(), Reason.UNKNOWN) if failed else None
    return Notice(
        state=state,
        closed=failed,
        reference=reading.identity(report, "TaskId"),
        carrier_id=reading.identity(report, "MessageId"),
        reason=Reason.EXPIRED if state is State.EXPIRED else reason,
        code=code[: reading.LONGEST_CODE] or None,
        text=reading.hushed(reading.word(report, "ErrorDescription")),
        segments=reading.segments(report, "SmsSize"),
        at=reading.mail_moment(reading.word(report, "ReceiveDate")),
    )
