"""What our own log lines count: metrics of things that no stored message shows.

Each has the line that says it, so a number on a dashboard leads to lines to read.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from relevo.domain import measures as of
from relevo.domain.measures import Sample
from relevo.domain.timing import Millis
from relevo.domain.words import Environment

Fields: TypeAlias = Mapping[str, Any]
Count: TypeAlias = tuple[str, dict[str, str], int]

SENDS: Final = frozenset({"sendMessage", "sendBatch"})
BY_PROBLEM: Final[Mapping[str, str]] = {
    "missing-credentials": "AuthFailure",
    "invalid-credentials": "AuthFailure",
    "invalid-signature": "AuthFailure",
    "stale-timestamp": "AuthFailure",
    "insufficient-scope": "AuthFailure",
    "ip-not-allowed": "AuthFailure",
    "wrong-environment": "AuthFailure",
    "quota-exceeded": "RateLimited",
    "spend-limit-reached": "SpendCapHit",
    "recipient-opted-out": "OptOutBlocked",
    "abnormal-usage-detected": "AbuseBlocked",
    "idempotency-key-reused": "IdempotencyConflict",
}
CIRCUITS: Final[Mapping[str, int]] = {
    "closed": 0,
    "half-open": 1,
    "open": 2,
    "back": 0,
    "out": 2,
}
NO_RECEIPTS: Final = "no-receipts"
"""Why silence was held, where it is our outage; a budget that is used up is none."""


def counted(what: str, said: Fields, at: Millis) -> Iterator[Sample]:
    """Give what a line counts; most count nothing."""
    test = said.get("test") or said.get("environment") == Environment.TEST.value
    environment = Environment.TEST if test else Environment.LIVE
    for name, labels, value in _COUNTS.get(what, _nothing)(said):
        yield Sample(name, at, environment, labels, value)


def _nothing(_: Fields) -> Iterator[Count]:
    yield from ()


def _answered(said: Fields) -> Iterator[Count]:
    problem = said.get("problem")
    if said.get("replayed"):
        yield "IdempotentReplay", {}, 1
    if problem and said.get("operation") in SENDS:
        yield "MessagesRejected", {of.REASON: problem}, 1
    if name := BY_PROBLEM.get(problem or ""):
        yield name, {of.REASON: str(problem)}, 1


def _of_carrier(name: str) -> Callable[[Fields], Iterator[Count]]:
    def count(said: Fields) -> Iterator[Count]:
        yield name, {of.CARRIER: str(said.get("carrier") or of.NOBODY)}, 1

    return count


def _one(name: str) -> Callable[[Fields], Iterator[Count]]:
    def count(_: Fields) -> Iterator[Count]:
        yield name, {}, 1

    return count


def _watched(said: Fields) -> Iterator[Count]:
    """Each minute's round says nought, so that its absence is seen as well."""
    if "rolled" in said:
        yield "OutboxOldestPending", {}, 0
        yield "SweeperRecovered", {}, 0
        yield "ConservationGap", {}, 0


def _late(said: Fields) -> Iterator[Count]:
    yield "OutboxOldestPending", {}, int(said["seconds"])


def _changed(said: Fields) -> Iterator[Count]:
    state = CIRCUITS.get(str(said.get("state")))
    if state is not None:
        yield "CircuitState", {of.CARRIER: str(said.get("carrier") or of.NOBODY)}, state


def _held(said: Fields) -> Iterator[Count]:
    if said.get("reason", said.get("why")) == NO_RECEIPTS:
        yield "SilenceHeld", {}, 1


def _told_customer(said: Fields) -> Iterator[Count]:
    status, reason = said.get("status"), str(said.get("reason"))
    result = "failed" if status else "timeout" if "time" in reason else "unreached"
    if status and 200 <= int(status) < 300:
        result = "delivered"
    yield "WebhookAttempt", {of.RESULT: result}, 1
    if said.get("duration") is not None:
        yield "WebhookLatency", {}, int(said["duration"])


_COUNTS: Final[Mapping[str, Callable[[Fields], Iterator[Count]]]] = {
    "answered": _answered,
    "callback-refused": _of_carrier("DlrRejected"),
    "receipt-orphaned": _of_carrier("DlrOrphaned"),
    "receipt-stray": _of_carrier("DlrOrphaned"),
    "receipt-repeated": _of_carrier("DlrDuplicate"),
    "receipt-overtaken": _of_carrier("DlrOutOfOrder"),
    "carrier-config": _of_carrier("CarrierConfigError"),
    "silence-held": _held,
    "carrier.state_changed": _changed,
    "message-recovered": _one("SweeperRecovered"),
    "unended": _one("ConservationGap"),
    "due-late": _late,
    "watched": _watched,
    "webhook-tried": _told_customer,
    "webhook-disabled": _one("WebhookDisabled"),
}
"""By the message of the line."""

LINES: Final = frozenset(_COUNTS)
