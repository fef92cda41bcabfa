"""The words in which dashboards and alarms are written down."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

NAMESPACE: Final = "SmsGateway"
SERVICE: Final = "relevo"
Dimensions: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ours:
    """One series of our own: a metric with the values of one of its dimension sets."""

    metric: str
    stat: str = "Sum"
    dimensions: Dimensions = ()
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """One line for every value that the dimensions `by` have, new ones by themselves."""

    metric: str
    by: tuple[str, ...]
    stat: str = "Sum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of a hundred: `part` of `whole`, where the whole is at least `least`."""

    label: str
    part: tuple["Ours | Theirs", ...]
    whole: tuple["Ours | Theirs", ...]
    least: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """One where at least `least` of `given` led to no `expected` at all, else zero."""

    label: str
    given: Ours
    expected: Ours
    least: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A metric of AWS about one of our resources, for example `queue` `otp`."""

    kind: str
    name: str
    metric: str
    stat: str = "Sum"
    label: str = ""


Line: TypeAlias = Ours | Each | Share | Nothing | Theirs


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture: the question it answers, its lines, and a bound worth drawing."""

    title: str
    asks: str
    lines: tuple[Line, ...]
    unit: str = "count"
    bound: float | None = None
    width: int = 12
    height: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """One dashboard; each row is at most 24 columns wide."""

    name: str
    asks: str
    rows: tuple[tuple[Panel, ...], ...]


class Severity(StrEnum):
    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Wakes somebody when `what` is at or beyond `bound` in `of` periods out of `periods`.

    `kind` names its runbook; `about` tells apart alarms of one kind. Without a bound the alarm
    learns what is usual, and `deviations` is how far above it is too far, or below if `both_ways`.
    `silent_is_bad` says that missing figures are the very trouble.
    """

    kind: str
    severity: Severity
    what: Ours | Share | Nothing | Theirs
    says: str
    bound: float | None = None
    below: bool = False
    minutes: int = 1
    of: int = 1
    periods: int = 1
    about: str = ""
    deviations: float = 3
    both_ways: bool = False
    silent_is_bad: bool = False

    @property
    def name(self) -> str:
        """CarrierSuccess-twilio, for example."""
        return f"{pascal(self.kind)}-{self.about}" if self.about else pascal(self.kind)

    @property
    def runbook(self) -> str:
        return runbook_of(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """An alarm made of alarms: every (`all_of`) or any (`any_of`) of them, unless one of others."""

    kind: str
    severity: Severity
    says: str
    all_of: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    about: str = ""

    @property
    def name(self) -> str:
        return f"{pascal(self.kind)}-{self.about}" if self.about else pascal(self.kind)

    @property
    def runbook(self) -> str:
        return runbook_of(self.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """In `percent` of the minutes of 30 days, `what` is to be `below` that."""

    name: str
    says: str
    what: Ours | Share
    below: float
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A saved question to the logs of these functions."""

    name: str
    asks: str
    functions: tuple[str, ...]
    fields: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    stats: tuple[str, ...] = ()
    sort: str = ""
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Who leads a list, counted continuously from one function's lines."""

    name: str
    function: str
    key: str
    line: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    present: tuple[str, ...] = field(default=())


def pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("-"))


def runbook_of(kind: str) -> str:
    return f"docs/runbooks/{kind}.md"
