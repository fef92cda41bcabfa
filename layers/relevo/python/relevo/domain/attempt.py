"""One try on one carrier, and the join that makes the order of its reports irrelevant."""

from dataclasses import dataclass, replace
from decimal import Decimal
from zlib import crc32

from relevo.domain.timing import SHORT_PAUSE, Millis
from relevo.domain.words import BOUNCES, IN_FLIGHT, RANK, ListName, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is now known of attempt `n`: a carrier's answer, a receipt, or our own inference.

    `stop` says that the failure is about the recipient, so no other carrier can do better;
    `retryable` that the carrier provably did not take the message and may be asked again;
    `pause` is how long it asked us to wait. With `parts` above 1 a carrier speaks of one of so
    many, named `part`. `stated_at` is the time the carrier itself gives, for statistics only.
    """

    n: int
    state: State
    at: Millis
    reason: str | None = None
    code: str | None = None
    reference: str | None = None
    retryable: bool = False
    stop: bool = False
    pause: Millis | None = None
    part: str = ""
    parts: int = 1
    stated_at: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One submit to one carrier; `arrived` are marks of its parts that a handset has.

    `lookup`: its carrier can be asked what became of it; `asks` is how often it was. `repeats` is
    how often it may be handed over again under its own id, to a carrier that knows ids again;
    `repeats_until` it keeps other routes waiting then, unless its answer comes first.
    """

    n: int
    route: str
    carrier: str
    list: ListName
    owner: str
    claimed_at: Millis
    state: State = State.INTENT
    round: int = 0
    price: Decimal | None = None
    accepted_at: Millis | None = None
    ended_at: Millis | None = None
    reason: str | None = None
    code: str | None = None
    reference: str | None = None
    retryable: bool = False
    stop: bool = False
    pause: Millis | None = None
    receipts: bool = True
    lookup: bool = False
    asks: int = 0
    repeats: int = 0
    repeats_until: Millis | None = None
    silent: bool = False
    duplicate: bool = False
    arrived: tuple[str, ...] = ()
    stated_at: Millis | None = None

    @property
    def in_flight(self) -> bool:
        """Whether a handset may still show this attempt without us having been told."""
        return self.state in IN_FLIGHT

    @property
    def taken(self) -> bool:
        """Whether a carrier is known to have accepted it, which is what money follows."""
        return RANK[self.state] >= RANK[State.ACCEPTED]

    @property
    def bounced(self) -> bool:
        return self.state in BOUNCES

    @property
    def failed(self) -> bool:
        return self.bounced or self.state is State.REFUSED

    @property
    def short_pause(self) -> bool:
        """Whether the carrier said "in a moment" rather than "later"."""
        return self.retryable and self.pause is not None and self.pause <= SHORT_PAUSE


def _strength(known: Attempt | Report) -> tuple[int, bool, str, str]:
    # Equal states with different reasons need a winner too, or arrival order would show.
    return (
        RANK[known.state],
        not known.retryable,
        known.reason or "",
        known.code or "",
    )


def climb(attempt: Attempt, report: Report) -> Attempt:
    """Join `report` into `attempt`: the higher state wins, stragglers change nothing."""
    if report.parts > 1 and report.state is State.DELIVERED:
        attempt, report = _one_arrived(attempt, report)
    known = replace(
        attempt,
        reference=attempt.reference or report.reference,
        accepted_at=attempt.accepted_at or (report.at if report.state is State.ACCEPTED else None),
        # "No such recipient" stays true whatever else the carrier says of this attempt later.
        stop=attempt.stop or report.stop,
    )
    if _strength(report) <= _strength(attempt):
        return known
    return replace(
        known,
        state=report.state,
        ended_at=None if report.state in IN_FLIGHT else report.at,
        reason=report.reason,
        code=report.code,
        retryable=report.retryable,
        pause=report.pause,
        stated_at=report.stated_at,
    )


def _one_arrived(attempt: Attempt, report: Report) -> tuple[Attempt, Report]:
    """Count a delivered part: the message is delivered when every one of them is.

    A part that failed is a message that failed, so those reports climb as they are.
    """
    mark = f"{crc32(report.part.encode()):08x}"
    arrived = tuple(sorted({*attempt.arrived, mark}))
    state = State.DELIVERED if len(arrived) >= report.parts else State.SENT
    return replace(attempt, arrived=arrived), replace(report, state=state)
