"""events neither blocks nor drops: what fails is parked, and comes back as the message stands."""

from dataclasses import replace
from typing import Any

import pytest

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.endpoint import Endpoint
from relevo.domain.facts import Expired
from relevo.domain.message import Head
from relevo.domain.words import Charge, Environment, State, TrafficClass
from relevo.services.events import Publisher
from tests.builders import NOW, a_head, an_attempt
from tests.fakes import Faulty, World


class Bench:
    def __init__(self, *heads: Head) -> None:
        self.world: Any = World(start=NOW)
        for head in heads:
            self.world.messages.heads[head.id] = head

    def publisher(self, **ports: Any) -> Publisher:
        names = (
            *("messages", "dues", "queues", "health", "telemetry"),
            *("announcements", "subscriptions"),
        )
        parts = {name: getattr(self.world, name) for name in names}
        return Publisher(**{**parts, **ports}, clock=self.world.clock)

    @property
    def queued(self) -> list[str]:
        return list(self.world.queues[TrafficClass.TRANSACTIONAL])


def fails(*_: Any) -> None:
    raise TimeoutError("away")


def bounced() -> Head:
    sent = a_head(attempts=(an_attempt(1, State.ACCEPTED),), plan=("b",), version=3)
    return apply(sent, Report(n=1, state=State.UNDELIVERED, at=NOW), now=NOW, by="dlr")


def test_a_new_message_gets_its_first_due_item_and_is_announced() -> None:
    head = a_head(callback=True)
    bench = Bench(head)

    bench.publisher().publish([head])

    assert bench.world.dues.waiting(head.id)
    assert bench.world.announcements.published == [(head.id, 1)]


def test_a_bounce_is_queued_again_and_leaves_a_due_item() -> None:
    head = bounced()
    bench = Bench(head)

    bench.publisher().publish([head])

    assert bench.queued == [head.id]
    assert bench.world.dues.waiting(head.id)


def test_a_refusal_belongs_to_its_running_workflow() -> None:
    claimed = a_head(attempts=(an_attempt(),), plan=("b",), version=2)
    refusal = Report(n=1, state=State.REFUSED, at=NOW)
    head = apply(claimed, refusal, now=NOW, by="dispatch")
    bench = Bench(head)

    bench.publisher().publish([head])

    assert bench.queued == []


def test_what_cannot_be_handled_is_parked_and_redriven_from_the_message_as_it_stands() -> None:
    head = bounced()
    bench = Bench(head)

    bench.publisher(dues=Faulty(bench.world.dues, before=fails)).publish([head])
    assert bench.world.announcements.parked == [(head.id, head.version)]
    assert bench.queued == []
    bench.publisher().redrive([(head.id, head.version)])

    assert bench.queued == [head.id]
    assert bench.world.dues.waiting(head.id)
    assert (head.id, head.version) in bench.world.announcements.published


def test_a_parked_credit_is_paid_by_the_redrive() -> None:
    head = apply(a_head(), Expired(), now=NOW, by="watch")
    bench = Bench(head)
    bench.publisher(messages=Faulty(bench.world.messages, before=fails)).publish([head])
    assert bench.world.announcements.parked == [(head.id, head.version)]

    bench.publisher().redrive(bench.world.announcements.parked)

    assert bench.world.messages.heads[head.id].charge is Charge.CREDITED


def test_only_a_park_that_fails_raises_so_that_the_stream_keeps_the_batch() -> None:
    head = replace(bounced(), callback=True)
    bench = Bench(head)
    announcements = Faulty(bench.world.announcements, before=fails)

    with pytest.raises(TimeoutError):
        bench.publisher(announcements=announcements).publish([head])


def test_without_time_left_the_rest_is_parked_unseen() -> None:
    head = bounced()
    bench = Bench(head)
    dues = Faulty(bench.world.dues, before=fails)

    bench.publisher(dues=dues).publish([head, head], until=NOW)

    assert len(bench.world.announcements.parked) == 2


def test_health_that_cannot_be_counted_stops_nothing() -> None:
    head = bounced()
    bench = Bench(head)

    bench.publisher(health=Faulty(bench.world.health, before=fails)).publish([head])

    assert bench.queued == [head.id]
    assert bench.world.announcements.parked == []


def listening(bench: Bench, **changes: Any) -> None:
    endpoint = Endpoint(
        id="e" * 26, url="https://hooks.example.com/", secrets=(), created_at=NOW, **changes
    )
    known = bench.world.subscriptions.of("acc_test", Environment.TEST)
    bench.world.subscriptions.change(known.with_one(endpoint))


def test_where_nobody_listens_no_queue_is_told() -> None:
    head = a_head()
    bench = Bench(head)
    silent = Faulty(bench.world.announcements, before=fails)

    bench.publisher(announcements=silent).publish([head])

    assert bench.world.dues.waiting(head.id)


def test_an_endpoint_of_the_account_has_it_announced_and_a_disabled_one_has_not() -> None:
    head = a_head()
    bench = Bench(head)
    listening(bench, disabled="gone")
    bench.publisher().publish([head])
    assert bench.world.announcements.published == []

    listening(bench)
    bench.publisher().publish([head])

    assert bench.world.announcements.published == [(head.id, 1)]


def test_while_nobody_knows_who_listens_everything_is_announced() -> None:
    head = a_head()
    bench = Bench(head)

    bench.publisher(subscriptions=Faulty(bench.world.subscriptions, before=fails)).publish([head])

    assert bench.world.announcements.published == [(head.id, 1)]
    assert bench.world.announcements.parked == []
