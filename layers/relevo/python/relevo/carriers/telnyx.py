"""Telnyx messaging: JSON, a code for every error, webhooks signed with Ed25519.

A receipt as it arrives, shortened:
`{"data": {"event_type": "message.finalized", "id": "b301ed3f-…", "record_type": "event",
"payload": {"id": "40385f64-…", "direction": "outbound", "parts": 1, "errors": [{"code": "40008"}],
"to": [{"phone_number": "+34600000001", "status": "delivery_failed"}],
"cost": {"amount": "0.0600", "currency": "USD"}, "completed_at": "2026-10-01T10:00:05.000+00:00"}},
"meta": {"attempt": 1}}`
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final

from relevo.carriers import reading, verdicts
from relevo.carriers.base import (
    REPLAY_WINDOW,
    Adapter,
    Capabilities,
    VerifiedWebhook,
    unsendable,
)
from relevo.carriers.senders import is_numeric, says_stop, sender_flaw, sender_of
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
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "https://api.telnyx.com"
REFERENCE: Final = "mid"

CODES: Final = verdicts.spread(
    (verdicts.AUTH, "10009 10010 40314"),
    (verdicts.OUR_BUG, "100*"),
    (verdicts.THROTTLED, "10011 40318 40011 40016 40018"),
    (verdicts.NO_CREDIT, "20002 20006 20012 20013 20014 20100 40333"),
    (verdicts.OPTED_OUT, "40300"),
    (verdicts.INVALID_NUMBER, "40310 40012"),
    (verdicts.LANDLINE, "40001"),
    (
        verdicts.SETUP,
        """
        40305 40013 40306 40308 40311 40312 40313 40315 40329 40010 40309
        40302 40316 40304 40009
        """,
    ),
    (verdicts.SPAM, "40322 40002 40003 40015 40017"),
)
REASONS: Final = verdicts.spread(
    (Reason.LANDLINE, "40001"),
    (Reason.BLOCKED_SPAM, "40002 40003 40015 40017"),
    (Reason.CARRIER_REJECTED, "40004 40007 40008 40010 40013"),
    (Reason.EXPIRED, "40005 40014"),
    (Reason.UNREACHABLE, "40006"),
    (Reason.THROTTLED, "40011 40016 40018"),
    (Reason.INVALID_NUMBER, "40012"),
    (Reason.OPTED_OUT, "40300"),
)
STATES: Final[Mapping[str, State | None]] = {
    "queued": State.ACCEPTED,
    "sending": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "delivery_failed": State.UNDELIVERED,
    "sending_failed": State.FAILED,
    "expired": State.EXPIRED,
    "delivery_unconfirmed": None,
}
TAKEN: Final = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED})
RECEIPTS: Final = frozenset(
    {"message.sent", "message.finalized", "message.delivered", "message.failed"}
)


class Telnyx(Adapter[HttpRequest]):
    name = "telnyx"
    funds_at = (("data", "balance"), ("data", "currency"))
    needs = frozenset({"api_key", "public_key"})
    optional = frozenset({"sender", "messaging_profile", "base_url"})
    secret = frozenset({"api_key"})
    # Idempotency-Key is sent, but how long Telnyx honours it is not documented: not relied on.
    capabilities = Capabilities(
        signed="always",
        replay_window=REPLAY_WINDOW,
        lookup="by id",
        balance=True,
        max_segments=10,
        answer_within=2 * SECOND,
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender, profile = sender_of(submission, account), account.get("messaging_profile")
        flaw = sender_flaw(sender)
        if flaw and (sender or not profile):
            return unsendable(flaw)
        if sender and not is_numeric(sender) and not profile:
            return unsendable("sender-needs-profile")
        body = {
            **({"from": sender} if sender else {}),
            "to": submission.to,
            "text": submission.text,
            **({"messaging_profile_id": profile} if profile else {}),
            "webhook_url": account.callback("receipts", **{REFERENCE: submission.reference}),
            "use_profile_webhooks": False,
            "encoding": "auto",
        }
        headers = {**_headers(account), "Idempotency-Key": submission.reference}
        return post_json(f"{_root(account)}/messages", headers, body)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        message = reading.child(answer, "data")
        id_, error = reading.identity(message, "id"), _error(message) or _error(answer)
        state = STATES.get(reading.word(message, "to", 0, "status"))
        if reply.status in (200, 202) and id_ and state in TAKEN and error is None:
            return Accepted(
                reference=id_,
                segments=reading.segments(message, "parts"),
                price=reading.price(message, "cost", "amount"),
                currency=reading.code(message, "cost", "currency"),
            )
        code, text = reading.code(error, "code"), reading.word(error, "detail")
        # A family's name on an error of theirs would still not say what had happened before it.
        known = CODES.get if reply.status >= 500 else partial(verdicts.find, CODES)
        verdict = known(code or "") or verdicts.by_reason(REASONS.get(code or ""))
        return verdicts.judged(verdict, reply, code=code, text=text)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        # Only this carrier's webhooks pay for the arithmetic.
        from relevo.carriers.ed25519 import verifies  # noqa: PLC0415

        mark = _decoded(webhook.headers.get("telnyx-signature-ed25519", ""))
        signed_at = webhook.headers.get("telnyx-timestamp", "")
        if not mark or not signed_at:
            return "signature-missing"
        at = reading.epoch(signed_at)
        if not at or abs(now - at) > REPLAY_WINDOW:
            return "stale"
        signed = signed_at.encode() + b"|" + webhook.body
        key = _decoded(account["public_key"])
        return None if verifies(key, signed, mark) else "signature"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        event = reading.child(reading.as_json(verified.webhook.body), "data")
        message = reading.child(event, "payload")
        kind = reading.word(event, "event_type")
        if kind not in RECEIPTS or not reading.identity(message, "id"):
            return ()
        reference = reading.identity(reading.query(verified.webhook), REFERENCE)
        return (_notice(message, reference, reading.identity(event, "id")),)

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        event = reading.child(reading.as_json(verified.webhook.body), "data")
        message = reading.child(event, "payload")
        sender = reading.word(message, "from", "phone_number")
        if reading.word(event, "event_type") != "message.received" or not sender:
            return ()
        text, answered = (
            reading.raw_text(message, "text"),
            reading.word(message, "autoresponse_type"),
        )
        return (
            Inbound(
                id=reading.identity(message, "id"),
                sender=reading.e164(sender),
                recipient=reading.e164(reading.word(message, "to", 0, "phone_number")) or None,
                text=text,
                opt_out=answered == "STOP" or says_stop(text),
                answered=bool(answered),
                at=reading.moment(reading.word(message, "received_at")),
            ),
        )

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        if not inquiry.carrier_id:
            return None
        return get(f"{_root(account)}/messages/{inquiry.carrier_id}", _headers(account))

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        message = reading.child(reading.as_json(reply.body), "data")
        if reply.status == 404:
            return ()
        known = reply.status == 200 and reading.identity(message, "id")
        return (_notice(message, None, None),) if known else None

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        return get(f"{_root(account)}/balance", _headers(account))


def _root(account: CarrierAccount) -> str:
    return f"{account.get('base_url', HOST)}/v2"


def _headers(account: CarrierAccount) -> dict[str, str]:
    return {"Authorization": f"Bearer {account['api_key']}"}


def _error(holder: object) -> Any:
    return reading.child(holder, "errors", 0)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _notice(message: object, reference: str | None, event: str | None) -> Notice:
    status, error = reading.word(message, "to", 0, "status"), _error(message)
    state, code = STATES.get(status), reading.code(error, "code")
    failed = state not in TAKEN
    reason = REASONS.get(code or "", Reason.UNKNOWN) if failed else None
    if state is State.EXPIRED and reason is Reason.UNKNOWN:
        reason = Reason.EXPIRED
    return Notice(
        state=state,
        closed=status == "delivery_unconfirmed",
        reference=reference,
        carrier_id=reading.identity(message, "id"),
        reason=reason,
        code=code,
        text=reading.hushed(reading.word(error, "detail")),
        stop=verdicts.stops(reason, state),
        segments=reading.segments(message, "parts"),
        price=reading.price(message, "cost", "amount"),
        currency=reading.code(message, "cost", "currency"),
        at=reading.moment(reading.word(message, "completed_at")),
        event=event,
    )
