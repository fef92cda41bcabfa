"""JSON pointers (RFC 6901) that name the client's own members without repeating their contents."""

import re
from collections.abc import Iterable
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
_NUMBER: Final = re.compile(r"[0-9]{5}")


def pointer(path: Iterable[str | int]) -> str:
    """Point at `path`, or at its last part that is safe to print.

    Members are named by clients too, and a number or a text may hide in a name.
    """
    steps = []
    for step in path:
        if isinstance(step, str) and (not _NAME.fullmatch(step) or _NUMBER.search(step)):
            break
        steps.append(f"/{step}")
    return "".join(steps)
