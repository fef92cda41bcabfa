"""Signatures of China: first, once, and only such as can be registered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.signature import signature_flaw, signed

SIGNATURES = st.text("探浏览器ab1", min_size=1, max_size=4)
TEXTS = st.text("【】探浏览器ab1 \n", max_size=40)


@pytest.mark.parametrize(
    ("text", "shown", "why"),
    [
        ("验证码178604", "【探探】验证码178604", ""),
        ("【探探】验证码178604", "【探探】验证码178604", "never twice"),
        ("【探探】【探探】验证码", "【探探】验证码", "however often it was there"),
        ("验证码178604【探探】", "【探探】验证码178604", "moved from the end, where some put it"),
        ("【探探】 验证码", "【探探】验证码", "a blank after it is not part of the text"),
        ("【陌陌】验证码", "【探探】【陌陌】验证码", "another's is not ours to take away"),
        ("[探探]验证码", "【探探】[探探]验证码", "other brackets are text"),
        ("探探验证码", "【探探】探探验证码", "and so is the bare name"),
        ("【探【探探】探】验证码", "【探探】验证码", "halves that join are one too"),
        ("", "【探探】", ""),
    ],
)
def test_the_signature_goes_first_and_once(text: str, shown: str, why: str) -> None:
    assert signed(text, "探探") == shown, why


@given(TEXTS, SIGNATURES)
def test_signing_is_done_once(text: str, signature: str) -> None:
    once = signed(text, signature)

    assert signed(once, signature) == once
    assert once.startswith(f"【{signature}】")
    assert once.count(f"【{signature}】") == 1


@pytest.mark.parametrize(
    ("signature", "flaw", "why"),
    [
        ("UC浏览器", None, "letters of both kinds"),
        ("探探", None, "the shortest"),
        ("京东618", None, "digits beside letters"),
        ("a" * 32, None, "the longest"),
        ("探", "signature-length", ""),
        ("a" * 33, "signature-length", ""),
        ("", "signature-length", ""),
        ("123456", "signature-digits-only", ""),
        ("１２３", "signature-digits-only", "full-width digits are digits"),
        ("探-探", "signature-symbols", ""),
        ("探 探", "signature-symbols", "a blank is none of letters and digits"),
        ("【探探】", "signature-symbols", "the brackets are added by us"),
        ("探探😀", "signature-symbols", ""),
        ("探\n探", "signature-symbols", ""),
        ("²³½", "signature-symbols", "numbers, but no digits"),
    ],
)
def test_what_can_be_registered(signature: str, flaw: str | None, why: str) -> None:
    assert signature_flaw(signature) == flaw, why
