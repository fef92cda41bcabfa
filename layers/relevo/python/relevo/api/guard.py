"""Reads a request's JSON body before anything trusts it; whatever is hostile ends as a Problem."""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

from relevo.api.pointers import pointer
from relevo.domain.problem import Flaw, Problem

ONE_MESSAGE: Final = 64 * 1024
BATCH: Final = 1024 * 1024
DEEPEST: Final = 32
_BOMBS: Final = ("[" * (DEEPEST + 1), "W1tb" * (DEEPEST // 3 + 1))
"""How a body of nothing but brackets begins, as it is and in base64."""
_LONGEST_NUMBER: Final = 40
_LARGEST_EXPONENT: Final = 30
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_JSON: Final = re.compile(r"application/(?:[a-z0-9.-]+\+)?json")
_ANSWERABLE: Final = re.compile(r"\*(?:/\*)?|application/\*|application/(?:problem\+)?json")
_REFUSED: Final = re.compile(r"; *q *= *0(?:\.0*)?(?:$|;)")


def _headers(event: Mapping[str, Any]) -> dict[str, str]:
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def check_accept(event: Mapping[str, Any]) -> None:
    """Refuse clients that cannot read JSON; no Accept header means anything will do."""
    accept = _headers(event).get("accept", "").strip().lower() or "*/*"
    for media in accept.split(","):
        name = media.partition(";")[0].strip()
        if _ANSWERABLE.fullmatch(name) and not _REFUSED.search(media):
            return
    raise Problem("not-acceptable")


def _check_content_type(event: Mapping[str, Any]) -> None:
    given = _headers(event).get("content-type", "application/json").lower()
    name, *parameters = (part.strip() for part in given.split(";"))
    charsets = {part[8:].strip('"') for part in parameters if part.startswith("charset=")}
    if not _JSON.fullmatch(name) or charsets - {"utf-8", "utf8"}:
        raise Problem("unsupported-media-type", "Send application/json in UTF-8.")


def _too_large(limit: int, raw: str) -> Problem:
    # A hundred thousand brackets are not worth decoding, but are called what they are.
    if raw.startswith(_BOMBS):
        return Problem("json-too-deep", f"At most {DEEPEST} levels.")
    return Problem("payload-too-large", f"At most {limit} bytes.", details={"max": limit})


def _decoded(raw: str, limit: int) -> str:
    if len(raw) > limit * 2:
        raise _too_large(limit, raw)
    try:
        body = base64.b64decode(raw, validate=True)
    except ValueError:
        raise Problem("malformed-json", "The body's base64 is broken.") from None
    if len(body) > limit:
        raise _too_large(limit, raw)
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem("invalid-encoding") from None


def _text(event: Mapping[str, Any], limit: int) -> str:
    raw = str(event.get("body") or "")
    if event.get("isBase64Encoded"):
        return _decoded(raw, limit)
    # A lone surrogate passes here; it is refused later, where its pointer is known.
    if len(raw.encode("utf-8", "surrogatepass")) > limit:
        raise _too_large(limit, raw)
    return raw


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise Problem("duplicate-json-key")
    return members


def _constant(_: str) -> NoReturn:
    raise Problem("malformed-json", "NaN and Infinity are not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise Problem("malformed-json", "A number has too many digits.")
    return int(digits)


def _decimal(digits: str) -> Decimal:
    try:
        number = Decimal(digits) if len(digits) <= _LONGEST_NUMBER else None
    except ArithmeticError:
        number = None
    if number is None or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise Problem("malformed-json", "A number has too many digits.")
    return number


def _parse(text: str) -> object:
    try:
        return json.loads(
            text,
            object_pairs_hook=_members,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        if _FORBIDDEN.match(text, error.pos):
            raise _forbidden("") from None
        raise Problem("malformed-json") from None
    except RecursionError:
        raise Problem("json-too-deep") from None


def _forbidden(where: str) -> Problem:
    detail = "Control characters and lone surrogates are not allowed."
    return Problem("validation-failed", errors=[Flaw(where, "forbidden-character", detail)])


_Path = tuple[str | int, ...]


def _children(node: object) -> Iterator[tuple[str | int, object]]:
    if isinstance(node, dict):
        yield from node.items()
    elif isinstance(node, list):
        yield from enumerate(node)


def _check_nodes(root: object) -> None:
    # A list of work instead of recursion: the depth is what the client chose.
    nodes: list[tuple[_Path, object]] = [((), root)]
    while nodes:
        path, node = nodes.pop()
        if len(path) >= DEEPEST and isinstance(node, dict | list):
            raise Problem("json-too-deep", f"At most {DEEPEST} levels.")
        if isinstance(node, str) and _FORBIDDEN.search(node):
            raise _forbidden(pointer(path))
        for key, child in _children(node):
            if isinstance(key, str) and _FORBIDDEN.search(key):
                raise _forbidden(pointer(path))
            nodes.append(((*path, key), child))


def read_json(event: Mapping[str, Any], limit: int = ONE_MESSAGE) -> dict[str, object]:
    """Give the body of an HTTP API event (payload 2.0) as an object, numbers as int or Decimal."""
    check_accept(event)
    _check_content_type(event)
    text = _text(event, limit)
    if not text.strip():
        raise Problem("malformed-json", "The body is empty.")
    parsed = _parse(text)
    _check_nodes(parsed)
    if not isinstance(parsed, dict):
        flaw = Flaw("", "object-type", "The body must be a JSON object.")
        raise Problem("validation-failed", errors=[flaw])
    return parsed
