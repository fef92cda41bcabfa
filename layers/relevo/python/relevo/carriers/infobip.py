"""Infobip SMS API v3: JSON, our own message ids, refusals inside HTTP 200.

A receipt as it arrives, up to a hundred in one call:
`{"results": [{"bulkId": "2034072219640523072", "messageId": "k7q2…-1", "to": "34600000001",
"sender": "ACME", "doneAt": "2026-10-01T10:00:05.000+0000", "messageCount": 1,
"callbackData": "k7q2…-1", "price": {"pricePerMessage": 0.06, "currency": "EUR"},
"status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET"},
"error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": false}}]}`
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal
from urllib.parse import urlencode

from relevo.carriers import reading, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, same, unsendable, within
from relevo.carriers.senders import plain, says_stop, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    HttpRequest,
    Inbound,
    Inquiry,
    Notice,
    Stamp,
    Webhook,
    basic,
    get,
    post_json,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.timing import MINUTE
from relevo.domain.words import State
from relevo.ports.carriers import Submission

TTL: Final = (1, 172_800)

PENDING: Final = frozenset({"0", "1", "3"})
"""Groups of a reply that took the message: accepted, pending, delivered already."""

DUPLICATE: Final = 23
"""Our message id was used before, and only an earlier submit of this attempt can have."""

REPLIES: Final = verdicts.spread(
    (verdicts.REJECTED, "6 19 99 100"),
    (verdicts.INVALID_NUMBER, "8 51 52"),
    (verdicts.OPTED_OUT, "10 14"),
    (verdicts.SETUP, "11 13 18"),
    (verdicts.NO_CREDIT, "12 17"),
    (verdicts.THROTTLED, "20"),
    (verdicts.LATER, "21"),
    (verdicts.OUR_BUG, "24 25"),
)

GROUPS: Final = verdicts.spread(
    (State.ACCEPTED, "0 1"),
    (State.UNDELIVERED, "2"),
    (State.DELIVERED, "3"),
    (State.EXPIRED, "4"),
    (State.REJECTED, "5"),
)
OWN_STATES: Final[Mapping[int, State | None]] = {
    4: State.REJECTED,
    7: State.SENT,
    29: None,
    87: State.REJECTED,
}
"""Statuses that say something else than their group; 29 expired without an operator's word."""

ERRORS: Final = verdicts.spread(
    (Reason.INVALID_NUMBER, "1 5 3041 351 352"),
    (Reason.ABSENT_SUBSCRIBER, "6 27 31 256"),
    # 9, 11, 568 and 629 may be landlines, which only a number look-up could tell.
    (Reason.CARRIER_REJECTED, "9 11 568 629 13 569 565 433 368 2053 488 572 581"),
    (Reason.UNREACHABLE, "32 34 2048"),
    (Reason.THROTTLED, "541 542 4103 4104"),
    (Reason.BLOCKED_SPAM, "561 603 607 566 608"),
    (Reason.OPTED_OUT, "573 604 2050 2052"),
    (Reason.EXPIRED, "4098 4101 811"),
    (Reason.UNKNOWN, "255 500"),
)
STATUS_REASONS: Final = verdicts.spread(
    (Reason.OPTED_OUT, "10 14"),
    (Reason.INVALID_NUMBER, "8 51 52"),
    (Reason.NO_CREDIT, "12 17"),
    (Reason.THROTTLED, "20"),
    (Reason.CARRIER_REJECTED, "4 6 11 13 18 19 99 100"),
    (Reason.BLOCKED_SPAM, "87"),
)
CONFIDENCE: Final[Mapping[int, Literal["carrier", "handset"]]] = {2: "carrier", 5: "handset"}


