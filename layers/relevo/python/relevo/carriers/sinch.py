"""Sinch SMS (XMS batches): JSON, a batch for each message, receipts with numeric codes.

A receipt as it arrives, signed with HMAC where Sinch has switched that on:
`{"type": "recipient_delivery_report_sms", "batch_id": "01FC66621XXXXX119Z8PMV1QPQ",
"recipient": "34600000001", "client_reference": "k7q2…-1", "at": "2026-10-01T10:00:05.123Z",
"operator_status_at": "2026-10-01T10:00:05.000Z", "applied_originator": "ACME",
"number_of_message_parts": 1, "encoding": "GSM", "operator": "21401", "code": 153,
"status": "Failed"}`
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from relevo.carriers import reading, verdicts
from relevo.carriers.base import (
    REPLAY_WINDOW,
    Adapter,
    Capabilities,
    VerifiedWebhook,
    same,
    unsendable,
)
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
    get,
    post_json,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.timing import DAY, SECOND, Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission

LONGEST_TTL: Final = 3 * DAY
HEADER: Final = "x-sinch-webhook-signature"
SIGNS: Final = "HmacSHA256"

CODES: Final = verdicts.spread(
    (
        verdicts.OUR_BUG,
        """
        syntax_invalid_json syntax_invalid_parameter_format syntax_constraint_violation
        unknown_group missing_callback_url
        """,
    ),
    (verdicts.INVALID_NUMBER, "illegal_number_type"),
    (verdicts.AUTH, "blocked_account"),
)
BY_STATUS: Final[Mapping[int, verdicts.Verdict]] = {503: verdicts.LATER}
"""503 is documented as "later"; a 500 leaves open what had happened before it."""

STATES: Final[Mapping[str, State | None]] = {
    "queued": State.ACCEPTED,
    "dispatched": State.SENT,
    "delivered": State.DELIVERED,
    "failed": State.UNDELIVERED,
    "expired": State.EXPIRED,
    "rejected": State.REJECTED,
    "aborted": State.REJECTED,
    "cancelled": State.FAILED,
    "canceled": State.FAILED,
    "deleted": State.FAILED,
    "unknown": None,
}
REASONS: Final = verdicts.spread(
    (Reason.BLOCKED_SPAM, "15 62"),
    (
        Reason.CARRIER_REJECTED,
        "16 60 151 310 402 408 412 405 410 411 413 414 415 416 417 418",
    ),
    (Reason.OPTED_OUT, "61 255 257"),
    (Reason.THROTTLED, "64 107"),
    (Reason.INVALID_NUMBER, "100 205 300 150"),
    (Reason.LANDLINE, "152"),
    (Reason.ABSENT_SUBSCRIBER, "153 201 202 203 158 210"),
    (Reason.UNREACHABLE, "159"),
    (Reason.EXPIRED, "406"),
    (Reason.UNKNOWN, "11 403 404 407"),
)
OUR_SIDE: Final = 400
"""From this code on the message never left Sinch."""


class Sinch(Adapter[HttpRequest]):
    name = "sinch"
    needs = frozenset({"base_url", "service_plan", "api_token"})
    optional = frozenset({"sender", "webhook_secret"})
    secret = frozenset({"api_token", "webhook_secret"})
    capabilities = Capabilities(
        signed="optional",
        replay_window=REPLAY_WINDOW,
        lookup="by id",
        ttl=(1, LONGEST_TTL // SECOND),
        max_characters=2_000,
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        body = {
            "from": plain(sender),
            "to": [plain(submission.to)],
            "body": submission.text,
            "type": "mt_text",
            "delivery_report": "per_recipient",
            "callback_url": account.callback("receipts"),
            "client_reference": submission.reference,
            "expire_at": _iso(stamp.at + min(submission.ttl, LONGEST_TTL)),
        }
        return post_json(_batches(account), _headers(account), body)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        id_ = reading.identity(answer, "id")
        if reply.status == 201 and id_ and reading.child(answer, "canceled") is not True:
            return Accepted(reference=id_)
        code, text = reading.code(answer, "code"), reading.word(answer, "text")
        known = CODES.get(code or "") if 400 <= reply.status < 500 else None
        verdict = known or (BY_STATUS.get(reply.status) if code else None)
        return verdicts.judged(verdict, reply, code=code, text=text)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        if not account.get("webhook_secret"):
            return None
        given = webhook.headers.get(HEADER, "")
        nonce = webhook.headers.get(f"{HEADER}-nonce", "")
        signed_at = webhook.headers.get(f"{HEADER}-timestamp", "")
        if not given or not signed_at:
            return "signature-missing"
        if webhook.headers.get(f"{HEADER}-algorithm", SIGNS).casefold() != SIGNS.casefold():
            return "signature-unknown"
        if not same(given, signature(account["webhook_secret"], webhook.body, nonce, signed_at)):
            return "signature"
        at = reading.epoch(signed_at)
        return None if at and abs(now - at) <= REPLAY_WINDOW else "stale"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        return _notices(reading.as_json(verified.webhook.body))

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        message = reading.as_json(verified.webhook.body)
        kind, sender = reading.word(message, "type"), reading.word(message, "from")
        if kind not in ("mo_text", "mo_binary") or not sender:
            return ()
        text = reading.raw_text(message, "body") if kind == "mo_text" else ""
        return (
            Inbound(
                id=reading.identity(message, "id"),
                sender=reading.e164(sender),
                recipient=reading.e164(reading.word(message, "to")) or None,
                text=text,
                opt_out=says_stop(text),
                at=reading.moment(reading.word(message, "received_at")),
            ),
        )

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        if not inquiry.carrier_id:
            return None
        number = inquiry.to.removeprefix("+")
        url = f"{_batches(account)}/{inquiry.carrier_id}/delivery_report/{number}"
        return get(url, _headers(account))

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        if reply.status == 404:
            return ()
        return _notices(reading.as_json(reply.body)) or None if reply.status == 200 else None


def _batches(account: CarrierAccount) -> str:
    return f"{account['base_url']}/xms/v1/{account['service_plan']}/batches"


def _headers(account: CarrierAccount) -> dict[str, str]:
    return {"Authorization": f"Bearer {account['api_token']}"}


def _iso(at: Millis) -> str:
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{at % SECOND:03}Z"


def signature(key: str, body: bytes, nonce: str, signed_at: str) -> str:
    """Sign a body byte for byte with its nonce and time."""
    signed = b".".join((body, nonce.encode(), signed_at.encode()))
    return base64.b64encode(hmac.new(key.encode(), signed, "sha256").digest()).decode()


def _notices(report: object) -> list[Notice]:
    """Read a report about one recipient, or a summary: a batch of ours has one recipient."""
    kind = reading.word(report, "type")
    if kind.startswith("recipient_delivery_report"):
        return [_notice(report, report)]
    statuses = reading.items(report, "statuses")
    return [_notice(report, status) for status in statuses]


def _notice(report: object, status: Any) -> Notice:
    word, code = reading.word(status, "status").casefold(), reading.code(status, "code")
    number = reading.whole(status, "code") or 0
    state = STATES.get(word)
    if word == "failed" and number >= OUR_SIDE:
        state = State.FAILED
    reason = _reason(state, code)
    return Notice(
        state=state,
        closed=word == "unknown",
        reference=reading.identity(report, "client_reference"),
        carrier_id=reading.identity(report, "batch_id"),
        reason=reason,
        code=code,
        stop=verdicts.stops(reason, state),
        segments=reading.segments(report, "number_of_message_parts"),
        at=reading.moment(reading.word(report, "at")),
    )


def _reason(state: State | None, code: str | None) -> Reason | None:
    if state in (State.ACCEPTED, State.SENT, State.DELIVERED):
        return None
    found = REASONS.get(code or "", Reason.UNKNOWN)
    return Reason.EXPIRED if state is State.EXPIRED and found is Reason.UNKNOWN else found
