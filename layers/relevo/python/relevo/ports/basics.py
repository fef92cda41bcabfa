"""What any use case may need: time, chance, work side by side, and the conflict of two writers."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

from relevo.domain.timing import Millis

Clock: TypeAlias = Callable[[], Millis]


Draw: TypeAlias = Callable[[int], bytes]
"""Give that many random bytes."""


T = TypeVar("T")


class Conflict(Exception):
    """The stored version is not the one this write started from."""


Within: TypeAlias = Callable[[Millis, Sequence[Callable[[], object]]], Sequence[bool]]
"""Run tasks side by side for so long; say of each whether it ended well in that time."""


class Parallel(Protocol):
    """Run independent pieces at the same time and give their results in order."""

    def __call__(self, tasks: Sequence[Callable[[], T]]) -> list[T]: ...
