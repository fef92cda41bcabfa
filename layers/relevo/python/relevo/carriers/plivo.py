"""Plivo messaging: JSON out, forms back, two families of signatures over the URL.

A receipt as it arrives, as a form; a long message has one for each part, which `PartInfo` counts:
`MessageUUID=5b40a428-…&ParentMessageUUID=5b40a428-…&PartInfo=1+of+1&From=34700000009
&To=34600000001&Status=undelivered&ErrorCode=80&Units=1&TotalRate=0.0600&TotalAmount=0.0600
&MCC=214&MNC=01`
"""

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlsplit

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
from relevo.domain.timing import Millis
from relevo.domain.words import State
from relevo.ports.carriers import Submission

HOST: Final = "https://api.plivo.com"
REFERENCE: Final = "mid"
TTL: Final = (1, 14_400)
"""Not documented; four hours is what is known to be taken."""

WIDEST: Final = 737
"""Characters of a text in UCS-2; in GSM-7 it may be as long as the capability says."""

V3: Final = ("v3", "ma-v3")
V2: Final = ("v2", "ma-v2")
"""Which of them an SMS callback carries is not documented. V2 leaves the body unsigned, so it
counts only where there is no V3; `ma` is signed by the main account's token.
"""

BY_STATUS: Final[Mapping[int, verdicts.Verdict]] = {
    400: verdicts.OUR_BUG,
    401: verdicts.AUTH,
    402: verdicts.NO_CREDIT,
    403: verdicts.SETUP,
    404: verdicts.OUR_BUG,
    429: verdicts.THROTTLED,
}
STATES: Final[Mapping[str, State]] = {
    "queued": State.ACCEPTED,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "read": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
    "rejected": State.REJECTED,
}
REASONS: Final = verdicts.spread(
    (Reason.CARRIER_REJECTED, "10 40 60 90 100 110 201 450"),
    (Reason.UNREACHABLE, "20 80"),
    (Reason.BLOCKED_SPAM, "30"),
    (Reason.INVALID_NUMBER, "50 70"),
    (Reason.OPTED_OUT, "200"),
    (Reason.EXPIRED, "420"),
    (Reason.UNKNOWN, "300 1000"),
)
PART: Final = re.compile(r"([0-9]{1,3}) of ([0-9]{1,3})")


