"""The GSM 03.38 alphabet, and the characters that may be replaced to stay inside it."""

import unicodedata
from collections.abc import Mapping
from typing import Final, NamedTuple

from relevo.domain.shift_tables import ADDED, NO_SHIFTS, Shift

DEFAULT: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""One septet each: 127 of the 128 codes, because ESC is never content."""

EXTENSION: Final = frozenset("\f^{}\\[~]|€")
"""Two septets each: ESC and a code."""

_NEUTRAL_GROUPS: Final = (
    ("‘’‚‛′‹›", "'"),
    ("“”„‟″«»", '"'),
    ("‐‑‒–—―−", "-"),
    ("…", "..."),
    # Locale formatting inserts NBSP and U+202F; one of them would triple the price of a text.
    ("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a", " "),
    ("\u202f\u205f\u3000", " "),
    ("\u2028\u2029", "\n"),
    ("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", ""),
)

NEUTRAL: Final[Mapping[str, str]] = {
    character: plain for group, plain in _NEUTRAL_GROUPS for character in group
}
"""Meaning-neutral replacements; accents are not among them because they change meaning."""


_ALPHABETS: Final[Mapping[Shift | None, frozenset[str]]] = {
    None: DEFAULT | EXTENSION,
    **{shift: DEFAULT | EXTENSION | added for shift, added in ADDED.items()},
}


class Transliterated(NamedTuple):
    """A text, and the distinct characters that were replaced to get it, in order."""

    text: str
    replaced: tuple[str, ...]


_PLAIN: Final = str.maketrans(dict(NEUTRAL))


def normalise(text: str) -> str:
    """Compose the text: a decomposed á would be two characters, and neither in the alphabet."""
    return unicodedata.normalize("NFC", text)


def septets(character: str, shift: Shift | None = None) -> int:
    """Count the septets of one character; 0 when the alphabet and the shift table lack it."""
    if character in DEFAULT:
        return 1
    if character in EXTENSION or (shift is not None and character in ADDED[shift]):
        return 2
    return 0


def is_gsm(text: str, shift: Shift | None = None) -> bool:
    return _ALPHABETS[shift].issuperset(text)


def septets_of(text: str) -> int:
    """Count the septets of a whole text of the alphabet, without looking at each character."""
    twice = set(text) - DEFAULT
    return len(text) + sum(map(text.count, twice))


def transliterate(text: str, shifts: frozenset[Shift] = NO_SHIFTS) -> Transliterated:
    """Replace meaning-neutral characters if that makes the whole text GSM-7, else nothing.

    Half a replacement would change what the customer wrote and save nothing. A text that one of
    the carrier's shift tables takes as it is stays as it is, and so does one GSM-7 takes.
    """
    composed = normalise(text)
    tables = (None, *shifts)
    if any(is_gsm(composed, table) for table in tables):
        return Transliterated(composed, ())
    plain = composed.translate(_PLAIN)
    if not any(is_gsm(plain, table) for table in tables):
        return Transliterated(composed, ())
    replaced = dict.fromkeys(character for character in composed if character in NEUTRAL)
    return Transliterated(plain, tuple(replaced))
