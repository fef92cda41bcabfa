"""Where counts for analysts are added up."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, Protocol

from relevo.domain.telemetry import Bucket, Grain, Owner
from relevo.domain.timing import MINUTE, Millis

ROUND: Final = 5 * MINUTE
"""How often wider buckets are added up at most, and so how old they may be."""


class Mark(NamedTuple):
    """A bucket that has to be added up in the round that begins at `due`."""

    due: Millis
    owner: Owner
    grain: Grain
    at: Millis

    @classmethod
    def of(cls, owner: Owner, grain: Grain, at: Millis, now: Millis) -> "Mark":
        """Mark the bucket that holds `at` for the round after now."""
        return cls((now // ROUND + 1) * ROUND, owner, grain, at // grain.span * grain.span)


class Telemetry(Protocol):
    def add(self, counted: Mapping[Owner, Iterable[Bucket]]) -> None:
        """Add to the minutes, and mark the hours that have to be added up anew."""
        ...

    def put(self, owner: Owner, grain: Grain, buckets: Iterable[Bucket]) -> None:
        """Replace buckets by what they come to now."""
        ...

    def series(self, owner: Owner, grain: Grain, since: Millis, until: Millis) -> Sequence[Bucket]:
        """Give the buckets from `since` until before `until`, in one query."""
        ...

    def mark(self, owner: Owner, grain: Grain, at: Millis) -> None: ...

    def marks(self, now: Millis) -> Sequence[Mark]:
        """Give what was marked for a round that has come, oldest first."""
        ...

    def unmark(self, marks: Iterable[Mark]) -> None: ...
