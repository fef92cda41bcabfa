"""A carrier account that refuses us: out of service for all until one message gets through."""

import logging
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.breaker import (
    FIRST_OPEN,
    LONGEST_OPEN,
    PROBE,
    Breaker,
    closed,
    closes,
    fitted,
    opened,
    opens,
    probed,
)
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Outcome, Refused, Retryable
from relevo.domain.routes import RoutePlan
from relevo.domain.steps import Submit, Wait, next_step
from relevo.domain.timing import HOUR, LEASE, MINUTE, SECOND, Millis
from relevo.services.breaker import Fuses
from relevo.services.route import Routed
from tests.builders import NOW, a_head, a_plan, a_route
from tests.fakes import Faulty, World

WRONG_KEY = Refused(reason="unknown", code="20003", cause=Cause.AUTH)
NO_MONEY = Refused(reason="no-credit", cause=Cause.NO_CREDIT)
LATER = Retryable(reason="throttled", pause=40 * SECOND, cause=Cause.THROTTLED)
ABOUT_US = [WRONG_KEY, NO_MONEY, LATER]
NOT_ABOUT_US: list[tuple[Outcome, bool]] = [
    (Accepted(), True),
    (Refused(reason="invalid-number", stop=True), True),
    (Refused(reason="carrier-rejected", cause=Cause.CONFIG), True),
    (Retryable(reason="throttled", pause=2 * SECOND, cause=Cause.THROTTLED), False),
    (Retryable(reason="connect-refused"), False),
    (Ambiguous(reason="read-timeout"), False),
]


def first(outcome: Refused | Retryable = WRONG_KEY, now: Millis = NOW) -> Breaker:
    return opened(None, "a/a", outcome, now)


@pytest.mark.parametrize("outcome", ABOUT_US)
def test_what_would_meet_the_next_message_as_well_opens(outcome: Outcome) -> None:
    assert opens(outcome)
    assert not closes(outcome)


@pytest.mark.parametrize(("outcome", "working"), NOT_ABOUT_US)
def test_what_is_about_one_message_or_the_line_opens_nothing(
    outcome: Outcome, working: bool
) -> None:
    assert not opens(outcome)
    assert closes(outcome) is working


def test_it_is_open_for_a_while_and_then_for_one_probe() -> None:
    breaker = first()

    assert breaker.is_open(NOW)
    assert not breaker.is_open(NOW + FIRST_OPEN)
    assert breaker.half_open(NOW + FIRST_OPEN)
    trying = probed(breaker, NOW + FIRST_OPEN)
    assert trying.is_open(NOW + FIRST_OPEN)
    assert trying.half_open(NOW + FIRST_OPEN + PROBE)
    assert not closed(trying).is_open(NOW + FIRST_OPEN)


def test_a_crowd_that_is_refused_together_opens_it_once() -> None:
    breaker = first()

    assert opened(breaker, "a/a", WRONG_KEY, NOW + SECOND) is breaker


@given(st.integers(1, 60))
def test_each_probe_that_is_refused_doubles_the_time_up_to_a_bound(probes: int) -> None:
    breaker, now, spans = first(), NOW, [FIRST_OPEN]
    for _ in range(probes):
        now = breaker.until
        breaker = opened(probed(breaker, now), "a/a", WRONG_KEY, now)
        spans.append(breaker.until - now)

    assert spans == sorted(spans)
    assert spans[1] == 2 * FIRST_OPEN
    assert max(spans) <= LONGEST_OPEN
    assert breaker.trips == probes + 1


def test_what_was_closed_begins_with_a_short_time_again() -> None:
    breaker = opened(probed(first(), NOW + MINUTE), "a/a", WRONG_KEY, NOW + MINUTE)

    again = opened(closed(breaker), "a/a", WRONG_KEY, NOW + HOUR)

    assert (again.trips, again.until) == (1, NOW + HOUR + FIRST_OPEN)


@pytest.mark.parametrize(("asked", "kept"), [(40, 40), (7200, 300)])
def test_a_stated_pause_is_kept_to_within_reason(asked: int, kept: int) -> None:
    breaker = first(replace(LATER, pause=asked * SECOND))

    assert breaker.until == NOW + kept * SECOND


def test_a_probe_is_given_up_when_its_sender_is_dead() -> None:
    assert PROBE >= LEASE


def test_a_shut_route_stays_in_the_plan_so_that_no_message_fails_for_it() -> None:
    plan = fitted(a_plan("a", "b"), {"a/a": first()}, NOW)

    step = next_step(a_head(), plan, NOW)

    assert isinstance(step, Submit)
    assert (step.candidate.route.name, step.rest) == ("b", ("a",))
    assert [(out.route, out.reason) for out in plan.exclusions] == [("a", "carrier-breaker-open")]


def test_a_message_whose_routes_are_all_shut_waits() -> None:
    plan = fitted(a_plan("a"), {"a/a": first()}, NOW)

    assert isinstance(next_step(a_head(), plan, NOW), Wait)


def test_an_account_serves_several_routes_and_all_are_shut() -> None:
    plan = a_plan("a", "b")
    shared = tuple(
        replace(one, route=replace(one.route, carrier="a", account="x")) for one in plan.candidates
    )

    shut = fitted(RoutePlan(candidates=shared), {"a/x": opened(None, "a/x", NO_MONEY, NOW)}, NOW)

    assert [one.shut for one in shut.candidates] == [True, True]


