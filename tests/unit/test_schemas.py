"""The body of send: what is read, and how the rest is refused without being repeated."""

from contextlib import suppress
from decimal import Decimal
from traceback import format_exception
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.api.orders import order_of
from relevo.api.schemas import Money, SendMessage, check_known, read
from relevo.domain.order import Order, end_of
from relevo.domain.problem import Problem
from relevo.domain.words import OnAmbiguous, TrafficClass

SMALLEST = {"to": "+34612345678", "text": "Hola"}
NOW = 1_795_521_600_000  # 2026-11-24T12:00:00Z
HOUR = 3_600_000


def send(**fields: Any) -> SendMessage:
    return read(SendMessage, {**SMALLEST, **fields})


def ordered(**fields: Any) -> Order:
    return order_of(send(**fields), body_digest="d")


def refusal(body: dict[str, Any]) -> Problem:
    with pytest.raises(Problem) as error:
        read(SendMessage, body)
    return error.value


def test_the_smallest_body_has_the_defaults_of_the_contract() -> None:
    message = send()

    assert (message.to, message.text) == ("+34612345678", "Hola")
    assert message.traffic_class is TrafficClass.TRANSACTIONAL
    assert message.smart_encoding is True
    assert message.on_ambiguous is None
    assert message.sender is None


def test_every_field_of_the_contract_is_read() -> None:
    message = read(
        SendMessage,
        {
            "to": "612345678",
            "country": "ES",
            "from": "Acme",
            "templateId": "welcome",
            "templateVersion": 2,
            "language": "es-MX",
            "variables": {
                "code": "0123",
                "n": 5,
                "half": Decimal("0.5"),
                "day": "2026-11-24",
                "total": {"amount": "12.50", "currency": "EUR"},
            },
            "trafficClass": "otp",
            "smartEncoding": False,
            "route": "sandbox-a",
            "onAmbiguous": "hold",
            "receiptDeadlineSeconds": 30,
            "maxPrice": {"amount": Decimal("0.10"), "currency": "EUR"},
            "sendAt": "2026-11-25T12:00:00Z",
            "ttlSeconds": 60,
            "callbackUrl": "https://example.com/hook",
            "clientReference": "order 1",
            "metadata": {"order": "1"},
        },
    )

    assert message.sender == "Acme"
    assert message.on_ambiguous is OnAmbiguous.HOLD
    assert message.variables == {
        "code": "0123",
        "n": 5,
        "half": Decimal("0.5"),
        "day": "2026-11-24",
        "total": Money(amount=Decimal("12.50"), currency="EUR"),
    }
    assert message.send_at == NOW + 24 * HOUR
    assert message.max_price == Money(amount=Decimal("0.10"), currency="EUR")


def test_null_is_absence_where_a_field_is_optional() -> None:
    assert send(country=None, callbackUrl=None) == send()


