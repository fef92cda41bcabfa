"""Whether somebody's answer refuses further texts, or wants them back: short, and plainly so.

The law of the US counts any words that a reasonable person would understand (47 CFR
64.1200(a)(10)); a text that says more than that is left for people to read.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

LONGEST: Final = 10
"""Words after which an answer is a text of its own; Chinese is counted by signs."""

_APOSTROPHES: Final = re.compile("['’`´]")
_WORDS: Final = re.compile(r"[^\W_]+")


class Wish(StrEnum):
    STOP = "stop"
    RESUME = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What refuses, what takes a refusal back, and what politeness may stand around either."""

    stop: tuple[str, ...]
    resume: tuple[str, ...]
    polite: tuple[str, ...]


def wish_in(
    text: str, words: Words, *, keywords: Iterable[str], names: Iterable[str]
) -> Wish | None:
    """Read an answer. `keywords` are the market's own, `names` those its sender goes by."""
    said = folded(text)
    if len(said) > LONGEST or len("".join(said)) > LONGEST * LONGEST:
        return None
    called = (f"{link}{name}" for name in names for link in ("", "de ", "from ", "to "))
    bare = _bare(said, (*words.polite, *called))
    for wish, phrases in ((Wish.STOP, (*words.stop, *keywords)), (Wish.RESUME, words.resume)):
        if bare and bare in {"".join(folded(phrase)) for phrase in phrases}:
            return wish
    return None


def folded(text: str) -> list[str]:
    """Split into words without case, accents, width, punctuation and emoji; `don't` is one."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    marks = (sign for sign in plain if not unicodedata.combining(sign))
    return _WORDS.findall(unicodedata.normalize("NFKC", "".join(marks)))


def _bare(said: list[str], polite: Iterable[str]) -> str:
    """Take politeness and repetitions out; what is left is one word, however it was spaced."""
    text = " ".join(said)
    for phrase in sorted((" ".join(folded(one)) for one in polite), key=len, reverse=True):
        text = _without(text, phrase)
    return "".join(dict.fromkeys(text.split()))


def _without(text: str, phrase: str) -> str:
    if not phrase:
        return text
    if phrase.isascii():
        return re.sub(rf"\b{re.escape(phrase)}\b", " ", text)
    return text.replace(phrase, " ")  # Chinese has no spaces between words
