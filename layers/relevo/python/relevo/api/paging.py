"""Pages of lists: how many, from where, and the cursor that leads to the next one."""

from collections.abc import Callable
from typing import Final

from relevo.api.http import Call
from relevo.domain.cursor import seal, unseal
from relevo.domain.problem import Flaw, Problem

DEFAULT: Final = 50
MOST: Final = 100


def limit_of(call: Call) -> int:
    """Read how many the client wants at most; raises Problem."""
    given = call.query.get("limit")
    if given is None:
        return DEFAULT
    if not (given.isascii() and given.isdigit() and 1 <= int(given[:9]) <= MOST):
        flaw = Flaw("/limit", "out-of-range", f"Give a number from 1 to {MOST}.")
        raise Problem("validation-failed", errors=[flaw])
    return int(given)


def position_of(key: Callable[[], bytes], call: Call, *about: str) -> str | None:
    """Read where the page begins; raises Problem for a cursor of another list."""
    cursor = call.query.get("cursor")
    return None if cursor is None else unseal(key(), cursor, *about)


def next_cursor(key: Callable[[], bytes], position: str | None, *about: str) -> str | None:
    return None if position is None else seal(key(), position, *about)
