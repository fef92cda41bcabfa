"""Identity: message ids that repeat with their Idempotency-Key, and keyed digests of the rest."""

import hashlib
import hmac
import json
import re
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from relevo.domain.problem import Problem
from relevo.domain.words import Environment

_LONGEST: Final = 255
_QUOTED: Final = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
_BARE: Final = re.compile(r"[!#-~](?:[ -~]*[!-~])?")
_ESCAPED: Final = re.compile(r'\\(["\\])')
SHAPE: Final = r"[a-z2-7]{25}[aeimquy4]"
"""What an id looks like: 26 letters of base 32, the last of them with two bits."""

_ID: Final = re.compile(SHAPE)
_SHORT: Final = 16


def parse_key(header: str) -> str:
    """Read an Idempotency-Key, bare or as an RFC 8941 string: both spell the same key."""
    value = header.strip(" \t")
    quoted = _QUOTED.fullmatch(value)
    if not quoted and not _BARE.fullmatch(value):
        raise Problem("idempotency-key-invalid", "Use printable ASCII, bare or quoted.")
    key = _ESCAPED.sub(r"\1", quoted[1]) if quoted else value
    if not 0 < len(key) <= _LONGEST or key.isspace():
        raise Problem("idempotency-key-invalid", "Use 1 to 255 printable characters.")
    return key


def mac(id_key: bytes, *parts: bytes) -> bytes:
    """Give 16 bytes that only this key and these very parts make."""
    # Count and lengths come first, so moving a byte from one part to the next changes the code.
    sized = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(id_key, len(parts).to_bytes(8, "big") + sized, hashlib.sha256)[:_SHORT]


def _as_id(short: bytes) -> str:
    return b32encode(short).decode("ascii").rstrip("=").lower()


def _as_digest(short: bytes) -> str:
    return urlsafe_b64encode(short).decode("ascii").rstrip("=")


def message_id(
    id_key: bytes,
    account: str,
    environment: Environment,
    operation: str,
    key: str,
    row: int | None = None,
) -> str:
    """Derive the id (26 characters of a-z2-7) that this key always names; rows are a batch's."""
    rows = [] if row is None else [str(row)]
    parts = ["message", account, environment.value, operation, key, *rows]
    return _as_id(mac(id_key, *(part.encode() for part in parts)))


def random_id(random16: bytes) -> str:
    """Shape 16 random bytes as an id: what a request without a key gets."""
    if len(random16) != _SHORT:
        raise ValueError("an id is made of 16 bytes")
    return _as_id(random16)


def is_id(text: str) -> bool:
    """Say whether `text` can be an id at all; anything else is not worth a look-up."""
    return bool(_ID.fullmatch(text))


def _tagged(value: object) -> Mapping[str, str]:
    if isinstance(value, Decimal):
        return {"\0decimal": str(value)}
    raise TypeError(f"not JSON: {type(value).__name__}")


def canonical_body(body: Mapping[str, object]) -> bytes:
    """Write a parsed body so that order of members and white space do not count."""
    compact = json.dumps(body, sort_keys=True, separators=(",", ":"), default=_tagged)
    return compact.encode("ascii")


def body_digest(id_key: bytes, canonical: bytes) -> str:
    """Digest a canonical body (22 characters); keyed, because bodies hold numbers and codes."""
    return _as_digest(mac(id_key, b"body", canonical))


def recipient_hash(id_key: bytes, e164: str) -> str:
    """Digest a number (22 characters); a bare hash could be searched through in minutes."""
    return _as_digest(mac(id_key, b"recipient", e164.encode()))
