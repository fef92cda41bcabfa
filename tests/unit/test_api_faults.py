"""When what we depend on fails, and when we do: never a 202 without a message, never a stack."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.api.routes import table
from relevo.api.rows import Operation
from relevo.api.schemas import SendMessage
from relevo.domain.timing import MINUTE
from relevo.ports.basics import Conflict
from tests.fakes import Faulty
from tests.front import (
    BALANCE,
    BODY,
    SEND,
    UNKNOWN,
    Answer,
    Down,
    Front,
    body_of,
    http_event,
    path_of,
    read_answer,
)

SECRET = "+34600123456 Tu codigo es 482913"


def failing(front: Front, port: str, method: str, error: Exception) -> Faulty:
    def fail(name: str) -> None:
        if name == method:
            raise error

    return Faulty(getattr(front.world, port), before=fail)


STEPS = [
    ("accounts", "key"),
    ("accounts", "account"),
    ("routes", "book"),
    ("messages", "create"),
]


@pytest.mark.parametrize(("port", "method"), STEPS)
def test_row_65_a_dependency_is_down(port: str, method: str) -> None:
    front = Front()
    app = front.build(**{port: failing(front, port, method, Down(SECRET))})

    with front.listening():
        answer = front.call("POST", SEND, body=BODY, app=app)

    assert (answer.status, answer.slug) == (503, "temporary-reduced-capacity")
    assert int(answer.headers["Retry-After"]) > 0
    assert front.world.messages.heads == {}
    assert SECRET not in answer.body + front.logged


@pytest.mark.parametrize(("port", "method"), STEPS)
def test_row_67_we_fail_ourselves(port: str, method: str) -> None:
    front = Front()
    app = front.build(**{port: failing(front, port, method, ZeroDivisionError(SECRET))})

    with front.listening():
        answer = front.call("POST", SEND, body=BODY, app=app)

    assert (answer.status, answer.slug) == (500, "internal-error")
    assert answer.json["instance"] == answer.headers["X-Request-Id"]
    assert [record["error"] for record in front.records] == ["ZeroDivisionError"]
    assert "482913" not in answer.body + front.logged
    assert "Traceback" not in answer.body + front.logged


def test_a_lost_answer_of_the_write_is_no_202_and_its_key_finds_the_message() -> None:
    front = Front()

    def lose(name: str) -> None:
        if name == "create":
            raise Down

    app = front.build(messages=Faulty(front.world.messages, after=lose))
    headers = {"idempotency-key": "order-1"}

    lost = front.call("POST", SEND, body=BODY, headers=headers, app=app)
    again = front.call("POST", SEND, body=BODY, headers=headers)

    assert lost.status == 503
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(front.world.messages.heads) == 1


def test_a_queue_that_is_down_does_not_take_the_promise_back() -> None:
    front = Front()
    app = front.build(queues=failing(front, "queues", "send", Down(SECRET)))

    with front.listening():
        answer = front.call("POST", SEND, body=BODY, app=app)

    assert answer.status == 202
    assert answer.json["id"] in front.world.messages.heads
    assert SECRET not in front.logged


@pytest.mark.parametrize(
    "row", [r for r in table() if isinstance(r, Operation)], ids=lambda r: r.id
)
def test_every_operation_says_when_it_is_down(row: Operation) -> None:
    front = Front()
    path = path_of(row, id=front.send().json["id"], accountId="acc_alice")
    front.world.accounts.accounts["acc_alice"] = front.world.accounts.accounts["alice"]

    def fail(name: str) -> None:
        if name not in ("key", "account"):
            raise Down

    ports: dict[str, Any] = {
        name: Faulty(getattr(front.world, name), before=fail)
        for name in (
            *("accounts", "messages", "routes", "templates"),
            *("senders", "telemetry", "exchanges", "subscriptions"),
        )
    }
    key = front.key_for("alice", expires_at=front.world.clock() + MINUTE)
    app = front.build(**ports)
    answer = front.call(row.method, path, body=body_of(row), key=key, app=app)

    assert answer.status == 503


def test_a_head_that_never_stands_still_is_a_503() -> None:
    front = Front()
    path = f"/api/v1/messages/{front.send().json['id']}/cancel"
    app = front.build(messages=failing(front, "messages", "save", Conflict("x")))

    assert front.call("POST", path, app=app).status == 503


# Hostile requests: whatever comes, the answer is one of ours.

PATHS = st.sampled_from(
    [SEND, BALANCE, f"/api/v1/messages/{UNKNOWN}", "/docs", "/openapi.json", "/"]
) | st.text(max_size=60)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "TRACE"]) | st.text(max_size=8)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["accept", "content-type", "idempotency-key", "x-correlation-id", "X-Forwarded-For", "host"]
    )
    | st.text(max_size=20),
    st.text(max_size=80),
    max_size=5,
)


def sane(answer: Answer, method: str) -> None:
    assert answer.status < 500
    if answer.status >= 400 and method != "HEAD":
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == answer.status
    json.dumps(answer.headers)


@given(PATHS, METHODS, HEADERS, st.binary(max_size=400) | st.text(max_size=400) | st.none())
def test_no_request_breaks_it(
    path: str, method: str, headers: dict[str, str], body: str | bytes | None
) -> None:
    front = Front()
    sent = {"authorization": f"Bearer {front.key}", **headers}

    answer = read_answer(front.app(http_event(method, path, body=body, headers=sent), None))

    sane(answer, method)


@given(st.binary(max_size=2000))
def test_no_bytes_break_it(body: bytes) -> None:
    answer = Front().call("POST", SEND, body=body)

    sane(answer, "POST")


@given(st.text(max_size=100))
def test_no_credentials_break_it(authorization: str) -> None:
    headers = {"authorization": authorization}
    answer = read_answer(Front().app(http_event("GET", BALANCE, headers=headers), None))

    assert answer.status == 401


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
FIELDS = st.sampled_from(
    sorted(field.alias or name for name, field in SendMessage.model_fields.items())
)


@given(st.dictionaries(FIELDS, JSON, max_size=6))
def test_no_fields_break_it(fields: dict[str, Any]) -> None:
    answer = Front().call("POST", SEND, body=json.dumps({**BODY, **fields}))

    sane(answer, "POST")


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"Records": []},
        {"requestContext": None, "headers": None, "rawPath": None},
        {"requestContext": {"http": None}, "rawPath": SEND},
    ],
    ids=str,
)
def test_what_is_no_request_is_answered_too(event: dict[str, Any]) -> None:
    assert Front().app(event, None)["statusCode"] in (404, 405)
