"""What can be counted exactly stays within its budget: calls, log bytes, and the bill on them.

Durations are fixed figures here, not measurements: a busy machine must not fail a test.
"""

import pytest

from benchmarks.bill import bill, log_bytes, total
from benchmarks.workload import Run, drive


@pytest.fixture(scope="module")
def run() -> Run:
    return drive("transactional")


def test_calls_until_sent(run: Run) -> None:
    assert run.calls_until_sent() <= 5.5, run.road()


def test_one_submit_is_one_claim_and_one_record(run: Run) -> None:
    assert run.road()["dispatch", "UpdateItem"] == 2 * run.messages


def test_a_batch_is_one_execution(run: Run) -> None:
    assert len(run.executions) == run.messages / 10


def test_log_bytes(run: Run) -> None:
    assert log_bytes(run) <= 1.2 * 1024


def test_heads_stay_below_the_kilobyte_that_a_write_pays_for(run: Run) -> None:
    assert run.meter.largest["messages"] <= 1024


def test_the_bill(run: Run) -> None:
    lines = bill(run, "us-east-1")

    assert total(lines) <= 14, {line.name: round(line.dollars, 3) for line in lines}
