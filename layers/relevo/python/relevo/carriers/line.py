"""A carrier as dispatch knows it: an adapter, an account's credentials, and a transport."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from relevo.carriers.base import Adapter
from relevo.carriers.exchange import Call, Record, note
from relevo.carriers.http import Transport
from relevo.carriers.values import (
    CarrierAccount,
    Funds,
    HttpReply,
    HttpRequest,
    Inquiry,
    Notice,
    Stamp,
)
from relevo.domain.outcome import Cause, Outcome, Refused, Retryable
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.ports import Clock, Draw, Submission

log = logging.getLogger(__name__)

FRESH: Millis = 5 * MINUTE
ASKING: Millis = 5 * SECOND


@dataclass(slots=True, kw_only=True)
class Credentials:
    """An account as stored, read when first wanted and every five minutes.

    After a refusal it is read once more for the next call; if the same comes back, not again.
    """

    read: Callable[[], CarrierAccount]
    clock: Clock
    _account: CarrierAccount | None = None
    _read_at: Millis = 0
    _refused: CarrierAccount | None = None

    def current(self) -> CarrierAccount:
        now = self.clock()
        if self._account is None or now - self._read_at > FRESH:
            self._account, self._read_at = self._newest(), now
        return self._account

    def refused(self, account: CarrierAccount) -> None:
        if account == self._account and account != self._refused:
            self._refused, self._read_at = account, 0

    def _newest(self) -> CarrierAccount:
        try:
            return self.read()
        except Exception as error:
            if self._account is None:
                raise
            log.warning("credentials-stale", extra={"error": type(error).__name__})
            return self._account


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
        prepared = self._prepared(submission, stamp)
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

    def _prepared(
        self, submission: Submission, stamp: Stamp
    ) -> tuple[CarrierAccount, HttpRequest] | Refused | Retryable:
        """Do everything that can go wrong before a byte has left, and say that none has."""
        try:
            account = self.credentials.current()
        except Exception as error:  # noqa: BLE001 - whatever it was, the carrier knows nothing
            log.error("credentials-unread", extra={"error": type(error).__name__})
            return Retryable(reason="credentials-unread")
        try:
            request = self.adapter.build(submission, account, stamp)
        except Exception as error:  # noqa: BLE001 - a defect of ours, known before sending
            log.error("build-defect", extra={"error": type(error).__name__})
            return Refused(reason="build-defect", cause=Cause.CONFIG)
        return request if isinstance(request, Refused) else (account, request)

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
