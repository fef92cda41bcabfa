"""Customers' servers do what they like: each event still arrives, once a try, and delays nobody."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.delivery import LEASE, SCHEDULE, Answer, Delivery, State, reference_due
from relevo.domain.endpoint import CALLBACKS, Circuit, Endpoint, Secret, mint_secret, rotated
from relevo.domain.event import Event, event_id, moment
from relevo.domain.facts import Canceled
from relevo.domain.message import Head
from relevo.domain.timing import DAY, HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import Environment
from relevo.domain.words import State as AttemptState
from relevo.outbound.sign import signed
from relevo.services.courier import WITHIN, Courier
from relevo.services.notify import Call, Changed, Due, News, Notifier, NotReadable, Wrote
from tests.builders import NOW, a_change, a_content, a_head, an_attempt
from tests.fakes import Faulty, World, in_turn

URL = "https://hooks.example.com/"
OTHER = "https://other.example.com/"
FINE = Answer(status=200, took=20)
BROKEN = Answer(status=500, took=20)


@dataclass(frozen=True, kw_only=True)
class Posted:
    url: str
    id: str
    at: Millis
    headers: Mapping[str, str]
    body: str


Serve = Callable[[Posted], Answer]


@dataclass
class Bench:
    """A notifier over ports in memory; `serve` says what each URL answers, 200 if not told."""

    world: Any = field(default_factory=lambda: World(start=NOW))
    serve: dict[str, Serve] = field(default_factory=lambda: defaultdict(lambda: lambda _: FINE))
    posts: list[Posted] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: str, within: Millis) -> Answer:
        now = self.world.clock()
        posted = Posted(url=url, id=headers["webhook-id"], at=now, headers=headers, body=body)
        self.posts.append(posted)
        answer = self.serve[url](posted)
        self.world.clock.advance(min(answer.took, within))
        return answer

    def notifier(self, **ports: Any) -> Notifier:
        world = self.world
        port = {
            name: ports.get(name, getattr(world, name))
            for name in ("messages", "contents", "bulletins", "subscriptions", "deliveries", "dues")
        }
        draw = ports.get("draw", lambda number: b"\0" * number)
        courier = Courier(
            **{name: port[name] for name in ("subscriptions", "deliveries", "dues")},
            post=ports.get("post", self.post),
            sign=signed,
            clock=world.clock,
            draw=draw,
            parallel=in_turn,
        )
        del port["dues"]
        return Notifier(**port, courier=courier, clock=world.clock, draw=draw)

    def listen(
        self,
        letter: str = "e",
        url: str = URL,
        *,
        account: str = "acc_test",
        environment: Environment = Environment.TEST,
        **changes: Any,
    ) -> Endpoint:
        endpoint = Endpoint(
            id=letter * 26,
            url=url,
            secrets=(Secret(value=mint_secret(letter.encode() * 32)),),
            created_at=NOW,
            **changes,
        )
        known = self.world.subscriptions.of(account, environment)
        self.world.subscriptions.change(known.with_one(endpoint))
        return endpoint

    def keep(self, *heads: Head) -> list[Call]:
        """Store heads; give what their stream would announce."""
        calls: list[Call] = []
        for head in heads:
            self.world.messages.heads[head.id] = head
            calls += [Wrote(message=head.id, version=told.version) for told in head.told]
        return list(dict.fromkeys(calls))

    def notify(self, calls: Sequence[Call], *, time: Millis = 27 * SECOND, **ports: Any) -> None:
        self.notifier(**ports).notify(calls, until=self.world.clock() + time)

    def due(self) -> list[Call]:
        """Take everything that has come due, as `watch` would hand it over."""
        found = self.world.dues.due(0, self.world.clock())
        self.world.dues.remove(found)
        names = [name for item in found for name in item.ids]
        return [Due(reference=one) for name in names if (one := reference_due(name))]

    def wait(self, span: Millis = 10 * DAY) -> None:
        """Let time pass, with everything that falls due in it."""
        ends = self.world.clock() + span
        while (at := self.world.dues.next_at) is not None and at <= ends:
            self.world.clock.until(at)
            self.notify(self.due())
        self.world.clock.until(ends)

    def delivery(self, letter: str = "e") -> Delivery:
        [found] = [one for one in self.log() if one.endpoint == letter * 26]
        return found

    def log(self) -> list[Delivery]:
        return list(self.world.deliveries.kept.values())


def many(number: int) -> list[Head]:
    return [a_head(id=f"{n:025d}a".replace("0", "b").replace("1", "c")) for n in range(number)]


def verified(posted: Posted, secret: str) -> None:
    """Raise unless the official package takes it at the moment it arrived."""
    with time_machine.travel(posted.at / 1000, tick=False):
        Webhook(secret).verify(posted.body, dict(posted.headers))


def test_an_event_arrives_signed_and_is_logged() -> None:
    bench = Bench()
    endpoint = bench.listen()

    bench.notify(bench.keep(a_head()))

    [posted] = bench.posts
    verified(posted, endpoint.secrets[0].value)
    assert posted.id == event_id("m" * 26, 1)
    delivery = bench.delivery()
    assert (delivery.state, delivery.begun) == (State.SUCCEEDED, 1)
    assert [(one.n, one.status) for one in delivery.tries] == [(1, 200)]
    assert bench.world.dues.next_at is None


def test_each_endpoint_is_told_what_it_takes() -> None:
    bench = Bench()
    bench.listen("e", URL, events=("message.canceled",))
    bench.listen("f", OTHER)
    bench.listen("g", "https://gone.example.com/", disabled="gone")
    head = apply(a_head(), Canceled(), now=NOW, by="accept")

    bench.notify(bench.keep(head))

    told = {(one.url, one.id) for one in bench.posts}
    both = [event_id(head.id, n) for n in (1, 2)]
    assert told == {(URL, both[1]), (OTHER, both[0]), (OTHER, both[1])}


def test_nobody_listens_and_nothing_is_read_beyond_that() -> None:
    bench = Bench()
    asked: list[str] = []
    contents = Faulty(bench.world.contents, before=asked.append)

    bench.notify(bench.keep(a_head()), contents=contents)

    assert (bench.posts, asked, bench.log()) == ([], [], [])


def test_another_environments_endpoint_hears_nothing() -> None:
    bench = Bench()
    bench.listen()

    bench.notify(bench.keep(a_head(environment=Environment.LIVE)))

    assert bench.posts == []


def test_a_messages_own_callback_is_told_with_the_accounts_secret() -> None:
    bench = Bench()
    head = a_head(callback=True)
    bench.world.contents[head.id] = a_content(callback_url=OTHER, client_reference="order 7")

    bench.notify(bench.keep(head))
    bench.notify(bench.keep(replace(head, id="n" * 26)))  # whose content is gone

    [posted] = bench.posts
    place = bench.world.subscriptions.of("acc_test", Environment.TEST).callbacks
    verified(posted, place.secrets[0].value)
    assert posted.url == OTHER
    assert '"clientReference":"order 7"' in posted.body
    assert [one.endpoint for one in bench.log()] == [CALLBACKS]


def test_callback_and_endpoint_at_one_message_get_the_same_id() -> None:
    bench = Bench()
    bench.listen()
    head = a_head(callback=True)
    bench.world.contents[head.id] = a_content(callback_url=OTHER)

    bench.notify(bench.keep(head))

    assert {one.url for one in bench.posts} == {URL, OTHER}
    assert len({one.id for one in bench.posts}) == 1


def test_news_of_its_own_goes_to_who_takes_it() -> None:
    bench = Bench()
    bench.listen("e", URL, events=("consent.*",))
    bench.listen("f", OTHER, events=("message.*",))
    event = Event(
        id=event_id("contact", 7),
        account="acc_test",
        environment=Environment.TEST,
        type="consent.changed",
        at=NOW,
        data={"contactId": "c7"},
    )
    bench.world.bulletins.announce(event)

    bench.notify([News(event=event.id), News(event="unknown")])

    [posted] = bench.posts
    assert (posted.url, posted.id, posted.body) == (URL, event.id, event.body())


def test_what_befell_a_carrier_is_told_to_operators_and_to_nobody_else() -> None:
    bench = Bench()
    live = Environment.LIVE
    bench.listen("e", URL, account="acc_ops", environment=live, operators=True)
    bench.listen("f", OTHER, account="acc_ops", environment=live)  # an ordinary key's
    bench.listen("g", OTHER, account="acc_shop", environment=live)
    bench.world.subscriptions.enlist("acc_ops")
    change = a_change()

    bench.notify([Changed(change=change)])
    bench.notify([Changed(change=change)])  # the queue delivers twice

    [posted] = bench.posts
    assert posted.url == URL
    assert json.loads(posted.body) == {
        "type": "carrier.state_changed",
        "timestamp": moment(NOW),
        "data": {
            "carrier": "north",
            "state": "out",
            "trafficClass": "otp",
            "country": "ES",
            "lead": "south",
            "estimatePercent": 41,
        },
    }


def test_a_later_try_still_knows_what_befell_the_carrier() -> None:
    bench = Bench()
    bench.listen("e", URL, account="acc_ops", environment=Environment.LIVE, operators=True)
    bench.world.subscriptions.enlist("acc_ops")
    answers = iter([Answer(status=500), FINE])
    bench.serve[URL] = lambda _: next(answers)
    change = a_change(out=False, lead="north", estimate=None)

    bench.notify([Changed(change=change)])
    bench.wait(10 * SECOND)

    first, second = bench.posts
    assert (first.id, first.body) == (second.id, second.body)


def test_f39_500_for_hours_then_ok_is_one_id_with_a_new_time_at_each_try() -> None:
    bench = Bench()
    endpoint = bench.listen()
    bench.serve[URL] = lambda posted: BROKEN if posted.at < NOW + 4 * HOUR else FINE

    bench.notify(bench.keep(a_head()))
    bench.wait()

    assert len({one.id for one in bench.posts}) == 1
    assert len({one.headers["webhook-timestamp"] for one in bench.posts}) == len(bench.posts)
    assert len({one.body for one in bench.posts}) == 1
    for posted in bench.posts:
        verified(posted, endpoint.secrets[0].value)
    waits = [b.at - a.at for a, b in zip(bench.posts, bench.posts[1:], strict=False)]
    for wait, base in zip(waits, SCHEDULE[1:], strict=False):
        assert base <= wait <= base + 2 * SECOND
    assert bench.delivery().state is State.SUCCEEDED
    assert len(bench.posts) == 6


def test_f39_every_event_of_the_outage_arrives_and_sequence_orders_them() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda posted: BROKEN if posted.at < NOW + 3 * HOUR else FINE
    head = a_head(attempts=(an_attempt(1, AttemptState.ACCEPTED),), version=3)
    for state in (AttemptState.SENT, AttemptState.FAILED, AttemptState.DELIVERED):
        head = apply(head, Report(n=1, state=state, at=NOW), now=NOW, by="dlr")
    calls = bench.keep(head)

    for call in reversed(calls):
        bench.notify([call])
        bench.wait(MINUTE)
    bench.wait()

    assert {one.state for one in bench.log()} == {State.SUCCEEDED}
    assert sorted(one.sequence or 0 for one in bench.log()) == [told.sequence for told in head.told]


def test_after_the_whole_schedule_it_is_given_up_and_can_be_replayed() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda _: BROKEN

    bench.notify(bench.keep(a_head()))
    bench.wait()

    delivery = bench.delivery()
    assert (delivery.state, len(delivery.tries)) == (State.FAILED, len(SCHEDULE))
    assert bench.world.dues.next_at is None


def test_retry_after_is_honoured() -> None:
    bench = Bench()
    bench.listen()
    busy = Answer(status=429, retry_after=HOUR, took=10)
    bench.serve[URL] = lambda posted: busy if posted.at < NOW + MINUTE else FINE

    bench.notify(bench.keep(a_head()))
    bench.wait()

    assert bench.posts[1].at - bench.posts[0].at >= HOUR


@pytest.mark.parametrize(
    "answer",
    [Answer(status=302), Answer(reason="timeout", took=15_000), Answer(reason="answer-too-long")],
    ids=str,
)
def test_f40_redirects_drips_and_floods_are_failures(answer: Answer) -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda _: answer

    bench.notify(bench.keep(a_head()))

    assert bench.delivery().state is State.PENDING
    assert bench.delivery().tries[0].reason == answer.reason
    assert bench.world.dues.waiting(f"webhook:{bench.delivery().reference}")


def test_f40_a_410_disables_the_endpoint_and_ends_what_is_on_its_way_there() -> None:
    bench = Bench()
    bench.listen()
    first, second, third = many(3)
    bench.serve[URL] = lambda _: BROKEN
    bench.notify(bench.keep(first))
    bench.serve[URL] = lambda _: Answer(status=410)

    bench.notify(bench.keep(second))
    bench.wait()
    bench.notify(bench.keep(third))

    [endpoint] = bench.world.subscriptions.of("acc_test", Environment.TEST).all
    assert endpoint.disabled == "gone"
    assert len(bench.posts) == 2
    assert {one.state for one in bench.log()} == {State.FAILED}
    assert {one.message for one in bench.log()} == {first.id, second.id}


def test_f40_a_410_of_a_callback_ends_that_delivery_alone() -> None:
    bench = Bench()
    heads = [replace(head, callback=True) for head in many(2)]
    for head, url in zip(heads, (URL, OTHER), strict=True):
        bench.world.contents[head.id] = a_content(callback_url=url)
    bench.serve[URL] = lambda _: Answer(status=410)

    bench.notify(bench.keep(*heads))

    assert {one.message: one.state for one in bench.log()} == {
        heads[0].id: State.FAILED,
        heads[1].id: State.SUCCEEDED,
    }


def test_f40_a_slow_endpoint_keeps_a_batch_for_a_turn_and_the_others_are_served() -> None:
    bench = Bench()
    bench.listen("e", URL)
    bench.listen("f", OTHER)
    bench.serve[URL] = lambda _: Answer(reason="timeout", took=WITHIN)
    began = bench.world.clock()

    bench.notify(bench.keep(*many(5)), time=60 * SECOND)

    assert bench.world.clock() - began < WITHIN + 2 * SECOND
    states = {(one.endpoint[0], one.state) for one in bench.log()}
    assert states == {("e", State.PENDING), ("f", State.SUCCEEDED)}
    assert all(bench.world.dues.waiting(f"webhook:{one.reference}") for one in bench.log()[:5])


def test_f40_after_three_failures_an_endpoints_deliveries_go_straight_to_due_items() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda _: BROKEN

    bench.notify(bench.keep(*many(10)))
    bench.notify(bench.keep(a_head()))

    assert len(bench.posts) == 3
    skipped = [one for one in bench.log() if one.tries[0].reason == "circuit-open"]
    assert len(skipped) == 8
    assert all(one.next_at is not None for one in bench.log())


def test_a_circuit_closes_when_the_endpoint_is_back_and_nothing_was_lost() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda posted: BROKEN if posted.at < NOW + MINUTE else FINE

    bench.notify(bench.keep(*many(10)))
    bench.wait()

    assert {one.state for one in bench.log()} == {State.SUCCEEDED}
    circuit = bench.world.subscriptions.circuits[bench.log()[0].lane]
    assert circuit.failures == 0


def test_one_dead_callback_host_opens_no_circuit_for_another() -> None:
    bench = Bench()
    heads = [replace(head, callback=True) for head in many(8)]
    for head, url in zip(heads, [URL] * 5 + [OTHER] * 3, strict=True):
        bench.world.contents[head.id] = a_content(callback_url=url)
    bench.serve[URL] = lambda _: BROKEN

    bench.notify(bench.keep(*heads))

    assert [one.url for one in bench.posts].count(OTHER) == 3
    assert [one.url for one in bench.posts].count(URL) == 3


def test_f41_a_secret_rotated_between_two_tries_signs_beside_the_old_one() -> None:
    bench = Bench()
    old = bench.listen()
    bench.serve[URL] = lambda posted: BROKEN if len(bench.posts) == 1 else FINE
    bench.notify(bench.keep(a_head()))
    known = bench.world.subscriptions.of("acc_test", Environment.TEST)
    new = rotated(old, mint_secret(b"n" * 32), bench.world.clock())
    bench.world.subscriptions.change(known.with_one(new))

    bench.wait(HOUR)

    first, second = bench.posts
    assert len(first.headers["webhook-signature"].split()) == 1
    assert len(second.headers["webhook-signature"].split()) == 2
    for secret in new.secrets:
        verified(second, secret.value)


def test_the_same_announcement_again_tells_nobody_twice() -> None:
    bench = Bench()
    bench.listen()
    calls = bench.keep(a_head())

    for _ in range(3):
        bench.notify([*calls, *calls])

    assert len(bench.posts) == 1


def test_the_same_due_item_twice_is_one_try() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda _: BROKEN
    bench.notify(bench.keep(a_head()))
    bench.world.clock.advance(6 * SECOND)
    due = bench.due()

    bench.notify([*due, *due])
    bench.notify(due)

    assert len(bench.posts) == 2


def test_while_one_worker_is_at_a_try_another_leaves_it_alone() -> None:
    bench = Bench()
    bench.listen()
    calls = bench.keep(a_head())
    seen: list[int] = []

    def again(posted: Posted) -> Answer:
        bench.serve[URL] = lambda _: FINE
        bench.notify(calls, draw=lambda number: b"\1" * number)
        seen.append(len(bench.posts))
        return FINE

    bench.serve[URL] = again
    bench.notify(calls)

    assert (seen, len(bench.posts)) == ([1], 1)


def test_a_worker_that_dies_in_a_try_is_followed_by_another_try_of_the_same_id() -> None:
    bench = Bench()
    bench.listen()
    calls = bench.keep(a_head())

    class Killed(BaseException):
        pass

    def die(*_: Any) -> Answer:
        raise Killed

    with pytest.raises(Killed):
        bench.notify(calls, post=die)
    bench.notify(calls, draw=lambda number: b"\1" * number)
    assert bench.posts == []
    bench.world.clock.advance(LEASE)
    bench.notify(calls, draw=lambda number: b"\1" * number)

    assert [one.id for one in bench.posts] == [event_id("m" * 26, 1)]
    assert (bench.delivery().state, bench.delivery().begun) == (State.SUCCEEDED, 2)


def test_a_due_item_that_was_not_written_is_written_when_the_record_comes_again() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda _: BROKEN
    calls = bench.keep(a_head())

    def away(name: str) -> None:
        raise TimeoutError(name)

    with pytest.raises(TimeoutError):
        bench.notify(calls, dues=Faulty(bench.world.dues, before=away))
    assert bench.world.dues.next_at is None
    bench.notify(calls)

    assert bench.world.dues.waiting(f"webhook:{bench.delivery().reference}")
    assert len(bench.posts) == 1


@pytest.mark.parametrize("turn", [1, 2])
def test_a_lost_answer_of_the_log_is_no_second_delivery(turn: int) -> None:
    bench = Bench()
    bench.listen()
    calls, saves = bench.keep(a_head()), [0]

    def lose(name: str) -> None:
        saves[0] += name == "save"
        if name == "save" and saves[0] == turn:
            raise TimeoutError(name)

    with pytest.raises(TimeoutError):
        bench.notify(calls, deliveries=Faulty(bench.world.deliveries, after=lose))
    bench.world.clock.advance(LEASE)
    bench.notify(calls, draw=lambda number: b"\1" * number)

    assert len(bench.posts) == 1
    assert bench.delivery().state is State.SUCCEEDED


def test_what_fails_for_our_own_reasons_fails_alone_and_is_raised_at_the_end() -> None:
    bench = Bench()
    bench.listen("e", URL)
    bench.listen("f", OTHER)

    def circuit(lane: str) -> Circuit:
        if "e" * 26 in lane:
            raise TimeoutError("away")
        return Circuit()

    subscriptions = Faulty(bench.world.subscriptions)
    subscriptions.circuit = circuit  # type: ignore[attr-defined]
    with pytest.raises(TimeoutError):
        bench.notify(bench.keep(a_head()), subscriptions=subscriptions)

    assert [one.url for one in bench.posts] == [OTHER]


def test_what_there_is_no_time_for_comes_due_and_costs_no_try() -> None:
    bench = Bench()
    bench.listen()

    bench.notify(bench.keep(*many(4)), time=WITHIN - SECOND)

    assert bench.posts == []
    assert [(one.begun, one.state) for one in bench.log()] == [(0, State.PENDING)] * 4
    bench.wait(MINUTE)
    assert {one.state for one in bench.log()} == {State.SUCCEEDED}


def test_a_head_of_a_later_schema_waits_for_newer_code() -> None:
    bench = Bench()
    bench.listen()
    bench.serve[URL] = lambda _: BROKEN
    fine, broken = many(2)
    calls = bench.keep(fine, broken)
    bench.notify(calls)
    bench.world.clock.advance(6 * SECOND)
    bench.world.messages.heads[broken.id] = None
    due = bench.due()

    with pytest.raises(NotReadable):
        bench.notify(due)

    states = {one.message: (one.state, one.begun) for one in bench.log()}
    assert states[broken.id] == (State.PENDING, 1)
    assert states[fine.id] == (State.PENDING, 2)


@pytest.mark.parametrize("lost", ["endpoint", "message", "disabled"])
def test_what_can_no_longer_be_delivered_ends(lost: str) -> None:
    bench = Bench()
    endpoint = bench.listen()
    bench.serve[URL] = lambda _: BROKEN
    head = a_head()
    bench.notify(bench.keep(head))
    known = bench.world.subscriptions.of("acc_test", Environment.TEST)
    match lost:
        case "endpoint":
            bench.world.subscriptions.change(known.without(endpoint.id))
        case "disabled":
            bench.world.subscriptions.change(known.with_one(replace(endpoint, disabled="by-owner")))
        case "message":
            del bench.world.messages.heads[head.id]

    bench.wait(HOUR)

    delivery = bench.delivery()
    assert (delivery.state, len(bench.posts)) == (State.FAILED, 1)
    assert (
        delivery.tries[-1].reason
        == {
            "endpoint": "endpoint-removed",
            "disabled": "endpoint-disabled",
            "message": "event-gone",
        }[lost]
    )
