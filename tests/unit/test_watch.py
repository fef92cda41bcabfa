"""watch keeps going: whatever one message, queue or shard does, the others are looked at."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from relevo.domain.delivery import due_name
from relevo.domain.health import Tally
from relevo.domain.message import Head
from relevo.domain.timing import LEASE, MINUTE, SECOND
from relevo.domain.words import OnAmbiguous, State, Status, TrafficClass
from relevo.services.ask import Asker
from relevo.services.watch import Incomplete, Watcher
from tests.builders import NOW, a_head, an_attempt
from tests.fakes import Faulty, World


class Bench:
    def __init__(self, *heads: Head, shards: int = 1) -> None:
        self.world: Any = World(start=NOW, shards=shards)
        for head in heads:
            self.world.messages.heads[head.id] = head

    def due(self, head: Head, after: int = 0, **named: bool) -> None:
        self.world.dues.put({head.id: NOW + after}, **named)

    def watch(self, *, at: int = NOW, **ports: Any) -> int:
        self.world.clock.until(at)
        parts = {
            name: getattr(self.world, name)
            for name in ("messages", "dues", "queues", "health", "announcements")
        }
        asker = Asker(
            **{name: getattr(self.world, name) for name in ("messages", "contents", "routes")},
            lookup=self.world.lookup,
            clock=self.world.clock,
        )
        watcher = Watcher(**{"asker": asker, **parts, **ports}, clock=self.world.clock)
        return watcher.watch(self.world.dues.shards, until=at + MINUTE)

    def stored(self, head: Head) -> Head:
        return self.world.messages.heads[head.id]  # type: ignore[no-any-return]

    def queued(self, traffic_class: TrafficClass = TrafficClass.TRANSACTIONAL) -> list[str]:
        return list(self.world.queues[traffic_class])


def named(letter: str, **changes: Any) -> Head:
    return a_head(id=letter * 26, **changes)


def fails(*_: Any) -> None:
    raise TimeoutError("away")


def test_a_message_that_wants_a_submit_is_queued_and_looked_at_again_later() -> None:
    head = named("a")
    bench = Bench(head)
    bench.due(head)

    assert bench.watch() == 1

    assert bench.queued() == [head.id]
    assert bench.world.dues.next_at == NOW + LEASE


def test_an_item_left_for_the_lease_alone_never_queues() -> None:
    head = named("a")
    bench = Bench(head)
    bench.due(head, leased=True)

    bench.watch()

    assert bench.queued() == []
    assert bench.world.dues.waiting(head.id)


def test_a_message_left_by_several_functions_is_looked_at_once() -> None:
    head = named("a")
    bench = Bench(head)
    for _ in range(3):
        bench.due(head)

    bench.watch()

    assert bench.queued() == [head.id]
    assert len(bench.world.dues.items) == 1


def test_a_head_that_cannot_be_read_stays_due_and_hides_nobody() -> None:
    broken, fine = named("b"), named("a")
    bench = Bench(fine)
    bench.world.messages.heads[broken.id] = None
    bench.due(broken)
    bench.due(fine)

    bench.watch()

    assert bench.queued() == [fine.id]
    assert bench.world.dues.waiting(broken.id)


def test_a_broken_class_queue_stops_no_other_class_and_is_tried_again() -> None:
    advert = named("m", traffic_class=TrafficClass.MARKETING)
    code = named("c", traffic_class=TrafficClass.OTP)
    bench = Bench(advert, code)
    bench.due(advert)
    bench.due(code)

    class NoMarketing:
        def send(self, heads: list[Head]) -> None:
            if heads[0].traffic_class is TrafficClass.MARKETING:
                raise TimeoutError("away")
            bench.world.queues.send(heads)

    bench.watch(queues=NoMarketing())

    assert bench.queued(TrafficClass.OTP) == [code.id]
    assert bench.world.dues.next_at == NOW + LEASE


def test_health_out_of_reach_holds_up_nothing_but_silence() -> None:
    waiting = an_attempt(1, State.ACCEPTED, accepted_at=NOW - 300 * SECOND)
    silent = named("s", attempts=(waiting,), plan=("b",), on_ambiguous=OnAmbiguous.RESEND)
    ended = named("e", expires_at=NOW)
    bench = Bench(silent, ended)
    bench.due(silent)
    bench.due(ended)

    bench.watch(health=Faulty(bench.world.health, before=fails))

    assert bench.stored(ended).status is Status.EXPIRED
    assert not bench.stored(silent).attempts[0].silent
    assert bench.world.dues.waiting(silent.id)


def test_a_message_that_cannot_be_saved_keeps_its_due_item() -> None:
    head = named("a", expires_at=NOW)
    bench = Bench(head)
    bench.due(head)

    bench.watch(
        messages=Faulty(bench.world.messages, before=lambda n: fails() if n == "save" else None)
    )

    assert bench.world.dues.waiting(head.id)


def test_a_shard_that_fails_is_told_of_after_the_others_are_done() -> None:
    even, odd = named("a"), named("b")
    bench = Bench(even, odd, shards=2)
    bench.due(even)
    bench.due(odd, after=SECOND)

    def broken(shard: int, now: int) -> Any:
        if shard == NOW // SECOND % 2:
            raise TimeoutError("away")
        return bench.world.dues.due(shard, now)

    dues = Faulty(bench.world.dues)
    dues.due = broken  # type: ignore[attr-defined]
    with pytest.raises(Incomplete):
        bench.watch(at=NOW + SECOND, dues=dues)

    assert bench.queued() == [odd.id]


def test_silence_counts_on_no_route_whose_receipts_are_not_real() -> None:
    accepted = an_attempt(1, State.ACCEPTED, accepted_at=NOW - 300 * SECOND, receipts=False)
    head = named("a", attempts=(accepted,), plan=("b",), on_ambiguous=OnAmbiguous.RESEND)
    bench = Bench(head)
    bench.due(head)

    bench.watch()

    assert not bench.stored(head).attempts[0].silent
    assert bench.queued() == []


def test_one_run_lets_no_more_silences_count_than_the_budget() -> None:
    accepted = an_attempt(1, State.ACCEPTED, accepted_at=NOW - 300 * SECOND)
    heads = [
        replace(
            named("a", attempts=(accepted,), plan=("b",), on_ambiguous=OnAmbiguous.RESEND),
            id=f"{number:026d}",
        )
        for number in range(60)
    ]
    bench = Bench(*heads)
    for number, head in enumerate(heads):
        bench.due(head, after=-number * SECOND)

    bench.watch()

    assert sum(bench.stored(head).attempts[0].silent for head in heads) == 5


def test_a_missing_credit_is_put_right_where_a_final_message_comes_due() -> None:
    head = named("a", expired=True)
    bench = Bench(head)
    bench.due(head)

    bench.watch()

    balance = bench.world.accounts.purses[head.account, head.environment]
    assert (balance.amount, bench.world.dues.next_at) == (Decimal("0.05"), None)


def test_a_scheduled_message_is_released_at_its_time_and_ages_from_then() -> None:
    head = named("a", send_at=NOW + MINUTE, created_at=NOW - 60 * MINUTE)
    bench = Bench(head)
    bench.due(head, after=60_000)

    bench.watch(at=NOW + MINUTE)

    assert bench.stored(head).status is Status.ACCEPTED
    assert bench.queued() == [head.id]
    assert bench.world.dues.next_at == NOW + MINUTE + LEASE


REFERENCE = f"acc_test#test#{'e' * 26}/1800000000000-{'a' * 26}"


def test_a_delivery_that_has_come_due_is_queued_beside_the_messages() -> None:
    head = named("a")
    bench = Bench(head)
    bench.world.dues.put({due_name(REFERENCE): NOW, head.id: NOW})

    bench.watch()

    assert bench.world.announcements.woken == [REFERENCE]
    assert bench.queued() == [head.id]
    assert not bench.world.dues.waiting(due_name(REFERENCE))


def test_a_delivery_that_could_not_be_queued_stays_due_and_holds_no_message_up() -> None:
    head = named("a")
    bench = Bench(head)
    bench.world.dues.put({due_name(REFERENCE): NOW, head.id: NOW})

    bench.watch(announcements=Faulty(bench.world.announcements, before=fails))

    assert bench.queued() == [head.id]
    assert bench.world.dues.waiting(due_name(REFERENCE))


def test_when_all_receipts_stop_nothing_is_sent_again_and_an_alarm_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    accepted = an_attempt(1, State.ACCEPTED, accepted_at=NOW)
    waiting = [
        named(
            letter,
            attempts=(accepted,),
            plan=("b",),
            on_ambiguous=OnAmbiguous.RESEND,
            receipt_deadline=20 * SECOND,
        )
        for letter in "abc"
    ]
    bench = Bench(*waiting)
    at = NOW + MINUTE
    bench.world.health.add([valve_tally("accepted", at, count=600)])
    for head in waiting:
        bench.due(head)

    with caplog.at_level("ERROR"):
        bench.watch(at=at)

    assert all(not bench.stored(head).attempts[0].silent for head in waiting)
    (line,) = [one for one in caplog.records if one.message == "silence-held"]
    assert line.__dict__["why"] == "no-receipts"
    assert line.__dict__["accepted"] == 600


def test_one_silent_carrier_among_healthy_ones_adds_less_than_a_quarter() -> None:
    """With a fifth of the class's messages as its budget, whatever the share that fell silent."""
    accepted = an_attempt(1, State.ACCEPTED, accepted_at=NOW)
    waiting = [
        a_head(
            id=f"{number:026d}",
            attempts=(accepted,),
            plan=("b",),
            on_ambiguous=OnAmbiguous.RESEND,
            receipt_deadline=20 * SECOND,
        )
        for number in range(100)
    ]
    bench = Bench(*waiting)
    at = NOW + MINUTE
    bench.world.health.add(
        [valve_tally("accepted", at, count=200), valve_tally("receipt", at, count=100)]
    )
    for head in waiting:
        bench.due(head)

    bench.watch(at=at)

    silent = sum(bench.stored(head).attempts[0].silent for head in waiting)
    assert 0 < silent < 0.25 * 200