@pytest.mark.parametrize(
    ("body", "where", "code", "note"),
    [
        ({**SMALLEST, "foo": 1}, "/foo", "extra-forbidden", "row 18"),
        ({**SMALLEST, "price": {}}, "/price", "extra-forbidden", "a field of the answer"),
        ({**SMALLEST, "traffic_class": "otp"}, "/traffic_class", "extra-forbidden", "snake"),
        ({**SMALLEST, "sender": "Acme"}, "/sender", "extra-forbidden", "the field is from"),
        ({"text": "Hola"}, "/to", "missing", "row 19"),
        ({**SMALLEST, "to": None}, "/to", "missing", "row 19, null"),
        ({**SMALLEST, "to": 15551234567}, "/to", "string-type", "row 20"),
        ({**SMALLEST, "to": ["+34612345678"]}, "/to", "string-type", ""),
        ({**SMALLEST, "to": ""}, "/to", "string-too-short", ""),
        ({**SMALLEST, "contactId": "c1"}, "/contactId", "exclusive", "to or contact"),
        ({**SMALLEST, "text": ""}, "/text", "string-too-short", "row 32"),
        ({**SMALLEST, "text": " \n\u200b"}, "/text", "blank", "row 32"),
        ({**SMALLEST, "text": 1234}, "/text", "string-type", ""),
        ({"to": "+34612345678"}, "/text", "missing", "row 34, neither"),
        ({**SMALLEST, "templateId": "t"}, "/templateId", "exclusive", "row 34, both"),
        ({**SMALLEST, "variables": {"a": "1"}}, "/variables", "needs-template", ""),
        ({**SMALLEST, "templateVersion": 1}, "/templateVersion", "needs-template", ""),
        ({**SMALLEST, "country": "Spain"}, "/country", "string-too-long", ""),
        ({**SMALLEST, "language": "es_MX"}, "/language", "string-pattern-mismatch", ""),
        ({**SMALLEST, "trafficClass": "vip"}, "/trafficClass", "enum", ""),
        ({**SMALLEST, "trafficClass": None}, "/trafficClass", "enum", "it has a default"),
        ({**SMALLEST, "onAmbiguous": "maybe"}, "/onAmbiguous", "enum", ""),
        ({**SMALLEST, "smartEncoding": "yes"}, "/smartEncoding", "bool-type", ""),
        ({**SMALLEST, "ttlSeconds": 0}, "/ttlSeconds", "greater-than-equal", "row 42"),
        ({**SMALLEST, "ttlSeconds": -1}, "/ttlSeconds", "greater-than-equal", "row 42"),
        ({**SMALLEST, "ttlSeconds": 9}, "/ttlSeconds", "greater-than-equal", "row 42"),
        ({**SMALLEST, "ttlSeconds": 259_201}, "/ttlSeconds", "less-than-equal", "row 42"),
        ({**SMALLEST, "ttlSeconds": "60"}, "/ttlSeconds", "int-type", ""),
        ({**SMALLEST, "ttlSeconds": True}, "/ttlSeconds", "int-type", ""),
        ({**SMALLEST, "ttlSeconds": Decimal("60.0")}, "/ttlSeconds", "int-type", ""),
        (
            {**SMALLEST, "ttlSeconds": 60, "expiresAt": "2026-11-25T12:00:00Z"},
            "/ttlSeconds",
            "exclusive",
            "",
        ),
        ({**SMALLEST, "expiresAt": "soon"}, "/expiresAt", "invalid-moment", ""),
        (
            {**SMALLEST, "receiptDeadlineSeconds": 9},
            "/receiptDeadlineSeconds",
            "greater-than-equal",
            "",
        ),
        (
            {**SMALLEST, "receiptDeadlineSeconds": 3601},
            "/receiptDeadlineSeconds",
            "less-than-equal",
            "",
        ),
        (
            {**SMALLEST, "maxPrice": {"amount": "x", "currency": "EUR"}},
            "/maxPrice/amount",
            "invalid-amount",
            "",
        ),
        (
            {**SMALLEST, "maxPrice": {"amount": "1", "currency": "eur"}},
            "/maxPrice/currency",
            "string-pattern-mismatch",
            "",
        ),
        ({**SMALLEST, "maxPrice": {"amount": "1"}}, "/maxPrice/currency", "missing", ""),
        ({**SMALLEST, "clientReference": "x" * 257}, "/clientReference", "string-too-long", ""),
        ({**SMALLEST, "metadata": {"a": 1}}, "/metadata/a", "string-type", "row 44"),
        (
            {**SMALLEST, "metadata": {f"k{n}": "" for n in range(21)}},
            "/metadata",
            "too-long",
            "row 44",
        ),
        ({**SMALLEST, "metadata": {"a": "é" * 2048}}, "/metadata", "too-large", "row 44, bytes"),
        ({**SMALLEST, "route": "a b"}, "/route", "string-pattern-mismatch", ""),
    ],
    ids=str,
)
def test_invalid_fields_are_pointed_at(
    body: dict[str, Any], where: str, code: str, note: str
) -> None:
    problem = refusal(body)

    assert (problem.slug, problem.status) == ("validation-failed", 422), note
    assert [(error.pointer, error.code) for error in problem.errors] == [(where, code)], note


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("x" * 501, "row 39: too long"),
        ({"a": {"b": 1}}, "row 39: nested"),
        ({"amount": "1"}, "half an amount"),
        ([1], "a list"),
        (True, "neither string nor number"),
        (None, ""),
    ],
)
def test_invalid_variables(value: object, note: str) -> None:
    body = {"to": "+34612345678", "templateId": "t", "variables": {"total": value}}

    flaw = refusal(body).errors[0]
    assert (flaw.pointer, flaw.code) == ("/variables/total", "invalid-variable"), note


