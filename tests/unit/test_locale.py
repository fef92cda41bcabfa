"""Languages people ask for and the variant they get; values in the formats of their country."""

import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.gsm import NEUTRAL
from relevo.domain.language import Choice, canonical, choose, fallbacks, region_of
from relevo.domain.problem import Problem
from relevo.domain.spoken import read_aloud
from relevo.domain.template_filters import (
    LANGUAGES,
    Reader,
    bare,
    show_date,
    show_money,
    show_number,
    show_phone,
    show_spoken,
    show_time,
    title,
    truncate,
)
from relevo.domain.template_values import Money
from tools import layers
from tools.places import ROOT

SATURDAY = datetime(2026, 9, 5, 20, 30, tzinfo=UTC)
TAGS = st.from_regex(r"\A[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}\Z")


@pytest.mark.parametrize(
    ("wanted", "available", "account", "default", "variant", "formats", "why"),
    [
        ("es-MX", "es-MX es en", "en", "en", "es-MX", "es-MX", "the very one"),
        ("es-MX", "es en", "en", "en", "es", "es-MX", "the language, in Mexican formats"),
        ("es-MX", "fr en", "en", "fr", "en", "en", "the account's default"),
        ("es-MX", "fr de", "en", "fr", "fr", "fr", "the template's default"),
        ("es-MX", "fr en", "en-GB", "fr", "en", "en-GB", "the account's falls back as well"),
        ("es", "es-MX en", "en", "en", "en", "en", "a region is not guessed"),
        ("es-AR", "es-MX en", None, "en", "en", "en", "nor exchanged for another"),
        (None, "es en", "es-CO", "en", "es", "es-CO", "nothing asked for"),
        (None, "es en", None, "en", "en", "en", "nothing known"),
        ("ES_mx", "es-MX en", None, "en", "es-MX", "es-MX", "case and underscores do not count"),
        ("es-mx", "ES-MX en", None, "en", "ES-MX", "es-MX", "nor in the template"),
        ("es-419", "es en", None, "en", "es", "es-419", "Latin America"),
        ("es-MX-u-ca-gregory", "es-MX en", None, "en", "es-MX", "es-MX-u-ca-gregory", "extension"),
        ("español", "es en", None, "en", "en", "en", "what is no tag is passed over"),
        ("", "es en", "", "en", "en", "en", "and so is nothing"),
        ("zh-CN", "zh-CN en", None, "en", "zh-CN", "zh-CN", ""),
        ("zh-CN", "zh-Hans en", None, "en", "zh-Hans", "zh-CN", "China reads simplified"),
        ("zh-Hans", "zh-CN en", None, "en", "zh-CN", "zh-Hans", "and the other way round"),
        ("zh", "zh-CN en", None, "en", "zh-CN", "zh", "plain Chinese is that of China"),
        ("zh-Hans-CN", "zh en", None, "en", "zh", "zh-Hans-CN", ""),
        ("zh-SG", "zh-CN en", None, "en", "zh-CN", "zh-SG", "Singapore reads simplified"),
        ("zh-TW", "zh en", None, "en", "en", "en", "Taiwan does not"),
        ("zh-TW", "zh-Hant zh", None, "zh", "zh-Hant", "zh-TW", ""),
        ("zh-HK", "zh-TW zh", None, "zh", "zh-TW", "zh-HK", "the same script, other words"),
        ("zh-Hant-CN", "zh-CN zh-Hant", None, "zh-CN", "zh-Hant", "zh-Hant-CN", "script first"),
    ],
)
def test_the_variant_of_a_wish(
    wanted: str | None,
    available: str,
    account: str | None,
    default: str,
    variant: str,
    formats: str,
    why: str,
) -> None:
    assert choose(available.split(), wanted, account, default) == Choice(variant, formats), why


def test_no_wish_has_a_variant() -> None:
    assert choose(["es"], "fr", None, "en") is None


@pytest.mark.parametrize(
    ("tag", "spelled", "region"),
    [
        ("es", "es", None),
        ("ES-es", "es-ES", "ES"),
        ("zh-hans-cn", "zh-Hans-CN", "CN"),
        ("es-419", "es-419", None),
        ("en-u-ca-gb", "en-u-ca-gb", None),
    ],
)
def test_canonical_tags(tag: str, spelled: str, region: str | None) -> None:
    assert canonical(tag) == spelled
    assert region_of(spelled) == region


@pytest.mark.parametrize(
    "tag", ["", "e", "es-", "-es", "español", "es MX", "es-123456789", "a" * 36]
)
def test_what_is_no_tag(tag: str) -> None:
    assert canonical(tag) is None


