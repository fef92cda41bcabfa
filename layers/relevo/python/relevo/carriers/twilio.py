"""Twilio Programmable Messaging: forms, a code for every error, webhooks signed with their URL.

A receipt as it arrives, as a form, at the URL that the submit named:
`MessageSid=SMaaaa…&SmsSid=SMaaaa…&MessageStatus=undelivered&SmsStatus=undelivered&To=%2B34600000001
&From=%2B15005550006&AccountSid=AC0000…&ApiVersion=2010-04-01&ErrorCode=30003`
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from relevo.carriers import reading, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, same, unsendable, within
from relevo.carriers.senders import says_stop, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    HttpRequest,
    Inbound,
    Inquiry,
    Kind,
    Notice,
    Stamp,
    Webhook,
    basic,
    get,
    post_form,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "https://api.twilio.com"
TTL: Final = (1, 36_000)
REFERENCE: Final = "mid"
"""Twilio has no field for our id: it travels in the callback's URL, which is signed."""

ERRORS: Final = verdicts.spread(
    (verdicts.AUTH, "20003"),
    (verdicts.OUR_BUG, "20404 21602 21603 21604 21617 21609"),
    (verdicts.THROTTLED, "20429 21611 14107"),
    (verdicts.NOBODY_KNOWS, "20500"),
    (verdicts.LATER, "20503"),
    (verdicts.INVALID_NUMBER, "21211"),
    (verdicts.LANDLINE, "21614 21635"),
    (verdicts.OPTED_OUT, "21610"),
    (verdicts.UNREACHABLE, "21612"),
    (verdicts.SETUP, "21408 21606 21212 21659 21703 21704 21705 21608"),
)
REASONS: Final = verdicts.spread(
    (Reason.THROTTLED, "30001 30017 30022 30023"),
    (Reason.NO_CREDIT, "30002"),
    (Reason.UNREACHABLE, "30003"),
    (Reason.CARRIER_REJECTED, "30004 30010 30018 30019 30024 30032 30034 30035"),
    (Reason.INVALID_NUMBER, "30005 21211"),
    (Reason.LANDLINE, "30006 21614 21635"),
    (Reason.BLOCKED_SPAM, "30007 30450"),
    (Reason.OPTED_OUT, "21610"),
    (Reason.EXPIRED, "30036"),
    (Reason.UNKNOWN, "30008 30410"),
)
STATES: Final = verdicts.spread(
    (State.ACCEPTED, "accepted queued scheduled sending"),
    (State.SENT, "sent"),
    (State.DELIVERED, "delivered read"),
    (State.UNDELIVERED, "undelivered"),
    (State.FAILED, "failed canceled"),
)
TAKEN: Final = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED})
ALGORITHMS: Final = {"HMAC_SHA1": "sha1", "HMAC_SHA256": "sha256"}
NOTHING: Final = b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'


