"""Packing a text into segments, greedily, because a division undercounts what carriers bill."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, Literal, NamedTuple, TypeAlias

from relevo.domain.gsm import is_gsm, normalise, septets, septets_of, transliterate
from relevo.domain.shift_tables import ADDED, NO_SHIFTS, Shift

Encoding: TypeAlias = Literal["GSM-7", "UCS-2"]


class Capacity(NamedTuple):
    """Units that fit in a text of one segment, and in each part of a longer one."""

    single: int
    part: int


CAPACITY: Final[dict[Encoding, Capacity]] = {
    "GSM-7": Capacity(160, 153),
    "UCS-2": Capacity(70, 67),
}
SHIFTED: Final = Capacity(155, 149)
"""GSM-7 with a national table: naming it takes 3 octets of header in every part, even a single."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """What a text costs; units are septets or UTF-16 code units, without headers.

    `shift` names the national table that GSM-7 needs for it, if any.
    """

    encoding: Encoding
    segments: int
    units: int
    shift: Shift | None = None


class _Way(NamedTuple):
    """One way to write a text: what it costs, what a character costs, how much of that fits."""

    encoding: Encoding
    capacity: Capacity
    total: Callable[[str], int]
    each: Callable[[str], int]
    shift: Shift | None = None


_Division: TypeAlias = tuple[Sizing, tuple[str, ...]]


def _utf16(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _utf16_of(text: str) -> int:
    return len(text) + sum(text.count(one) for one in set(text) if one > "\uffff")


_PLAIN: Final = _Way("GSM-7", CAPACITY["GSM-7"], septets_of, septets)
_WIDE: Final = _Way("UCS-2", CAPACITY["UCS-2"], _utf16_of, _utf16)


def _shifted(shift: Shift) -> _Way:
    return _Way("GSM-7", SHIFTED, septets_of, partial(septets, shift=shift), shift)


def _ways(text: str, shifts: frozenset[Shift]) -> Iterator[_Way]:
    """Give the ways to write what GSM-7 lacks, the one that more handsets can read first."""
    yield _WIDE
    yield from (_shifted(shift) for shift in sorted(shifts) if is_gsm(text, shift))


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


def _divided(text: str, way: _Way) -> _Division:
    units = way.total(text)
    fits = units <= way.capacity.single
    parts = (text,) if fits else tuple(_pack(text, way.each, way.capacity.part))
    sizing = Sizing(encoding=way.encoding, segments=len(parts), units=units, shift=way.shift)
    return sizing, parts


def _cheapest(text: str, shifts: frozenset[Shift]) -> _Division:
    if is_gsm(text):
        return _divided(text, _PLAIN)  # every other way has less room for each character
    # Of equally many segments the first way wins: a table is worth its risk only if it saves one.
    divisions = (_divided(text, way) for way in _ways(text, shifts))
    return min(divisions, key=lambda division: division[0].segments)


def measure(text: str, shifts: frozenset[Shift] = NO_SHIFTS) -> Sizing:
    """Size the composed (NFC) text; an empty text is one segment of no units.

    `shifts` are the national tables that the carrier can use.
    """
    return _cheapest(normalise(text), shifts)[0]


def split(text: str, shifts: frozenset[Shift] = NO_SHIFTS) -> tuple[str, ...]:
    """Give the parts of the composed text in order; joined they are that text again."""
    return _cheapest(normalise(text), shifts)[1]


def finished(text: str, shifts: frozenset[Shift], *, smart: bool) -> tuple[str, Sizing]:
    """Finish a text for a carrier that has these tables; `smart` lets characters be replaced."""
    ready = _ready(text, shifts, smart=smart)
    return ready, measure(ready, shifts)


def _ready(text: str, shifts: frozenset[Shift], *, smart: bool) -> str:
    return transliterate(text, shifts).text if smart else normalise(text)


def shifted(text: str, plain: Sizing, *, smart: bool) -> tuple[tuple[Shift, int], ...]:
    """Give the segments with each national table that needs fewer than the `plain` ones."""
    if plain.encoding == "GSM-7":
        return ()
    ready = ((shift, _ready(text, frozenset({shift}), smart=smart)) for shift in sorted(ADDED))
    # Where a table lacks a character all of it stays as wide as it is.
    sizes = [
        (shift, _divided(one, _shifted(shift))[0]) for shift, one in ready if is_gsm(one, shift)
    ]
    return tuple((shift, size.segments) for shift, size in sizes if size.segments < plain.segments)