@given(TAGS)
def test_a_tag_serves_itself_first_and_the_way_back_ends(tag: str) -> None:
    spelled = canonical(tag)
    if spelled is None:
        return  # longer than tags are
    ways = list(fallbacks(spelled))

    assert ways[0] == spelled
    assert len(ways) == len(set(ways)) <= 8
    assert canonical(spelled) == spelled


@pytest.mark.parametrize(
    ("formats", "style", "shown"),
    [
        ("es", "medium", "5 sept 2026"),
        ("es-ES", "short", "5/9/26"),
        ("es-ES", "full", "sábado, 5 de septiembre de 2026"),
        ("es-MX", "medium", "5 sep 2026"),
        ("es-CO", "medium", "5/09/2026"),
        ("es-PE", "long", "5 de setiembre de 2026"),
        ("pt-BR", "medium", "5 de set. de 2026"),
        ("pt-PT", "medium", "05/09/2026"),
        ("en", "medium", "Sep 5, 2026"),
        ("en-GB", "long", "5 September 2026"),
        ("zh-CN", "medium", "2026年9月5日"),
        ("es-XX", "medium", "5 sept 2026"),
        ("es-MX-u-ca-gregory", "medium", "5 sep 2026"),
    ],
)
def test_dates(formats: str, style: str, shown: str) -> None:
    assert show_date(Reader(formats=formats), SATURDAY, style) == shown
    assert show_date(Reader(formats=formats), date(2026, 9, 5), style) == shown


@pytest.mark.parametrize(
    ("formats", "zone", "day", "time", "why"),
    [
        ("es-ES", "Europe/Madrid", "5/9/26", "22:30", ""),
        ("es-ES", "Atlantic/Canary", "5/9/26", "21:30", "an hour less in the Canaries"),
        ("es-MX", "America/Mexico_City", "05/09/26", "2:30 p.m.", "CLDR writes U+202F here"),
        ("es-AR", "America/Argentina/Buenos_Aires", "5/9/26", "5:30 p. m.", "and here twice"),
        ("en-US", "America/New_York", "9/5/26", "4:30 PM", ""),
        ("zh-CN", "Asia/Shanghai", "2026/9/6", "04:30", "there it is Sunday already"),
        ("es-ES", None, "5/9/26", "20:30", "no zone: as it was given"),
    ],
)
def test_instants_are_shown_where_the_reader_is(
    formats: str, zone: str | None, day: str, time: str, why: str
) -> None:
    reader = Reader(formats=formats, zone=zone)

    assert (show_date(reader, SATURDAY, "short"), show_time(reader, SATURDAY)) == (day, time), why


def test_a_day_has_no_time() -> None:
    with pytest.raises(Problem) as refusal:
        show_time(Reader(formats="es"), date(2026, 9, 5))

    assert refusal.value.slug == "validation-failed"
    assert [flaw.code for flaw in refusal.value.errors] == ["no-time"]


@pytest.mark.parametrize(
    ("formats", "amount", "currency", "shown", "why"),
    [
        ("es-ES", "1234.5", "EUR", "1.234,50 €", "NBSP before the sign in CLDR"),
        ("es-MX", "1234.5", "MXN", "$1,234.50", "at home the peso is $"),
        ("es-ES", "1234.5", "MXN", "1.234,50 MXN", "abroad it is not"),
        ("es-MX", "1234.5", "EUR", "EUR1,234.50", ""),
        ("es-CL", "1234.5", "CLP", "$1.234", "Chile has no cents; half goes to even"),
        ("es-CO", "1234.5", "COP", "$1.234,50", ""),
        ("es-PE", "1234.5", "USD", "USD 1,234.50", ""),
        ("pt-BR", "1234.5", "BRL", "R$ 1.234,50", ""),
        ("pt-PT", "1234567", "EUR", "1 234 567,00 €", "groups apart by NBSP in CLDR"),
        ("fr-FR", "1234.5", "EUR", "1 234,50 €", "and by U+202F"),
        ("de-CH", "1234.5", "CHF", "CHF 1'234.50", "a typographic apostrophe in CLDR"),
        ("en-US", "-5", "USD", "-$5.00", ""),
        ("es-ES", "1", "XTS", "1,00 XTS", "a code nobody knows is written out"),
    ],
)
def test_money(formats: str, amount: str, currency: str, shown: str, why: str) -> None:
    assert show_money(Reader(formats=formats), Money(Decimal(amount), currency)) == shown, why


