"""Vonage SMS API: HTTP 200 whatever happens, an id, a price and a receipt for every part.

A receipt as it arrives; the account chooses query, form or JSON. `msisdn` is the handset's:
`{"api-key": "abcd1234", "client-ref": "k7q2…-1", "messageId": "0A0000000123ABCD1",
"msisdn": "34600000001", "network-code": "21401", "price": "0.03330000", "scts": "2610011000",
"to": "ACME", "err-code": "0", "status": "delivered", "message-timestamp": "2026-10-01 10:00:05",
"timestamp": "1790848805", "nonce": "aaaaaaaa-…-0123456789ab", "sig": "21497DA65B8A89C6…"}`
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

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
    get,
    post_form,
)
from relevo.domain.outcome import Accepted, Ambiguous, Outcome, Reason, Refused
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "https://rest.nexmo.com"
TTL: Final = (20, 604_800)
LONGEST_CALLBACK: Final = 100
PARTS: Final = "/"
"""A receipt names its part only, so `client-ref` says of how many: `<attempt id>/<parts>`."""

STATUSES: Final = verdicts.spread(
    (verdicts.THROTTLED, "1 10"),
    (verdicts.OUR_BUG, "2 3 12 11 22 23"),
    (verdicts.AUTH, "4 14 32 8"),
    (verdicts.LATER, "5"),
    (verdicts.INVALID_NUMBER, "6 33"),
    (verdicts.SPAM, "7"),
    (verdicts.NO_CREDIT, "9"),
    (verdicts.SETUP, "15 29"),
)
WAIT: Final = re.compile(r"wait \[ ?([0-9]{1,5}) ?\]")

STATES: Final = verdicts.spread(
    (State.SENT, "accepted buffered"),
    (State.DELIVERED, "delivered"),
    (State.EXPIRED, "expired"),
    (State.UNDELIVERED, "failed"),
    (State.REJECTED, "rejected"),
)
ERRORS: Final = verdicts.spread(
    (Reason.UNKNOWN, "1 99"),
    (Reason.ABSENT_SUBSCRIBER, "2 7"),
    (Reason.INVALID_NUMBER, "3"),
    (Reason.OPTED_OUT, "4 9"),
    (Reason.CARRIER_REJECTED, "5 10 11 13 15 50 51 52 53 54"),
    (Reason.BLOCKED_SPAM, "6 14"),
    (Reason.UNREACHABLE, "8 12"),
)
NOT_SIGNED: Final = str.maketrans("&=", "__")
METHODS: Final = frozenset({"md5", "sha1", "sha256", "sha512"})


class Vonage(Adapter[HttpRequest]):
    name = "vonage"
    funds_at = (("value",), ("currency",))
    needs = frozenset({"api_key", "api_secret"})
    optional = frozenset({"sender", "signature_secret", "signature_method", "base_url"})
    secret = frozenset({"api_secret", "signature_secret"})
    capabilities = Capabilities(
        receipts="part",
        signed="optional",
        replay_window=REPLAY_WINDOW,
        balance=True,
        ttl=TTL,
        max_characters=3_200,
        acknowledgement="200 to 205",
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        gsm = submission.sizing.encoding == "GSM-7" and submission.sizing.shift is None
        callback = account.callback("receipts")
        # A longer one is refused; then the account's own setting has to lead here.
        named = {"callback": callback} if len(callback) <= LONGEST_CALLBACK else {}
        fields = {
            "from": plain(sender),
            "to": plain(submission.to),
            "text": submission.text,
            "type": "text" if gsm else "unicode",
            "ttl": str(within(submission.ttl, TTL) * SECOND),
            "status-report-req": "1",
            **named,
            "client-ref": _reference(submission),
        }
        headers = {"Authorization": basic(account["api_key"], account["api_secret"])}
        return post_form(f"{account.get('base_url', HOST)}/sms/json", headers, fields)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        parts = reading.items(answer, "messages")
        failed = [part for part in parts if reading.word(part, "status") != "0"]
        taken = [id_ for part in parts if (id_ := _taken(part))]
        if reply.status != 200 or not parts:
            return verdicts.judged(None, reply)
        if taken and len(taken) == len(parts) == _promised(answer, parts):
            return _accepted(parts, taken)
        if len(failed) == len(parts):
            return _refusal(failed[0])
        return Ambiguous(reason="partly-accepted", code=reading.code(failed, 0, "status"))

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        key, fields = account.get("signature_secret"), reading.parameters(webhook)
        if not key or not fields:  # saving the URL makes them call it with nothing
            return None
        given = fields.pop("sig", "").lower()
        if not given:
            return "signature-missing"
        if not same(given, signature(key, fields, account.get("signature_method", "md5hash"))):
            return "signature"
        signed_at = reading.epoch(fields, "timestamp")
        return None if signed_at and abs(now - signed_at) <= REPLAY_WINDOW else "stale"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        fields = reading.parameters(verified.webhook)
        status, id_ = fields.get("status", ""), reading.identity(fields, "messageId")
        if not status or id_ is None:
            return ()
        state = STATES.get(status)
        error = reading.code(fields, "err-code")
        reason = _reason(state, error)
        reference, _, parts = fields.get("client-ref", "").partition(PARTS)
        return (
            Notice(
                state=state,
                closed=status == "unknown",
                reference=reading.identity(reference),
                carrier_id=id_,
                part=id_,
                reason=reason,
                code=error,
                # Somebody who left the service and a number that is none share code 9.
                stop=verdicts.stops(reason, state) and error != "9",
                parts=reading.segments(parts) or 1,
                price=reading.price(fields, "price"),
                at=reading.moment(fields.get("message-timestamp", "")),
            ),
        )

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        fields = reading.parameters(verified.webhook)
        sender = fields.get("msisdn")
        if not sender or "text" not in fields or "status" in fields:
            return ()
        text = reading.raw_text(fields, "text")
        return (
            Inbound(
                id=reading.identity(fields, "messageId"),
                sender=reading.e164(sender),
                recipient=reading.e164(fields.get("to", "")) or None,
                text=text,
                opt_out=says_stop(text),
                at=reading.moment(fields.get("message-timestamp", "")),
                part=_part(fields),
            ),
        )

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        query = urlencode({"api_key": account["api_key"], "api_secret": account["api_secret"]})
        return get(f"{account.get('base_url', HOST)}/account/get-balance?{query}", {})


def _reference(submission: Submission) -> str:
    parts = submission.sizing.segments
    return f"{submission.reference}{PARTS}{parts}" if parts > 1 else submission.reference


def _taken(part: object) -> str | None:
    return reading.identity(part, "message-id") if reading.word(part, "status") == "0" else None


def _promised(answer: object, parts: Sequence[Any]) -> int:
    count = reading.whole(answer, "message-count")
    return len(parts) if count is None else count


def _accepted(parts: Sequence[Any], taken: Sequence[str]) -> Accepted:
    prices = [price for part in parts if (price := reading.price(part, "message-price"))]
    whole = sum(prices, Decimal(0)) if len(prices) == len(parts) else None
    return Accepted(reference=taken[0], parts=tuple(taken), segments=len(taken), price=whole)


def _refusal(part: object) -> Outcome:
    code, text = reading.code(part, "status"), reading.word(part, "error-text")
    # Whatever is not 0 is a refusal, also by a number that is not in our table.
    unknown = verdicts.REFUSED if code else verdicts.NOBODY_KNOWS
    verdict = STATUSES.get(code or "", unknown)
    wait = WAIT.search(text)
    return verdicts.outcome_of(verdict, code=code, text=text, pause=int(wait[1]) if wait else None)


def _reason(state: State | None, error: str | None) -> Reason | None:
    if state in (State.SENT, State.DELIVERED):
        return None
    found = ERRORS.get(error or "", Reason.UNKNOWN)
    return Reason.EXPIRED if state is State.EXPIRED and found is Reason.UNKNOWN else found


def _part(fields: Mapping[str, str]) -> tuple[str, int, int] | None:
    number, total = (
        reading.segments(fields, "concat-part"),
        reading.segments(fields, "concat-total"),
    )
    if fields.get("concat") != "true" or not number or not total:
        return None
    return fields.get("concat-ref", ""), number, total


def signature(key: str, fields: Mapping[str, str], method: str) -> str:
    """Sign fields as the account is set up: MD5 of text and key, or an HMAC of the text."""
    joined = "".join(f"&{name}={fields[name].translate(NOT_SIGNED)}" for name in sorted(fields))
    signed = joined.encode("utf-8", "replace")
    if method == "md5hash":
        return hashlib.md5(signed + key.encode(), usedforsecurity=False).hexdigest()
    return hmac.new(key.encode(), signed, method if method in METHODS else "sha256").hexdigest()
