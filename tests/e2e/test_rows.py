"""The sandbox's table, all twelve rows, on the deployed stacks."""

from typing import Any

import pytest

from tests.e2e.conftest import Running
from tests.rows import ROWS, Row

NUMBER = "+34612345"
WITHIN = 100


@pytest.fixture(scope="module")
def endings(running: Running) -> dict[str, tuple[str, dict[str, Any]]]:
    """Send every row at once, as its own message, and wait for all."""
    ids = {str(row): running.send(f"{NUMBER}{row.tail}", **dict(row.fields)) for row in ROWS}
    statuses = running.ended(list(ids.values()), within=WITHIN)
    return {name: (id_, statuses[id_]) for name, id_ in ids.items()}


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, running: Running, endings: dict[str, tuple[str, dict[str, Any]]]) -> None:
    id_, status = endings[str(row)]

    assert (status["status"], status["final"]) == (row.status, True), status
    assert tuple(submit["carrier"] for submit in running.submits(id_)) == row.submits
    assert status["possibleDuplicate"] is row.duplicate
    assert [attempt["n"] for attempt in status["attempts"]] == list(range(1, len(row.submits) + 1))


def test_row_008_expires_and_is_credited(running: Running) -> None:
    before = running.balance()

    id_ = running.send(f"{NUMBER}008", ttlSeconds=20)
    debited = running.balance()
    status = running.ended([id_], within=60)[id_]

    assert status["status"] == "expired", status
    assert {attempt["outcome"] for attempt in status["attempts"]} == {"retryable"}
    assert debited < before
    assert running.balance_becomes(before)


def test_row_010_is_refused_because_the_recipient_opted_out(running: Running) -> None:
    answer = running.sandbox.send(to=f"{NUMBER}010", text="Hola")

    assert (answer.status, answer.body["code"]) == (422, "recipient-opted-out")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_events_of_a_journey_have_no_gap(
    row: Row, running: Running, endings: dict[str, tuple[str, dict[str, Any]]]
) -> None:
    events = running.sandbox.events(endings[str(row)][0])

    assert [event["sequence"] for event in events] == list(range(1, len(events) + 1))