def valve_tally(what: str, at: int, count: int) -> Tally:
    return Tally(
        environment=a_head().environment,
        traffic_class=TrafficClass.TRANSACTIONAL,
        carrier="a",
        country="ES",
        minute=at // MINUTE,
        what=what,
        count=count,
    )


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, Any]]:
    wanted = ("due-late", "unended", "message-recovered")
    return [
        (one.msg, getattr(one, "message_id", None) or getattr(one, "seconds", None))
        for one in caplog.records
        if one.msg in wanted
    ]


def test_what_nearly_was_forgotten_is_said(caplog: pytest.LogCaptureFixture) -> None:
    """A lost copy, an item two minutes late, a message five minutes past its validity."""
    lost = named("a")
    old = named("b", attempts=(an_attempt(1, State.ACCEPTED),), expires_at=NOW - 6 * MINUTE)
    bench = Bench(lost, old)
    bench.due(lost)
    bench.due(old)

    with caplog.at_level("INFO", logger="relevo"):
        bench.watch(at=NOW + 2 * MINUTE)

    assert set(lines(caplog)) == {
        ("due-late", 120),
        ("unended", old.id),
        ("message-recovered", lost.id),
    }


def test_what_waits_for_the_next_round_is_not_worth_a_line(
    caplog: pytest.LogCaptureFixture,
) -> None:
    scheduled = named("a", send_at=NOW)
    bench = Bench(scheduled)
    bench.due(scheduled)

    with caplog.at_level("INFO", logger="relevo"):
        bench.watch(at=NOW + MINUTE)

    assert bench.queued() == [scheduled.id]
    assert lines(caplog) == []
