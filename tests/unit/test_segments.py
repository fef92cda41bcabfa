"""Segments are money: the count must be what a carrier will bill."""

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.gsm import septets
from relevo.domain.segments import CAPACITY, measure, split

TEXTS = (
    st.text() | st.text(alphabet="a€^é\n", max_size=400) | st.text(alphabet="a中😀", max_size=200)
)


@pytest.mark.parametrize(
    ("text", "encoding", "segments", "units", "note"),
    [
        ("", "GSM-7", 1, 0, "nothing is still one segment"),
        ("a" * 160, "GSM-7", 1, 160, "a full single"),
        ("a" * 161, "GSM-7", 2, 161, "one too many costs a header in each part"),
        ("a" * 306, "GSM-7", 2, 306, "two full parts"),
        ("a" * 307, "GSM-7", 3, 307, ""),
        ("a" * 159 + "€", "GSM-7", 2, 161, "€ is two septets"),
        ("€" * 80, "GSM-7", 1, 160, ""),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 3, 306, "305 characters: a division says 2"),
        ("€" + "a" * 304, "GSM-7", 2, 306, "and where it comes first"),
        ("a" * 151 + "€" + "a" * 153, "GSM-7", 2, 306, "the same, with € where it fits"),
        ("ñ" * 160, "GSM-7", 1, 160, "ñ is in the default table"),
        ("n\u0303" * 160, "GSM-7", 1, 160, "decomposed ñ is composed first"),
        ("á" * 70, "UCS-2", 1, 70, ""),
        ("a\u0301" * 70, "UCS-2", 1, 70, "decomposed á counts once"),
        ("á" * 71, "UCS-2", 2, 71, ""),
        ("中" * 134, "UCS-2", 2, 134, ""),
        ("中" * 135, "UCS-2", 3, 135, ""),
        ("😀" * 35, "UCS-2", 1, 70, "a surrogate pair is two units"),
        ("中" * 66 + "😀" + "中" * 66, "UCS-2", 3, 134, "the pair is not cut at 67"),
        ("`", "UCS-2", 1, 1, "a backtick is not in the alphabet"),
        ("\u212b\u2126", "GSM-7", 1, 2, "Ångström and Ohm signs compose to letters GSM has"),
    ],
)
def test_sizing(text: str, encoding: str, segments: int, units: int, note: str) -> None:
    sizing = measure(text)

    assert (sizing.encoding, sizing.segments, sizing.units) == (encoding, segments, units), note


@pytest.mark.parametrize("n", range(2, 11))
@pytest.mark.parametrize(("letter", "part"), [("a", 153), ("中", 67)])
def test_full_parts_and_one_more(letter: str, part: int, n: int) -> None:
    assert measure(letter * part * n).segments == n
    assert measure(letter * part * n + letter).segments == n + 1


@pytest.mark.parametrize("n", range(1, 9))
@pytest.mark.parametrize(("letter", "pair", "part"), [("a", "€", 153), ("中", "😀", 67)])
def test_a_pair_on_a_boundary_is_never_cut(letter: str, pair: str, part: int, n: int) -> None:
    across = letter * (part * n - 1) + pair + letter * (part - 2)
    before = letter * (part * n - 2) + pair + letter * part

    assert split(across)[n] == pair + letter * (part - 2)
    assert split(before)[n - 1].endswith(pair)
    assert measure(across).segments == measure(before).segments == n + 1


def test_an_escape_pair_moves_whole_into_the_next_part() -> None:
    parts = split("a" * 152 + "€" + "a" * 152)

    assert [len(part) for part in parts] == [152, 152, 1]
    assert parts[1].startswith("€")


@given(TEXTS)
def test_parts_join_to_the_composed_text(text: str) -> None:
    assert "".join(split(text)) == unicodedata.normalize("NFC", text)


@given(TEXTS)
def test_each_part_fits_and_the_count_is_theirs(text: str) -> None:
    sizing, parts = measure(text), split(text)
    single, several = CAPACITY[sizing.encoding]
    limit = single if len(parts) == 1 else several

    assert len(parts) == sizing.segments >= 1
    assert all(_units(part, sizing.encoding) <= limit for part in parts)
    assert sum(_units(part, sizing.encoding) for part in parts) == sizing.units


@given(TEXTS)
def test_no_part_but_the_last_had_room_for_the_next_character(text: str) -> None:
    sizing, parts = measure(text), split(text)
    limit = CAPACITY[sizing.encoding].part

    for part, following in pairwise(parts):
        assert _units(part + following[0], sizing.encoding) > limit


def _units(text: str, encoding: str) -> int:
    if encoding == "GSM-7":
        return sum(map(septets, text))
    return len(text.encode("utf-16-le")) // 2
