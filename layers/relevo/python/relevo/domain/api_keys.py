"""API keys: their shape, their checksum, and the fingerprint that is stored instead of them."""

import hashlib
import hmac
import re
from typing import Final
from zlib import crc32

from relevo.domain.words import Environment

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET: Final = 30
_CHECK: Final = 6
_SHAPE: Final = re.compile(r"rlv_(live|test)_([0-9A-Za-z]{30})([0-9A-Za-z]{6})")
RANDOM_BYTES: Final = 32
"""256 bits folded into 62^30 (about 178 bits) leave no bias anyone could measure."""


def _base62(number: int, width: int) -> str:
    digits = []
    for _ in range(width):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def _check(unchecked: str) -> str:
    # The prefix is covered too, so a key edited from test to live is a typo, not a look-up.
    return _base62(crc32(unchecked.encode("ascii")), _CHECK)


def mint(environment: Environment, random_bytes: bytes) -> str:
    """Make a key out of at least 32 random bytes."""
    if len(random_bytes) < RANDOM_BYTES:
        raise ValueError("too little randomness for a key")
    secret = _base62(int.from_bytes(random_bytes, "big"), _SECRET)
    unchecked = f"rlv_{environment.value}_{secret}"
    return unchecked + _check(unchecked)


def environment_of(key: str) -> Environment | None:
    """Read the environment off the key's shape; None when it is no key of ours."""
    match = _SHAPE.fullmatch(key)
    return Environment(match[1]) if match else None


def checksum_ok(key: str) -> bool:
    """Say whether the key is well-formed, which spares typos and guesses the look-up."""
    return bool(_SHAPE.fullmatch(key)) and _check(key[:-_CHECK]) == key[-_CHECK:]


def fingerprint(key: str, pepper: bytes) -> str:
    """Give what is stored: random keys of 178 bits need no slow hash, only a secret pepper."""
    return hmac.new(pepper, key.encode(), hashlib.sha256).hexdigest()