@pytest.mark.parametrize(
    ("formats", "number", "digits", "shown", "why"),
    [
        ("es-ES", "1234567.125", None, "1.234.567,125", "its own decimals"),
        ("es-ES", "1234567.125", 2, "1.234.567,12", "half to even"),
        ("es-ES", "0.123456", None, "0,123456", "more than CLDR's three"),
        ("es-ES", "7", 2, "7,00", ""),
        ("es-MX", "1234567", None, "1,234,567", ""),
        ("en-IN", "1234567.5", None, "12,34,567.5", "lakhs"),
        ("pt-PT", "1234567", None, "1 234 567", ""),
        ("es-ES", "1E+3", None, "1.000", "no exponents"),
    ],
)
def test_numbers(formats: str, number: str, digits: int | None, shown: str, why: str) -> None:
    assert show_number(Reader(formats=formats), Decimal(number), digits) == shown, why


def test_bare_numbers_have_no_exponent() -> None:
    assert [bare(Decimal(text)) for text in ("1E+3", "0.50", "2026")] == ["1000", "0.50", "2026"]


PHONES = [
    ("+34612345678", "ES", "612 34 56 78", "+34 612 34 56 78"),
    ("+525512345678", "MX", "55 1234 5678", "+52 55 1234 5678"),
    ("+573001234567", "CO", "300 1234567", "+57 300 1234567"),
    ("+51912345678", "PE", "912 345 678", "+51 912 345 678"),
    ("+56961234567", "CL", "9 6123 4567", "+56 9 6123 4567"),
    ("+593991234567", "EC", "099 123 4567", "+593 99 123 4567"),
    ("+5491123456789", "AR", "011 15-2345-6789", "+54 9 11 2345-6789"),
    ("+5511961234567", "BR", "(11) 96123-4567", "+55 11 96123-4567"),
    ("+351912345678", "PT", "912 345 678", "+351 912 345 678"),
    ("+12015550123", "US", "(201) 555-0123", "+1 201-555-0123"),
    ("+447400123456", "GB", "07400 123456", "+44 7400 123456"),
    ("+8613123456789", "CN", "131 2345 6789", "+86 131 2345 6789"),
    ("+34900123456", "ES", "900 123 456", "+34 900 123 456"),
]


@pytest.mark.parametrize(("number", "country", "national", "international"), PHONES)
def test_phones_are_written_as_at_home_or_for_abroad(
    number: str, country: str, national: str, international: str
) -> None:
    abroad = "FR"

    assert show_phone(Reader(formats="es", country=country), number) == national
    assert show_phone(Reader(formats="es", country=abroad), number) == international
    assert show_phone(Reader(formats="es"), number) == international


@pytest.mark.parametrize(
    ("given_", "shown", "why"),
    [
        ("612345678", "612 34 56 78", "national, of the reader's country"),
        ("112", "112", "no number of the plan"),
        ("+34 612", "+34 612", "too short"),
        ("llámanos", "llámanos", "no number at all"),
        ("9" * 500, "9" * 500, "too long to look at"),
        ("", "", ""),
    ],
)
def test_what_is_no_phone_stays_as_it_is(given_: str, shown: str, why: str) -> None:
    assert show_phone(Reader(formats="es", country="ES"), given_) == shown, why


@pytest.mark.parametrize(
    ("formats", "country", "number", "words"),
    [
        (
            "es-ES",
            "ES",
            "+34612345678",
            "seis uno dos, treinta y cuatro, cincuenta y seis, setenta y ocho",
        ),
        (
            "es-MX",
            "MX",
            "+525512345678",
            "cincuenta y cinco, doce, treinta y cuatro, cincuenta y seis, setenta y ocho",
        ),
        (
            "es-CO",
            "CO",
            "+573001234567",
            "tres cero cero, uno dos tres, cuarenta y cinco, sesenta y siete",
        ),
        ("es-PE", "PE", "+51912345678", "nueve uno dos, tres cuatro cinco, seis siete ocho"),
        (
            "es-CL",
            "CL",
            "+56961234567",
            "nueve, sesenta y uno, veintitrés, cuarenta y cinco, sesenta y siete",
        ),
        (
            "es-MX",
            "MX",
            "+34612345670",
            "más treinta y cuatro, seis uno dos, treinta y cuatro, cincuenta y seis, setenta",
        ),
        ("en-US", "US", "+12015550123", "two zero one, five five five, zero one two three"),
        (
            "en-GB",
            "GB",
            "+447400123456",
            "zero seven four, zero zero, one two three, four five six",
        ),
        (
            "pt-BR",
            "BR",
            "+5511961234567",
            "um um, nove meia um, dois três, quatro cinco meia sete",
        ),
        ("pt-PT", "PT", "+351962345678", "nove seis dois, três quatro cinco, seis sete oito"),
    ],
)
def test_phones_read_aloud(formats: str, country: str, number: str, words: str) -> None:
    assert show_spoken(Reader(formats=formats, country=country), number) == words


