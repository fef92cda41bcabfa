"""A carrier's stated throughput: who goes in this second, and when the others come back."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.advance import apply
from relevo.domain.facts import HeldBack
from relevo.domain.message import Head
from relevo.domain.pace import ceiling, stretch, turns
from relevo.domain.routes import RoutePlan
from relevo.domain.steps import Submit, next_step
from relevo.domain.timing import HOUR, SECOND, Millis
from relevo.domain.words import OnAmbiguous, State, TrafficClass
from relevo.ports.accounts import Account, Debit
from relevo.services.pace import SOON, Pacer
from relevo.services.route import Routed
from tests.builders import NOW, a_content, a_head, a_plan, an_attempt
from tests.fakes import Faulty, World, in_turn

ACCOUNT = Account(id="acc_test", currency="EUR")
RATES = st.integers(1, 5000)
CLASSES = st.sampled_from(list(TrafficClass))


@given(RATES, CLASSES)
def test_every_class_may_send_something_and_none_more_than_is_stated(
    tps: int, kind: TrafficClass
) -> None:
    assert 1 <= ceiling(tps, kind) <= tps


@given(RATES)
def test_the_more_urgent_class_never_has_less(tps: int) -> None:
    ceilings = [ceiling(tps, kind) for kind in TrafficClass]

    assert ceilings == sorted(ceilings, reverse=True)
    assert ceilings[0] == tps


@given(RATES, st.integers(1, 50), st.integers(-10 * SECOND, HOUR))
def test_a_line_moves_no_faster_than_the_carrier_and_never_in_this_second(
    most: int, count: int, ahead: Millis
) -> None:
    times = turns(NOW + ahead, NOW, count, most)

    assert min(times) // SECOND > NOW // SECOND
    assert times == sorted(times)
    assert max(Counter(at // SECOND for at in times).values()) <= most + 1
    assert times[-1] - times[0] <= stretch(count, most)


class Bench:
    """A pacer over memory and messages that all want the same route."""

    def __init__(self, count: int, *, tps: int | None = 2, **head: Any) -> None:
        self.world: Any = World(start=NOW)
        self.world.accounts.deposit(ACCOUNT.id, a_head().environment, Decimal(10))
        self.plan = limited(a_plan("a", "b"), a=tps)
        self.heads = [a_head(id=f"{i:026d}", **head) for i in range(count)]
        for one in self.heads:
            debit = Debit(account=ACCOUNT, today="2027-01-15")
            self.world.messages.create(one, a_content(id=one.id), debit)

    def pacer(self, **ports: Any) -> Pacer:
        parts = {"pace": self.world.pace, "messages": self.world.messages, **ports}
        return Pacer(**parts, clock=self.world.clock, draw=lambda n: b"\x7f" * n, parallel=in_turn)

    def paced(self, **ports: Any) -> list[Routed]:
        group = [Routed(head=head, plan=self.plan, decision="d") for head in self.heads]
        return self.pacer(**ports).paced(group)

    def stored(self, head: Head) -> Head:
        return self.world.messages.heads[head.id]  # type: ignore[no-any-return]


def limited(plan: RoutePlan, **tps: int | None) -> RoutePlan:
    """The plan with a throughput stated for some of its routes."""
    candidates = tuple(
        replace(one, route=replace(one.route, tps=tps.get(one.route.name)))
        for one in plan.candidates
    )
    return replace(plan, candidates=candidates)


def fail(_: str) -> None:
    raise TimeoutError


def test_a_route_that_states_no_throughput_costs_no_call() -> None:
    bench = Bench(5, tps=None)

    group = bench.paced(pace=Faulty(bench.world.pace, before=fail))

    assert [routed.head for routed in group] == bench.heads


def test_who_finds_no_room_waits_for_the_same_carrier_in_turn() -> None:
    bench = Bench(6)

    group = bench.paced()

    waits = [routed.head.not_before for routed in group]
    assert waits == [None, None, *(NOW + SECOND + ahead for ahead in (0, 500, 1000, 1500))]
    assert [bench.stored(routed.head) for routed in group] == [routed.head for routed in group]
    assert all(routed.plan == bench.plan for routed in group)


def test_the_oldest_goes_first_and_the_group_keeps_its_order() -> None:
    bench = Bench(3)
    bench.heads[0] = replace(bench.heads[0], created_at=NOW + 5)

    group = bench.paced()

    assert [routed.head.id for routed in group] == [head.id for head in bench.heads]
    assert [routed.head.not_before is None for routed in group] == [False, True, True]


def test_a_backlog_of_promotion_leaves_room_for_codes() -> None:
    promotion = Bench(10, tps=10, traffic_class=TrafficClass.MARKETING)
    codes = Bench(3, tps=10, traffic_class=TrafficClass.OTP)

    held = [routed.head.not_before for routed in promotion.paced()]
    group = codes.paced(pace=promotion.world.pace)

    assert held.count(None) == 7
    assert [routed.head.not_before for routed in group] == [None] * 3


def test_who_would_stand_in_line_for_longer_than_it_lives_takes_the_next_route() -> None:
    bench = Bench(4, tps=1, expires_at=NOW + 3 * SECOND)
    bench.paced()
    bench.heads = [replace(head, not_before=None) for head in bench.heads]

    group = bench.paced()

    steps = [next_step(routed.head, routed.plan, NOW) for routed in group]
    assert {step.candidate.route.name for step in steps if isinstance(step, Submit)} == {"b"}
    assert {out.reason for routed in group for out in routed.plan.exclusions} == {
        "throughput-used-up"
    }
    assert bench.world.pace.lines["a/a", TrafficClass.TRANSACTIONAL] == NOW + 3 * SECOND


@pytest.mark.parametrize("call", ["take", "line_up"])
def test_a_table_that_is_away_stops_nobody(call: str) -> None:
    bench = Bench(4, tps=2)

    def away(name: str) -> None:
        if name == call:
            raise TimeoutError

    group = bench.paced(pace=Faulty(bench.world.pace, before=away))

    waits = [routed.head.not_before for routed in group if routed.head.not_before]
    assert len(waits) == (0 if call == "take" else 2)
    assert all(NOW + SECOND <= until < NOW + SECOND + SOON for until in waits)


def test_a_hold_that_cannot_be_written_is_kept_all_the_same() -> None:
    bench = Bench(3)

    group = bench.paced(messages=Faulty(bench.world.messages, before=fail))

    assert group[2].head.not_before == NOW + SECOND
    assert bench.stored(group[2].head).not_before is None


def test_a_hold_never_delays_what_somebody_else_has_claimed() -> None:
    head = a_head(attempts=(an_attempt(1, State.INTENT),), on_ambiguous=OnAmbiguous.RESEND)

    assert apply(head, HeldBack(until=NOW + HOUR), now=NOW, by="dispatch") is head
