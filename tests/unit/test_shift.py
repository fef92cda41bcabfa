"""National single-shift tables: what a carrier that has them saves, and that nobody else pays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.gsm import DEFAULT, EXTENSION, is_gsm, septets, transliterate
from relevo.domain.segments import SHIFTED, measure, split
from relevo.domain.shift_tables import ADDED, NO_SHIFTS, Shift

ES: frozenset[Shift] = frozenset({"es"})
ALL: frozenset[Shift] = frozenset({"es", "pt", "tr"})
OTP = (
    "Tu código de verificación es 410852. Caducará en 15 minutos; no lo compartas con nadie, "
    "ni por teléfono, aquí."
)
TEXTS = (
    st.text(max_size=200)
    | st.text("aá€ñ", max_size=400)
    | st.text("aãçêÕ€", max_size=400)
    | st.text("aşĞı", max_size=400)
    | st.text("aáãş中😀", max_size=200)
)
SHIFTS = st.frozensets(st.sampled_from(sorted(ALL)))


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        ("es", "Verificación rápida aquí: tú, ÁÍÓÚ, ñ, ç"),
        ("pt", "Ação à mão: você não põe Ônus, ÊXITO, À noite, Ã, Õ, Â, Ç"),
        ("tr", "Şifre değişti: ığdır İSTANBUL çöğüş"),
    ],
)
def test_a_table_holds_its_language(shift: Shift, words: str) -> None:
    assert not is_gsm(words)
    assert is_gsm(words, shift)


def test_tables_add_only_what_the_alphabet_lacks() -> None:
    for letters in ADDED.values():
        assert not letters & (DEFAULT | EXTENSION)
        assert all(unicodedata.is_normalized("NFC", letter) for letter in letters)


def test_letters_of_a_table_cost_an_escape() -> None:
    assert [septets(letter, "es") for letter in "aé€áç"] == [1, 1, 2, 2, 2]
    assert [septets(letter, "es") for letter in "ãş中\x1b"] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("text", "shifts", "encoding", "shift", "segments", "units", "note"),
    [
        (OTP, NO_SHIFTS, "UCS-2", None, 2, 110, "110 characters; GSM-7 lacks ó, á, í"),
        (OTP, ES, "GSM-7", "es", 1, 114, "the same where the carrier has the table"),
        (OTP, frozenset({"tr"}), "UCS-2", None, 2, 110, "a table that lacks the letters"),
        (OTP, ALL, "GSM-7", "es", 1, 114, "Portuguese would do as well; one is chosen always"),
        ("á" * 70, ES, "UCS-2", None, 1, 70, "nothing to save: what every handset shows"),
        ("á" * 71, ES, "GSM-7", "es", 1, 142, "one more would be a second segment"),
        ("a" * 160, ES, "GSM-7", None, 1, 160, "no national letter, so no header either"),
        ("a" * 153 + "á", ES, "GSM-7", "es", 1, 155, "a full single"),
        ("a" * 154 + "á", ES, "GSM-7", "es", 2, 156, "one more"),
        ("a" * 296 + "á", ES, "GSM-7", "es", 2, 298, "two full parts of 149"),
        ("a" * 297 + "á", ES, "GSM-7", "es", 3, 299, "one more"),
        ("a" * 148 + "á" + "a" * 148, ES, "GSM-7", "es", 3, 298, "á may not be cut at 149"),
        ("a" * 147 + "á" + "a" * 149, ES, "GSM-7", "es", 2, 298, "the same where á fits"),
        ("a" * 99 + "á€", ES, "GSM-7", "es", 1, 103, "the extension is in every table"),
        ("a\u0301" * 71, ES, "GSM-7", "es", 1, 142, "composed first"),
        ("ãá" * 38, ALL, "GSM-7", "pt", 1, 152, "only Portuguese has both"),
        ("ãş" * 40, ALL, "UCS-2", None, 2, 80, "one table at a time"),
        ("", ES, "GSM-7", None, 1, 0, "nothing needs nothing"),
    ],
)
def test_sizing(
    text: str,
    shifts: frozenset[Shift],
    encoding: str,
    shift: Shift | None,
    segments: int,
    units: int,
    note: str,
) -> None:
    sizing = measure(text, shifts)

    found = (sizing.encoding, sizing.shift, sizing.segments, sizing.units)
    assert found == (encoding, shift, segments, units), note
    assert len(split(text, shifts)) == segments


def test_quotes_give_way_where_a_table_takes_the_rest() -> None:
    text = "«Código» válido"

    assert transliterate(text) == (text, ())
    assert transliterate(text, ES) == ('"Código" válido', ("«", "»"))
    assert transliterate("«Şifre»", ES) == ("«Şifre»", ())


@given(TEXTS, SHIFTS)
def test_parts_join_to_the_composed_text(text: str, shifts: frozenset[Shift]) -> None:
    parts = split(text, shifts)

    assert "".join(parts) == unicodedata.normalize("NFC", text)
    assert len(parts) == measure(text, shifts).segments >= 1


@given(TEXTS, SHIFTS)
def test_each_shifted_part_fits(text: str, shifts: frozenset[Shift]) -> None:
    sizing, parts = measure(text, shifts), split(text, shifts)
    if sizing.shift is None:
        return
    limit = SHIFTED.single if len(parts) == 1 else SHIFTED.part

    costs = [sum(septets(character, sizing.shift) for character in part) for part in parts]

    assert sizing.shift in shifts
    assert all(cost <= limit for cost in costs)
    assert sum(costs) == sizing.units


@given(TEXTS, SHIFTS)
def test_a_capability_never_costs_and_a_table_always_saves(
    text: str, shifts: frozenset[Shift]
) -> None:
    without, able = measure(text), measure(text, shifts)

    if able.shift is None:
        assert able == without
    else:
        assert able.segments < without.segments


@given(TEXTS, SHIFTS)
def test_no_single_table_would_be_cheaper(text: str, shifts: frozenset[Shift]) -> None:
    chosen = measure(text, shifts).segments

    assert all(measure(text, frozenset({one})).segments >= chosen for one in shifts)
