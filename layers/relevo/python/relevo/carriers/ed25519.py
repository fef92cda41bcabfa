"""Checking Ed25519 signatures (RFC 8032, 5.1.7), which no package of the runtime can do.

Everything here is public, so nothing needs constant time; about 5 ms of arithmetic, and only a
webhook that named its secret token gets here. Tests hold it against libsodium.
"""

import hashlib
from typing import Final, NamedTuple

P: Final = 2**255 - 19
ORDER: Final = 2**252 + 27742317777372353535851937790883648493
D: Final = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE: Final = pow(2, (P - 1) // 4, P)


class _Point(NamedTuple):
    """Extended coordinates: x = X/Z, y = Y/Z, xy = T/Z."""

    x: int
    y: int
    z: int
    t: int


NEUTRAL: Final = _Point(0, 1, 1, 0)


def _add(a: _Point, b: _Point) -> _Point:
    minus, plus = (a.y - a.x) * (b.y - b.x) % P, (a.y + a.x) * (b.y + b.x) % P
    product, twice = 2 * a.t * b.t * D % P, 2 * a.z * b.z % P
    e, f, g, h = plus - minus, twice - product, twice + product, plus + minus
    return _Point(e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar: int, point: _Point) -> _Point:
    result = NEUTRAL
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _equal(a: _Point, b: _Point) -> bool:
    return (a.x * b.z - b.x * a.z) % P == 0 and (a.y * b.z - b.y * a.z) % P == 0


def _x_of(y: int, odd: bool) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if (root * root - square) % P:
        root = root * ROOT_OF_MINUS_ONE % P
    if (root * root - square) % P or (root == 0 and odd):
        return None
    return root if root & 1 == odd else P - root


def _point(encoded: bytes) -> _Point | None:
    number = int.from_bytes(encoded, "little")
    y = number & (2**255 - 1)
    x = _x_of(y, bool(number >> 255)) if y < P else None
    return None if x is None else _Point(x, y, 1, x * y % P)


_BASE_Y: Final = 4 * pow(5, -1, P) % P
_BASE: Final = _point(_BASE_Y.to_bytes(32, "little")) or NEUTRAL


def verifies(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Say whether the signature of the message is the key's."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public_key), _point(signature[:32])
    response = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or response >= ORDER:
        return False
    if _equal(_times(8, key), NEUTRAL):  # a key of small order signs everything
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % ORDER
    return _equal(_times(response, _BASE), _add(commitment, _times(challenge, key)))
