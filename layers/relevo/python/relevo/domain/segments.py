"""Packing a text into segments, greedily, because a division undercounts what carriers bill."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from relevo.domain.gsm import is_gsm, normalise, septets

Encoding: TypeAlias = Literal["GSM-7", "UCS-2"]


class Capacity(NamedTuple):
    """Units that fit in a text of one segment, and in each part of a longer one."""

    single: int
    part: int


CAPACITY: Final[dict[Encoding, Capacity]] = {
    "GSM-7": Capacity(160, 153),
    "UCS-2": Capacity(70, 67),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """What a text costs; units are septets or UTF-16 code units, without headers."""

    encoding: Encoding
    segments: int
    units: int


def _utf16(character: str) -> int:
    return 2 if ord(character) > 0xFFFF else 1


def _encoding(text: str) -> tuple[Encoding, Callable[[str], int]]:
    return ("GSM-7", septets) if is_gsm(text) else ("UCS-2", _utf16)


def _pack(text: str, units_of: Callable[[str], int], part: int) -> Iterator[str]:
    # The character is the unit of packing, so no escape pair or surrogate pair is ever cut.
    start = used = 0
    for index, character in enumerate(text):
        units = units_of(character)
        if used + units > part:
            yield text[start:index]
            start, used = index, 0
        used += units
    yield text[start:]


def _divide(text: str) -> tuple[Sizing, tuple[str, ...]]:
    encoding, units_of = _encoding(text)
    units = sum(map(units_of, text))
    capacity = CAPACITY[encoding]
    fits = units <= capacity.single
    parts = (text,) if fits else tuple(_pack(text, units_of, capacity.part))
    return Sizing(encoding=encoding, segments=len(parts), units=units), parts


def measure(text: str) -> Sizing:
    """Size the composed (NFC) text; an empty text is one segment of no units."""
    return _divide(normalise(text))[0]


def split(text: str) -> tuple[str, ...]:
    """Give the parts of the composed text in order; joined they are that text again."""
    return _divide(normalise(text))[1]
