"""Two independent libraries agree on alphabet and segments, but for deviations listed here."""

import unicodedata

import pytest
from gsm0338 import SINGLE_SHIFT_CHARACTER_SET_SPANISH, Codec  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from sms_toolkit import (  # type: ignore[import-untyped]
    normalize_optimistic_gsm_characters,
    profile_message,
)

from relevo.domain.gsm import DEFAULT, EXTENSION, NEUTRAL, is_gsm, septets
from relevo.domain.segments import CAPACITY, measure, split
from relevo.domain.shift_tables import ADDED, Shift

ES: frozenset[Shift] = frozenset({"es"})
ESCAPE = "\x1b"
PLAIN = Codec()
SPANISH = Codec(single_shift_decode_map=SINGLE_SHIFT_CHARACTER_SET_SPANISH)
GSM = st.sampled_from(sorted(DEFAULT | EXTENSION))


def near(full: int, odd: str) -> st.SearchStrategy[str]:
    """Give texts with an odd character or two about where a part is full."""
    places = st.integers(0, 4).flatmap(lambda n: st.integers(max(0, n * full - 3), n * full + 3))
    odds = st.text(odd, max_size=3)
    return st.builds(
        lambda head, one, middle, two: "a" * head + one + "a" * middle + two,
        places,
        odds,
        places,
        odds,
    )


TEXTS = (
    st.text(min_size=1)
    | st.text(GSM, min_size=1, max_size=400)
    | near(153, "€^~é")
    | near(160, "€")
    | near(67, "中😀")
    | near(70, "😀á")
).filter(bool)


@given(TEXTS)
def test_sms_toolkit_counts_the_same_segments_and_cuts_at_the_same_places(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    profile = profile_message(composed)
    sizing, parts = measure(text), split(text)

    assert profile["num_segments"] == sizing.segments
    assert profile["max_segment_size"] == CAPACITY[sizing.encoding][len(parts) > 1]
    assert tuple(segment["message"] for segment in profile["segments"]) == parts
    assert sum(segment["total_segment_length"] for segment in profile["segments"]) == sizing.units


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        ("中" * 70, 1),
        ("中" * 71, 2),
        ("中" * 66 + "😀" + "中" * 66, 3),
        *((f"{'a' * 153 * n}{'a' * more}", n + more) for n in range(2, 11) for more in (0, 1)),
        *((f"{'中' * 67 * n}{'中' * more}", n + more) for n in range(2, 11) for more in (0, 1)),
    ],
)
def test_both_know_the_boundaries(text: str, segments: int) -> None:
    assert profile_message(text)["num_segments"] == measure(text).segments == segments


def test_gsm0338_has_the_same_alphabet() -> None:
    assert _letters(PLAIN) - {ESCAPE} == DEFAULT | EXTENSION
    assert _letters(SPANISH) - {ESCAPE} == DEFAULT | EXTENSION | ADDED["es"]


@given(TEXTS)
def test_gsm0338_encodes_every_part_on_its_own(text: str) -> None:
    sizing = measure(text)
    if sizing.encoding != "GSM-7":
        return

    encoded = [_encode(PLAIN, part) for part in split(text)]

    # A part that ended in ESC, or began with its code, would be read as something else.
    assert [PLAIN.decode(octets)[0] for octets in encoded] == list(split(text))
    assert sum(map(len, encoded)) == sizing.units


@given(st.text(sorted(DEFAULT | EXTENSION | ADDED["es"]), max_size=400) | near(149, "áç€"))
def test_gsm0338_encodes_every_spanish_part_on_its_own(text: str) -> None:
    sizing = measure(text, ES)
    if sizing.shift is None:
        return

    encoded = [_encode(SPANISH, part) for part in split(text, ES)]

    assert [SPANISH.decode(octets)[0] for octets in encoded] == list(split(text, ES))
    assert sum(map(len, encoded)) == sizing.units


def test_nothing_to_send_is_one_segment_here_and_none_there() -> None:
    assert profile_message("")["num_segments"] == 0
    assert measure("").segments == 1


def test_escape_is_content_to_gsm0338_only() -> None:
    # Sent as it is, ESC would change what the next character means.
    assert _encode(PLAIN, ESCAPE) == b"\x1b"
    assert profile_message(ESCAPE)["max_segment_size"] == CAPACITY["UCS-2"].single
    assert septets(ESCAPE) == 0
    assert not is_gsm(ESCAPE)


@pytest.mark.parametrize(
    ("characters", "ours", "theirs", "note"),
    [
        ("‘’", "'", "'", "quotes: agreed"),
        ("“”„‟«»", '"', '"', "quotes: agreed"),
        ("‐–—―", "-", "-", "dashes: agreed"),
        ("\u2002\u2009\u202f\u3000", " ", " ", "spaces: agreed"),
        ("\u00a0\u2000", " ", "'", "no space is an apostrophe"),
        ("‚", "'", "' ", "a replacement does not add spaces"),
        ("…", "...", "... ", "nor here"),
        ("‹", "'", ">", "and does not turn a bracket round"),
        ("\u2028", "\n", " ", "a line end stays one"),
        ("\u2060", "", " ", "a word joiner has no width"),
        ("\u200b\ufeff\u00ad", "", None, "nor have these, which it lets pass"),
    ],
)
def test_neutral_characters_beside_sms_toolkit(
    characters: str, ours: str, theirs: str | None, note: str
) -> None:
    for character in characters:
        assert NEUTRAL[character] == ours, note
        assert normalize_optimistic_gsm_characters(character) == (theirs or character), note


@pytest.mark.parametrize("character", "¼÷ʼ！１Ａ。")
def test_what_sms_toolkit_replaces_and_we_keep(character: str) -> None:
    assert normalize_optimistic_gsm_characters(character) != character
    assert character not in NEUTRAL


def _encode(codec: Codec, text: str) -> bytes:
    encoded: bytes = codec.encode(text)[0]
    return encoded


def _letters(codec: Codec) -> set[str]:
    letters = set()
    for point in range(0x10000):
        try:
            codec.encode(chr(point))
        except UnicodeEncodeError:
            continue
        letters.add(chr(point))
    return letters
