"""Cursors: where the next page of a list begins, sealed so that nobody can make one up."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hmac import compare_digest
from typing import Final

from relevo.domain.idempotency import mac
from relevo.domain.problem import Problem

_LONGEST: Final = 1_024
_MAC: Final = 16


def seal(key: bytes, position: str, *about: str) -> str:
    """Write a cursor down; `about` is everything the list depends on: account, filters, order."""
    given = position.encode()
    return urlsafe_b64encode(_code(key, given, about) + given).decode().rstrip("=")


def unseal(key: bytes, cursor: str, *about: str) -> str:
    """Give the position; raises Problem for a cursor of another list, or of nobody."""
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        raw = urlsafe_b64decode(padded) if len(cursor) <= _LONGEST else b""
    except ValueError:
        raw = b""
    code, given = raw[:_MAC], raw[_MAC:]
    if not given or not compare_digest(code, _code(key, given, about)):
        raise Problem("invalid-cursor", "Take the cursor from the answer before, unchanged.")
    return given.decode()


def _code(key: bytes, given: bytes, about: tuple[str, ...]) -> bytes:
    return mac(key, b"cursor", given, *(part.encode() for part in about))
