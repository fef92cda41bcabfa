"""Reading what carriers write, forgivingly: what is odd is absent, never an exception."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from relevo.carriers.values import Funds, HttpReply, Webhook
from relevo.domain.timing import SECOND, Millis

LONGEST_ID: Final = 128
LONGEST_CODE: Final = 64
LONGEST_TEXT: Final = 200
MOST_SEGMENTS: Final = 1_000
LAST_INSTANT: Final = 4_102_444_800_000
MOST_MONEY: Final = Decimal(1_000_000)
CHINA: Final = timezone(timedelta(hours=8))

_NUMBER: Final = re.compile(r"[0-9]{7,15}")
_DIGITS: Final = re.compile(r"[0-9][0-9 ().-]{3,}[0-9]")
_BAD: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def as_json(body: bytes) -> object:
    """Read JSON, numbers exactly; None for what is not, or goes too deep."""
    try:
        return json.loads(body.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError, InvalidOperation):
        return None


def child(value: object, *path: str | int) -> Any:
    """Follow a path of names and places; None as soon as one is missing."""
    for step in path:
        if isinstance(step, str) and isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return None
    return value


def items(value: object, *path: str | int) -> list[Any]:
    """Give the list at a path; what is no list has no items."""
    found = child(value, *path)
    return found if isinstance(found, list) else []


def word(value: object, *path: str | int) -> str:
    """Give the text, number or truth at a path as clean text; empty for anything else."""
    found = child(value, *path)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, int) and found.bit_length() > 128:
        return ""
    if isinstance(found, str | int | Decimal):
        return _BAD.sub("", str(found)).strip()
    return ""


def raw_text(value: object, *path: str | int) -> str:
    """Give a person's text as it is, but for characters that nothing of ours can store."""
    found = child(value, *path)
    return _BAD.sub("", found) if isinstance(found, str) else ""


def code(value: object, *path: str | int) -> str | None:
    """Give a carrier's code, short enough for a head."""
    return word(value, *path)[:LONGEST_CODE] or None


def identity(value: object, *path: str | int) -> str | None:
    """Give an id; one that is longer than ids are is none."""
    found = word(value, *path)
    return found if 0 < len(found) <= LONGEST_ID else None


def whole(value: object, *path: str | int) -> int | None:
    found = word(value, *path)
    return int(found) if re.fullmatch(r"-?[0-9]{1,18}", found) else None


def segments(value: object, *path: str | int) -> int | None:
    """Give a count of segments; some carriers write 0 until they know."""
    found = whole(value, *path)
    return found if found is not None and 0 < found <= MOST_SEGMENTS else None


def amount(value: object, *path: str | int) -> Decimal | None:
    """Give an amount of money; the sign is kept."""
    try:
        found = Decimal(word(value, *path))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < MOST_MONEY else None


def price(value: object, *path: str | int) -> Decimal | None:
    """Give what was paid; some carriers write it as a debit."""
    found = amount(value, *path)
    return None if found is None else abs(found)


def funds(reply: HttpReply, left: tuple[str, ...], currency: tuple[str, ...]) -> Funds | None:
    """Read a balance of which the amount and the currency stand at these paths."""
    answer = as_json(reply.body)
    found = amount(answer, *left) if reply.status == 200 else None
    return None if found is None else Funds(amount=found, currency=code(answer, *currency))


def form(body: bytes) -> dict[str, str]:
    """Read an urlencoded form or query; the first of a name given twice counts."""
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    except ValueError:
        return {}
    return dict(reversed(pairs))


def query(webhook: Webhook) -> dict[str, str]:
    try:
        return form(urlsplit(webhook.url).query.encode("utf-8", "replace"))
    except ValueError:
        return {}


def parameters(webhook: Webhook) -> dict[str, str]:
    """Give a callback's fields exactly, however they are sent: query, form or flat JSON."""
    given = query(webhook)
    if is_json(webhook):
        flat = as_json(webhook.body)
        names = flat if isinstance(flat, Mapping) else ()
        return given | {name: _exactly(flat, name) for name in names}
    return given | form(webhook.body)


def _exactly(flat: object, name: str) -> str:
    """Give a field as it was signed."""
    value = child(flat, name)
    return value if isinstance(value, str) else word(value)


def is_json(webhook: Webhook) -> bool:
    return "json" in webhook.headers.get("content-type", "").lower()


def lines(reply: HttpReply) -> str:
    """Give a plain text answer."""
    return _BAD.sub("", reply.body.decode("utf-8", "replace")).strip()


def e164(number: str) -> str:
    """Put the plus before an international number; short codes and names stay as they are."""
    clean = _BAD.sub("", number).strip()
    bare = clean.removeprefix("+")
    bare = bare.removeprefix("00") if len(bare) > 9 else bare
    return f"+{bare}" if _NUMBER.fullmatch(bare) else clean


def hushed(text: str) -> str | None:
    """Give a carrier's own words without the numbers in them, short enough to keep."""
    return _DIGITS.sub("#", text[: 2 * LONGEST_TEXT])[:LONGEST_TEXT].strip() or None


def moment(text: str, layout: str = "", zone: timezone = UTC) -> Millis | None:
    """Read a time: by its layout in a zone, or as ISO 8601 where none is given."""
    try:
        if layout:
            return _millis(datetime.strptime(text, layout).replace(tzinfo=zone))
        read = datetime.fromisoformat(text)
        return _millis(read if read.tzinfo else read.replace(tzinfo=zone))
    except (ValueError, OverflowError):
        return None


def mail_moment(text: str) -> Millis | None:
    """Read a time as mail headers write it (RFC 2822)."""
    try:
        read = parsedate_to_datetime(text)
        return _millis(read if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def epoch(value: object, *path: str | int, unit: Millis = SECOND) -> Millis | None:
    """Read a time counted from 1970 in `unit`."""
    found = whole(value, *path)
    return None if found is None else _known(found * unit)


def _millis(read: datetime) -> Millis | None:
    return _known(int(read.timestamp() * SECOND))


def _known(instant: Millis) -> Millis | None:
    return instant if 0 < instant < LAST_INSTANT else None
