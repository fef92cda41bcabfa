"""The filters of templates: letters, and values in the formats of a language and a country.

Babel is imported by the first filter that needs it, because most texts need none.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from relevo.domain.gsm import NEUTRAL
from relevo.domain.language import fallbacks
from relevo.domain.problem import Flaw, Problem
from relevo.domain.spoken import read_aloud
from relevo.domain.template_values import Money, Value

if TYPE_CHECKING:
    from babel import Locale

LANGUAGES: Final = frozenset({"ca", "de", "en", "es", "eu", "fr", "gl", "it", "pt", "zh"})
"""Languages that dates, numbers and money are written in; the layer holds no others."""

_PLAIN: Final = str.maketrans(dict(NEUTRAL))
_WORD: Final = re.compile(r"\S+")
_LONGEST_PHONE: Final = 40
# Wide enough for every value the schema lets in, and the same whatever the caller's context.
_ROUNDING: Final = Context(prec=40, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the text: `formats` is a canonical tag, `zone` an IANA name.

    Without a zone an instant is shown with the offset it was given in. A phone number of
    `country` is shown as it is dialled there.
    """

    formats: str
    zone: str | None = None
    country: str | None = None


@lru_cache(maxsize=64)
def _locale(formats: str) -> "Locale":
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    for tag in fallbacks(formats):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue  # no such region, or an extension that only BCP 47 knows
    return Locale.parse("en")


def _plain(formatted: str) -> str:
    # CLDR writes NBSP, U+202F and U+200F; any of them would triple the price of a GSM-7 text,
    # and a customer who switched smart encoding off did not ask for them.
    return formatted.translate(_PLAIN)


def _local(value: datetime, reader: Reader) -> datetime:
    return value if reader.zone is None else value.astimezone(ZoneInfo(reader.zone))


def show_date(reader: Reader, value: date, style: str = "medium") -> str:
    from babel.dates import format_date  # noqa: PLC0415

    day = _local(value, reader) if isinstance(value, datetime) else value
    return _plain(format_date(day, style, _locale(reader.formats)))


def show_time(reader: Reader, value: date, style: str = "short") -> str:
    """Show the time of an instant; raises Problem for a plain day, which has none."""
    if not isinstance(value, datetime):
        detail = "The template shows a time, so its date needs a time with an offset."
        raise Problem("validation-failed", errors=[Flaw("/variables", "no-time", detail)])
    from babel.dates import format_time  # noqa: PLC0415

    # With its zone taken off, because Babel would convert it to UTC.
    local = _local(value, reader).replace(tzinfo=None)
    return _plain(format_time(local, style, locale=_locale(reader.formats)))


def show_number(reader: Reader, value: Decimal, digits: int | None = None) -> str:
    """Show a number with its own decimals, or rounded (half to even) to as many as asked for."""
    from babel.numbers import format_decimal  # noqa: PLC0415

    locale = _locale(reader.formats)
    places = max(0, -int(value.as_tuple().exponent)) if digits is None else digits
    # The locale's own grouping (lakhs in India), which would itself stop at three decimals.
    whole = locale.decimal_formats[None].pattern.partition(".")[0]
    with localcontext(_ROUNDING):
        return _plain(format_decimal(value, f"{whole}.{'0' * places}".rstrip("."), locale))


def show_money(reader: Reader, value: Money) -> str:
    """Show an amount with as many decimals as its currency has, rounded half to even."""
    from babel.numbers import format_currency  # noqa: PLC0415

    with localcontext(_ROUNDING):
        locale = _locale(reader.formats)
        return _plain(format_currency(value.amount, value.currency, locale=locale))


def show_phone(reader: Reader, value: str) -> str:
    """Show a phone number as its country writes it, internationally to readers elsewhere.

    What is not a number of the plan stays as it was given.
    """
    if len(value) > _LONGEST_PHONE:
        return value
    try:
        number = phonenumbers.parse(value, reader.country)
    except NumberParseException:
        return value
    if not phonenumbers.is_valid_number(number):
        return value
    at_home = phonenumbers.region_code_for_number(number) == reader.country
    form = PhoneNumberFormat.NATIONAL if at_home else PhoneNumberFormat.INTERNATIONAL
    return _plain(phonenumbers.format_number(number, form))


def show_spoken(reader: Reader, value: str) -> str:
    """Show a code or a phone number in words; E.164 is first written as for `phone`."""
    written = show_phone(reader, value) if value.startswith("+") else value
    return read_aloud(written, reader.formats)


def title(value: str) -> str:
    """Begin every word with a capital; `str.title` would also write O'Neil'S."""
    return _WORD.sub(lambda word: word[0][:1].upper() + word[0][1:].lower(), value)


def truncate(value: str, length: int, end: str = "...") -> str:
    """Cut to at most `length` characters, the ending included; an accent stays on its letter."""
    if len(value) <= length:
        return value
    kept = max(0, length - len(end))
    while kept and unicodedata.combining(value[kept]):
        kept -= 1
    return (value[:kept].rstrip() + end)[:length]


def show(reader: Reader, value: Value) -> str:
    """Show a value where no template says how: as a parameter of a carrier's own template."""
    match value:
        case str():
            return value
        case Money():
            return show_money(reader, value)
        case Decimal():
            return bare(value)
    day = show_date(reader, value)
    return f"{day} {show_time(reader, value)}" if isinstance(value, datetime) else day


def bare(number: Decimal) -> str:
    """Write a number without groups and without an exponent."""
    return format(number, "f")


Show = Callable[..., str]
LOCALISED: Final[Mapping[str, Show]] = {
    "date": show_date,
    "time": show_time,
    "number": show_number,
    "money": show_money,
    "phone": show_phone,
    "spoken": show_spoken,
}
"""Filters that depend on the reader."""

OF_LETTERS: Final[Mapping[str, Show]] = {
    "upper": str.upper,
    "lower": str.lower,
    "title": title,
    "trim": str.strip,
    "truncate": truncate,
}