@pytest.mark.parametrize(
    ("formats", "written", "words", "why"),
    [
        ("es", "410852", "cuatro uno cero, ocho cinco dos", "a code goes digit by digit"),
        ("es", "0042", "cero cero cuatro dos", "four stay together"),
        ("es", "12345678", "uno dos tres cuatro, cinco seis siete ocho", "eight in fours"),
        ("es", "1234567", "uno dos tres, cuatro cinco seis siete", "no digit is left alone"),
        ("es", "7", "siete", ""),
        ("en", "A1b2C3", "A one B, two C three", "letters as themselves"),
        ("en", "410-852", "four one zero, eight five two", "groups as written"),
        (
            "es",
            "612 34 05 10",
            "seis uno dos, treinta y cuatro, cero cinco, diez",
            "05 keeps its 0",
        ),
        ("es", "22 26", "veintidós, veintiséis", ""),
        ("pt", "66", "meia meia", "plain pt is Brazil's"),
        ("es", "", "", "nothing to read"),
        ("es", "Ana", "Ana", "a word is no number"),
        ("es", "piso 5", "piso 5", "nor is a line of text"),
        ("es", "1" * 41, "1" * 41, "too long for a number"),
        ("es", "+", "+", ""),
        ("en", "١٢", "١٢", "other digits are not ours to read"),
    ],
)
def test_codes_and_groups_read_aloud(formats: str, written: str, words: str, why: str) -> None:
    assert read_aloud(written, formats) == words, why


@given(st.from_regex(r"\A[0-9]{1,40}\Z"), st.sampled_from(["es", "en", "pt", "pt-PT"]))
def test_every_digit_of_a_code_is_said_once(code: str, formats: str) -> None:
    groups = read_aloud(code, formats).split(", ")
    sizes = [len(group.split()) for group in groups]

    assert sum(sizes) == len(code)
    assert max(sizes) <= 4
    assert len(code) == 1 or min(sizes) >= 2


@pytest.mark.parametrize(
    ("text", "shown"),
    [("ana maría o'neil", "Ana María O'neil"), ("  dos  palabras ", "  Dos  Palabras "), ("", "")],
)
def test_titles(text: str, shown: str) -> None:
    assert title(text) == shown


@pytest.mark.parametrize(
    ("text", "length", "end", "shown", "why"),
    [
        ("hola", 4, "...", "hola", "it fits"),
        ("hola mundo", 8, "...", "hola...", "no blank before the dots"),
        ("hola mundo", 6, "", "hola m", ""),
        ("hola", 2, "...", "..", "shorter than its own ending"),
        ("caf\u0065\u0301s", 4, "", "caf", "é in two characters goes whole"),
    ],
)
def test_truncation(text: str, length: int, end: str, shown: str, why: str) -> None:
    assert truncate(text, length, end) == shown, why


@given(st.text(max_size=60), st.integers(1, 50), st.text(max_size=5))
def test_truncation_keeps_its_promise(text: str, length: int, end: str) -> None:
    assert len(truncate(text, length, end)) <= length


FORMATS = "es es-MX es-AR es-CL pt pt-PT en en-IN fr fr-CA de de-CH it it-CH ca gl eu zh zh-TW"


@pytest.mark.parametrize("formats", FORMATS.split())
def test_no_blank_of_cldr_leaks_into_a_text(formats: str) -> None:
    reader = Reader(formats=formats, zone="America/Mexico_City")
    number = Decimal("-1234567.5")
    shown = [
        *(show_date(reader, SATURDAY, style) for style in ("short", "medium", "long", "full")),
        *(show_time(reader, SATURDAY, style) for style in ("short", "medium")),
        show_number(reader, number),
        *(show_money(reader, Money(number, code)) for code in ("EUR", "USD", "MXN", "CLP", "BRL")),
    ]

    assert not set("".join(shown)) & NEUTRAL.keys()


def test_the_layer_keeps_the_languages_that_the_filters_write() -> None:
    assert layers.LANGUAGES == LANGUAGES


def test_texts_without_filters_import_neither_babel_nor_jinja() -> None:
    modules = "language, signature, otp_format, template_render, template_check, template_lint"
    code = f"import sys; from relevo.domain import {modules}; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "layers" / "relevo" / "python")},
    )

    assert {"babel", "jinja2"} & set(done.stdout.split()) == set()
