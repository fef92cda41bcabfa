"""What was accepted for one recipient lately, as far as a market may ask about it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from relevo.domain.timing import Millis
from relevo.domain.words import TrafficClass

COUNTED: Final = frozenset({"CN", "US"})
"""Markets with verified limits; nobody else's files are read for them. Compared in the tests."""

MOST: Final = 64
"""Entries kept of one recipient: more than any limit allows in its span."""


class Sent(NamedTuple):
    """One message accepted for a recipient, to be sent `at`; the sender may be a signature."""

    at: Millis
    message_id: str
    traffic_class: TrafficClass
    sender: str = ""
    template: str = ""


def remembered(history: Sequence[Sent], new: Sent, span: Millis) -> tuple[Sent, ...]:
    """Add an entry and forget what no limit of at most `span` will ask about again."""
    kept = [one for one in history if one.at > new.at - span]
    return tuple(sorted([*kept, new])[-MOST:])
