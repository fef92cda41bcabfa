"""Recipients: what is read, what is refused, and that no number comes back in a refusal."""

import os
import subprocess
import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.phone import (
    NumberKind,
    digits_tail,
    known_country,
    parse_recipient,
    zones_of,
)
from relevo.domain.problem import Problem

MOBILE, EITHER = NumberKind.MOBILE, NumberKind.FIXED_OR_MOBILE
PINNED = "9.0.43"
"""The release the rows below were read from; raise it with the layer's, after reading them."""

# A market's mobile number, its landline and its premium one; None where the plan has no such
# range. Landlines are taken only where nobody can tell them from mobiles.
MARKETS = [
    ("ES", "+34612345678", MOBILE, "+34912345678", None, "+34803123456"),
    ("MX", "+522221234567", EITHER, "+525512345678", EITHER, "+529001234567"),
    ("CO", "+573211234567", MOBILE, "+576012345678", None, "+5719001234567"),
    ("AR", "+5491123456789", MOBILE, "+541123456789", None, "+546001234567"),
    ("CL", "+56961234567", EITHER, "+56221234567", EITHER, None),
    ("PE", "+51912345678", MOBILE, "+5111234567", None, "+5180512345"),
    ("BR", "+5511961234567", MOBILE, "+551123456789", None, "+55500123456"),
    ("EC", "+593991234567", MOBILE, "+59322123456", None, None),
    ("CN", "+8613123456789", MOBILE, "+861012345678", None, "+8616812345"),
    ("HK", "+85251234567", MOBILE, "+85221234567", None, "+85290012345678"),
    ("TW", "+886912345678", MOBILE, "+886221234567", None, "+886203123456"),
    ("SG", "+6581234567", MOBILE, "+6561234567", None, "+6519001234567"),
    ("US", "+12015550123", EITHER, "+12125550123", EITHER, "+19002345678"),
    ("CA", "+15062345678", EITHER, "+14165550123", EITHER, "+19002123456"),
    ("GB", "+447400123456", MOBILE, "+442079460000", None, "+449012345678"),
    ("FR", "+33612345678", MOBILE, "+33123456789", None, "+33891123456"),
    ("DE", "+4915123456789", MOBILE, "+4930123456", None, "+499001234567"),
    ("IT", "+393123456789", MOBILE, "+390212345678", None, "+39899123456"),
    ("PT", "+351912345678", MOBILE, "+351212345678", None, "+351760123456"),
    ("IN", "+918123456789", MOBILE, "+911123456789", None, "+911861123456789"),
    ("AE", "+971501234567", MOBILE, "+97142345678", None, "+971900234567"),
]

# Any last three digits are valid after these, so every row of the sandbox works everywhere.
SANDBOX_PREFIXES = [
    ("ES", "+34612345"),
    ("IT", "+393123456"),
    ("SG", "+6581234"),
    ("IN", "+918123456"),
    ("AE", "+971501234"),
    ("GB", "+447400123"),
    ("FR", "+33612345"),
    ("DE", "+4915123456"),
    ("PT", "+351912345"),
    ("HK", "+85251234"),
    ("MX", "+522221234"),
    ("CO", "+573211234"),
    ("AR", "+5491123456"),
    ("CL", "+56221234"),
    ("PE", "+51912345"),
    ("BR", "+5511961234"),
    ("EC", "+593991234"),
    ("CN", "+8613123456"),
    ("TW", "+886912345"),
    ("US", "+12015550"),
    ("CA", "+15062345"),
]


