"""The field types of requests: what a value must look like, whatever it is used for."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from relevo.domain.egress import NotAllowed, target_of
from relevo.domain.phone import known_country

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    r"(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_AMOUNT: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,6})?")
_NUMERIC_SENDER: Final = re.compile(r"\+[1-9][0-9]{6,14}|[0-9]{3,8}")
_LONGEST_ALPHA: Final = 11
_LONGEST_SIGNATURE: Final = 32


def parse_moment(value: object) -> int:
    """Read RFC 3339 with its zone as epoch milliseconds; a local time would be a guess."""
    try:
        if isinstance(value, str) and _MOMENT.fullmatch(value):
            moment = datetime.fromisoformat(value.upper())
            return (moment - EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        pass
    raise PydanticCustomError("invalid-moment", "Write RFC 3339 with a zone.")


def _parse_schedule(value: object) -> int:
    try:
        return parse_moment(value)
    except PydanticCustomError as error:
        raise PydanticCustomError("invalid-schedule", "Write RFC 3339 with a zone.") from error


def _parse_amount(value: object) -> Decimal:
    """Read money from a string, an integer or a Decimal; never from a binary float."""
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        written = format(value, "f") if isinstance(value, Decimal) else str(value)
        if _AMOUNT.fullmatch(written):
            return Decimal(written)
    raise PydanticCustomError("invalid-amount", 'Write an amount like "0.05".')


def _check_country(country: str) -> str:
    if not known_country(country):
        raise PydanticCustomError("unknown-country", "Write an ISO 3166 alpha-2 code.")
    return country


def _check_zone(zone: str) -> str:
    from relevo.domain.market_hours import known_zone  # noqa: PLC0415 - few requests name one

    if not known_zone(zone):
        raise PydanticCustomError("unknown-zone", "Write an IANA zone like Europe/Madrid.")
    return zone


def _check_not_blank(text: str) -> str:
    # str.strip would keep a text of zero-width spaces, which no handset shows either.
    if not any(sign.isprintable() and not sign.isspace() for sign in text):
        raise PydanticCustomError("blank", "The text must not be blank.")
    return text


def _is_sender(sender: str) -> bool:
    if _NUMERIC_SENDER.fullmatch(sender):
        return True
    longest = _LONGEST_ALPHA if sender.isascii() else _LONGEST_SIGNATURE
    spoken = any(sign.isalpha() for sign in sender)
    return spoken and len(sender) <= longest and sender.isprintable() and sender == sender.strip()


def _check_sender(sender: str) -> str:
    """Check the shape only; which senders a country takes is the market's rule."""
    if not _is_sender(sender):
        detail = "Use E.164 with +, a short code, or at most 11 characters with a letter."
        raise PydanticCustomError("invalid-sender", detail)
    return sender


def check_callback_url(url: str, info: ValidationInfo) -> str:
    """Refuse what is not plainly a public https URL; addresses are checked again on connecting."""
    try:
        target_of(url, loopback=bool(info.context and info.context.get("loopback")))
    except NotAllowed:
        detail = "Use https, a public host name, port 443 or 8443, no user and no fragment."
        raise PydanticCustomError("invalid-callback-url", detail) from None
    return url


_MOMENT_SCHEMA: Final = WithJsonSchema({"type": "string", "format": "date-time"})
_AMOUNT_SCHEMA: Final = WithJsonSchema(
    {"anyOf": [{"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}, {"type": "number"}]}
)

Moment: TypeAlias = Annotated[int, BeforeValidator(parse_moment), _MOMENT_SCHEMA]
Schedule: TypeAlias = Annotated[int, BeforeValidator(_parse_schedule), _MOMENT_SCHEMA]
Amount: TypeAlias = Annotated[Decimal, BeforeValidator(_parse_amount), _AMOUNT_SCHEMA]
Country: TypeAlias = Annotated[
    str, Field(pattern="^[A-Z]{2}$", max_length=2), AfterValidator(_check_country)
]
Currency: TypeAlias = Annotated[str, Field(pattern="^[A-Z]{3}$", max_length=3)]
State: TypeAlias = Annotated[str, Field(pattern="^[A-Z]{2,3}$", max_length=3)]
TimeZone: TypeAlias = Annotated[
    str, Field(pattern="^[A-Za-z0-9+_/-]+$", max_length=64), AfterValidator(_check_zone)
]
Language: TypeAlias = Annotated[
    str, Field(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
]
Name: TypeAlias = Annotated[str, Field(pattern="^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
Sender: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_check_sender)]
Text: TypeAlias = Annotated[str, Field(min_length=1), AfterValidator(_check_not_blank)]
CallbackUrl: TypeAlias = Annotated[str, AfterValidator(check_callback_url)]
WireEncoding: TypeAlias = Literal["GSM-7", "UCS-2"]