class Infobip(Adapter[HttpRequest]):
    name = "infobip"
    funds_at = (("balance",), ("currency",))
    needs = frozenset({"base_url", "api_key"})
    optional = frozenset({"sender", "webhook_user", "webhook_password"})
    secret = frozenset({"api_key", "webhook_password"})
    capabilities = Capabilities(
        shifts=frozenset({"es", "pt", "tr"}),
        signed="optional",
        deduplicates=True,
        lookup="by reference",
        balance=True,
        ttl=TTL,
        acknowledgement="200",
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        body = {
            "messages": [_message(submission, account, plain(sender))],
            "options": {"includeSmsCountInResponse": True},
        }
        return post_json(f"{account['base_url']}/sms/3/messages", _headers(account), body)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        if reply.status != 200:
            older = reading.child(answer, "requestError", "serviceException")
            code = reading.code(answer, "errorCode") or reading.code(older, "messageId")
            text = reading.word(answer, "description") or reading.word(older, "text")
            return verdicts.judged(None, reply, code=code, text=text)
        message = reading.child(answer, "messages", 0)
        group = reading.word(message, "status", "groupId")
        status = reading.whole(message, "status", "id")
        ours = reading.identity(message, "messageId")
        if ours and (group in PENDING or status == DUPLICATE):
            return Accepted(
                reference=ours, segments=reading.segments(message, "details", "messageCount")
            )
        named = group in GROUPS and group not in PENDING
        verdict = REPLIES.get(str(status), verdicts.REFUSED if named else verdicts.NOBODY_KNOWS)
        text = reading.word(message, "status", "description")
        return verdicts.outcome_of(verdict, code=reading.code(message, "status", "id"), text=text)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: int) -> str | None:
        # Basic is the only way whose every byte is documented, and callbacks named in a message
        # may carry none of it: only an account that has a profile set up asks for it.
        if not account.get("webhook_user"):
            return None
        wanted = basic(account["webhook_user"], account.get("webhook_password"))
        return None if same(webhook.headers.get("authorization", ""), wanted) else "authorization"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        results = reading.items(reading.as_json(verified.webhook.body), "results")
        return [notice for result in results if (notice := _notice(result))]

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        results = reading.items(reading.as_json(verified.webhook.body), "results")
        return [_inbound(result) for result in results if reading.word(result, "from")]

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        url = f"{account['base_url']}/sms/3/logs?{urlencode({'messageId': inquiry.reference})}"
        return get(url, _headers(account))

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        found = reading.child(reading.as_json(reply.body), "results")
        if reply.status != 200 or not isinstance(found, list):
            return None
        return [notice for result in found if (notice := _notice(result))]

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        return get(f"{account['base_url']}/account/1/balance", _headers(account))


def _headers(account: CarrierAccount) -> dict[str, str]:
    return {"Authorization": f"App {account['api_key']}", "Accept": "application/json"}


def _message(submission: Submission, account: CarrierAccount, sender: str) -> dict[str, Any]:
    return {
        "sender": sender,
        "destinations": [{"to": plain(submission.to), "messageId": submission.reference}],
        "content": {
            "text": submission.text,
            "transliteration": "NONE",
            "language": {"languageCode": (submission.sizing.shift or "none").upper()},
        },
        "options": {"validityPeriod": _validity(submission)},
        "webhooks": {
            "delivery": {"url": account.callback("receipts"), "intermediateReport": True},
            "contentType": "application/json",
            "callbackData": submission.reference,
        },
    }


def _validity(submission: Submission) -> dict[str, int | str]:
    seconds = within(submission.ttl, TTL)
    if submission.ttl % MINUTE == 0:
        return {"amount": seconds // 60, "timeUnit": "MINUTES"}
    return {"amount": seconds, "timeUnit": "SECONDS"}


def _notice(result: object) -> Notice | None:
    group = reading.word(result, "status", "groupId")
    status = reading.whole(result, "status", "id")
    error = reading.whole(result, "error", "id")
    if not group and status is None:
        return None
    state = OWN_STATES.get(status or 0, GROUPS.get(group))
    reason = _reason(state, status, error)
    count = reading.segments(result, "messageCount")
    each = reading.price(result, "price", "pricePerMessage")
    return Notice(
        state=state,
        closed=status == 29,
        reference=reading.identity(result, "messageId"),
        carrier_id=reading.identity(result, "messageId"),
        reason=reason,
        code=reading.code(result, "error", "id") if error else reading.code(result, "status", "id"),
        text=reading.hushed(reading.word(result, "error", "description")),
        # `permanent` is their own advice on whether the same number may work another time.
        stop=verdicts.stops(reason, state)
        and reading.child(result, "error", "permanent") is not False,
        segments=count,
        price=each * (count or 1) if each is not None else None,
        currency=reading.code(result, "price", "currency"),
        at=reading.moment(reading.word(result, "doneAt")),
        confidence=CONFIDENCE.get(status or 0) if state is State.DELIVERED else None,
    )


def _reason(state: State | None, status: int | None, error: int | None) -> Reason | None:
    if state in (State.ACCEPTED, State.SENT, State.DELIVERED):
        return None
    found = ERRORS.get(str(error)) or STATUS_REASONS.get(str(status))
    if state is State.EXPIRED and found in (None, Reason.UNKNOWN):
        return Reason.EXPIRED
    return found or Reason.UNKNOWN


def _inbound(result: object) -> Inbound:
    text = reading.raw_text(result, "text") or "".join(
        reading.raw_text(part, "value") for part in reading.items(result, "message")
    )
    return Inbound(
        id=reading.identity(result, "messageId"),
        sender=reading.e164(reading.word(result, "from")),
        recipient=reading.e164(reading.word(result, "to")) or None,
        text=text,
        opt_out=says_stop(text),
        at=reading.moment(reading.word(result, "receivedAt")),
    )
