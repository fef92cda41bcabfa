"""Lines of the log that count: each row is a line, and what it adds to which metric."""

import logging
from typing import Any

import pytest

from relevo.domain.measures import METRICS
from relevo.domain.problem import KINDS
from relevo.domain.said import BY_PROBLEM, LINES, counted
from relevo.domain.words import Environment
from relevo.runtime.metrics import METRICS as LOGGER
from relevo.runtime.metrics import Counting, Meter
from tests.builders import NOW
from tools.points import read

SENT = {"status": 202, "operation": "sendMessage"}
ROWS: list[tuple[str, dict[str, Any], dict[str, int]]] = [
    ("answered", SENT, {}),
    ("answered", {**SENT, "replayed": True}, {"IdempotentReplay": 1}),
    (
        "answered",
        {**SENT, "problem": "recipient-opted-out"},
        {"MessagesRejected": 1, "OptOutBlocked": 1},
    ),
    (
        "answered",
        {**SENT, "problem": "idempotency-key-reused"},
        {"MessagesRejected": 1, "IdempotencyConflict": 1},
    ),
    ("answered", {**SENT, "problem": "quota-exceeded"}, {"MessagesRejected": 1, "RateLimited": 1}),
    (
        "answered",
        {**SENT, "problem": "spend-limit-reached"},
        {"MessagesRejected": 1, "SpendCapHit": 1},
    ),
    ("answered", {**SENT, "problem": "internal-error"}, {"MessagesRejected": 1}),
    ("answered", {"operation": "checkStatus", "problem": "not-found"}, {}),
    ("answered", {"problem": "invalid-credentials"}, {"AuthFailure": 1}),
    ("callback-refused", {"reason": "signature", "carrier": "twilio"}, {"DlrRejected": 1}),
    ("callback-refused", {"reason": "unknown"}, {"DlrRejected": 1}),
    ("receipt-orphaned", {"carrier": "twilio"}, {"DlrOrphaned": 1}),
    ("receipt-stray", {"carrier": "twilio"}, {"DlrOrphaned": 1}),
    ("receipt-repeated", {"carrier": "twilio"}, {"DlrDuplicate": 1}),
    ("receipt-overtaken", {"carrier": "twilio"}, {"DlrOutOfOrder": 1}),
    ("carrier-config", {"carrier": "twilio"}, {"CarrierConfigError": 1}),
    ("carrier.state_changed", {"carrier": "twilio", "state": "open"}, {"CircuitState": 2}),
    ("carrier.state_changed", {"carrier": "twilio", "state": "odd"}, {}),
    ("carrier.state_changed", {"carrier": "twilio", "state": "back"}, {"CircuitState": 0}),
    ("silence-held", {"reason": "no-receipts"}, {"SilenceHeld": 1}),
    ("silence-held", {"reason": "budget"}, {}),
    ("message-recovered", {"message_id": "m"}, {"SweeperRecovered": 1}),
    ("unended", {"message_id": "m"}, {"ConservationGap": 1}),
    ("due-late", {"seconds": 42}, {"OutboxOldestPending": 42}),
    ("watched", {"looked": 3}, {}),
    (
        "watched",
        {"looked": 3, "rolled": 0},
        {"OutboxOldestPending": 0, "SweeperRecovered": 0, "ConservationGap": 0},
    ),
    (
        "webhook-tried",
        {"status": 204, "duration": 120},
        {"WebhookAttempt": 1, "WebhookLatency": 120},
    ),
    ("webhook-tried", {"status": None, "reason": "timeout"}, {"WebhookAttempt": 1}),
    ("webhook-disabled", {}, {"WebhookDisabled": 1}),
    ("dispatched", {"left": 0}, {}),
]


@pytest.mark.parametrize(("line", "fields", "expected"), ROWS)
def test_a_line_counts(line: str, fields: dict[str, Any], expected: dict[str, int]) -> None:
    assert {one.name: one.value for one in counted(line, fields, NOW)} == expected


def test_every_line_that_counts_has_a_row_and_every_row_can_be_written() -> None:
    assert {row[0] for row in ROWS} >= LINES
    for line, fields, _ in ROWS:
        for one in counted(line, fields, NOW):
            assert all(set(names) <= set(one.labels) for names in METRICS[one.name].sets)


@pytest.mark.parametrize(
    ("status", "reason", "result"),
    [
        (200, None, "delivered"),
        (302, "redirect", "failed"),
        (500, None, "failed"),
        (None, "timeout", "timeout"),
        (None, "not-public", "unreached"),
    ],
)
def test_a_call_to_a_customer_has_one_of_four_results(
    status: int | None, reason: str | None, result: str
) -> None:
    (counted_once,) = counted("webhook-tried", {"status": status, "reason": reason}, NOW)

    assert counted_once.labels == {"Result": result}


def test_problems_that_count_exist() -> None:
    assert BY_PROBLEM.keys() <= KINDS.keys()


def test_what_test_keys_do_is_told_apart() -> None:
    (live,) = counted("answered", {"replayed": True}, NOW)
    (test,) = counted("answered", {"replayed": True, "test": True}, NOW)
    (held,) = counted("silence-held", {"reason": "no-receipts", "environment": "test"}, NOW)

    told = (live.environment, test.environment, held.environment)
    assert told == (Environment.LIVE, Environment.TEST, Environment.TEST)


def test_the_metric_follows_its_line_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(LOGGER, "info", lambda _, line: written.append(line))
    record = logging.makeLogRecord({"msg": "receipt-orphaned", "carrier": "nobody's"})

    Counting(Meter(stage="dev", carriers=frozenset({"twilio"}))).emit(record)

    (point,) = read(written)
    assert point.name == "DlrOrphaned"
    assert ("Carrier", "other") in point.dimensions
    assert point.at <= record.created * 1000 < point.at + 60_000
