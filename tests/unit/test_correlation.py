"""The client's name for a request: what is carried on, and what could be somebody's number."""

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.correlation import about, about_all, correlation_of
from tests.builders import a_head

GIVEN = [
    ("cart:7.a_b-c".replace("_", "-"), True, "a shop's own name"),
    ("0f8fad5b-d9cb-469f-a165-70867728950e", True, "a UUID"),
    ("12345678-1234-1234-1234-123456789012", True, "a UUID of digits only"),
    ("4bf92f3577b34da6a3ce929d0e0e4736", True, "a trace id"),
    ("order-20260915", True, "a date"),
    ("34612345678", False, "a number"),
    ("sms-34612345678-1", False, "a number in it"),
    ("346-123-456-78", False, "a number as people write it"),
    ("to:34.612.345.678", False, "another way"),
    ("a b", False, "not the shape"),
    ("", False, "nothing"),
    ("x" * 129, False, "too long"),
]


@pytest.mark.parametrize(("name", "carried", "why"), GIVEN, ids=[row[2] for row in GIVEN])
def test_a_name_is_carried_unless_it_could_be_a_phone_number(
    name: str, carried: bool, why: str
) -> None:
    assert correlation_of({"x-correlation-id": name}) == (name if carried else None)


def test_a_request_id_of_the_client_will_do_and_the_correlation_id_wins() -> None:
    assert correlation_of({"x-request-id": "req-1"}) == "req-1"
    assert correlation_of({"x-request-id": "req-1", "x-correlation-id": "cart-1"}) == "cart-1"


@given(st.from_regex(r"\A[a-z-]{0,5}\+?[1-9][0-9]{8,14}[a-z-]{0,5}\Z"))
def test_no_phone_number_is_ever_carried(name: str) -> None:
    assert correlation_of({"x-correlation-id": name}) is None


def test_a_line_names_each_message_once_and_by_the_clients_name_where_there_is_one() -> None:
    plain, named = a_head(id="m" * 26), a_head(id="n" * 26, correlation="cart-1")

    assert about(plain) == {"message_id": plain.id}
    assert about(named) == {"message_id": named.id, "correlation": "cart-1"}
    assert about_all([plain, plain]) == {"messages": [plain.id]}
    assert about_all([plain, named]) == {
        "messages": [plain.id, named.id],
        "correlations": {named.id: "cart-1"},
    }


def test_no_field_of_a_line_is_one_that_logging_keeps_for_itself() -> None:
    record: Any = logging.makeLogRecord({})

    assert not set(about_all([a_head(correlation="a")])) & set(vars(record))
