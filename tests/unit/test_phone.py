"""Recipients: what is read, what is refused, and that no number comes back in a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.phone import NumberKind, digits_tail, known_country, parse_recipient
from relevo.domain.problem import Problem

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
        ("011 15-2345-6789", "AR", "+5491123456789", "AR", "Argentina's 15 becomes 9"),
        ("+44 (0) 7400 123456", None, "+447400123456", "GB", "trunk zero in brackets"),
        ("+447911123456", None, "+447911123456", "GG", "Guernsey shares 44: region decides"),
        ("+18764567890", None, "+18764567890", "JM", "Jamaica shares 1"),
        ("+٣٤٦١٢٣٤٥٦٧٨", None, "+34612345678", "ES", "Arabic-Indic digits"),
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
        ("+5215512345678", None, "invalid-recipient", "Mexico dropped this 1 in 2019"),
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
    assert len(raw) < 5 or raw not in answer
    assert problem.__suppress_context__ or problem.__context__ is None
