"""Bodies before anyone trusts them: rows 1 to 16 of the table of bad inputs, and random bytes."""

import base64
import json
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.api.guard import BATCH, DEEPEST, ONE_MESSAGE, check_accept, read_json
from relevo.domain.problem import Problem


def event(body: str | bytes | None, **headers: str) -> dict[str, Any]:
    """Build an HTTP API event; bytes travel as base64, as the gateway sends them."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if isinstance(body, bytes):
        encoded = base64.b64encode(body).decode()
        return {"headers": named, "body": encoded, "isBase64Encoded": True}
    return {"headers": named, "body": body, "isBase64Encoded": False}


def problem_of(hostile: dict[str, Any], limit: int = ONE_MESSAGE) -> Problem:
    with pytest.raises(Problem) as refusal:
        read_json(hostile, limit)
    return refusal.value


@pytest.mark.parametrize(
    ("row", "body", "status", "slug"),
    [
        (1, "", 400, "malformed-json"),
        (1, None, 400, "malformed-json"),
        (1, b"", 400, "malformed-json"),
        (1, " \r\n", 400, "malformed-json"),
        (2, "{bad", 400, "malformed-json"),
        (2, '{"to": "x"} trailing', 400, "malformed-json"),
        (2, "{'to': 'x'}", 400, "malformed-json"),
        (3, b'{"text": "\xff"}', 400, "invalid-encoding"),
        (3, b'{"text": "\xed\xa0\x80"}', 400, "invalid-encoding"),
        (4, "\ufeff{}", 400, "malformed-json"),
        (4, b"\xef\xbb\xbf{}", 400, "malformed-json"),
        (5, "[" * 60_000, 400, "json-too-deep"),
        (5, '{"a":' * 10_000, 400, "json-too-deep"),
        (5, "[" * 500 + "]" * 500, 400, "json-too-deep"),
        (5, "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), 400, "json-too-deep"),
        (6, '{"ttlSeconds": ' + "9" * 5000 + "}", 400, "malformed-json"),
        (6, '{"ttlSeconds": ' + "9" * 41 + "}", 400, "malformed-json"),
        (6, '{"ttlSeconds": 0.' + "9" * 5000 + "}", 400, "malformed-json"),
        (6, '{"ttlSeconds": 1e400}', 400, "malformed-json"),
        (6, '{"ttlSeconds": 1e99999999999999999999}', 400, "malformed-json"),
        (7, '{"a": NaN}', 400, "malformed-json"),
        (7, '{"a": -Infinity}', 400, "malformed-json"),
        (8, '{"to": "+1", "to": "+2"}', 400, "duplicate-json-key"),
        (8, '{"metadata": {"a": "1", "\\u0061": "2"}}', 400, "duplicate-json-key"),
        (9, '{"text": "\\ud800"}', 422, "validation-failed"),
        (9, '{"text": "\ud800"}', 422, "validation-failed"),
        (9, '{"\\udfff": 1}', 422, "validation-failed"),
        (10, '{"text": "a\\u0000b"}', 422, "validation-failed"),
        (10, '{"text": "a\x00b"}', 422, "validation-failed"),
        (10, '{"text": "\\u001b"}', 422, "validation-failed"),
        (10, '{"metadata": {"a\\u0007": "1"}}', 422, "validation-failed"),
        (11, "[]", 422, "validation-failed"),
        (11, '"text"', 422, "validation-failed"),
        (11, "null", 422, "validation-failed"),
        (11, "1", 422, "validation-failed"),
        (16, '{"text": "' + "a" * ONE_MESSAGE + '"}', 413, "payload-too-large"),
        (16, b'{"text": "' + b"a" * ONE_MESSAGE + b'"}', 413, "payload-too-large"),
        (16, "中" * (ONE_MESSAGE // 3 + 1), 413, "payload-too-large"),
    ],
    ids=str,
)
def test_rows_of_the_table(row: int, body: str | bytes | None, status: int, slug: str) -> None:
    problem = problem_of(event(body))

    assert (problem.status, problem.slug) == (status, slug), f"row {row}"


@pytest.mark.parametrize("broken", ["%%%", "e30", "e30=é", "e30=\n"])
def test_row_12_broken_base64(broken: str) -> None:
    problem = problem_of({"body": broken, "isBase64Encoded": True})

    assert problem.slug == "malformed-json"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/xml",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
        "multipart/form-data; boundary=x",
        "json",
        "",
    ],
)
def test_row_13_wrong_content_type(content_type: str) -> None:
    assert problem_of(event("{}", content_type=content_type)).status == 415


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON ; charset=UTF-8",
        'application/json;charset="utf-8"',
        "application/vnd.acme+json",
    ],
)
def test_right_content_types(content_type: str) -> None:
    assert read_json(event("{}", content_type=content_type)) == {}


def test_row_14_no_content_type_is_fine() -> None:
    assert read_json({"body": '{"a": 1}'}) == {"a": 1}


@pytest.mark.parametrize(
    "accept",
    ["text/html", "text/html, application/xml;q=0.9", "application/json;q=0", "image/*;q=1"],
)
def test_row_15_clients_that_cannot_read_json(accept: str) -> None:
    assert problem_of(event("{}", accept=accept)).status == 406


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/problem+json",
        "text/html, */*;q=0.1",
        "APPLICATION/*; q=0.5",
        "text/html, image/gif, image/jpeg, *; q=.2",
    ],
)
def test_clients_that_can(accept: str) -> None:
    check_accept(event(None, accept=accept))


def test_header_names_have_no_case() -> None:
    assert problem_of({"headers": {"Content-Type": "text/xml"}, "body": "{}"}).status == 415


def test_a_batch_may_be_larger_but_not_without_end() -> None:
    large = event(json.dumps({"text": "a" * ONE_MESSAGE}))

    assert read_json(large, BATCH)["text"] == "a" * ONE_MESSAGE
    assert problem_of(event("a" * (BATCH + 1)), BATCH).details == {"max": BATCH}


def test_what_is_fine_comes_through_unchanged() -> None:
    body = '{"text": "línea\\r\\n\\tdos 😀 \\ud83d\\ude00 【签名】", "amount": 0.10, "n": 10}'
    expected = {"text": "línea\r\n\tdos 😀 😀 【签名】", "amount": Decimal("0.10"), "n": 10}

    assert read_json(event(body)) == expected
    assert read_json(event(body.encode())) == expected


def test_the_deepest_body_allowed_is_read() -> None:
    depth = DEEPEST - 1
    body = '{"a":' + "[" * depth + "]" * depth + "}"

    assert set(read_json(event(body))) == {"a"}


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ('{"text": "\\u0000"}', "/text"),
        ('{"messages": [{}, {"text": "\\u0000"}]}', "/messages/1/text"),
        ('{"metadata": {"+34612345678": "\\u0000"}}', "/metadata"),
        ('{"a\\u0000": 1}', ""),
    ],
)
def test_forbidden_characters_are_pointed_at(body: str, where: str) -> None:
    assert [error.pointer for error in problem_of(event(body)).errors] == [where]


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_a_problem(body: bytes) -> None:
    with suppress(Problem):
        assert isinstance(read_json(event(body)), dict)


@given(st.text(alphabet='{}[]":,\\u0ad8"1e-. \n\x00', max_size=60))
def test_anything_like_json_is_an_object_or_a_problem(body: str) -> None:
    with suppress(Problem):
        assert isinstance(read_json(event(body)), dict)


@given(st.text(min_size=6, alphabet="0123456789", max_size=12))
def test_no_problem_repeats_the_body(secret: str) -> None:
    for body in (f'{{"text": "{secret}', f'{{"{secret}": "\\u0000"}}', f'"{secret}"'):
        assert secret not in str(problem_of(event(body)).body("r"))
