"""The same key names the same message, and nothing else ever does."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from relevo.domain.idempotency import (
    body_digest,
    canonical_body,
    is_id,
    message_id,
    parse_key,
    random_id,
    recipient_hash,
)
from relevo.domain.problem import Problem
from relevo.domain.words import Environment

KEY = b"k" * 32
LIVE, TEST = Environment.LIVE, Environment.TEST
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@pytest.mark.parametrize(
    ("header", "key", "note"),
    [
        ("order-1", "order-1", "bare"),
        ('"order-1"', "order-1", "quoted: the same key"),
        ("  order-1\t", "order-1", "white space round it"),
        ('"a \\"b\\" \\\\"', 'a "b" \\', "escapes of RFC 8941"),
        ("a,b c", "a,b c", "printable is enough"),
        ("x" * 255, "x" * 255, "longest"),
        ('"' + "x" * 255 + '"', "x" * 255, "quotes do not count"),
    ],
)
def test_keys_that_can_be_used(header: str, key: str, note: str) -> None:
    assert parse_key(header) == key, note


@pytest.mark.parametrize(
    ("header", "note"),
    [
        ("", "empty"),
        ("   ", "blank"),
        ('""', "empty and quoted"),
        ('"  "', "blank and quoted"),
        ("x" * 256, "too long"),
        ('"open', "an open quotation"),
        ('"a", "b"', "two headers joined"),
        ('"a";p=1', "parameters"),
        ('"a\\b"', "an escape that RFC 8941 does not know"),
        ("a\x00b", "control character"),
        ("a\nb", "line end"),
        ("clé", "not ASCII"),
    ],
)
def test_keys_that_cannot(header: str, note: str) -> None:
    with pytest.raises(Problem) as refusal:
        parse_key(header)

    assert refusal.value.slug == "idempotency-key-invalid", note


@given(st.text(max_size=300))
def test_any_header_is_a_key_or_a_problem(header: str) -> None:
    try:
        key = parse_key(header)
    except Problem:
        return

    assert key.isascii()
    assert key.isprintable()
    assert 1 <= len(key) <= 255


def test_ids_have_one_shape() -> None:
    derived = message_id(KEY, "acme", LIVE, "sendMessage", "order-1")

    assert len(derived) == 26
    assert is_id(derived)
    assert is_id(random_id(bytes(range(16))))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "empty"),
        ("a" * 25, "too short"),
        ("A" * 26, "upper case"),
        ("a" * 25 + "b", "bits that sixteen bytes do not have"),
        ("1" * 26, "1 is not in the alphabet"),
        ("a" * 26 + "\n", "line end"),
    ],
)
def test_what_cannot_be_an_id(text: str, note: str) -> None:
    assert not is_id(text), note


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_random_ids_are_as_many_as_their_bytes(one: bytes, other: bytes) -> None:
    assert is_id(random_id(one))
    assert (random_id(one) == random_id(other)) == (one == other)


def test_the_derived_id_never_changes_between_releases() -> None:
    assert message_id(KEY, "acme", LIVE, "sendMessage", "order-1") == "mwm2sh3mvbzb472zqv5xrq6iam"
    assert message_id(KEY, "acme", LIVE, "sendBatch", "order-1", 0) == "uz3nnhksun2i2e6br4seq3a6nu"


def test_every_part_of_an_identity_counts() -> None:
    ids = [
        message_id(KEY, "acme", LIVE, "sendMessage", "order-1"),
        message_id(b"other", "acme", LIVE, "sendMessage", "order-1"),
        message_id(KEY, "acme2", LIVE, "sendMessage", "order-1"),
        message_id(KEY, "acme", TEST, "sendMessage", "order-1"),
        message_id(KEY, "acme", LIVE, "sendBatch", "order-1"),
        message_id(KEY, "acme", LIVE, "sendMessage", "order-2"),
        message_id(KEY, "acme", LIVE, "sendMessage", "order-1", 0),
        message_id(KEY, "acme", LIVE, "sendMessage", "order-1", 1),
        message_id(KEY, "acme", LIVE, "sendMessage", "order-10"),
    ]

    assert len(set(ids)) == len(ids)


@given(st.lists(st.text(), min_size=3, max_size=3), st.lists(st.text(), min_size=3, max_size=3))
def test_no_two_identities_share_an_id(one: list[str], other: list[str]) -> None:
    assume(one != other)

    assert message_id(KEY, one[0], LIVE, one[1], one[2]) != message_id(
        KEY, other[0], LIVE, other[1], other[2]
    )


@given(st.text(min_size=1, max_size=20))
def test_moving_a_boundary_between_parts_changes_the_id(joined: str) -> None:
    cuts = [(joined[:cut], joined[cut:]) for cut in range(len(joined) + 1)]
    ids = [message_id(KEY, left, LIVE, right, "key") for left, right in cuts]

    assert len(set(ids)) == len(ids)
    assert all(one != other for one, other in pairwise(ids))


def test_digests_of_different_things_differ_even_over_the_same_bytes() -> None:
    assert body_digest(KEY, b"+34612345678") != recipient_hash(KEY, "+34612345678")
    assert len(body_digest(KEY, b"{}")) == len(recipient_hash(KEY, "+34612345678")) == 22


@given(st.dictionaries(st.text(), JSON, min_size=2))
def test_the_order_of_members_does_not_count(body: dict[str, Any]) -> None:
    turned = dict(reversed(body.items()))

    assert canonical_body(turned) == canonical_body(body)


@pytest.mark.parametrize(
    ("one", "other", "note"),
    [
        ({"a": 1}, {"a": "1"}, "a number is not its spelling"),
        ({"a": Decimal("1.5")}, {"a": "1.5"}, "nor is a decimal"),
        ({"a": True}, {"a": 1}, ""),
        ({"a": None}, {}, "null is not absence: the client changed something"),
        ({"a": "é"}, {"a": "e\u0301"}, "text is compared as sent"),
    ],
)
def test_bodies_that_differ(one: dict[str, Any], other: dict[str, Any], note: str) -> None:
    assert canonical_body(one) != canonical_body(other), note


def test_only_json_has_a_canonical_form() -> None:
    with pytest.raises(TypeError):
        canonical_body({"a": {1, 2}})
