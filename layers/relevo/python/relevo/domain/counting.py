"""What a write made known of a carrier, put into the counts that evidence is read from (pure)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from relevo.domain.attempt import Attempt
from relevo.domain.evidence import SLOT, Cohort, bin_of, slot_of
from relevo.domain.health import Tally
from relevo.domain.message import Head
from relevo.domain.outcome import Reason
from relevo.domain.timing import MINUTE, Millis
from relevo.domain.words import BOUNCES, State

TAKEN, REFUSED, FAILED, EXCUSED = "t", "r", "f", "x"
"""A counter is named by its slot of the minute and one letter, or the digit of a bin: `7t`, `11-2`.

A digit follows a dash, so that slot 1, bin 12 and slot 11, bin 2 stay apart.
"""

NOT_ITS_FAULT: Final = frozenset({Reason.ABSENT_SUBSCRIBER.value, Reason.THROTTLED.value})
"""A handset that is off, and our own haste, say nothing of a carrier."""


def counts_of(head: Head) -> Iterator[Tally]:
    """Count what the last write of this head made known, in the cohort of the attempt's submit.

    A copy sent after a silence is left out: it says more of its recipient than of its carrier.
    """
    for n in sorted(_heard_of(head)):
        attempt = head.attempt(n)
        if attempt is None or attempt.duplicate:
            continue
        at = attempt.claimed_at
        slot = slot_of(at) % MINUTE // SLOT
        known = head.news[-1].at if head.news else head.status_at
        for what in _kinds(head, attempt, known - at):
            yield Tally(
                environment=head.environment,
                traffic_class=head.traffic_class,
                carrier=attempt.carrier,
                country=head.country,
                minute=at // MINUTE,
                what=f"{slot}{what}",
            )


def cohorts_of(minute: int, counts: Mapping[str, int]) -> list[Cohort]:
    """Read the cohorts of one minute back; counters of other kinds are none of them."""
    slots: dict[int, Counter[str]] = {}
    for name, count in counts.items():
        slot, kind = name.rstrip("trfx"), name[-1]
        if "-" in name:
            slot, _, kind = name.partition("-")
        if slot.isdigit() and slot != name:
            slots.setdefault(int(slot), Counter())[kind] += count
    return [_cohort(minute * MINUTE + slot * SLOT, kinds) for slot, kinds in slots.items()]


def _cohort(at: Millis, kinds: Mapping[str, int]) -> Cohort:
    return Cohort(
        at=at,
        taken=kinds.get(TAKEN, 0),
        refused=kinds.get(REFUSED, 0),
        failed=kinds.get(FAILED, 0),
        excused=kinds.get(EXCUSED, 0),
        arrived=tuple(kinds.get(str(number), 0) for number in range(6)),
    )


def _heard_of(head: Head) -> set[int]:
    """The attempts that the last write said something of; an unreadable answer tells nothing."""
    told = {told.n for told in head.news if told.n}
    last = head.attempts[-1] if head.attempts else None
    if not told and last is not None and last.state is State.AMBIGUOUS and _as_it_was(head, last):
        return {last.n}
    return told


def _as_it_was(head: Head, last: Attempt) -> bool:
    """Whether nothing was written of it since; a repeat, a question, a pause are no new submits."""
    return last.repeats_until is None and not last.asks and head.not_before is None


def _kinds(head: Head, attempt: Attempt, delay: Millis) -> Iterable[str]:
    match attempt.state:
        case State.AMBIGUOUS:
            return [TAKEN]
        case State.ACCEPTED if not attempt.silent:
            # Where a carrier's receipts are not real, being taken is all there is to know.
            return [TAKEN] if attempt.receipts else [TAKEN, "-0"]
        case State.REFUSED:
            return [] if _excused(attempt) else [REFUSED]
        case State.DELIVERED if attempt.receipts:
            number = bin_of(head.traffic_class, delay)
            return [*_overtaken(attempt), *([] if number is None else [f"-{number}"])]
        case state if state in BOUNCES and attempt.receipts:
            return [*_overtaken(attempt), EXCUSED if _excused(attempt) else FAILED]
    return []


def _overtaken(attempt: Attempt) -> list[str]:
    """A receipt that came before the answer of the submit counts for both."""
    return [] if attempt.accepted_at is not None else [TAKEN]


def _excused(attempt: Attempt) -> bool:
    return attempt.stop or attempt.reason in NOT_ITS_FAULT
