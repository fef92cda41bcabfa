"""`make trace` finds every line about a message, whatever way the line names it, in order."""

import json
from typing import Any

from tools.trace import story, told

ID, OTHER = "m" * 26, "n" * 26


def line(second: int, message: str, service: str = "events", **said: Any) -> str:
    at = f"2026-09-15T12:00:{second:02}.000Z"
    return json.dumps({"message": message, "timestamp": at, "service": service, **said})


LINES = [
    line(3, "dispatched", "dispatch", messages=[ID, OTHER], correlations={ID: "cart-1"}),
    line(1, "answered", "accept", messages=[ID], correlation="cart-1", status=202),
    line(4, "announced", "notify", messages=[f"{ID}@3"]),
    line(2, "claim-lost", "dispatch", message_id=ID),
    line(5, "published", messages=[OTHER]),
    line(6, "answered", "accept", correlation="cart-1", status=422, problem="no-route"),
    "START RequestId: 1",
    '{"_aws": {}, "service": "relevo"}',
]


def test_a_message_is_found_in_every_line_that_names_it() -> None:
    found = story(LINES, ID)

    assert [one["message"] for one in found] == [
        "answered",
        "claim-lost",
        "dispatched",
        "announced",
    ]


def test_a_clients_own_name_finds_its_messages_and_its_refusals() -> None:
    found = story(LINES, "cart-1")

    assert [one["message"] for one in found] == [
        "answered",
        "claim-lost",
        "dispatched",
        "announced",
        "answered",
    ]


def test_a_name_that_nothing_has_finds_nothing() -> None:
    assert story(LINES, "cart-2") == []
    assert story(LINES, "None") == []


def test_a_line_is_told_with_its_time_its_function_and_what_it_adds() -> None:
    (one,) = story(LINES[1:2], ID)

    assert told(one) == (
        "12:00:01.000 accept    answered             correlation=cart-1 status=202"
    )