class Twilio(Adapter[HttpRequest]):
    name = "twilio"
    funds_at = (("balance",), ("currency",))
    needs = frozenset({"account_sid", "auth_token"})
    optional = frozenset(
        ["api_key", "api_secret", "messaging_service", "sender", "webhook_shared_key", "base_url"]
    )
    secret = frozenset({"auth_token", "api_secret", "webhook_shared_key"})
    capabilities = Capabilities(
        signed="always",
        lookup="by id",
        balance=True,
        ttl=TTL,
        max_characters=1_600,
        answer_within=15 * SECOND,
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender, service = sender_of(submission, account), account.get("messaging_service")
        flaw = sender_flaw(sender)
        if flaw and (sender or not service):
            return unsendable(flaw)
        origin = {"From": sender} if sender else {"MessagingServiceSid": service}
        fields = {
            "To": submission.to,
            **origin,
            "Body": submission.text,
            "StatusCallback": account.callback("receipts", **{REFERENCE: submission.reference}),
            "ValidityPeriod": str(within(submission.ttl, TTL)),
        }
        return post_form(f"{_root(account)}/Messages.json", _headers(account), fields)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        sid = reading.identity(answer, "sid")
        error = reading.code(answer, "error_code") or reading.code(answer, "code")
        taken = STATES.get(reading.word(answer, "status")) in TAKEN
        if reply.status in (200, 201) and sid and taken and not error:
            return Accepted(reference=sid, segments=reading.segments(answer, "num_segments"))
        text = reading.word(answer, "message") or reading.word(answer, "error_message")
        known = ERRORS.get(error or "") or verdicts.by_reason(REASONS.get(error or ""))
        return verdicts.judged(known, reply, code=error, text=text)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        settings = webhook.headers.get("x-twilio-webhooks-signature-settings", "")
        key, algorithm = account["auth_token"], "HMAC_SHA1"
        if settings:
            key = account.get("webhook_shared_key")
            parts = dict(part.strip().partition("=")[::2] for part in settings.split(","))
            algorithm = parts.get("algorithm", "HMAC_SHA1").upper()
        given = webhook.headers.get("x-twilio-signature", "")
        if not given:
            return "signature-missing"
        if not key or algorithm not in ALGORITHMS:
            return "signature-unknown"
        fields = _signed_fields(webhook)
        if fields is None:
            return "body-hash"
        wanted = [signature(key, url, fields, algorithm) for url in _spellings(webhook.url)]
        return None if True in [same(given, one) for one in wanted] else "signature"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        fields = reading.parameters(verified.webhook)
        status = fields.get("MessageStatus") or fields.get("SmsStatus")
        if not status or not fields.get("MessageSid") or status.startswith("receiv"):
            return ()
        error = reading.code(fields, "ErrorCode")
        return (_notice(status, fields, error, reading.identity(fields, REFERENCE)),)

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        fields = reading.parameters(verified.webhook)
        if not fields.get("From") or "Body" not in fields:
            return ()
        text = reading.raw_text(fields, "Body")
        return (
            Inbound(
                id=reading.identity(fields, "MessageSid"),
                sender=reading.e164(fields["From"]),
                recipient=reading.e164(fields.get("To", "")) or None,
                text=text,
                opt_out=fields.get("OptOutType") == "STOP" or says_stop(text),
                answered="OptOutType" in fields,
            ),
        )

    def acknowledge(self, kind: Kind) -> HttpReply:
        # Anything else in the answer to an inbound text would be sent to its sender.
        return HttpReply(status=200, headers={"content-type": "text/xml"}, body=NOTHING)

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        if inquiry.carrier_id:
            url = f"{_root(account)}/Messages/{inquiry.carrier_id}.json"
            return get(url, _headers(account))
        day = datetime.fromtimestamp(inquiry.at / SECOND, UTC).date().isoformat()
        query = urlencode({"To": inquiry.to, "DateSent>": day, "PageSize": "50"})
        return get(f"{_root(account)}/Messages.json?{query}", _headers(account))

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        answer = reading.as_json(reply.body)
        listed = reading.child(answer, "messages")
        if reply.status != 200 or not isinstance(answer, dict):
            return None
        found = listed if isinstance(listed, list) else [answer]
        return [
            _notice(reading.word(one, "status"), one, reading.code(one, "error_code"), None)
            for one in found
            if reading.identity(one, "sid")
        ]

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        return get(f"{_root(account)}/Balance.json", _headers(account))


def _root(account: CarrierAccount) -> str:
    return f"{account.get('base_url', HOST)}/2010-04-01/Accounts/{account['account_sid']}"


def _headers(account: CarrierAccount) -> dict[str, str]:
    user = account.get("api_key", account["account_sid"])
    password = account.get("api_secret", account["auth_token"])
    return {"Authorization": basic(user, password), "Accept": "application/json"}


def signature(
    key: str, url: str, fields: Iterable[tuple[str, str]], algorithm: str = "HMAC_SHA1"
) -> str:
    """Sign a URL and the fields of a form as Twilio does: by name, each distinct value once."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(key.encode(), signed.encode("utf-8", "replace"), ALGORITHMS[algorithm])
    return base64.b64encode(digest.digest()).decode()


def _signed_fields(webhook: Webhook) -> list[tuple[str, str]] | None:
    """Give the fields that are signed with the URL; of a JSON body only its hash is, in the URL."""
    if not reading.is_json(webhook):
        return parse_qsl(webhook.body.decode("utf-8", "replace"), keep_blank_values=True)
    hashes = parse_qs(urlsplit(webhook.url).query).get("bodySHA256", [""])
    return [] if same(hashlib.sha256(webhook.body).hexdigest(), hashes[0]) else None


def _spellings(url: str) -> list[str]:
    """Give the URL without and with its port: which of them was signed is not consistent."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    hosts = (host, f"{host}:{port}")
    return [url.replace(f"//{parts.netloc}", f"//{one}", 1) for one in hosts]


def _notice(status: str, message: object, error: str | None, reference: str | None) -> Notice:
    state = STATES.get(status)
    if state is State.FAILED and error == "30036":
        state = State.EXPIRED
    failed = state is not None and state not in TAKEN
    reason = REASONS.get(error or "", Reason.UNKNOWN) if failed else None
    return Notice(
        state=state,
        reference=reference,
        carrier_id=reading.identity(message, "MessageSid") or reading.identity(message, "sid"),
        reason=reason,
        code=error,
        text=reading.hushed(reading.word(message, "error_message")),
        stop=verdicts.stops(reason, state),
        segments=reading.segments(message, "num_segments"),
        price=reading.price(message, "price"),
        currency=reading.code(message, "price_unit"),
        at=reading.mail_moment(reading.word(message, "date_updated")),
    )
