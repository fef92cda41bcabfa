"""Bad inputs through the whole API: each row of the table, its status, its slug, and no echo."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from relevo.domain.problem import KINDS
from relevo.domain.words import Environment
from tests.front import BODY, SEND, TO, UNKNOWN, Answer, Front, short

TEXT = "Tu codigo es 482913"
CANARIES = ("482913", "600123456", "600 123 456", "Tu codigo", "gasto-secreto")
GOOD = {"to": TO, "text": TEXT, "clientReference": "gasto-secreto"}


@pytest.fixture
def front() -> Iterator[Front]:
    front = Front()
    with front.listening():
        yield front


def check(front: Front, answer: Answer, status: int, slug: str) -> None:
    """The answer is this problem, complete, and nobody was shown what was sent."""
    problem = answer.json
    shown = answer.body + repr(answer.headers) + front.logged

    assert (answer.status, problem["code"]) == (status, slug)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["status"] == status == KINDS[slug].status
    assert problem["type"].endswith(slug)
    assert problem["instance"] == answer.headers["X-Request-Id"]
    assert {"title", "detail", "errors"} <= set(problem)
    assert [canary for canary in CANARIES if canary in shown] == []
    assert front.world.messages.heads == {}


def text(body: str) -> str:
    return body.replace("%", f'"to": "{TO}", "text": "{TEXT}"')


@pytest.mark.parametrize(
    ("row", "body", "status", "slug"),
    [
        (1, "", 400, "malformed-json"),
        (1, None, 400, "malformed-json"),
        (2, text("{bad %"), 400, "malformed-json"),
        (3, text("{%}").encode().replace(b"Tu", b"\xff"), 400, "invalid-encoding"),
        (4, text("\ufeff{%}"), 400, "malformed-json"),
        (4, text("\ufeff{%}").encode(), 400, "malformed-json"),
        (5, "[" * 60_000, 400, "json-too-deep"),
        (5, "[" * 100_000, 400, "json-too-deep"),
        (5, b"[" * 100_000, 400, "json-too-deep"),
        (6, text('{%, "ttlSeconds": ' + "9" * 5000 + "}"), 400, "malformed-json"),
        (7, text('{%, "ttlSeconds": NaN}'), 400, "malformed-json"),
        (7, text('{%, "ttlSeconds": -Infinity}'), 400, "malformed-json"),
        (8, text('{%, "to": "+34600123457"}'), 400, "duplicate-json-key"),
        (9, text('{%, "clientReference": "\\ud800"}'), 422, "validation-failed"),
        (10, text('{%, "clientReference": "a\\u0000"}'), 422, "validation-failed"),
        (11, text("[{%}]"), 422, "validation-failed"),
        (11, f'"{TEXT}"', 422, "validation-failed"),
        (11, "null", 422, "validation-failed"),
        (16, text('{%, "clientReference": "' + "x" * 70_000 + '"}'), 413, "payload-too-large"),
        (16, "x" * 2_000_000, 413, "payload-too-large"),
    ],
    ids=short,
)
def test_bodies(front: Front, row: int, body: str | bytes | None, status: int, slug: str) -> None:
    answer = front.call("POST", SEND, body=body)

    check(front, answer, status, slug)


@pytest.mark.parametrize(
    ("row", "fields", "status", "slug"),
    [
        (18, {"foo": TEXT}, 422, "validation-failed"),
        (18, {TO: TEXT}, 422, "validation-failed"),
        (19, {"to": None}, 422, "validation-failed"),
        (20, {"to": 34600123456}, 422, "validation-failed"),
        (21, {"to": "600123456"}, 422, "invalid-recipient"),
        (21, {"to": "5551234"}, 422, "invalid-recipient"),
        (22, {"to": "call +34600123456"}, 422, "invalid-recipient"),
        (23, {"to": "+999600123456"}, 422, "invalid-recipient"),
        (24, {"to": "+3460012"}, 422, "invalid-recipient"),
        (24, {"to": "+346001234567890"}, 422, "invalid-recipient"),
        (25, {"to": "+34911234567"}, 422, "unsupported-destination"),
        (25, {"to": "+34803123456"}, 422, "unsupported-destination"),
        (26, {"to": "112"}, 422, "unsupported-destination"),
        (26, {"to": "112", "country": "ES"}, 422, "unsupported-destination"),
        (28, {"to": "+12015550123"}, 403, "destination-not-enabled"),
        (29, {"from": "OTHER"}, 403, "sender-not-allowed"),
        (30, {"from": "TWELVELETTER"}, 422, "invalid-sender"),
        (30, {"from": "600123456"}, 422, "invalid-sender"),
        (32, {"text": ""}, 422, "validation-failed"),
        (32, {"text": " \n\t"}, 422, "validation-failed"),
        (33, {"text": TEXT * 100}, 422, "content-too-long"),
        (34, {"templateId": "welcome"}, 422, "validation-failed"),
        (34, {"text": None}, 422, "validation-failed"),
        (35, {"text": None, "templateId": "welcome"}, 422, "template-not-found"),
        (
            39,
            {"text": None, "templateId": "t", "variables": {"a": TEXT * 1000}},
            422,
            "validation-failed",
        ),
        (
            39,
            {"text": None, "templateId": "t", "variables": {"a": {"b": TEXT}}},
            422,
            "validation-failed",
        ),
        (41, {"sendAt": "2026-01-01T11:59:59Z"}, 422, "invalid-schedule"),
        (41, {"sendAt": "2026-04-02T12:00:01Z"}, 422, "invalid-schedule"),
        (41, {"sendAt": "2026-01-02T12:00:00"}, 422, "invalid-schedule"),
        (42, {"ttlSeconds": 0}, 422, "validation-failed"),
        (42, {"ttlSeconds": -1}, 422, "validation-failed"),
        (42, {"ttlSeconds": 259_201}, 422, "validation-failed"),
        (42, {"expiresAt": "2026-01-01T11:00:00Z"}, 422, "validation-failed"),
        (43, {"callbackUrl": "http://example.com/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://a:b@example.com/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://example.com:25/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://evil.com\\@good.com/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://127.0.0.1/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://[::1]/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://db.internal/"}, 422, "invalid-callback-url"),
        (43, {"callbackUrl": "https://example.com/" + "x" * 2048}, 422, "invalid-callback-url"),
        (44, {"metadata": {str(n): "" for n in range(21)}}, 422, "validation-failed"),
        (44, {"metadata": {"a": TEXT * 300}}, 422, "validation-failed"),
        (44, {"metadata": {"a": 482913}}, 422, "validation-failed"),
        (0, {"contactId": "c"}, 422, "validation-failed"),
        (0, {"maxPrice": {"amount": "1", "currency": "USD"}}, 422, "validation-failed"),
        (0, {"maxPrice": {"amount": "0.01", "currency": "EUR"}}, 422, "no-route"),
    ],
    ids=short,
)
def test_fields(front: Front, row: int, fields: dict[str, Any], status: int, slug: str) -> None:
    front.change("alice", countries=frozenset({"ES"}))
    body = {name: value for name, value in {**GOOD, **fields}.items() if value is not None}

    answer = front.call("POST", SEND, body=body)

    check(front, answer, status, slug)


@pytest.mark.parametrize(
    ("row", "headers", "status", "slug"),
    [
        (13, {"content-type": "text/xml"}, 415, "unsupported-media-type"),
        (13, {"content-type": "application/x-www-form-urlencoded"}, 415, "unsupported-media-type"),
        (15, {"accept": "text/html"}, 406, "not-acceptable"),
        (48, {"idempotency-key": "k" * 256}, 400, "idempotency-key-invalid"),
        (48, {"idempotency-key": '""'}, 400, "idempotency-key-invalid"),
        (48, {"idempotency-key": " "}, 400, "idempotency-key-invalid"),
        (48, {"idempotency-key": "gasto-secreto\x07"}, 400, "idempotency-key-invalid"),
        (51, {"authorization": ""}, 401, "missing-credentials"),
        (51, {"authorization": "Bearer "}, 401, "missing-credentials"),
        (52, {"authorization": "Basic gasto-secreto"}, 401, "invalid-credentials"),
        (52, {"authorization": "Bearer gasto-secreto"}, 401, "invalid-credentials"),
        (52, {"authorization": "Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln"}, 401, "invalid-credentials"),
    ],
    ids=short,
)
def test_headers(front: Front, row: int, headers: dict[str, str], status: int, slug: str) -> None:
    answer = front.call("POST", SEND, body=GOOD, headers=headers)

    check(front, answer, status, slug)
    assert ("WWW-Authenticate" in answer.headers) is (status == 401)


def test_row_12_broken_base64(front: Front) -> None:
    event = {
        "rawPath": SEND,
        "requestContext": {"http": {"method": "POST"}},
        "headers": {"authorization": f"Bearer {front.key}"},
        "body": "not base64!",
        "isBase64Encoded": True,
    }

    answer = front.app(event, None)

    assert answer["statusCode"] == 400
    assert '"malformed-json"' in answer["body"]


def test_row_14_no_content_type_is_json(front: Front) -> None:
    assert front.call("POST", SEND, body=BODY, headers={"content-type": ""}).status == 202


@pytest.mark.parametrize(
    ("row", "fields", "normalised"),
    [
        (22, {"to": "+1 (201) 555-0123"}, "+12015550123"),
        (22, {"to": "0034 600 123 456", "country": "ES"}, TO),
        (21, {"to": "600 12 34 56", "country": "ES"}, TO),
        (27, {"to": "+٣٤٦٠٠١٢٣٤٥٦"}, TO),
        (27, {"to": "＋３４６００１２３４５６"}, TO),
    ],
    ids=short,
)
def test_numbers_as_people_write_them(
    front: Front, row: int, fields: dict[str, Any], normalised: str
) -> None:
    answer = front.send(**fields)

    assert (answer.status, answer.json["to"]) == (202, normalised)


def test_row_40_opted_out(front: Front) -> None:
    key = front.key_for("alice", Environment.TEST)

    answer = front.call("POST", SEND, body={**GOOD, "to": "+34612345010"}, key=key)

    check(front, answer, 422, "recipient-opted-out")


def test_row_63_no_money(front: Front) -> None:
    front.world.accounts.deposit("alice", Environment.LIVE, Decimal("-9.96"))

    answer = front.call("POST", SEND, body=GOOD)

    check(front, answer, 402, "spend-limit-reached")


def test_row_63_daily_cap(front: Front) -> None:
    front.change("alice", daily_cap=Decimal("0.04"))

    answer = front.call("POST", SEND, body=GOOD)

    check(front, answer, 402, "spend-limit-reached")


def test_row_57_what_is_not_there(front: Front) -> None:
    unknown = front.call("GET", "/api/v1/nothing")
    paths = [
        "",
        "/",
        "/api/v1/messages/",
        "/api/v1/messages/batch",
        f"/api/v1/messages/{UNKNOWN}",
        f"/api/v1/messages/{UNKNOWN}/",
        f"/api/v1/messages/{UNKNOWN}/route",
        f"/api/v1/messages/{UNKNOWN}/status",
        f"/api/v1/messages/{UNKNOWN}/status/",
        "/api/v1/messages/482913/status",
        "/api/v1/messages//status",
        "/api/v1/messages/../account/balance",
        "/api/v1/templates/Not%20An%20Id",
        "/api/v1/templates/order/versions/0",
        "/api/v1/templates/-order",
        "/health",
    ]

    check(front, unknown, 404, "not-found")
    for path in paths:
        answer = front.call("GET", path)
        assert (path, answer.status, answer.anonymous) == (path, 404, unknown.anonymous)
        assert answer.headers.keys() == unknown.headers.keys()
    assert "482913" not in front.logged


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", SEND, "POST, OPTIONS"),
        ("HEAD", SEND, "POST, OPTIONS"),
        ("DELETE", "/api/v1/account/balance", "GET, HEAD, OPTIONS"),
        ("PUT", f"/api/v1/messages/{UNKNOWN}", "GET, HEAD, OPTIONS"),
        ("GET", f"/api/v1/messages/{UNKNOWN}/cancel", "POST, OPTIONS"),
        ("POST", "/docs", "GET, HEAD, OPTIONS"),
        ("gasto-secreto", "/docs", "GET, HEAD, OPTIONS"),
    ],
)
def test_row_58_wrong_method(front: Front, method: str, path: str, allow: str) -> None:
    answer = front.call(method, path)

    assert (answer.status, answer.headers["Allow"]) == (405, allow)
    assert "gasto-secreto" not in answer.body + front.logged


@pytest.mark.parametrize("path", ["/api/v1/messages/batch", "/api/v1/campaigns"])
def test_what_is_not_built_yet_is_not_there(front: Front, path: str) -> None:
    assert front.call("POST", path, body={}).slug == "not-found"


def test_options_says_what_is_allowed(front: Front) -> None:
    answer = front.call("OPTIONS", SEND, key=None)

    assert (answer.status, answer.headers["Allow"], answer.body) == (204, "POST, OPTIONS", "")
    assert "Content-Type" not in answer.headers


def test_head_is_get_without_the_body(front: Front) -> None:
    answer = front.call("HEAD", "/api/v1/account/balance")

    assert (answer.status, answer.body) == (200, "")
    assert answer.headers["Content-Type"] == "application/json"
    assert front.call("HEAD", "/api/v1/account/balance", key=None).status == 401
