"""Values of requests: moments, money, senders and callback addresses."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from relevo.api.fields import (
    Amount,
    CallbackUrl,
    Country,
    Moment,
    Schedule,
    Sender,
    Text,
    parse_moment,
)
from relevo.api.schemas import problem_of

MOMENT = TypeAdapter[int](Moment)
AMOUNT = TypeAdapter[Decimal](Amount)
CALLBACK = TypeAdapter[str](CallbackUrl)
SENDER = TypeAdapter[str](Sender)
COUNTRY = TypeAdapter[str](Country)
TEXT = TypeAdapter[str](Text)


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-24T12:00:00.123Z", 1_795_521_600_123),
        ("2026-11-24t12:00:00.123999z", 1_795_521_600_123),
        ("2026-11-24T13:00:00.123456789+01:00", 1_795_521_600_123),
        ("2026-11-24 06:00:00-06:00", 1_795_521_600_000),
        ("2026-11-24T12:00:00-00:00", 1_795_521_600_000),
    ],
)
def test_moments(written: str, instant: int) -> None:
    assert parse_moment(written) == instant


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-24T12:00:00",
        "2026-11-24",
        "2026-11-24T12:00Z",
        "2026-02-30T12:00:00Z",
        "2026-11-24T25:00:00Z",
        "2026-11-24T12:00:60Z",
        "2026-W48-2T12:00:00Z",
        "2026-11-24T12:00:00+0100",
        "2026-11-24T12:00:00+25:00",
        "２０２６-11-24T12:00:00Z",
        "tomorrow",
        "",
        1_795_521_600,
        None,
    ],
)
def test_what_is_no_moment(written: object) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(written)


@given(st.datetimes(timezones=st.timezones()) | st.text(max_size=40))
def test_any_moment_is_read_or_refused(written: Any) -> None:
    text = written if isinstance(written, str) else written.isoformat()
    with suppress(ValidationError):
        assert isinstance(MOMENT.validate_python(text), int)


def test_a_bad_schedule_has_its_own_slug() -> None:
    with pytest.raises(ValidationError) as refusal:
        TypeAdapter[int](Schedule).validate_python("2026-11-24T12:00:00")

    assert problem_of(refusal.value).slug == "invalid-schedule"


@pytest.mark.parametrize(
    ("given_", "amount"),
    [("0.05", "0.05"), (1, "1"), (Decimal("0.10"), "0.10"), (Decimal("1E+2"), "100")],
)
def test_amounts(given_: object, amount: str) -> None:
    assert AMOUNT.validate_python(given_) == Decimal(amount)


@pytest.mark.parametrize(
    "given_", ["", "-1", "1,5", "1e3", "NaN", "0.0000001", "9" * 10, "٣", 0.05, True, None, []]
)
def test_what_is_no_amount(given_: object) -> None:
    with pytest.raises(ValidationError):
        AMOUNT.validate_python(given_)


@pytest.mark.parametrize(
    ("sender", "note"),
    [
        ("Acme", "alphanumeric"),
        ("ACME-SHOP 1", "11 characters"),
        ("Ñandú", "registered in Spain"),
        ("+34600111222", "long number"),
        ("25354", "short code"),
        ("UC浏览器", "a Chinese signature"),
    ],
)
def test_senders(sender: str, note: str) -> None:
    assert SENDER.validate_python(sender) == sender, note


@pytest.mark.parametrize(
    ("sender", "note"),
    [
        ("ACMECORPORATE", "more than 11"),
        ("34600111222", "digits only, and no short code"),
        ("12", "too short for a code"),
        (" Acme", "edge space"),
        ("Acme\nBcc", "line end"),
        ("...", "no letter"),
        ("浏" * 33, "too long for a signature"),
    ],
)
def test_what_is_no_sender(sender: str, note: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        SENDER.validate_python(sender)

    assert problem_of(refusal.value).slug == "invalid-sender", note


@pytest.mark.parametrize("country", ["es", "E", "ESP", "XX", "001", "ZZ"])
def test_what_is_no_country(country: str) -> None:
    with pytest.raises(ValidationError):
        COUNTRY.validate_python(country)


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\u00a0\u2060\ufeff", "\u3000"])
def test_what_no_handset_would_show_is_blank(text: str) -> None:
    with pytest.raises(ValidationError):
        TEXT.validate_python(text)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://hooks.example.com/relevo?x=1&y=%20",
        "https://example.com:443/a",
        "https://example.com:8443/a",
        "https://EXAMPLE.com/a",
        "https://xn--bcher-kva.example/",
        "https://example.com/" + "a" * 2028,
    ],
)
def test_callback_urls(url: str) -> None:
    assert CALLBACK.validate_python(url) == url


@pytest.mark.parametrize(
    ("url", "note"),
    [
        ("http://example.com/", "not https"),
        ("ftp://example.com/", ""),
        ("//example.com/", "no scheme"),
        ("https://", "no host"),
        ("https:///path", "no host"),
        ("https://user@example.com/", "user"),
        ("https://user:pass@example.com/", "user and password"),
        ("https://@example.com/", "an empty user"),
        ("https://example.com:25/", "port"),
        ("https://example.com:80/", "port"),
        ("https://example.com:99999/", "no port at all"),
        ("https://example.com:x/", "no port at all"),
        ("https://evil\\@good.com/", "readers disagree about the host"),
        ("https://good.com#@evil.com/", "readers disagree about the host"),
        ("https://127.0.0.1/", "address"),
        ("https://127.1/", "address, short"),
        ("https://0x7f.1/", "address, hexadecimal"),
        ("https://2130706433/", "address, one number"),
        ("https://0177.0.0.1/", "address, octal"),
        ("https://[::1]/", "address, v6"),
        ("https://[::ffff:127.0.0.1]/", "address, v4 in v6"),
        ("https://169.254.169.254/latest", "metadata"),
        ("https://１２７.0.0.1/", "full-width digits"),
        ("https://localhost/", "private"),
        ("https://api.localhost/", "private"),
        ("https://intranet/", "one label"),
        ("https://db.internal/", "private zone"),
        ("https://printer.local/", "private zone"),
        ("https://router.home.arpa/", "private zone"),
        ("https://example.com./", "a final dot slips past lists of names"),
        ("https://exa mple.com/", "space"),
        ("https://example.com/\r\nX: y", "line end"),
        ("https://example.com/\u202e", "invisible"),
        ("https://-a.com/", "no label"),
        ("https://a..com/", "empty label"),
        ("https://" + "a." * 127 + "com/", "host too long"),
        ("https://example.com/" + "a" * 2029, "more than 2048"),
    ],
)
def test_row_43_what_is_no_callback_url(url: str, note: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        CALLBACK.validate_python(url)

    problem = problem_of(refusal.value)
    assert problem.slug == "invalid-callback-url", note
    assert url == "https://" or url not in str(problem.body("r"))


@given(st.text(max_size=80).map("https://".__add__))
def test_any_url_is_taken_or_refused(url: str) -> None:
    with suppress(ValidationError):
        assert CALLBACK.validate_python(url).isascii()
