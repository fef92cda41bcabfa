"""What passes between us and carriers: submissions, receipts, people's texts, exchanges."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from relevo.domain.attempt import Attempt, Report
from relevo.domain.message import Head
from relevo.domain.outcome import Outcome
from relevo.domain.routes import Route
from relevo.domain.segments import Sizing
from relevo.domain.templates import Registered
from relevo.domain.timing import Millis
from relevo.domain.words import TrafficClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One attempt as a carrier gets it: `reference` is our attempt id, `within` the wall clock.

    `text` is finished for this carrier and needs `sizing`; a template-only carrier is told
    `registered` instead. `ttl` is what is left of the message's validity.
    """

    reference: str
    to: str
    country: str
    text: str
    sizing: Sizing
    sender: str | None
    within: Millis
    ttl: Millis
    traffic_class: TrafficClass
    receipt_deadline: Millis | None = None
    registered: Registered | None = None


class Carrier(Protocol):
    def submit(self, submission: Submission) -> Outcome:
        """Hand the message over once; never raises for what a carrier may answer."""
        ...


CarrierOf: TypeAlias = Callable[[Route], Carrier | None]
"""Give the carrier at the end of a route; None where this stage has none of that name."""


class Lookup(Protocol):
    def __call__(self, route: Route, head: Head, attempt: Attempt, to: str) -> Sequence[Report]:
        """Ask a carrier what became of an attempt; nothing where it cannot be asked or say."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A carrier's later word on one attempt, in our vocabulary."""

    message_id: str
    carrier: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A text that somebody sent to a number of ours, let in and read.

    `key` is what its carrier calls it, if anything; `owner` the account that all texts of the
    line are for. `refuses` is the carrier's own word, `answered` that it has confirmed itself.
    `part` is the carrier's name of a longer text, which part of it this is (1 …), of how many.
    """

    carrier: str
    line: str
    key: str | None
    sender: str = field(repr=False)
    recipient: str | None = field(repr=False)
    text: str = field(repr=False)
    owner: str | None = None
    refuses: bool = False
    answered: bool = False
    part: tuple[str, int, int] | None = None


class Receipts(Protocol):
    def send(self, receipt: Receipt, delay: Millis = 0) -> None:
        """Put a receipt on the receipts queue, to be taken in after `delay`."""
        ...

    def send_all(self, receipts: Sequence[Receipt]) -> None:
        """Put receipts on the queue, to be taken in at once."""
        ...


class Orphans(Protocol):
    def keep(self, receipt: Receipt, at: Millis) -> None:
        """Keep a receipt whose message we do not know, for seven days."""
        ...

    def keep_stray(self, carrier: str, said: Mapping[str, str], at: Millis) -> None:
        """Keep what a carrier said that names no attempt of ours or says nothing of it."""
        ...


class SubmitLedger(Protocol):
    def note(self, submission: Submission, carrier: str, at: Millis) -> None:
        """Write down that a sandbox carrier was handed this attempt."""
        ...


class Exchanges(Protocol):
    def of(self, message_id: str) -> Sequence[Mapping[str, Any]]:
        """Give what passed between us and carriers over a message, redacted, in order."""
        ...
