"""Signatures of China: who is texting, in lenticular brackets, in front of everything else."""

import unicodedata
from typing import Final

SHORTEST: Final = 2
LONGEST: Final = 32
"""Carriers differ (8, 12, 16 …); this is the widest of them, and theirs is checked by theirs."""


def signature_flaw(signature: str) -> str | None:
    """Say in a code what keeps it from being registered; None when nothing does."""
    if not SHORTEST <= len(signature) <= LONGEST:
        return "signature-length"
    if not all(_letter_or_digit(character) for character in signature):
        return "signature-symbols"
    if all(unicodedata.category(character) == "Nd" for character in signature):
        return "signature-digits-only"
    return None


def _letter_or_digit(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("L") or category == "Nd"


def signed(text: str, signature: str) -> str:
    """Put the signature first, once: one that the text already carries, anywhere, is moved.

    Brackets round something else are the text's own and stay; the market's rules judge them.
    """
    mark = f"【{signature}】"
    body = text
    while mark in body:  # taking one out may join the halves of another
        body = body.replace(mark, "")
    return mark + body.lstrip()
