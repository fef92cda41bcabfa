"""Vonage Messages API: JSON both ways, one id and one receipt a message, webhooks signed by a JWT.

A receipt as it arrives, with `Authorization: Bearer <JWT HS256 over a hash of the body>`:
`{"message_uuid": "aaaaaaaa-…-0123456789ab", "to": "34600000001", "from": "ACME",
"timestamp": "2026-10-01T10:00:05.000Z", "status": "rejected", "client_ref": "k7q2…-1",
"usage": {"currency": "EUR", "price": "0.0333"}, "sms": {"count_total": "1"},
"error": {"title": "1260", "detail": "Destination unreachable …"}}`
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final

from relevo.carriers import reading, verdicts
from relevo.carriers.base import (
    REPLAY_WINDOW,
    Adapter,
    Capabilities,
    VerifiedWebhook,
    same,
    unsendable,
    within,
)
from relevo.carriers.senders import plain, says_stop, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    HttpRequest,
    Inbound,
    Notice,
    Stamp,
    Webhook,
    basic,
    post_json,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.timing import Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "https://api.nexmo.com"
TTL: Final = (20, 604_800)

ERRORS: Final = verdicts.spread(
    (verdicts.THROTTLED, "1000"),
    (verdicts.OUR_BUG, "1010 1020 1021 1022 1090 1130"),
    (verdicts.LATER, "1030"),
    (verdicts.INVALID_NUMBER, "1040"),
    (verdicts.SPAM, "1050"),
    (verdicts.AUTH, "1060"),
    (verdicts.NO_CREDIT, "1070"),
    (verdicts.UNREACHABLE, "1100 1260"),
    (verdicts.SETUP, "1120"),
)
"""1170 and 1240 to 1470 exist too, but what most of them mean for SMS is not documented."""

STATES: Final[Mapping[str, State]] = {
    "submitted": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "rejected": State.REJECTED,
    "undeliverable": State.FAILED,
}


RAN_OUT: Final = re.compile(r"(?i)expired|\bttl\b|time to live")


class VonageMessages(Adapter[HttpRequest]):
    name = "vonage-messages"
    needs = frozenset({"api_key", "api_secret"})
    optional = frozenset({"sender", "signature_secret", "base_url"})
    secret = frozenset({"api_secret", "signature_secret"})
    comes_again = frozenset({"signature-missing"})  # a few come unsigned at first
    capabilities = Capabilities(
        signed="always", replay_window=REPLAY_WINDOW, ttl=TTL, max_characters=1_000
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        body = {
            "message_type": "text",
            "channel": "sms",
            "to": plain(submission.to),
            "from": plain(sender),
            "text": submission.text,
            "client_ref": submission.reference,
            "ttl": within(submission.ttl, TTL),
            "webhook_url": account.callback("receipts"),
            "webhook_version": "v1",
            "sms": {"encoding_type": "auto"},
        }
        headers = {
            "Authorization": basic(account["api_key"], account["api_secret"]),
            "Accept": "application/json",
        }
        return post_json(f"{account.get('base_url', HOST)}/v1/messages", headers, body)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        id_ = reading.identity(answer, "message_uuid")
        if reply.status == 202 and id_:
            return Accepted(reference=id_)
        code, text = reading.code(answer, "title"), reading.word(answer, "detail")
        return verdicts.judged(ERRORS.get(_number(answer)), reply, code=code, text=text)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        key = account.get("signature_secret")
        scheme, _, token = webhook.headers.get("authorization", "").partition(" ")
        if not key or scheme.lower() != "bearer":
            return "signature-missing"
        claims = jwt_claims(token, key)
        if claims is None:
            return "signature"
        if not same(hashlib.sha256(webhook.body).hexdigest(), reading.word(claims, "payload_hash")):
            return "body-hash"
        signed_at = reading.epoch(claims, "iat")
        return None if signed_at and abs(now - signed_at) <= REPLAY_WINDOW else "stale"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        event = reading.as_json(verified.webhook.body)
        status = reading.word(event, "status")
        if not status or not reading.identity(event, "message_uuid"):
            return ()
        state = STATES.get(status)
        error, detail = reading.child(event, "error"), reading.word(event, "error", "detail")
        if state is State.REJECTED and RAN_OUT.search(detail):
            state = State.EXPIRED
        reason = _reason(state, error)
        return (
            Notice(
                state=state,
                reference=reading.identity(event, "client_ref"),
                carrier_id=reading.identity(event, "message_uuid"),
                reason=reason,
                code=_number(error) or None,
                text=reading.hushed(detail),
                stop=verdicts.stops(reason, state),
                segments=reading.segments(event, "sms", "count_total"),
                price=reading.price(event, "usage", "price"),
                currency=reading.code(event, "usage", "currency"),
                at=reading.moment(reading.word(event, "timestamp")),
            ),
        )

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        event = reading.as_json(verified.webhook.body)
        sender, text = reading.word(event, "from"), reading.raw_text(event, "text")
        if not sender or reading.child(event, "text") is None or reading.word(event, "status"):
            return ()
        return (
            Inbound(
                id=reading.identity(event, "message_uuid"),
                sender=reading.e164(sender),
                recipient=reading.e164(reading.word(event, "to")) or None,
                text=text,
                opt_out=says_stop(text),
                at=reading.moment(reading.word(event, "timestamp")),
            ),
        )


def _number(error: object) -> str:
    """Give an error's number, wherever it stands: the title, or the end of the type's address."""
    title = reading.word(error, "title")
    return title if title.isdigit() else reading.word(error, "type").rpartition("#")[2]


def _reason(state: State | None, error: object) -> Reason | None:
    if state is State.EXPIRED:
        return Reason.EXPIRED
    if state in (State.REJECTED, State.FAILED, None):
        verdict = ERRORS.get(_number(error))
        return verdict.reason if verdict else Reason.UNKNOWN
    return None


def jwt_claims(token: str, key: str) -> object:
    """Give the claims of a token that is signed with HS256 and this key; None for any other."""
    head, _, rest = token.partition(".")
    claims, _, mark = rest.partition(".")
    if reading.word(reading.as_json(_decoded(head)), "alg") != "HS256":
        return None
    wanted = hmac.new(key.encode(), f"{head}.{claims}".encode(), "sha256").digest()
    if not hmac.compare_digest(_decoded(mark), wanted):
        return None
    return reading.as_json(_decoded(claims))


def _decoded(part: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError):
        return b""
