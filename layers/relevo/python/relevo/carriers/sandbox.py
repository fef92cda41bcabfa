"""The sandbox carrier: takes every message for real, and lets its last digits choose what happens.

A receipt travels the receipts queue like a real carrier's would, for example:
`{"attempt": "k7…q-1", "carrier": "sandbox-a", "state": "delivered", "at": 1795430400000, "v": 1}`
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from relevo.domain.attempt import Report
from relevo.domain.message import split_attempt_id
from relevo.domain.outcome import Accepted, Ambiguous, Outcome, Refused, Retryable
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import State
from relevo.ports.basics import Clock
from relevo.ports.carriers import Receipt, Receipts, Submission, SubmitLedger

TAIL: Final = 3
OPTED_OUT: Final = "010"

SOON: Final = SECOND
LATE: Final = 10 * SECOND
SLOW_REPLY: Final = 1_500
AFTER_DEADLINE: Final = 20 * SECOND
LONGEST_DELAY: Final = 900 * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one carrier does with one message: its answer, its receipts, how long it takes."""

    answer: Outcome = field(default_factory=Accepted)
    receipts: tuple[tuple[State, Millis], ...] = ((State.DELIVERED, SOON),)
    reply_after: Millis = 0


TAKES: Final = Row()
REFUSES: Final = Row(answer=Retryable(reason="unavailable", code="SBX-001"), receipts=())
SILENT: Final = Row(receipts=())
HANGS: Final = Row(
    answer=Ambiguous(reason="read-timeout"),
    receipts=((State.DELIVERED, LATE),),
    reply_after=LONGEST_DELAY,
)
THROTTLES: Final = Row(answer=Retryable(reason="throttled", code="429", pause=SECOND), receipts=())

PRIMARY_ROWS: Final[Mapping[str, Row]] = {
    "001": REFUSES,
    "002": SILENT,
    "003": Row(receipts=((State.UNDELIVERED, SOON),)),
    "004": Row(answer=Refused(reason="unknown-subscriber", code="SBX-004", stop=True), receipts=()),
    "005": HANGS,
    "006": Row(receipts=((State.DELIVERED, SOON), (State.SENT, SOON), (State.DELIVERED, SOON))),
    "007": Row(receipts=((State.DELIVERED, AFTER_DEADLINE),)),
    "008": REFUSES,
    "011": Row(receipts=((State.DELIVERED, 0),), reply_after=SLOW_REPLY),
}
BACKUP_ROWS: Final[Mapping[str, Row]] = {
    "004": PRIMARY_ROWS["004"],
    "008": REFUSES,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sandbox:
    """One sandbox carrier account; `rows` is empty for the local stage's live carriers."""

    name: str
    receipts: Receipts
    ledger: SubmitLedger
    clock: Clock
    pause: Callable[[Millis], None]
    rows: Mapping[str, Row] = field(default_factory=dict)
    throttles: bool = False

    def submit(self, submission: Submission) -> Outcome:
        """Write the submit down, arrange its receipts, then answer as the row says."""
        started = self.clock()
        self.ledger.note(submission, self.name, started)
        row = self._row(submission)
        for state, delay in row.receipts:
            self._arrange(submission, state, delay)
        # The caller's wall clock is as binding for a simulated carrier as for a real one.
        self.pause(min(row.reply_after, submission.within))
        return row.answer

    def _row(self, submission: Submission) -> Row:
        tail = submission.to[-TAIL:]
        named = split_attempt_id(submission.reference)
        if self.throttles and tail == "009" and named is not None and named[1] == 1:
            return THROTTLES
        return self.rows.get(tail, TAKES)

    def _arrange(self, submission: Submission, state: State, delay: Millis) -> None:
        named = split_attempt_id(submission.reference)
        if named is None:
            return
        if delay == AFTER_DEADLINE:
            delay += submission.receipt_deadline or AFTER_DEADLINE
        delay = min(delay, LONGEST_DELAY)
        reason = "absent-subscriber" if state is State.UNDELIVERED else None
        report = Report(n=named[1], state=state, at=self.clock() + delay, reason=reason)
        self.receipts.send(Receipt(message_id=named[0], carrier=self.name, report=report), delay)


def opted_out(e164: str) -> bool:
    """Say whether the sandbox's table has this recipient reply STOP earlier."""
    return e164[-TAIL:] == OPTED_OUT
