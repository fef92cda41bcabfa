"""Values are read by the schema: what fits, what is refused, and that nothing is repeated."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.problem import Problem
from relevo.domain.template_values import Money, Value, read_values
from relevo.domain.templates import Variable, VariableType

STRING, NUMBER, DATE, MONEY, CODE = VariableType
PLUS_2 = timezone(timedelta(hours=2))
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("type_", "given_", "value"),
    [
        (STRING, "Ana", "Ana"),
        (STRING, "", ""),
        (STRING, "dos\nlíneas", "dos\nlíneas"),
        (STRING, "{{ code }}", "{{ code }}"),
        (CODE, "007042", "007042"),
        (CODE, "AB-12", "AB-12"),
        (NUMBER, 15, Decimal(15)),
        (NUMBER, Decimal("1.50"), Decimal("1.50")),
        (NUMBER, 0.1, Decimal("0.1")),
        (NUMBER, -(10**15) + 1, Decimal(-(10**15) + 1)),
        (MONEY, {"amount": "12.50", "currency": "EUR"}, Money(Decimal("12.50"), "EUR")),
        (MONEY, {"amount": 12, "currency": "CLP"}, Money(Decimal(12), "CLP")),
        (DATE, "2026-09-05", date(2026, 9, 5)),
        (DATE, "2026-09-05T20:30:00Z", datetime(2026, 9, 5, 20, 30, tzinfo=UTC)),
        (DATE, "2026-09-05t20:30:00.5+02:00", datetime(2026, 9, 5, 20, 30, 0, 500_000, PLUS_2)),
    ],
)
def test_values_that_fit(type_: VariableType, given_: object, value: Value) -> None:
    assert read_values((Variable(name="it", type=type_),), {"it": given_}) == {"it": value}


@pytest.mark.parametrize(
    ("type_", "given_", "code", "why"),
    [
        (STRING, 15, "wrong-type", "a number is not a text"),
        (STRING, True, "wrong-type", ""),
        (STRING, ["a"], "wrong-type", ""),
        (STRING, "a\x00b", "forbidden-character", ""),
        (STRING, "a\ud800", "forbidden-character", "half a character"),
        (CODE, 410852, "wrong-type", "a number would lose its leading zeros"),
        (CODE, "41 08", "not-a-code", "browsers end a code at a blank"),
        (CODE, "", "not-a-code", ""),
        (CODE, "４１０", "not-a-code", "full-width digits are not what one types"),
        (NUMBER, "15", "wrong-type", ""),
        (NUMBER, True, "wrong-type", "to Python a number"),
        (NUMBER, 10**15, "out-of-range", ""),
        (NUMBER, 10**4000, "out-of-range", ""),
        (NUMBER, Decimal("1E+999999"), "out-of-range", "a megabyte when written out"),
        (NUMBER, Decimal("1E-7"), "out-of-range", ""),
        (NUMBER, Decimal("NaN"), "out-of-range", ""),
        (NUMBER, float("inf"), "out-of-range", ""),
        (MONEY, "12.50 EUR", "wrong-type", ""),
        (MONEY, {"amount": "12.50"}, "wrong-type", "no currency"),
        (MONEY, {"amount": "1", "currency": "EUR", "x": 1}, "wrong-type", "one member too many"),
        (MONEY, {"amount": "1", "currency": "eur"}, "not-a-currency", ""),
        (MONEY, {"amount": "1", "currency": 978}, "not-a-currency", ""),
        (MONEY, {"amount": "1,50", "currency": "EUR"}, "not-an-amount", "a comma"),
        (MONEY, {"amount": "1e5", "currency": "EUR"}, "not-an-amount", ""),
        (MONEY, {"amount": None, "currency": "EUR"}, "wrong-type", ""),
        (DATE, "2026-02-30", "not-a-date", "no such day"),
        (DATE, "2026-09-05T25:00:00Z", "not-a-date", "no such hour"),
        (DATE, "2026-09-05T20:30:00", "not-a-date", "whose clock?"),
        (DATE, "20260905", "not-a-date", "ISO 8601, but not RFC 3339"),
        (DATE, "2026-W36-6", "not-a-date", ""),
        (DATE, "0001-01-01T00:00:00+02:00", "not-a-date", "before the first year in some zones"),
        (DATE, "9999-12-31", "not-a-date", "and after the last"),
        (DATE, 1_788_640_200_000, "not-a-date", "seconds or milliseconds?"),
    ],
)
def test_values_that_do_not(type_: VariableType, given_: object, code: str, why: str) -> None:
    with pytest.raises(Problem) as refusal:
        read_values((Variable(name="it", type=type_),), {"it": given_})

    assert refusal.value.slug == "validation-failed"
    assert [(f.pointer, f.code) for f in refusal.value.errors] == [("/variables/it", code)], why


def test_a_missing_variable_is_named_and_null_is_missing() -> None:
    schema = (Variable(name="a"), Variable(name="b"), Variable(name="c", required=False))

    with pytest.raises(Problem) as refusal:
        read_values(schema, {"b": None})

    assert refusal.value.slug == "template-variable-missing"
    assert refusal.value.details == {"variables": ["a", "b"]}
    assert [flaw.pointer for flaw in refusal.value.errors] == ["/variables/a", "/variables/b"]


def test_an_optional_variable_may_be_absent_or_null() -> None:
    schema = (Variable(name="a", required=False), Variable(name="b", required=False))

    assert read_values(schema, {"b": None}) == {}


@pytest.mark.parametrize(("length", "slug"), [(500, None), (501, "template-limit-exceeded")])
def test_a_value_has_at_most_500_characters(length: int, slug: str | None) -> None:
    assert _refused((Variable(name="it"),), {"it": "ñ" * length}) == slug


def test_a_schema_may_ask_for_less() -> None:
    schema = (Variable(name="it", max_length=3),)

    assert _refused(schema, {"it": "abc"}) is None
    assert _refused(schema, {"it": "abcd"}) == "template-limit-exceeded"


def test_a_variable_that_is_not_in_the_schema_is_refused_without_repeating_it() -> None:
    with pytest.raises(Problem) as refusal:
        read_values((), {"nmae": "Ana", "+34612345678": "x"})

    assert [flaw.pointer for flaw in refusal.value.errors] == ["/variables", "/variables/nmae"]


@given(st.sampled_from(VariableType), ANYTHING)
def test_anything_is_read_or_refused_without_being_repeated(
    type_: VariableType, given_: object
) -> None:
    try:
        read_values((Variable(name="it", type=type_),), {"it": given_})
    except Problem as refusal:
        said = str(refusal.body("request"))
        assert not (isinstance(given_, str) and len(given_) > 20 and given_ in said)


def _refused(schema: tuple[Variable, ...], given_: Mapping[str, object]) -> str | None:
    try:
        read_values(schema, given_)
    except Problem as refusal:
        return refusal.slug
    return None
