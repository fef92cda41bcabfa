"""The client's name for its request stands in every function's lines, and in nobody else's."""

import json
from typing import Any

from relevo.domain.timing import MINUTE
from tests.integration.harness import System
from tools.trace import story

NAME = "cart-7:checkout"
SEND = {"to": "+34612345003", "text": "Hola"}


def send(system: System, **headers: str) -> str:
    status, answer = system.http("POST", "/api/v1/messages/send", SEND, **headers)
    assert status == 202, answer
    return str(answer["id"])


def lines(system: System) -> list[str]:
    return system.log.splitlines()


def test_every_function_names_it(system: System) -> None:
    named = send(system, **{"X-Correlation-Id": NAME})
    plain = send(system)

    system.until_final(named, plain, within=5 * MINUTE)
    system.settle()

    told = story(lines(system), NAME)
    services = {one["service"] for one in told}
    assert {"accept", "render", "route", "dispatch", "dlr", "events"} <= services
    assert {one["service"] for one in story(lines(system), named)} == services
    assert all(named in json.dumps(one) for one in told)
    assert system.head(named)["correlation"] == NAME
    assert "correlation" not in system.head(plain)


def test_a_name_that_could_be_a_number_is_echoed_and_written_nowhere(system: System) -> None:
    event = system.request(
        "POST", "/api/v1/messages/send", SEND, **{"X-Correlation-Id": "34698765432"}
    )

    answer: Any = system.invoke("accept", event)
    system.run(system.now() + MINUTE)

    assert answer["headers"]["X-Correlation-Id"] == "34698765432"
    assert "698765432" not in system.log
    assert "698765432" not in json.dumps(system.scan_raw("messages"))
