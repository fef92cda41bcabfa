"""What can become known about a message; `advance` joins these into its head."""

from dataclasses import dataclass
from typing import TypeAlias

from relevo.domain.attempt import Report
from relevo.domain.timing import Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsent:
    """We claimed attempt `n` as `owner` and know that no byte of it left."""

    n: int
    owner: str
    reason: str
    stop: bool = False
    retryable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """The lease of attempt `n` ran out: its sender died between the call and the record."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """Accepted attempt `n` passed its receipt deadline and the valve lets that count."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """`owner` repeated attempt `n`, and its carrier's answer said nothing of the first time."""

    n: int
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """We are about to ask the carrier what became of attempt `n`."""

    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """The validity period is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Canceled:
    """The owner asked for it before anything left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """The moment of `sendAt` has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postponed:
    """A rule (a market's window) forbids sending before `until`."""

    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """The carrier whose turn it is has been handed all it takes for now."""

    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """We ourselves cannot send it, whatever the carrier (content gone, template broken)."""

    reason: str


OfAttempt: TypeAlias = Report | Unsent | Lost | Silent | Undecided | Asked
OfMessage: TypeAlias = Expired | Canceled | Released | Postponed | HeldBack | Ended
Fact: TypeAlias = OfAttempt | OfMessage
