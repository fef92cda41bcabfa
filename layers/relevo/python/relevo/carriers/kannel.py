"""Kannel's smsbox, a gateway to SMPP operators: a GET to send, a GET of our own URL as a receipt.

A receipt as it arrives; every value is where our own dlr-url put the escape for it:
`GET …/receipts?mid=k7q2…-1&status=2&smscid=8a7f&reply=id%3A8a7f%20sub%3A001%20dlvrd%3A000%20
submit%20date%3A2610011000%20done%20date%3A2610011000%20stat%3AUNDELIV%20err%3A027%20text%3A
&ts=1790848805&from=ACME&to=34600000001&err=027`
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from relevo.carriers import reading, smpp, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, unsendable, within
from relevo.carriers.senders import plain, says_stop, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    HttpReply,
    HttpRequest,
    Inbound,
    Notice,
    Stamp,
    get,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.words import State
from relevo.ports.carriers import Submission

TTL: Final = (60, 604_800)
REFERENCE: Final = "mid"
"""Kannel gives no id to a message: ours travels in the URL that it is to call."""

ESCAPES: Final = "status=%d&smscid=%F&reply=%A&ts=%T&from=%p&to=%P&err=%B"
MASK: Final = "31"
"""Delivered 1, failed 2, buffered 4, accepted by the SMSC 8, refused by it 16."""

TAKEN: Final = re.compile(r"0: Accepted for delivery|3: Queued for later delivery|Sent\.")
SPLITS: Final = re.compile(r"splits: ([0-9]{1,3})")
REFUSALS: Final[Mapping[tuple[int, str], verdicts.Verdict]] = {
    (403, "authorization failed"): verdicts.AUTH,
    (403, "not routable"): verdicts.REFUSED,
    (503, "temporal failure"): verdicts.LATER,
    (500, "sending failed"): verdicts.LATER,
    (400, "rejected"): verdicts.OUR_BUG,
    (404, ""): verdicts.OUR_BUG,
}
TYPES: Final[Mapping[str, State]] = {
    "1": State.DELIVERED,
    "2": State.UNDELIVERED,
    "4": State.SENT,
    "8": State.SENT,
    "16": State.REJECTED,
    "32": State.SENT,
}
STAT: Final = re.compile(r"\bstat:([A-Z]{4,8})")
NACK: Final = re.compile(r"NACK/(?P<code>[^/]*)/?(?P<name>.*)")
BAD_ADDRESS: Final = re.compile(r"(?i)invalid dest")


class Kannel(Adapter[HttpRequest]):
    name = "kannel"
    needs = frozenset({"base_url", "username", "password"})
    optional = frozenset({"sender", "smsc", "path"})
    secret = frozenset({"password"})
    capabilities = Capabilities(ttl=TTL, acknowledgement="200, empty")

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        route = {"smsc": account["smsc"]} if account.get("smsc") else {}
        fields = {
            "username": account["username"],
            "password": account["password"],
            "from": plain(sender),
            "to": plain(submission.to),
            "text": submission.text,
            "charset": "UTF-8",
            "coding": "2" if smpp.wide(submission.sizing) else "0",
            "validity": str(within(submission.ttl, TTL) // 60),
            **route,
            "dlr-mask": MASK,
            "dlr-url": _receipt_url(submission, account),
            "account": submission.reference,
        }
        where = f"{account['base_url']}{account.get('path', '/cgi-bin/sendsms')}"
        return get(f"{where}?{urlencode(fields, quote_via=quote)}", {})

    def parse_reply(self, reply: HttpReply) -> Outcome:
        text = reading.lines(reply)
        if reply.status == 202 and TAKEN.match(text):
            if "denied receivers" in text.casefold():
                return verdicts.outcome_of(verdicts.REFUSED, code="denied", text=text)
            splits = SPLITS.search(text)
            return Accepted(segments=int(splits[1]) if splits else None)
        for (status, words), verdict in REFUSALS.items():
            if reply.status == status and words in text.casefold():
                return verdicts.judged(verdict, reply, text=text)
        return verdicts.judged(None, reply, text=text)

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        fields = reading.parameters(verified.webhook)
        status, said = fields.get("status", ""), fields.get("reply", "")
        if not status:
            return ()
        state, reason, code = _judged(TYPES.get(status), said)
        return (
            Notice(
                state=state,
                closed=status in ("1", "2", "16"),
                reference=reading.identity(fields, REFERENCE),
                carrier_id=reading.identity(fields, "smscid"),
                reason=reason,
                code=code or reading.code(fields, "err"),
                text=reading.hushed(said) if said.startswith("NACK") else None,
                stop=verdicts.stops(reason, state),
                at=reading.epoch(fields, "ts"),
            ),
        )

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        fields = reading.parameters(verified.webhook)
        sender = fields.get("sender") or fields.get("from")
        if not sender or not {"message", "text"} & fields.keys():
            return ()
        text = reading.raw_text(fields, "message" if "message" in fields else "text")
        recipient = fields.get("to") or fields.get("receiver", "")
        return (
            Inbound(
                id=reading.identity(fields, "id"),
                sender=reading.e164(sender),
                recipient=reading.e164(recipient) or None,
                text=text,
                opt_out=says_stop(text),
                at=reading.epoch(fields, "ts"),
            ),
        )


def _receipt_url(submission: Submission, account: CarrierAccount) -> str:
    # A percent sign of ours would be read as an escape, so it is doubled.
    url = account.callback("receipts", **{REFERENCE: submission.reference})
    return f"{url.replace('%', '%%')}&{ESCAPES}"


def _judged(state: State | None, said: str) -> tuple[State | None, Reason | None, str | None]:
    """Refine Kannel's type of a receipt by what the SMSC wrote."""
    if state is State.UNDELIVERED and (stat := STAT.search(said)):
        refined = smpp.STATES.get(stat[1])
        # The type says that it failed, so `stat` can only say how.
        state = None if stat[1] in ("DELETED", "UNKNOWN") else refined or state
        state = State.UNDELIVERED if state in (State.DELIVERED, State.SENT) else state
        return state, smpp.reason_of(state), stat[1]
    if state is State.REJECTED and (nack := NACK.match(said)):
        known = smpp.ERRORS.get(nack["code"].lower())
        bad = Reason.INVALID_NUMBER if BAD_ADDRESS.search(nack["name"]) else None
        return state, known or bad or Reason.CARRIER_REJECTED, nack["code"] or None
    return state, smpp.reason_of(state), None
