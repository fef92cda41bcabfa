"""Keys of clients: readable prefix, checksum before any look-up, fingerprint in store."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.api_keys import checksum_ok, environment_of, fingerprint, mint
from relevo.domain.words import Environment

ENVIRONMENTS = st.sampled_from(Environment)
RANDOM = st.binary(min_size=32, max_size=32)


@given(ENVIRONMENTS, RANDOM)
def test_a_minted_key_is_well_formed(environment: Environment, random: bytes) -> None:
    key = mint(environment, random)

    assert key.startswith(f"rlv_{environment.value}_")
    assert len(key) == len("rlv_live_") + 30 + 6
    assert checksum_ok(key)
    assert environment_of(key) is environment


@given(ENVIRONMENTS, RANDOM, st.data())
def test_one_wrong_character_is_noticed(
    environment: Environment, random: bytes, data: st.DataObject
) -> None:
    key = mint(environment, random)
    place = data.draw(st.integers(0, len(key) - 1))
    other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(key[place].__ne__))

    assert not checksum_ok(key[:place] + other + key[place + 1 :])


def test_a_test_key_cannot_be_edited_into_a_live_one() -> None:
    key = mint(Environment.TEST, bytes(32))

    assert not checksum_ok(key.replace("_test_", "_live_"))


@pytest.mark.parametrize(
    ("key", "note"),
    [
        ("", "empty"),
        ("rlv_live_", "prefix only"),
        ("rlv_prod_" + "0" * 36, "no such environment"),
        ("rlv_live_" + "0" * 35 + "é", "not base62"),
        (mint(Environment.LIVE, bytes(32)) + "\n", "a line end that $ would have allowed"),
        (mint(Environment.LIVE, bytes(32)) + "0", "too long"),
    ],
)
def test_what_is_no_key(key: str, note: str) -> None:
    assert not checksum_ok(key), note
    assert environment_of(key) is None, note


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    assert checksum_ok(text) is False
    assert len(fingerprint(text, b"pepper")) == 64


def test_a_fingerprint_depends_on_key_and_pepper() -> None:
    one, other = mint(Environment.LIVE, bytes(32)), mint(Environment.LIVE, b"1" * 32)

    prints = {fingerprint(key, pepper) for key in (one, other) for pepper in (b"a", b"b")}
    assert len(prints) == 4
    assert not any(one[9:] in stored for stored in prints)


def test_too_little_randomness_is_refused() -> None:
    with pytest.raises(ValueError, match="randomness"):
        mint(Environment.LIVE, b"short")