@pytest.mark.parametrize(
    ("raw", "country", "e164", "region", "note"),
    [
        ("+34612345678", None, "+34612345678", "ES", "E.164"),
        ("+34 612-34.56/78", None, "+34612345678", "ES", "written for people"),
        ("(+34) 612 345 678", None, "+34612345678", "ES", "brackets round the country"),
        ("+1 (201) 555-0123", None, "+12015550123", "US", "formatted"),
        ("612 34 56 78", "ES", "+34612345678", "ES", "national, with its country"),
        ("0034612345678", "ES", "+34612345678", "ES", "international prefix of a country"),
        ("+34612345678", "MX", "+34612345678", "ES", "E.164 ignores the country"),
        ("+5215512345678", None, "+525512345678", "MX", "Mexico dropped this 1 in 2019"),
        ("+52 1 55 1234 5678", None, "+525512345678", "MX", ""),
        ("0052 1 55 1234 5678", "ES", "+525512345678", "MX", "dialled from Spain"),
        ("1 55 1234 5678", "MX", "+525512345678", "MX", ""),
        ("044 55 1234 5678", "MX", "+525512345678", "MX", "how a mobile was dialled in town"),
        ("045 55 1234 5678", "MX", "+525512345678", "MX", "and from out of town"),
        ("01 55 1234 5678", "MX", "+525512345678", "MX", "the old trunk prefix"),
        ("55 1234 5678", "MX", "+525512345678", "MX", "as it is today"),
        ("011 15-2345-6789", "AR", "+5491123456789", "AR", "Argentina's 15 becomes 9"),
        ("+44 (0) 7400 123456", None, "+447400123456", "GB", "trunk zero in brackets"),
        ("+54 11 15 2345 6789", None, "+5491123456789", "AR", "with the country's code too"),
        ("0351 15 234-5678", "AR", "+5493512345678", "AR", "Córdoba"),
        ("+٣٤٦١٢٣٤٥٦٧٨", None, "+34612345678", "ES", "Arabic-Indic digits"),
        ("+۳۴۶۱۲۳۴۵۶۷۸", None, "+34612345678", "ES", "Persian digits"),
        ("+३४६१२३४५६७८", None, "+34612345678", "ES", "Devanagari digits"),
        ("٠٥٠ ١٢٣ ٤٥٦٧", "AE", "+971501234567", "AE", "national, in Arabic-Indic digits"),
        ("＋３４６１２３４５６７８", None, "+34612345678", "ES", "full-width digits"),
        ("\u202a+34\u00a0612\u2011345\u2013678\u202c", None, "+34612345678", "ES", "pasted"),
    ],
)
def test_numbers_are_normalised(
    raw: str, country: str | None, e164: str, region: str, note: str
) -> None:
    recipient = parse_recipient(raw, country)

    assert (recipient.e164, recipient.country) == (e164, region), note


@pytest.mark.parametrize(
    ("raw", "country", "slug", "note"),
    [
        ("5551234", None, "invalid-recipient", "national without a country"),
        ("612345678", None, "invalid-recipient", "national without a country"),
        ("0034612345678", None, "invalid-recipient", "00 means nothing without a country"),
        ("612345678", "XX", "invalid-recipient", "no such country"),
        ("+99912345678", None, "invalid-recipient", "unassigned country code"),
        ("+15551234567", None, "invalid-recipient", "no such area code"),
        ("+34612", None, "invalid-recipient", "too short"),
        ("+346123456789", None, "invalid-recipient", "too long"),
        ("+34 612 345 678 ext 5", None, "invalid-recipient", "an extension takes no text"),
        ("+1 800 FLOWERS", None, "invalid-recipient", "letters are not digits"),
        ("tel:+34612345678", None, "invalid-recipient", "not a URI"),
        ("++34612345678", None, "invalid-recipient", ""),
        ("+34612345678¹", None, "invalid-recipient", "a footnote mark is no digit"),
        ("", None, "invalid-recipient", ""),
        ("+" + "1" * 5000, None, "invalid-recipient", "long input is not parsed"),
        ("+52155123456789", None, "invalid-recipient", "too long even without the old 1"),
        ("+5211512345678", None, "invalid-recipient", "no Mexican number starts with 1"),
        ("+5219001234567", None, "unsupported-destination", "premium with an old 1"),
        ("15 2345 6789", "AR", "invalid-recipient", "Argentina: the area is missing"),
        ("+34803123456", None, "unsupported-destination", "premium rate"),
        ("+19005551234", None, "unsupported-destination", "premium rate"),
        ("+34901123456", None, "unsupported-destination", "shared cost"),
        ("+34912345678", None, "unsupported-destination", "landline, where the plan tells"),
        ("+18005551234", None, "unsupported-destination", "toll-free"),
        ("+447012345678", None, "unsupported-destination", "personal numbers are costly"),
        ("+870773111632", None, "unsupported-destination", "satellite: no country"),
        ("112", "ES", "unsupported-destination", "emergency"),
        ("112", None, "unsupported-destination", "emergency anywhere"),
        ("+34112", None, "unsupported-destination", "emergency, disguised"),
        ("25354", "ES", "unsupported-destination", "short code"),
        ("12345", "MX", "unsupported-destination", "short codes we have no data of"),
    ],
)
def test_refusals(raw: str, country: str | None, slug: str, note: str) -> None:
    with pytest.raises(Problem) as refusal:
        parse_recipient(raw, country)

    assert refusal.value.slug == slug, note
    assert [error.pointer for error in refusal.value.errors] == ["/to"]


def test_the_library_is_the_one_the_tables_were_read_from() -> None:
    assert phonenumbers.__version__ == PINNED


