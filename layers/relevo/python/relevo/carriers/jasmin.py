"""Jasmin's HTTP API, a gateway to SMPP operators: plain words for answers, receipts at two levels.

A receipt as it arrives, as a form; level 1 is the operator's answer to the submit, 2 its receipt:
`id=07033084-5cfd-4812-90a4-e4d24ffb6e3d&level=2&connector=smpp_es&id_smsc=8a7f&sub=001
&dlvrd=000&subdate=2610011000&donedate=2610011001&err=027&text=&message_status=UNDELIV`
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlencode

from relevo.carriers import reading, smpp, verdicts
from relevo.carriers.base import Adapter, Capabilities, VerifiedWebhook, unsendable, within
from relevo.carriers.senders import plain, says_stop, sender_flaw, sender_of
from relevo.carriers.values import (
    CarrierAccount,
    Funds,
    HttpReply,
    HttpRequest,
    Inbound,
    Kind,
    Notice,
    Stamp,
    get,
    post_form,
)
from relevo.domain.outcome import Accepted, Outcome, Reason, Refused
from relevo.domain.timing import SECOND
from relevo.domain.words import State
from relevo.ports.carriers import Submission

TTL: Final = (60, 604_800)
REFERENCE: Final = "mid"
SUCCESS: Final = re.compile(r'Success "([^"]{1,128})"')
ACKNOWLEDGED: Final = HttpReply(
    status=200, headers={"content-type": "text/plain"}, body=b"ACK/Jasmin"
)
REFUSALS: Final[Mapping[tuple[int, str], verdicts.Verdict]] = {
    (400, "argument [to]"): verdicts.INVALID_NUMBER,
    (400, ""): verdicts.OUR_BUG,
    (403, "authentication failure"): verdicts.AUTH,
    (403, "throughput exceeded"): verdicts.THROTTLED,
    (403, "cannot charge"): verdicts.NO_CREDIT,
    (412, "no bound connectors"): verdicts.LATER,
    (412, ""): verdicts.SETUP,
    (500, "error"): verdicts.LATER,
    (503, "error"): verdicts.LATER,
}
"""By status and words, the first that fits: 403 and 412 mean what their words say."""


class Jasmin(Adapter[HttpRequest]):
    name = "jasmin"
    funds_at = (("balance",), ("currency",))
    needs = frozenset({"base_url", "username", "password"})
    optional = frozenset({"sender"})
    secret = frozenset({"password"})
    # A longer text is cut without an error, so the limit of five parts is ours to keep.
    capabilities = Capabilities(
        balance=True,
        ttl=TTL,
        max_segments=5,
        acknowledgement="ACK/Jasmin",
        answer_within=30 * SECOND,
    )

    def compose(
        self, submission: Submission, account: CarrierAccount, stamp: Stamp
    ) -> HttpRequest | Refused:
        sender = sender_of(submission, account)
        if flaw := sender_flaw(sender):
            return unsendable(flaw)
        # Level 3 asks for both: alone, 2 never tells of a refusal and 1 never of a delivery.
        fields = {
            **_login(account),
            "to": plain(submission.to),
            "from": plain(sender),
            **_content(submission),
            "validity-period": str(within(submission.ttl, TTL) // 60),
            "dlr": "yes",
            "dlr-level": "3",
            "dlr-method": "POST",
            "dlr-url": account.callback("receipts", **{REFERENCE: submission.reference}),
        }
        return post_form(f"{account['base_url']}/send", {}, fields)

    def parse_reply(self, reply: HttpReply) -> Outcome:
        text = reading.lines(reply)
        taken = SUCCESS.fullmatch(text)
        if reply.status == 200 and taken:
            return Accepted(reference=taken[1])
        for (status, words), verdict in REFUSALS.items():
            if reply.status == status and words in text.casefold():
                return verdicts.judged(verdict, reply, text=text)
        return verdicts.judged(None, reply, text=text)

    def parse_receipts(self, verified: VerifiedWebhook) -> Sequence[Notice]:
        fields = reading.parameters(verified.webhook)
        status = fields.get("message_status", "")
        if not status:
            return ()
        state, reason = _judged(status)
        return (
            Notice(
                state=state,
                reference=reading.identity(fields, REFERENCE),
                carrier_id=reading.identity(fields, "id"),
                reason=reason,
                code=_code(status, fields.get("err", "")),
                stop=verdicts.stops(reason, state),
                at=reading.moment(fields.get("donedate", ""), "%y%m%d%H%M"),
            ),
        )

    def parse_inbound(self, verified: VerifiedWebhook) -> Sequence[Inbound]:
        fields = reading.parameters(verified.webhook)
        if not fields.get("from") or not {"binary", "content"} & fields.keys():
            return ()
        text = _text(fields)
        return (
            Inbound(
                id=reading.identity(fields, "id"),
                sender=reading.e164(fields["from"]),
                recipient=reading.e164(fields.get("to", "")) or None,
                text=text,
                opt_out=says_stop(text),
            ),
        )

    def acknowledge(self, kind: Kind) -> HttpReply:
        return ACKNOWLEDGED

    def balance(self, account: CarrierAccount, stamp: Stamp) -> HttpRequest:
        return get(f"{account['base_url']}/balance?{urlencode(_login(account))}", {})

    def parse_balance(self, reply: HttpReply) -> Funds | None:
        answer = reading.as_json(reply.body)
        if reply.status == 200 and reading.word(answer, "balance") == "ND":
            return Funds(amount=None)
        return super().parse_balance(reply)


def _login(account: CarrierAccount) -> dict[str, str]:
    return {"username": account["username"], "password": account["password"]}


def _content(submission: Submission) -> dict[str, str]:
    if smpp.wide(submission.sizing):
        written = submission.text.encode("utf-16-be", "replace").hex()
        return {"coding": "8", "hex-content": written}
    return {"coding": "0", "content": submission.text}


def _judged(status: str) -> tuple[State | None, Reason | None]:
    if status == "ESME_ROK":
        return State.SENT, None
    if status.startswith("ESME_"):
        return State.REJECTED, smpp.ERRORS.get(status, Reason.UNKNOWN)
    state = smpp.STATES.get(status)
    return state, smpp.reason_of(state)


def _code(status: str, error: str) -> str:
    bare = error.lstrip("0")
    return f"{status}/{error}"[: reading.LONGEST_CODE] if bare else status[: reading.LONGEST_CODE]


def _text(fields: Mapping[str, str]) -> str:
    """Decode the bytes as the operator sent them: `content` has been through a form."""
    try:
        raw = bytes.fromhex(fields.get("binary", ""))
    except ValueError:
        raw = b""
    match fields.get("coding", "0"):
        case "8" if raw:
            return reading.raw_text(raw.decode("utf-16-be", "replace"))
        case "0" if raw:
            return smpp.decoded(raw)
        case "3" if raw:
            return reading.raw_text(raw.decode("latin-1"))
    return reading.raw_text(fields, "content")
