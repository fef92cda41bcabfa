"""The alphabet, and which characters may be replaced to stay inside it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.gsm import DEFAULT, EXTENSION, NEUTRAL, is_gsm, septets, transliterate

SEED = "【UC浏览器】验证码:410852。请不要把验证码泄露给其他人!15分钟内有效。"


def test_the_default_table_has_every_code_but_escape() -> None:
    assert len(DEFAULT) == 127
    assert len(EXTENSION) == 10
    assert not DEFAULT & EXTENSION


@pytest.mark.parametrize(
    ("characters", "each", "note"),
    [
        ("éÉñÑüÜ¿¡", 1, "Spanish letters that GSM has"),
        ("áíóúÁÍÓÚªº", 0, "Spanish letters that it lacks"),
        ("ãõâêôçÀ", 0, "Portuguese: small ç is missing"),
        ("Çàèìòù", 1, "capital Ç and the Italian vowels are there"),
        ("€^{}\\[~]|\f", 2, "the extension table"),
        ("\n\r @$_ΔΩ", 1, "line ends and signs"),
        ("`\t\x1b\x00", 0, "backtick, tab, ESC and NUL are not content"),
        ("«»“”’–…", 0, "typography"),
    ],
)
def test_septets_of_each_character(characters: str, each: int, note: str) -> None:
    assert [septets(character) for character in characters] == [each] * len(characters), note


@pytest.mark.parametrize(
    ("text", "plain", "replaced"),
    [
        ("“Hi” – it’s 5…", '"Hi" - it\'s 5...', ("“", "”", "–", "’", "…")),
        ("1\u00a0234,50\u202f€", "1 234,50 €", ("\u00a0", "\u202f")),
        ("a\u200bb\ufeff", "ab", ("\u200b", "\ufeff")),
        ("n\u0303o\u00a0", "ño ", ("\u00a0",)),
    ],
)
def test_neutral_characters_give_way(text: str, plain: str, replaced: tuple[str, ...]) -> None:
    assert transliterate(text) == (plain, replaced)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Canción – fin", "ó stays, so the dash may stay as well"),
        ("“你好”", "Chinese is UCS-2 with any quotes"),
        (SEED, "the seed's example passes unchanged"),
        ("plain", "nothing to do"),
        ("años", "ñ is in the alphabet"),
    ],
)
def test_a_text_that_would_not_become_gsm_is_left_alone(text: str, note: str) -> None:
    assert transliterate(text) == (text, ()), note


def test_no_letter_and_no_digit_is_ever_replaced() -> None:
    # Answers name what was replaced, so it must say nothing of what the text says.
    assert not [sign for sign in NEUTRAL if unicodedata.category(sign)[0] in "LMN"]


@given(st.text())
def test_transliteration_is_all_or_nothing(text: str) -> None:
    plain, replaced = transliterate(text)

    assert is_gsm(plain) if replaced else plain == unicodedata.normalize("NFC", text)
    assert transliterate(plain) == (plain, ())
