"""All twelve rows of the sandbox's table, over the real handlers, on virtual time."""

from collections.abc import Iterator
from itertools import count

import pytest

from relevo.domain.timing import HOUR, MINUTE, SECOND
from tests.integration.harness import System, deployed
from tests.rows import ROWS, Row


@pytest.fixture(scope="module", params=[False, True], ids=["once", "twice"])
def running(request: pytest.FixtureRequest) -> Iterator[tuple[System, Iterator[int]]]:
    with deployed(twice=request.param) as system:
        yield system, count(100)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_row(row: Row, running: tuple[System, Iterator[int]]) -> None:
    system, numbers = running
    before = system.balance()

    id_ = system.send(f"+34612{next(numbers)}{row.tail}", **dict(row.fields))
    system.until_final(id_, within=5 * MINUTE)
    # Late receipts, second looks and stray copies must not change how it ended.
    system.run(system.now() + 2 * MINUTE)

    status = system.status(id_)
    assert (status["status"], status["final"]) == (row.status, True), status
    assert tuple(system.submits(id_)) == row.submits
    assert status["possibleDuplicate"] is row.duplicate
    assert [attempt["n"] for attempt in status["attempts"]] == list(range(1, len(row.submits) + 1))
    taken = row.status != "failed"
    assert (before > system.balance()) is taken
    assert _gap_free(system, id_)


def test_row_008_expires_and_is_credited(running: tuple[System, Iterator[int]]) -> None:
    system, numbers = running
    before = system.balance()

    id_ = system.send(f"+34612{next(numbers)}008", ttlSeconds=20)
    assert system.balance() < before
    system.until_final(id_, within=MINUTE)
    system.run(system.now() + SECOND)

    status = system.status(id_)
    assert status["status"] == "expired", status
    assert {attempt["outcome"] for attempt in status["attempts"]} == {"retryable"}
    assert len(system.submits(id_)) == len(status["attempts"])
    assert system.balance() == before
    assert _gap_free(system, id_)


def test_row_010_is_refused_because_the_recipient_opted_out(
    running: tuple[System, Iterator[int]],
) -> None:
    system, numbers = running

    code, answer = system.http(
        "POST", "/api/v1/messages/send", {"to": f"+34612{next(numbers)}010", "text": "Hola"}
    )

    assert (code, answer["code"]) == (422, "recipient-opted-out")


def test_every_due_item_is_gone_when_all_is_over(running: tuple[System, Iterator[int]]) -> None:
    system, numbers = running
    id_ = system.send(f"+34612{next(numbers)}002")

    system.run(system.now() + 26 * HOUR)

    assert system.status(id_)["status"] == "unconfirmed"
    assert system.rows("due") == []


def _gap_free(system: System, id_: str) -> bool:
    sequences = [event["sequence"] for event in system.events(id_)]
    return sequences == list(range(1, len(sequences) + 1))
