"""next_step and look decide on facts: what may be sent, what must wait, what is asked again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.facts import Expired, HeldBack, Lost, Released, Silent, Undecided
from relevo.domain.health import WINDOW
from relevo.domain.look import Done, Later, Queue, Record, due_at, look, silence_at
from relevo.domain.message import Head
from relevo.domain.steps import Nothing, Submit, Wait, claimed, next_step
from relevo.domain.timing import DAY, LEASE, MAX_BACKOFF, SECOND, Millis
from relevo.domain.words import MAX_ATTEMPTS, OnAmbiguous, State, Status, TrafficClass
from tests.builders import NOW, a_head, a_plan, an_attempt

PLAN = a_plan("a", "b", "c")


def submit(head: Head, now: Millis = NOW) -> str | None:
    step = next_step(head, PLAN, now)
    return step.candidate.route.name if isinstance(step, Submit) else None


def refused(n: int = 1, **more: object) -> Report:
    return Report(n=n, state=State.REFUSED, at=NOW, reason="busy", **more)  # type: ignore[arg-type]


def claim(head: Head, now: Millis = NOW) -> Head:
    step = next_step(head, PLAN, now)
    assert isinstance(step, Submit)
    return claimed(head, step, owner="me", now=now, by="dispatch")


def test_while_an_attempt_is_repeated_nobody_goes_on_to_another_route() -> None:
    unknown = an_attempt(1, State.AMBIGUOUS, repeats=1)
    head = a_head(on_ambiguous=OnAmbiguous.RESEND, attempts=(unknown,), plan=("b", "c"))

    repeating = claim(head)

    assert repeating.attempts[0].repeats == 0
    assert next_step(repeating, PLAN, NOW) == Wait(until=NOW + LEASE)
    assert submit(repeating, NOW + LEASE) == "b"


@pytest.mark.parametrize("policy", list(OnAmbiguous))
def test_a_repeat_that_was_answered_holds_nothing_up(policy: OnAmbiguous) -> None:
    unknown = an_attempt(1, State.AMBIGUOUS, repeats=1)
    head = a_head(on_ambiguous=policy, attempts=(unknown,), plan=("b", "c"))

    taken = apply(claim(head), Report(n=1, state=State.ACCEPTED, at=NOW), now=NOW, by="dispatch")
    bounced = apply(taken, Report(n=1, state=State.UNDELIVERED, at=NOW), now=NOW, by="dlr")

    assert submit(taken) is None
    assert submit(bounced) == "b"


@pytest.mark.parametrize(("policy", "then"), [(OnAmbiguous.HOLD, None), (OnAmbiguous.RESEND, "b")])
def test_a_repeat_that_decided_nothing_holds_nothing_up(
    policy: OnAmbiguous, then: str | None
) -> None:
    unknown = an_attempt(1, State.AMBIGUOUS, repeats=1)
    head = claim(a_head(on_ambiguous=policy, attempts=(unknown,), plan=("b", "c")))

    others = apply(head, Undecided(n=1, owner="another"), now=NOW, by="dispatch")
    ours = apply(head, Undecided(n=1, owner="me"), now=NOW, by="dispatch")

    assert submit(others) is None
    assert submit(ours) == then


def test_a_carrier_that_has_no_room_shortens_no_repeat() -> None:
    unknown = an_attempt(1, State.AMBIGUOUS, repeats=1)
    head = claim(a_head(on_ambiguous=OnAmbiguous.RESEND, attempts=(unknown,), plan=("b", "c")))

    held = apply(head, HeldBack(until=NOW + 200), now=NOW, by="dispatch")

    assert next_step(held, PLAN, NOW + 300) == Wait(until=NOW + LEASE)


def test_a_new_message_goes_to_the_first_route() -> None:
    assert submit(a_head()) == "a"


def test_an_intent_of_anybody_forbids_another_submit() -> None:
    head = claim(a_head(on_ambiguous=OnAmbiguous.RESEND))

    assert next_step(head, PLAN, NOW) == Nothing()


def test_a_refusal_about_the_route_moves_on_to_the_backup_list() -> None:
    head = apply(claim(a_head()), refused(), now=NOW, by="dispatch")

    assert head.status is Status.QUEUED
    assert submit(head) == "b"


def test_a_refusal_about_the_recipient_stops() -> None:
    head = apply(claim(a_head()), refused(stop=True), now=NOW, by="dispatch")

    assert head.status is Status.FAILED
    assert submit(head) is None


@pytest.mark.parametrize(
    ("pause", "following"),
    [(SECOND, "a"), (2 * SECOND, "a"), (3 * SECOND, "b"), (None, "b")],
    ids=["one second", "two seconds", "too long a pause", "no pause stated"],
)
def test_a_short_stated_pause_earns_one_more_try_on_the_same_route(
    pause: Millis | None, following: str
) -> None:
    head = apply(claim(a_head()), refused(retryable=True, pause=pause), now=NOW, by="dispatch")

    assert submit(head, NOW + 2 * SECOND) == following


def test_a_second_short_pause_moves_on() -> None:
    head = claim(a_head())
    head = apply(head, refused(retryable=True, pause=SECOND), now=NOW, by="dispatch")
    head = claim(head, NOW + SECOND)
    head = apply(head, refused(2, retryable=True, pause=SECOND), now=NOW, by="dispatch")

    assert submit(head, NOW + SECOND) == "b"


def test_when_every_route_asks_to_come_later_a_new_round_begins_after_a_growing_pause() -> None:
    head, now, pauses = a_head(), NOW, []

    for _ in range(3):
        for _ in range(3):
            head = claim(head, now)
            head = apply(head, refused(len(head.attempts), retryable=True), now=now, by="dispatch")
        step = next_step(head, PLAN, now)
        assert isinstance(step, Wait)
        pauses.append(step.until - now)
        now = step.until

    assert pauses == [SECOND, 2 * SECOND, 4 * SECOND]
    assert head.status is Status.QUEUED


@pytest.mark.parametrize(
    ("pauses", "waited"),
    [((60, 90, 75), 60), ((60, None, 90), 1), ((7200, 7200, 7200), 1800), ((3, 3, 3), 3)],
    ids=["the soonest", "one states none", "half an hour at most", "seconds"],
)
def test_no_round_begins_before_some_carrier_may_be_asked_again(
    pauses: tuple[int | None, ...], waited: int
) -> None:
    head = a_head()
    for pause in pauses:
        head = claim(head)
        stated = None if pause is None else pause * SECOND
        report = refused(len(head.attempts), retryable=True, pause=stated)
        head = apply(head, report, now=NOW, by="dispatch")

    step = next_step(head, PLAN, NOW)

    assert step == Wait(until=NOW + waited * SECOND)


def test_attempts_are_bounded_and_then_the_message_fails() -> None:
    head, now = a_head(traffic_class=TrafficClass.OTP), NOW
    for _ in range(4):
        while not isinstance(step := next_step(head, PLAN, now), Submit):
            assert isinstance(step, Wait)
            now = step.until
        head = claim(head, now)
        head = apply(head, refused(len(head.attempts), retryable=True), now=now, by="dispatch")

    assert (head.status, len(head.attempts)) == (Status.FAILED, 4)


def test_a_route_that_bounced_is_not_asked_again_in_a_later_round() -> None:
    attempts = (
        an_attempt(1, State.REFUSED, retryable=True, reason="busy"),
        an_attempt(2, State.REFUSED, retryable=True, reason="busy"),
        an_attempt(3, State.ACCEPTED),
    )
    head = a_head(attempts=attempts, plan=())
    bounce = Report(n=3, state=State.UNDELIVERED, at=NOW)

    head = apply(head, bounce, now=NOW, by="dlr")

    assert head.plan == ("a", "b")
    assert submit(head, NOW + SECOND) == "a"


AMBIGUITY = [
    (State.AMBIGUOUS, False, OnAmbiguous.RESEND, "b"),
    (State.AMBIGUOUS, False, OnAmbiguous.HOLD, None),
    (State.ACCEPTED, False, OnAmbiguous.RESEND, None),
    (State.ACCEPTED, True, OnAmbiguous.RESEND, "b"),
    (State.ACCEPTED, True, OnAmbiguous.HOLD, None),
    (State.UNDELIVERED, False, OnAmbiguous.HOLD, "b"),
]


@pytest.mark.parametrize(("state", "silent", "choice", "following"), AMBIGUITY)
def test_only_resend_lets_a_second_submit_follow_an_unknown_one(
    state: State, silent: bool, choice: OnAmbiguous, following: str | None
) -> None:
    attempt = an_attempt(1, state, silent=silent)
    head = a_head(attempts=(attempt,), plan=("b", "c"), on_ambiguous=choice)

    assert submit(head) == following


def test_a_submit_beside_one_in_flight_is_flagged_as_a_possible_duplicate() -> None:
    waiting = an_attempt(1, State.AMBIGUOUS)
    head = a_head(attempts=(waiting,), plan=("b",), on_ambiguous=OnAmbiguous.RESEND)

    assert claim(head).possible_duplicate
    assert not claim(a_head()).possible_duplicate


def test_nothing_is_sent_at_or_after_expiry() -> None:
    head = a_head()

    assert submit(head, head.expires_at - 1) == "a"
    assert submit(head, head.expires_at) is None


LOOKS = [
    # head, at, what look says
    (a_head(), NOW + LEASE, Queue),
    (a_head(expires_at=NOW + 1), NOW + 1, Expired),
    (a_head(send_at=NOW + 9), NOW, Later),
    (a_head(send_at=NOW + 9), NOW + 9, Released),
    (a_head(attempts=(an_attempt(),), plan=()), NOW + SECOND, Later),
    (a_head(attempts=(an_attempt(),), plan=()), NOW + SECOND + LEASE, Lost),
    (a_head(attempts=(an_attempt(1, State.ACCEPTED),), plan=("b",)), NOW + 300 * SECOND, Later),
    (a_head(attempts=(an_attempt(1, State.DELIVERED),), plan=()), NOW, Done),
]


@pytest.mark.parametrize(("head", "at", "expected"), LOOKS)
def test_what_look_does_about_a_due_message(head: Head, at: Millis, expected: type) -> None:
    saw = look(head, at, silence_counts=True)

    assert isinstance(saw.fact if isinstance(saw, Record) else saw, expected)


def accepted_by_a(**changes: object) -> Head:
    attempt = an_attempt(1, State.ACCEPTED, accepted_at=NOW)
    values = {"attempts": (attempt,), "plan": ("b",), "on_ambiguous": OnAmbiguous.RESEND}
    return a_head(**{**values, **changes})


def test_silence_counts_only_after_the_deadline_and_only_if_the_valve_is_open() -> None:
    head = accepted_by_a()
    deadline = NOW + 120 * SECOND

    assert look(head, deadline, silence_counts=True) == Record(fact=Silent(n=1))
    assert isinstance(look(head, deadline - 1, silence_counts=True), Later)
    assert isinstance(look(head, deadline, silence_counts=False), Later)


def test_a_deadline_the_valve_holds_back_is_asked_about_again_but_not_at_once() -> None:
    head, deadline = accepted_by_a(), NOW + 120 * SECOND

    assert due_at(head, deadline) == deadline + LEASE


def test_once_nobody_can_tell_whose_silence_it_was_it_is_asked_about_rarely() -> None:
    head = accepted_by_a(expires_at=NOW + DAY)
    now, looks = NOW + 120 * SECOND, 0

    while now < head.expires_at:
        now, looks = due_at(head, now), looks + 1

    assert looks <= WINDOW // LEASE + DAY // MAX_BACKOFF + 5


@pytest.mark.parametrize(
    "head",
    [
        accepted_by_a(on_ambiguous=OnAmbiguous.HOLD),
        accepted_by_a(receipt_deadline=None),
        accepted_by_a(plan=()),
    ],
    ids=["hold", "no deadline", "no route left"],
)
def test_silence_that_could_lead_nowhere_is_no_silence(head: Head) -> None:
    assert silence_at(head, 1) is None


def test_a_waiting_message_is_due_at_the_earliest_of_what_it_waits_for() -> None:
    head = accepted_by_a()

    assert due_at(head, NOW) == NOW + 120 * SECOND
    assert due_at(a_head(send_at=NOW + 5), NOW) == NOW + 5
    assert due_at(a_head(attempts=(an_attempt(),), plan=()), NOW) == NOW + SECOND + LEASE


ENDS = st.sampled_from(
    [
        {"state": State.ACCEPTED},
        {"state": State.AMBIGUOUS, "reason": "read-timeout"},
        {"state": State.REFUSED, "reason": "no-route"},
        {"state": State.REFUSED, "reason": "busy", "retryable": True},
        {"state": State.REFUSED, "reason": "busy", "retryable": True, "pause": SECOND},
        {"state": State.REFUSED, "reason": "unknown-subscriber", "stop": True},
        {"state": State.UNDELIVERED, "reason": "unreachable"},
        {"state": State.DELIVERED},
    ]
)


@given(
    st.permutations("abcd"),
    st.lists(ENDS, max_size=10),
    st.sampled_from(OnAmbiguous),
    st.sampled_from(TrafficClass),
)
def test_whatever_the_order_and_the_answers_a_submit_is_allowed_and_new(
    order: list[str],
    ends: list[dict[str, object]],
    on_ambiguous: OnAmbiguous,
    kind: TrafficClass,
) -> None:
    """Health may give a plan in any order, and another one each time."""
    head, now = a_head(on_ambiguous=on_ambiguous, traffic_class=kind), NOW
    for number, end in enumerate(ends):
        turned = order[number % 4 :] + order[: number % 4]
        step = next_step(head, a_plan(*turned), now)
        if isinstance(step, Wait):
            now = max(now, step.until)
            continue
        if isinstance(step, Nothing):
            break
        used_up = {one.route for one in head.attempts if one.failed and not one.retryable}
        unknown = [one for one in head.attempts if one.in_flight]
        assert step.candidate.route.name not in used_up
        assert not head.stopped
        assert not unknown or on_ambiguous is OnAmbiguous.RESEND
        assert now < head.expires_at
        head = claimed(head, step, owner="me", now=now, by="dispatch")
        report = Report(n=step.n, at=now, **end)  # type: ignore[arg-type]
        head = apply(head, report, now=now, by="dispatch")

    assert len(head.attempts) <= MAX_ATTEMPTS[kind]