@pytest.mark.parametrize(
    ("fields", "slug", "note"),
    [
        ({"callbackUrl": "http://example.com"}, "invalid-callback-url", "row 43"),
        ({"sendAt": "2026-11-25T12:00:00"}, "invalid-schedule", "row 41"),
        ({"from": "ACMECORPORATION"}, "invalid-sender", "row 30"),
        ({"from": "ACMECORPORATION", "foo": 1}, "validation-failed", "two causes"),
    ],
)
def test_one_cause_with_a_slug_of_its_own_gives_the_slug(
    fields: dict[str, Any], slug: str, note: str
) -> None:
    problem = refusal({**SMALLEST, **fields})

    assert problem.slug == slug, note
    assert len(problem.errors) == len(fields)


@pytest.mark.parametrize(
    ("fields", "end", "note"),
    [
        ({}, NOW + 24 * HOUR, "a day by default"),
        ({"trafficClass": "otp"}, NOW + 600_000, "ten minutes for codes"),
        ({"ttlSeconds": 20}, NOW + 20_000, ""),
        ({"expiresAt": "2026-11-24T12:00:20Z"}, NOW + 20_000, ""),
        ({"sendAt": "2026-11-24T13:00:00Z", "ttlSeconds": 20}, NOW + HOUR + 20_000, ""),
        ({"sendAt": "2026-11-24T12:00:00Z"}, NOW + 24 * HOUR, "now is not the past"),
        (
            {"sendAt": "2027-02-22T12:00:00Z"},
            NOW + 91 * 24 * HOUR,
            "the horizon itself",
        ),
        ({"expiresAt": "2026-11-27T12:00:00Z"}, NOW + 72 * HOUR, "longest validity"),
    ],
)
def test_validity_counts_from_the_time_of_sending(
    fields: dict[str, Any], end: int, note: str
) -> None:
    assert end_of(ordered(**fields), NOW) == end, note


@pytest.mark.parametrize(
    ("fields", "slug", "where", "note"),
    [
        ({"sendAt": "2026-11-24T11:59:59.999Z"}, "invalid-schedule", "/sendAt", "past"),
        ({"sendAt": "2027-02-22T12:00:00.001Z"}, "invalid-schedule", "/sendAt", "horizon"),
        ({"expiresAt": "2026-11-24T12:00:00Z"}, "validation-failed", "/expiresAt", "at once"),
        ({"expiresAt": "2026-11-27T12:00:00.001Z"}, "validation-failed", "/expiresAt", "long"),
        (
            {"sendAt": "2026-11-24T13:00:00Z", "expiresAt": "2026-11-24T12:30:00Z"},
            "validation-failed",
            "/expiresAt",
            "before it is sent",
        ),
    ],
)
def test_times_that_cannot_be(fields: dict[str, Any], slug: str, where: str, note: str) -> None:
    with pytest.raises(Problem) as problem:
        end_of(ordered(**fields), NOW)

    assert problem.value.slug == slug, note
    assert problem.value.errors[0].pointer == where


@pytest.mark.parametrize(
    ("body", "slug", "where"),
    [
        ({"contactId": "c", "text": "Hola"}, "validation-failed", "/contactId"),
    ],
)
def test_nobody_has_contacts_yet(body: dict[str, Any], slug: str, where: str) -> None:
    with pytest.raises(Problem) as problem:
        check_known(read(SendMessage, body))

    assert (problem.value.slug, problem.value.errors[0].pointer) == (slug, where)


FIELDS = sorted(field.alias or name for name, field in SendMessage.model_fields.items())
CANARY = "CANARY 600111222 secreto"


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("wrap", [str, lambda canary: [canary], lambda canary: {canary: canary}])
def test_no_refusal_repeats_a_value(field: str, wrap: Any) -> None:
    problem = refusal({**SMALLEST, field: wrap(CANARY), CANARY: CANARY})
    printed = "".join(format_exception(problem))

    assert "CANARY" not in printed + str(problem.body("r"))
    assert "600111222" not in printed + str(problem.body("r"))


@given(
    st.dictionaries(
        st.sampled_from(FIELDS),
        st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.decimals(),
    )
)
def test_any_object_is_a_message_or_a_problem(body: dict[str, Any]) -> None:
    with suppress(Problem):
        message = read(SendMessage, body)
        assert (message.to is None) != (message.contact_id is None)