class Bench:
    """Fuses of two workers over one store, and one message for each."""

    def __init__(self) -> None:
        self.world: Any = World(start=NOW)

    def fuses(self, **ports: Any) -> Fuses:
        return Fuses(**{"breakers": self.world.breakers, **ports}, clock=self.world.clock)

    def fitted(self) -> RoutePlan:
        return self.fuses().fitted(a_plan("a", "b"))

    def tried(self, count: int = 1) -> list[str]:
        """Plan, then give by which carrier each of so many messages goes."""
        plan = self.fitted()
        group = [Routed(head=a_head(), plan=plan, decision="d") for _ in range(count)]
        steps = [next_step(one.head, one.plan, NOW) for one in self.fuses().tried(group)]
        return [step.candidate.route.name for step in steps if isinstance(step, Submit)]

    def heard(self, outcome: Outcome, *, trial: bool = False) -> None:
        self.fuses().heard(a_route("a"), outcome, trial=trial)


def test_one_message_is_refused_and_the_next_ones_go_round() -> None:
    bench = Bench()
    bench.heard(WRONG_KEY)

    assert bench.tried(3) == ["b", "b", "b"]


def test_one_message_of_a_batch_tries_the_account_again() -> None:
    bench = Bench()
    bench.heard(WRONG_KEY)
    bench.world.clock.advance(FIRST_OPEN)

    assert bench.tried(3) == ["a", "b", "b"]
    assert bench.tried(3) == ["b", "b", "b"]


def test_a_batch_asks_once_whether_it_may_try() -> None:
    bench, calls = Bench(), list[str]()
    bench.heard(WRONG_KEY)
    bench.world.clock.advance(FIRST_OPEN)
    plan = bench.fitted()
    fuses = bench.fuses(breakers=Faulty(bench.world.breakers, before=calls.append))

    fuses.tried([Routed(head=a_head(), plan=plan, decision="d")] * 10)

    assert calls == ["get", "save"]


def test_a_probe_that_gets_through_brings_the_account_back() -> None:
    bench = Bench()
    bench.heard(WRONG_KEY)
    bench.world.clock.advance(FIRST_OPEN)
    bench.tried()

    bench.heard(Accepted(), trial=True)

    assert bench.tried(3) == ["a", "a", "a"]


def test_a_probe_that_is_refused_leaves_it_shut_for_longer() -> None:
    bench = Bench()
    bench.heard(WRONG_KEY)
    bench.world.clock.advance(FIRST_OPEN)
    bench.tried()

    bench.heard(WRONG_KEY, trial=True)
    bench.world.clock.advance(2 * FIRST_OPEN - 1)

    assert bench.tried() == ["b"]


def test_a_probe_of_which_nobody_heard_is_followed_by_another() -> None:
    bench = Bench()
    bench.heard(WRONG_KEY)
    bench.world.clock.advance(FIRST_OPEN)
    bench.tried()

    bench.world.clock.advance(PROBE)

    assert bench.tried(2) == ["a", "b"]


@pytest.mark.parametrize("call", ["known", "get", "save"])
def test_f27_a_store_that_is_away_holds_nobody_up(call: str) -> None:
    bench = Bench()
    bench.heard(WRONG_KEY)
    bench.world.clock.advance(FIRST_OPEN)

    def away(name: str) -> None:
        if name == call:
            raise TimeoutError

    broken = bench.fuses(breakers=Faulty(bench.world.breakers, before=away))
    plan = broken.fitted(a_plan("a", "b"))
    (routed,) = broken.tried([Routed(head=a_head(), plan=plan, decision="d")])
    broken.heard(a_route("a"), WRONG_KEY, trial=True)

    step = next_step(routed.head, routed.plan, NOW)
    assert isinstance(step, Submit)
    assert step.candidate.route.name == "a"


@pytest.mark.parametrize("outcome", [WRONG_KEY, NO_MONEY])
def test_an_opening_is_one_line_that_says_what_is_wrong_and_what_to_do(
    outcome: Refused, logged: pytest.LogCaptureFixture
) -> None:
    bench, route = Bench(), a_route("r", carrier="twilio", account="twilio-es")
    said = replace(outcome, text="+34612345678 is refused")

    for _ in range(3):
        bench.fuses().heard(route, said, trial=False)

    (line,) = [one for one in logged.records if one.message == "carrier-config"]
    assert (line.levelno, line.name) == (logging.ERROR, "relevo.services.breaker")
    details = {name: vars(line)[name] for name in ("carrier", "account", "cause")}
    assert details == {"carrier": "twilio", "account": "twilio-es", "cause": outcome.cause.value}
    assert "at the carrier" in vars(line)["todo"]
    assert "34612345" not in str(vars(line))


def test_a_pause_is_no_fault_of_ours_and_raises_no_alarm(
    logged: pytest.LogCaptureFixture,
) -> None:
    Bench().heard(LATER)

    assert [(one.message, one.levelno) for one in logged.records] == [
        ("carrier-paused", logging.WARNING)
    ]


def test_a_wrong_setting_is_told_and_shuts_nothing(logged: pytest.LogCaptureFixture) -> None:
    bench = Bench()
    bench.heard(Refused(reason="carrier-rejected", code="21606", cause=Cause.CONFIG))

    assert [one.message for one in logged.records] == ["carrier-config"]
    assert bench.world.breakers.known() == {}
