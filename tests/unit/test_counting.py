"""Each write is counted in the cohort of its attempt's submit, and read back as it was counted."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.counting import cohorts_of, counts_of
from relevo.domain.evidence import SLOT, Cohort, slot_of
from relevo.domain.facts import Asked, Fact, HeldBack, Undecided
from relevo.domain.message import Head
from relevo.domain.steps import Submit, claimed, next_step
from relevo.domain.timing import MINUTE, SECOND
from relevo.domain.words import OnAmbiguous, State, TrafficClass
from tests.builders import NOW, a_head, a_plan, an_attempt

OTP = {"traffic_class": TrafficClass.OTP, "on_ambiguous": OnAmbiguous.RESEND}
SUBMITTED = NOW + SECOND


def after(state: State, seconds: int, *, of: State = State.INTENT, **more: Any) -> Head:
    """Tell of an attempt in state `of` that so many seconds after its submit it is in `state`."""
    attempt_changes = more.pop("attempt", {})
    taken = None if of is State.INTENT else SUBMITTED
    attempt = an_attempt(1, of, accepted_at=taken, **attempt_changes)
    head = a_head(attempts=(attempt,), plan=("b",), version=2, **OTP)
    at = SUBMITTED + seconds * SECOND
    return apply(head, Report(n=1, state=state, at=at, **more), now=at, by="dlr")


def counted(head: Head) -> dict[str, int]:
    return dict(Counter(tally.what for tally in counts_of(head)))


ROWS: list[tuple[Head, dict[str, int]]] = [
    (after(State.ACCEPTED, 0), {"0t": 1}),
    (after(State.REFUSED, 0, reason="busy", retryable=True), {"0r": 1}),
    (after(State.REFUSED, 0, reason="invalid-number", stop=True), {}),  # the recipient's fault
    (after(State.REFUSED, 0, reason="throttled", retryable=True), {}),  # ours
    (after(State.AMBIGUOUS, 3, reason="read-timeout"), {"0t": 1}),  # nothing known: it must arrive
    (after(State.DELIVERED, 2, of=State.ACCEPTED), {"0-1": 1}),
    (after(State.DELIVERED, 2), {"0t": 1, "0-1": 1}),  # it overtook the answer of the submit
    (after(State.DELIVERED, 11, of=State.ACCEPTED), {}),  # too late is as good as never
    (after(State.UNDELIVERED, 2, of=State.ACCEPTED), {"0f": 1}),
    (after(State.UNDELIVERED, 2, of=State.ACCEPTED, reason="absent-subscriber"), {"0x": 1}),
    (after(State.UNDELIVERED, 2, of=State.ACCEPTED, stop=True), {"0x": 1}),
    (after(State.ACCEPTED, 0, attempt={"receipts": False}), {"0t": 1, "0-0": 1}),
    (after(State.ACCEPTED, 0, attempt={"duplicate": True}), {}),
]


@pytest.mark.parametrize(("head", "counts"), ROWS)
def test_what_is_counted(head: Head, counts: dict[str, int]) -> None:
    assert counted(head) == counts


def test_a_late_receipt_counts_where_its_submit_was_counted() -> None:
    attempt = an_attempt(1, State.ACCEPTED, claimed_at=NOW + 58 * SECOND, accepted_at=NOW)
    head = a_head(attempts=(attempt,), plan=(), version=2, **OTP)
    at = NOW + 62 * SECOND

    head = apply(head, Report(n=1, state=State.DELIVERED, at=at), now=at, by="dlr")

    assert [(one.minute, one.what) for one in counts_of(head)] == [(NOW // MINUTE, "11-3")]


@pytest.mark.parametrize(
    "fact",
    [Asked(n=1), HeldBack(until=NOW + MINUTE), Undecided(n=1, owner="owner")],
    ids=lambda fact: type(fact).__name__,
)
def test_what_is_written_of_an_unknown_answer_later_is_no_other_submit(fact: Fact) -> None:
    unknown = after(State.AMBIGUOUS, 3, reason="read-timeout", attempt={"repeats": 1})
    later = SUBMITTED + 5 * SECOND

    written = apply(unknown, fact, now=later, by="dispatch")

    assert written is not unknown
    assert (counted(unknown), counted(written)) == ({"0t": 1}, {})


def test_a_repeat_is_no_other_submit() -> None:
    unknown = after(State.AMBIGUOUS, 3, reason="read-timeout", attempt={"repeats": 1})
    step = next_step(unknown, a_plan("a", "b"), SUBMITTED + 3 * SECOND)
    assert isinstance(step, Submit)

    again = claimed(unknown, step, owner="me", now=SUBMITTED + 3 * SECOND, by="dispatch")

    assert counted(again) == {}


def test_a_write_that_told_nothing_counts_nothing() -> None:
    assert counted(a_head()) == {}


NUMBERS = st.integers(0, 99)
COHORTS = st.builds(
    Cohort,
    at=st.integers(0, MINUTE // SLOT - 1).map(lambda n: NOW + n * SLOT),
    taken=NUMBERS,
    refused=NUMBERS,
    failed=NUMBERS,
    excused=NUMBERS,
    arrived=st.tuples(*[NUMBERS] * 6),
)


@given(st.lists(COHORTS, unique_by=lambda one: one.at))
def test_counters_read_back_as_the_cohorts_they_stand_for(cohorts: list[Cohort]) -> None:
    counts: dict[str, int] = {"accepted": 7, "receipt": 3, "silence": 1}
    for one in cohorts:
        slot = (one.at - NOW) // SLOT
        letters = zip("trfx", (one.taken, one.refused, one.failed, one.excused), strict=True)
        counts |= {f"{slot}{letter}": number for letter, number in letters}
        counts |= {f"{slot}-{place}": number for place, number in enumerate(one.arrived)}

    found = cohorts_of(NOW // MINUTE, counts)

    assert sorted(found, key=lambda one: one.at) == sorted(cohorts, key=lambda one: one.at)


def test_an_attempts_cohort_begins_with_its_slot() -> None:
    head = after(State.ACCEPTED, 0)
    (tally,) = counts_of(replace(head))

    (cohort,) = cohorts_of(tally.minute, {tally.what: tally.count})
    assert cohort.at == slot_of(SUBMITTED)
