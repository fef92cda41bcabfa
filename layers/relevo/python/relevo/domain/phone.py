"""Recipients: a number as people write it becomes E.164, or is refused without being repeated."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from relevo.domain.problem import Flaw, Problem


class NumberKind(StrEnum):
    MOBILE = "mobile"
    FIXED_OR_MOBILE = "fixed-or-mobile"
    VOIP = "voip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    e164: str
    country: str
    kind: NumberKind


# An allow-list: premium, shared-cost, toll-free, personal (070 in GB) and pager ranges are
# where artificially inflated traffic earns its money. Plans that do not tell landlines from
# mobiles (US, CA, MX, CL) say fixed-or-mobile, and a plain landline is refused elsewhere.
_TAKES_TEXTS: Final[Mapping[int, NumberKind]] = {
    PhoneNumberType.MOBILE: NumberKind.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE: NumberKind.FIXED_OR_MOBILE,
    PhoneNumberType.VOIP: NumberKind.VOIP,
}
_WRITTEN: Final = re.compile(r"\(?\+?[0-9 ()./-]+")
_SHORT: Final = re.compile(r"[0-9]{2,6}")
_LONGEST: Final = 40
# Mexico dropped the 1 of its mobiles and the trunk prefixes in 2019; address books did not.
_OLD_MEXICAN: Final = re.compile(r"\+52(?:1|01|04[45])([2-9][0-9]{9})")
_UNKNOWN_ZONE: Final = "Etc/Unknown"
_FULL_WIDTH: Final = str.maketrans("＋（）．／−", "+()./-")


def known_country(country: str) -> bool:
    """Say whether `country` (ISO 3166 alpha-2, upper case) has a numbering plan."""
    return country in phonenumbers.SUPPORTED_REGIONS


def _refuse(slug: str, code: str, detail: str) -> Problem:
    return Problem(slug, detail, errors=[Flaw("/to", code, detail)])


def _plain_sign(sign: str) -> str:
    # Not NFKC, which would read a footnote mark (¹) as one more digit of the number.
    match unicodedata.category(sign):
        case "Nd":
            return str(unicodedata.decimal(sign))
        case "Zs":
            return " "
        case "Pd":
            return "-"
        case "Cf":
            return ""
    return sign


def _plain(raw: str) -> str:
    """Turn full-width and other digits into ASCII, and drop the marks that pasting leaves."""
    if raw.isascii():
        return raw.strip()
    translated = raw[: 2 * _LONGEST].translate(_FULL_WIDTH)
    return "".join(map(_plain_sign, translated)).strip()


def _parse(plain: str, country: str | None) -> PhoneNumber:
    if len(plain) > _LONGEST or not _WRITTEN.fullmatch(plain):
        # phonenumbers would read letters (vanity numbers) and extensions, and drop the latter.
        raise _refuse("invalid-recipient", "not-a-number", "Write the number as E.164.")
    if country is None and _SHORT.fullmatch(plain):
        raise _refuse("unsupported-destination", "short-number", "Short numbers take no texts.")
    try:
        return phonenumbers.parse(plain, country)
    except NumberParseException:
        detail = "Write the number as E.164, or give its country."
        raise _refuse("invalid-recipient", "not-a-number", detail) from None


def _renumbered(number: PhoneNumber) -> PhoneNumber:
    """Give the number of today for one written by an abolished rule of its country."""
    if number.country_code != 52:
        return number
    old = _OLD_MEXICAN.fullmatch(phonenumbers.format_number(number, PhoneNumberFormat.E164))
    return phonenumbers.parse(f"+52{old[1]}") if old else number


def parse_recipient(raw: str, country: str | None = None) -> Recipient:
    """Normalise a recipient; a national number needs its country, E.164 ignores it.

    Spaces, dashes, dots, slashes and brackets are accepted, and so are full-width,
    Arabic-Indic and all other decimal digits of Unicode: they can only mean one number.
    """
    plain = _plain(raw)
    number = _renumbered(_parse(plain, country))
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.UNKNOWN:  # in no range of its plan
        if _SHORT.fullmatch(plain) or phonenumbers.is_valid_short_number(number):
            detail = "Emergency numbers and short codes take no texts."
            raise _refuse("unsupported-destination", "short-number", detail)
        detail = "No such number exists in its country's numbering plan."
        raise _refuse("invalid-recipient", "not-in-plan", detail)
    region = phonenumbers.region_code_for_number(number)
    takes = _TAKES_TEXTS.get(kind)
    if takes is None or region is None or not known_country(region):
        detail = "Numbers of this kind (landline, premium or shared cost …) take no texts."
        raise _refuse("unsupported-destination", "number-kind", detail)
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Recipient(e164=e164, country=region, kind=takes)


def zones_of(e164: str) -> tuple[str, ...]:
    """Give every time zone the number may live in, sorted; none where the plan does not tell.

    The plan knows where a number was issued, not where its phone is.
    """
    # Loads a table that only windows of sending need, so nobody else waits for it.
    from phonenumbers import timezone  # noqa: PLC0415

    number = phonenumbers.parse(e164)
    if number.country_code == 1:
        # Mobiles are looked up by country code alone, which 25 countries share here.
        zones = timezone.time_zones_for_geographical_number(number)
    else:
        zones = timezone.time_zones_for_number(number)
    return tuple(sorted(zone for zone in zones if zone != _UNKNOWN_ZONE))


def digits_tail(e164: str, count: int = 3) -> str:
    """Give the last digits, by which the sandbox chooses what happens."""
    return e164[-count:]