class Plivo(Adapter[HttpRequest]):
    name = "plivo"
    funds_at = (("cash_credits",), ("currency",))
    needs = frozenset({"auth_id", "auth_token"})
    optional = frozenset({"sender", "powerpack", "base_url"})
    secret = frozenset({"auth_token"})
    capabilities = Capabilities(
        receipts="part",
        signed="always",
        lookup="by id",
        balance=True,
        ttl=TTL,
        max_characters=1_600,
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender, pool = sender_of(submission, account), account.get("powerpack")
        flaw = sender_flaw(sender)
        if flaw and (sender or not pool):
            return unsendable(flaw)
        if submission.sizing.encoding == "UCS-2" and len(submission.text) > WIDEST:
            return unsendable("too-long")
        body = {
            **({"src": plain(sender)} if sender else {"powerpack_uuid": pool}),
            "dst": plain(submission.to),
            "text": submission.text,
            "type": "sms",
            "url": account.callback("receipts", **{REFERENCE: submission.reference}),
            "method": "POST",
            "message_expiry": within(submission.ttl, TTL),
        }
        return post_json(f"{_root(account)}/Message/", _headers(account), body)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        answer = reading.as_json(reply.body)
        id_, error = reading.identity(answer, "message_uuid", 0), reading.word(answer, "error")
        if reply.status in (200, 202) and id_ and not error:
            return Accepted(reference=id_)
        return verdicts.judged(BY_STATUS.get(reply.status), reply, text=error)

    def forgery(self, webhook: Webhook, account: CarrierAccount, now: Millis) -> str | None:
        for families, signed in ((V3, _signed_v3(webhook) + "."), (V2, _bare(webhook.url))):
            given = [pair for family in families for pair in _given(webhook, family)]
            if given:
                key = account["auth_token"]
                matches = [same(one, signature(key, signed + nonce)) for one, nonce in given]
                return None if True in matches else "signature"
        return "signature-missing"

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        fields = reading.parameters(verified.webhook)
        status = (fields.get("Status") or fields.get("status") or "").casefold()
        parent = reading.identity(fields, "ParentMessageUUID")
        id_ = parent or reading.identity(fields, "MessageUUID")
        if not status or id_ is None:
            return ()
        part = PART.fullmatch(fields.get("PartInfo", ""))
        error = reading.code(fields, "ErrorCode")
        state, reason = _judged(status, error)
        return (
            Notice(
                state=state,
                reference=reading.identity(fields, REFERENCE),
                carrier_id=id_,
                part=reading.identity(fields, "MessageUUID"),
                reason=reason,
                code=error,
                stop=verdicts.stops(reason, state),
                parts=int(part[2]) if part else 1,
                segments=reading.segments(fields, "Units"),
                price=reading.price(fields, "TotalAmount"),
                currency="USD" if fields.get("TotalAmount") else None,
            ),
        )

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        fields = reading.parameters(verified.webhook)
        if not fields.get("From") or "Text" not in fields:
            return ()
        text = reading.raw_text(fields, "Text")
        return (
            Inbound(
                id=reading.identity(fields, "MessageUUID"),
                sender=reading.e164(fields["From"]),
                recipient=reading.e164(fields.get("To", "")) or None,
                text=text,
                opt_out=says_stop(text),
            ),
        )

    def lookup(self, inquiry: Inquiry, account: CarrierAccount, stamp: Stamp) -> HttpRequest | None:
        if not inquiry.carrier_id:
            return None
        return get(f"{_root(account)}/Message/{inquiry.carrier_id}/", _headers(account))

    def parse_lookup(self, reply: HttpReply) -> Sequence[Notice] | None:
        answer = reading.as_json(reply.body)
        id_ = reading.identity(answer, "message_uuid")
        if reply.status == 404:
            return ()
        if reply.status != 200 or id_ is None:
            return None
        error = reading.code(answer, "error_code")
        state, reason = _judged(reading.word(answer, "message_state").casefold(), error)
        return (
            Notice(
                state=state,
                carrier_id=id_,
                reason=reason,
                code=error,
                stop=verdicts.stops(reason, state),
                segments=reading.segments(answer, "units"),
                price=reading.price(answer, "total_amount"),
                currency="USD",
            ),
        )

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        return get(f"{_root(account)}/", _headers(account))


def _root(account: CarrierAccount) -> str:
    return f"{account.get('base_url', HOST)}/v1/Account/{account['auth_id']}"


def _headers(account: CarrierAccount) -> dict[str, str]:
    return {"Authorization": basic(account["auth_id"], account["auth_token"])}


def _given(webhook: Webhook, family: str) -> list[tuple[str, str]]:
    """Give a family's signatures, of which there may be several, with their nonce."""
    header = f"x-plivo-signature-{family}"
    nonce = webhook.headers.get(f"{header}-nonce", "")
    marks = webhook.headers.get(header, "").split(",")
    return [(mark.strip(), nonce) for mark in marks if mark.strip() and nonce]


def _judged(status: str, error: str | None) -> tuple[State | None, Reason | None]:
    state = STATES.get(status)
    if state in (State.ACCEPTED, State.SENT, State.DELIVERED):
        return state, None
    return state, REASONS.get((error or "").lstrip("0") or "0", Reason.UNKNOWN)


def signature(key: str, signed: str) -> str:
    digest = hmac.new(key.encode(), signed.encode("utf-8", "replace"), "sha256")
    return base64.b64encode(digest.digest()).decode()


def _bare(url: str) -> str:
    return url.partition("?")[0]


def _signed_v3(webhook: Webhook) -> str:
    """Give what V3 signs: the URL with its query sorted, then the sorted fields of a form."""
    query = sorted(parse_qsl(urlsplit(webhook.url).query, keep_blank_values=True))
    body = webhook.body.decode("utf-8", "replace")
    fields = sorted(parse_qsl(body, keep_blank_values=True)) if webhook.method == "POST" else []
    asked = "&".join(f"{name}={value}" for name, value in query)
    posted = "".join(name + value for name, value in fields)
    question = "?" if asked or posted else ""
    return f"{_bare(webhook.url)}{question}{asked}{'.' if asked and posted else ''}{posted}"
