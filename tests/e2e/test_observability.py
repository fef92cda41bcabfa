"""What the deployed functions write: each client's name in every line, and metrics of what was."""

from typing import Any

import pytest

from tests.e2e.conftest import Running
from tools import local_logs
from tools.points import Point, read
from tools.trace import story

NAME = "cart-7:checkout"


@pytest.fixture(scope="module")
def sent(running: Running) -> dict[str, Any]:
    """A message that its first carrier bounces, ended."""
    answer = running.sandbox.call(
        "POST",
        "/api/v1/messages/send",
        {"to": "+34612345003", "text": "Hola"},
        headers={"X-Correlation-Id": NAME},
    )
    assert answer.status == 202, answer.body
    id_ = str(answer.body["id"])
    return {"id": id_, **running.ended([id_], within=60)[id_]}


@pytest.fixture(scope="module")
def lines(running: Running, sent: dict[str, Any]) -> list[str]:
    assert sent["status"] == "delivered"
    return local_logs.written(running.stack)


def test_every_function_names_the_request(lines: list[str], sent: dict[str, Any]) -> None:
    told = story(lines, NAME)

    services = {one["service"] for one in told}
    assert {"accept", "render", "route", "dispatch", "dlr", "events"} <= services
    assert story(lines, sent["id"]) == told


def test_metrics_say_what_became_of_it(lines: list[str]) -> None:
    points = list(read(lines))

    assert _sum(points, "FailoverSucceeded", FromCarrier="sandbox-a", ToCarrier="sandbox-b") >= 1
    assert _sum(points, "MessagesDelivered", Carrier="sandbox-b", Country="ES") >= 1
    assert _sum(points, "AttemptFailed", Reason="absent-subscriber") >= 1


def _sum(points: list[Point], name: str, **dimensions: str) -> float:
    always = {("service", "relevo"), ("Environment", "local-test")}
    wanted = frozenset(always | set(dimensions.items()))
    found = [point.values for point in points if (point.name, point.dimensions) == (name, wanted)]
    return sum(sum(values) for values in found)
