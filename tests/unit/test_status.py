"""Status is a pure function: order, repetition and loss of reports cannot matter."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.advance import apply
from relevo.domain.attempt import Report, climb
from relevo.domain.message import Head
from relevo.domain.status import status_of
from relevo.domain.words import FINAL, OnAmbiguous, State, Status
from tests.builders import NOW, a_head, an_attempt

REPORTED = [state for state in State if state is not State.INTENT]
reports = st.builds(
    Report,
    n=st.integers(1, 3),
    state=st.sampled_from(REPORTED),
    at=st.integers(NOW, NOW + 60_000),
    reason=st.sampled_from([None, "absent", "invalid"]),
    code=st.sampled_from([None, "1", "2"]),
    retryable=st.booleans(),
    stop=st.booleans(),
)


def in_the_air() -> Head:
    """Three attempts under way, no route left."""
    attempts = tuple(an_attempt(n) for n in (1, 2, 3))
    return a_head(attempts=attempts, plan=(), on_ambiguous=OnAmbiguous.RESEND, version=4)


def told_all(head: Head, received: list[Report]) -> Head:
    for report in received:
        head = apply(head, report, now=NOW, by="dlr")
    return head


@given(st.lists(reports, max_size=8), st.randoms())
def test_order_and_repetition_of_reports_do_not_matter(received: list[Report], random) -> None:  # type: ignore[no-untyped-def]
    once = told_all(in_the_air(), received)
    shuffled = received * 2
    random.shuffle(shuffled)

    again = told_all(in_the_air(), shuffled)

    assert [a.state for a in again.attempts] == [a.state for a in once.attempts]
    assert again.status is once.status


@given(st.lists(reports, max_size=8))
def test_a_lost_report_leaves_what_the_others_say(received: list[Report]) -> None:
    best = told_all(in_the_air(), received)

    for lost in range(len(received)):
        rest = told_all(in_the_air(), received[:lost] + received[lost + 1 :])
        complete = apply(rest, received[lost], now=NOW, by="dlr")
        assert complete.status is best.status


@given(reports, reports, reports)
def test_joining_is_associative_commutative_and_idempotent(a: Report, b: Report, c: Report) -> None:
    def known(*received: Report) -> tuple[object, ...]:
        attempt = an_attempt()
        for report in received:
            attempt = climb(attempt, report)
        return attempt.state, attempt.stop, attempt.retryable, attempt.reason, attempt.code

    assert known(a, b, c) == known(c, b, a) == known(b, a, c, a, b)


@given(st.lists(reports, max_size=10))
def test_delivered_never_changes(received: list[Report]) -> None:
    head = in_the_air()
    delivered = False

    for report in received:
        head = apply(head, report, now=NOW, by="dlr")
        assert not delivered or head.status is Status.DELIVERED
        delivered = head.status is Status.DELIVERED


@given(st.lists(reports, max_size=10))
def test_events_are_gap_free_and_each_belongs_to_one_version(received: list[Report]) -> None:
    head = told_all(in_the_air(), received)

    assert [told.sequence for told in head.told] == list(range(1, len(head.told) + 1))
    assert all(1 <= told.version <= head.version for told in head.told)


@given(st.lists(reports, max_size=6))
def test_after_expiry_every_status_is_final(received: list[Report]) -> None:
    head = replace(told_all(in_the_air(), received), expired=True)

    assert status_of(head) in FINAL


ROWS = [
    # attempts' states, routes left, expired -> status
    ((), None, False, Status.ACCEPTED),
    ((State.INTENT,), ("b",), False, Status.SENDING),
    ((State.AMBIGUOUS,), ("b",), False, Status.SENDING),
    ((State.ACCEPTED,), ("b",), False, Status.SENT),
    ((State.SENT,), (), False, Status.SENT),
    ((State.REFUSED,), ("b",), False, Status.QUEUED),
    ((State.UNDELIVERED,), ("b",), False, Status.QUEUED),
    ((State.REFUSED,), (), False, Status.FAILED),
    ((State.UNDELIVERED,), (), False, Status.UNDELIVERED),
    ((State.REJECTED,), (), False, Status.REJECTED),
    ((State.UNDELIVERED, State.REFUSED), (), False, Status.UNDELIVERED),
    ((State.UNDELIVERED, State.DELIVERED), (), False, Status.DELIVERED),
    ((State.ACCEPTED, State.FAILED), (), False, Status.SENT),
    ((State.ACCEPTED,), (), True, Status.UNCONFIRMED),
    ((State.INTENT,), (), True, Status.UNCONFIRMED),
    ((State.REFUSED,), ("b",), True, Status.EXPIRED),
    ((State.UNDELIVERED,), ("b",), True, Status.UNDELIVERED),
    ((), None, True, Status.EXPIRED),
    ((State.DELIVERED,), (), True, Status.DELIVERED),
]


@pytest.mark.parametrize(("states", "plan", "expired", "status"), ROWS)
def test_status_of_a_head(
    states: tuple[State, ...], plan: tuple[str, ...] | None, expired: bool, status: Status
) -> None:
    attempts = tuple(an_attempt(n, state) for n, state in enumerate(states, start=1))

    assert a_head(attempts=attempts, plan=plan, expired=expired).status is status
