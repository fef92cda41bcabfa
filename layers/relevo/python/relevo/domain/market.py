"""What a country asks of a text at one instant: rules, each with its sources and their weight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import TrafficClass

ELSEWHERE: Final = "ZZ"
"""The market of every country without rules of its own (CLDR's code for an unknown region)."""


class SenderKind(StrEnum):
    ALPHANUMERIC = "alphanumeric"
    LONG_CODE = "long-code"
    SHORT_CODE = "short-code"
    TOLL_FREE = "toll-free"


class SenderUse(StrEnum):
    """What becomes of a sender of a kind on its way to the handset."""

    DYNAMIC = "dynamic"
    REGISTERED = "registered"
    OVERWRITTEN = "overwritten"
    UNSUPPORTED = "unsupported"


class Basis(StrEnum):
    """Who says when promotion may be sent, from the strongest to our own advice."""

    LAW = "law"
    REGULATION = "regulation"
    OPERATOR = "operator"
    PROVIDER = "provider"
    PRACTICE = "practice"
    RECOMMENDED = "recommended"


class LimitKind(StrEnum):
    UCS2 = "ucs2"
    NON_ASCII = "non-ascii"
    CHARACTERS = "characters"
    SEGMENTS = "segments"


class LinkPolicy(StrEnum):
    FREE = "free"
    NO_SHORTENERS = "no-shorteners"
    REGISTERED = "registered"


class ContentKind(StrEnum):
    SIGNATURE = "signature"
    ONE_SIGNATURE = "one-signature"
    ONE_OF = "one-of"
    NAMES_SENDER = "names-sender"
    FORBIDDEN = "forbidden"


class OptOutBy(StrEnum):
    """Whether the wording is ours to append, or the carrier's own data."""

    TEXT = "text"
    CARRIER = "carrier"


class Receipts(StrEnum):
    """What a receipt from this country proves: the handset, the network, or nothing."""

    REAL = "real"
    CARRIER = "carrier"
    NONE = "none"
    UNKNOWN = "unknown"


class Per(StrEnum):
    """What a frequency limit counts; the sender is the signature where there is one."""

    NUMBER = "number"
    SENDER_AND_NUMBER = "sender-and-number"
    TEMPLATE_AND_NUMBER = "template-and-number"


class Hours(NamedTuple):
    """A span of a local day in minutes from midnight; the end is no longer inside."""

    opens: int
    closes: int


Week: TypeAlias = tuple[Hours | None, ...]
"""Seven entries from Monday; None is a day on which nothing may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`source` are keys of markets/sources.yaml; unverified means weak, old or in conflict."""

    source: tuple[str, ...]
    verified: bool
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderRule(Rule):
    use: SenderUse


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderFormat(Rule):
    """How a sender of a kind is written; `says` is `pattern` in words."""

    kind: SenderKind
    pattern: str
    says: str
    classes: frozenset[TrafficClass] = frozenset(TrafficClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration(Rule):
    """Something filed before sending: for all senders, or some kinds, beginnings or texts."""

    id: str
    what: str
    kinds: frozenset[SenderKind] = frozenset()
    starts: str = ""
    links: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window(Rule):
    """When promotion may be sent, read in the recipient's zones and also in `zones`."""

    days: Week
    basis: Basis
    zones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Holidays(Rule):
    """A national calendar whose days are closed for promotion; `years` is what it covers."""

    calendar: str
    days: frozenset[date]
    years: frozenset[int]

    def __contains__(self, day: date) -> bool:
        # A year nobody has entered is closed: late beats on a holiday.
        return day in self.days or day.year not in self.years


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut(Rule):
    """Wordings by language: to be answered, or with `{contact}` where answers do not arrive.

    `confirm` is what a refusal is answered with, once, where the market wants that.
    """

    required: bool
    by: OptOutBy = OptOutBy.TEXT
    keywords: tuple[str, ...] = ()
    reply: Mapping[str, str]
    contact: Mapping[str, str]
    confirm: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimit(Rule):
    """What a text may have at most; 0 of `ucs2` or `non-ascii` is none."""

    kind: LimitKind
    most: int = 0
    senders: frozenset[SenderKind] = frozenset(SenderKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRule(Rule):
    """Which links a text may carry, and senders that lose texts with any link."""

    policy: LinkPolicy
    never_from: frozenset[SenderKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentRule(Rule):
    """`words` are what one of must be said, or the subjects that are forbidden."""

    kind: ContentKind
    words: tuple[str, ...] = ()
    classes: frozenset[TrafficClass] = frozenset(TrafficClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptRule(Rule):
    quality: Receipts


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency(Rule):
    """At most `most` submissions in any span of `seconds`, counted per `per`."""

    per: Per
    most: int
    seconds: int
    classes: frozenset[TrafficClass]

    @property
    def span(self) -> Millis:
        return self.seconds * SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One market's rules, in force from `since` until before `until`.

    A sender kind that `senders` lacks was not looked up. All `windows` must be open at once.
    `zones` stand in where a number's own zones are unknown.
    """

    country: str
    zones: tuple[str, ...]
    since: Millis
    until: Millis | None
    state: str | None
    senders: Mapping[SenderKind, SenderRule]
    formats: tuple[SenderFormat, ...]
    registrations: tuple[Registration, ...]
    windows: tuple[Window, ...]
    holidays: Holidays | None
    opt_out: OptOut
    limits: tuple[TextLimit, ...]
    links: LinkRule | None
    content: tuple[ContentRule, ...]
    receipts: ReceiptRule
    frequencies: tuple[Frequency, ...]