@pytest.mark.parametrize(("country", "mobile", "kind", "landline", "taken_as", "premium"), MARKETS)
def test_what_each_market_takes(
    country: str,
    mobile: str,
    kind: NumberKind,
    landline: str,
    taken_as: NumberKind | None,
    premium: str | None,
) -> None:
    assert _kind(mobile, country) is kind
    assert _kind(landline, country) is taken_as
    assert premium is None or _kind(premium, country) is None


def _kind(number: str, country: str) -> NumberKind | None:
    """Say what an existing number is taken as; None when its kind is refused."""
    try:
        recipient = parse_recipient(number)
    except Problem as refusal:
        if [error.code for error in refusal.errors] != ["number-kind"]:
            raise
        return None
    assert (recipient.e164, recipient.country) == (number, country)
    return recipient.kind


@pytest.mark.parametrize(
    ("number", "region"),
    [
        ("+12015550123", "US"),
        ("+15062345678", "CA"),
        ("+18764567890", "JM"),
        ("+18095551234", "DO"),
        ("+12423591234", "BS"),
        ("+12462501234", "BB"),
        ("+18682911234", "TT"),
        ("+17872345678", "PR"),
        ("+14413701234", "BM"),
        ("+13453231234", "KY"),
        ("+16712345678", "GU"),
        ("+447400123456", "GB"),
        ("+447911123456", "GG"),
        ("+447797712345", "JE"),
        ("+447624123456", "IM"),
        ("+79161234567", "RU"),
        ("+77710009998", "KZ"),
        ("+262692123456", "RE"),
        ("+262639012345", "YT"),
    ],
)
def test_countries_that_share_a_dialling_code_are_told_apart(number: str, region: str) -> None:
    assert parse_recipient(number).country == region


@pytest.mark.parametrize(
    ("number", "zones", "note"),
    [
        ("+34612345678", ("Atlantic/Canary", "Europe/Madrid"), "a mobile may be on the islands"),
        ("+525512345678", ("America/Mexico_City",), "Mexican numbers tell the area"),
        ("+526641234567", ("America/Tijuana",), ""),
        ("+5511961234567", ("America/Sao_Paulo",), ""),
        ("+593991234567", ("America/Guayaquil", "Pacific/Galapagos"), ""),
        ("+12015550123", ("America/New_York",), "the area of issue, wherever the phone is"),
        ("+18085551234", ("Pacific/Honolulu",), ""),
        ("+18764567890", ("America/Jamaica",), "not the 40 zones of +1"),
        ("+8613123456789", ("Asia/Shanghai",), ""),
        ("+870773111632", (), "satellite"),
    ],
)
def test_zones(number: str, zones: tuple[str, ...], note: str) -> None:
    assert zones_of(number) == zones, note


@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market[0])
def test_every_market_has_zones(market: tuple[str, str]) -> None:
    assert zones_of(market[1])


def test_the_send_path_loads_no_table_it_does_not_ask() -> None:
    # The geocoder alone takes more than a second and 100 MB.
    script = "import sys, relevo.api.app; print(*sys.modules)"
    fresh = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = fresh.stdout.split()

    assert "relevo.domain.phone" in loaded
    for table in ("geocoder", "geodata", "carrier", "carrierdata", "timezone", "tzdata"):
        assert f"phonenumbers.{table}" not in loaded


@pytest.mark.parametrize(("country", "prefix"), SANDBOX_PREFIXES)
def test_every_sandbox_ending_is_a_valid_number(country: str, prefix: str) -> None:
    for ending in range(0, 1000, 7):
        recipient = parse_recipient(f"{prefix}{ending:03d}")

        assert recipient.country == country
        assert digits_tail(recipient.e164) == f"{ending:03d}"


def test_where_landlines_cannot_be_told_the_kind_says_so() -> None:
    assert parse_recipient("+12015550123").kind is NumberKind.FIXED_OR_MOBILE
    assert parse_recipient("+34612345678").kind is NumberKind.MOBILE


def test_known_countries_are_upper_case_codes() -> None:
    assert known_country("ES")
    assert not known_country("es")
    assert not known_country("XX")


@given(st.text(max_size=60) | st.from_regex(r"\+?[0-9 ()./-]{5,20}", fullmatch=True))
def test_any_text_is_a_number_or_a_problem_that_does_not_repeat_it(raw: str) -> None:
    try:
        recipient = parse_recipient(raw, "ES")
    except Problem as refusal:
        problem = refusal
    else:
        assert parse_recipient(recipient.e164) == recipient
        return

    answer = str(problem.body("r-1")) + repr(problem) + str(problem)
    # A word may be one of ours, as "error" is; digits are not.
    numbered = any(sign.isdigit() for sign in raw)
    assert len(raw) < 5 or not numbered or raw not in answer
    assert problem.__suppress_context__ or problem.__context__ is None
