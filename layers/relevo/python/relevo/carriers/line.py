"""A carrier as dispatch knows it: an adapter, an account's credentials, and a transport."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from relevo.carriers.base import Adapter
from relevo.carriers.credentials import Credentials, prepare
from relevo.carriers.exchange import Call, Record, note
from relevo.carriers.http import Transport
from relevo.carriers.values import (
    Funds,
    HttpReply,
    HttpRequest,
    Inquiry,
    Notice,
    Stamp,
)
from relevo.domain.outcome import Cause, Outcome, Refused
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock, Draw
from relevo.ports.carriers import Submission

log = logging.getLogger(__name__)

ASKING: Millis = 5 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One account at one carrier, ready for submits; `record` is told what passed, redacted."""

    adapter: Adapter[HttpRequest]
    credentials: Credentials
    clock: Clock
    draw: Draw
    record: Record
    transport: Transport = field(default_factory=Transport)

    def submit(self, submission: Submission) -> Outcome:
        """Hand the message over once, and judge the answer or its absence."""
        stamp = self._stamp()
        prepared = prepare(self.adapter, self.credentials, submission, stamp)
        if not isinstance(prepared, tuple):
            return prepared
        account, request = prepared
        answer = self.transport.call(request, within=submission.within)
        if isinstance(answer, Refused):
            return answer
        reply = answer if isinstance(answer, HttpReply) else None
        outcome = self.adapter.parse_reply(answer) if isinstance(answer, HttpReply) else answer
        if isinstance(outcome, Refused) and outcome.cause is Cause.AUTH:
            self.credentials.refused(account)
        call = Call(
            account=account,
            secret=self.adapter.secret,
            submission=submission,
            request=request,
            reply=reply,
            outcome=outcome,
            at=stamp.at,
            took=self.clock() - stamp.at,
        )
        note(self.record, call)
        return outcome

    def lookup(self, inquiry: Inquiry) -> Sequence[Notice] | None:
        """Ask what became of an attempt; None when it cannot be asked or does not say."""
        request = self.adapter.lookup(inquiry, self.credentials.current(), self._stamp())
        reply = self._ask(request)
        return self.adapter.parse_lookup(reply) if reply else None

    def balance(self) -> Funds | None:
        reply = self._ask(self.adapter.balance(self.credentials.current(), self._stamp()))
        return self.adapter.parse_balance(reply) if reply else None

    def _ask(self, request: HttpRequest | None) -> HttpReply | None:
        answer = self.transport.call(request, within=ASKING) if request else None
        return answer if isinstance(answer, HttpReply) else None

    def _stamp(self) -> Stamp:
        return Stamp(at=self.clock(), nonce=self.draw(16).hex())
