"""What a browser gets: compressed where it can be, known by its digest, kept as long as it may."""

import gzip
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Final

from relevo.api.http import Call, Reply

SMALL: Final = 1024
"""Below this many bytes packing saves nobody time."""

FOREVER: Final = "public, max-age=31536000, immutable"
ASK_AGAIN: Final = "no-cache"


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()[:16]


def served(
    body: bytes, media: str, call: Call, *, kept: str, headers: Mapping[str, str] | None = None
) -> Reply:
    """Answer with the body, or with 304 to somebody who has it."""
    # Weak, because the packed and the plain body share it.
    tag = f'W/"{digest(body)}"'
    common = {"ETag": tag, "Cache-Control": kept, "Vary": "Accept-Encoding", **(headers or {})}
    if tag in call.headers.get("if-none-match", ""):
        return Reply(status=304, headers=common)
    if len(body) < SMALL or "gzip" not in call.headers.get("accept-encoding", ""):
        return Reply(body=body.decode(), media=media, headers=common)
    # Lambda's answers are texts of at most 6 MB: packed, the largest is a tenth of that.
    return Reply(body=_packed(body), media=media, headers={**common, "Content-Encoding": "gzip"})


@lru_cache(maxsize=64)
def _packed(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)
