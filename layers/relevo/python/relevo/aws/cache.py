"""What was read stays good for a while; only what was found is kept."""

from collections.abc import Callable
from typing import Generic, TypeVar

from relevo.domain.timing import Millis
from relevo.ports.basics import Clock

T = TypeVar("T")


class Cache(Generic[T]):
    """Values by name for `span`; a miss is not remembered, so a new key works at once."""

    def __init__(self, clock: Clock, span: Millis, *, size: int = 1_000) -> None:
        self._clock, self._span, self._size = clock, span, size
        self._kept: dict[str, tuple[Millis, T]] = {}

    def get(self, name: str, load: Callable[[], T | None]) -> T | None:
        now = self._clock()
        kept = self._kept.get(name)
        if kept is not None and now < kept[0]:
            return kept[1]
        value = load()
        if value is None:
            self._kept.pop(name, None)
            return None
        if len(self._kept) >= self._size:
            self._kept.clear()
        self._kept[name] = (now + self._span, value)
        return value

    def forget(self, name: str) -> None:
        """Load it anew next time: what is known of it has just been changed here."""
        self._kept.pop(name, None)
