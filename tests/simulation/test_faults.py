"""Faults F16 to F35 against the production services, in virtual time; docs/faults.md lists them."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from relevo.carriers.sandbox import Row
from relevo.domain.attempt import Report
from relevo.domain.breaker import FIRST_OPEN
from relevo.domain.message import Head
from relevo.domain.outcome import Accepted, Outcome
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import Environment, OnAmbiguous, State, Status, TrafficClass
from relevo.ports.carriers import Carrier, Receipt, Submission
from tests.carriers.lines import a_line
from tests.simulation.check import check
from tests.simulation.world import ACCOUNT, DEPOSIT, PRICE, Faults, Submit, World, order
from tools.simulator.server import Fault, Simulator, closed_port

HOLD, RESEND = OnAmbiguous.HOLD, OnAmbiguous.RESEND
GARBLED = (Fault.GARBAGE, Fault.TRUNCATE, Fault.EMPTY, Fault.TOO_LONG)
CUT_OFF = (Fault.RESET, Fault.CLOSE)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def wire(running: Simulator) -> Simulator:
    running.ledger.clear()
    running.taken.clear()
    running.faults.clear()
    return running


class Wired:
    """A carrier at the end of a real socket; what it answers stands in the world's ledger."""

    def __init__(self, world: World, base_url: str) -> None:
        self.world, self.line = world, a_line("infobip", base_url)

    def submit(self, submission: Submission) -> Outcome:
        outcome = self.line.submit(replace(submission, within=150))
        entry = Submit(submission.reference, "north", self.world.clock(), outcome)
        self.world.ledger.append(entry)
        return outcome


class Eager:
    """A carrier whose receipt is here before its answer is."""

    def __init__(self, world: World) -> None:
        self.world = world

    def submit(self, submission: Submission) -> Outcome:
        entry = Submit(submission.reference, "north", self.world.clock(), Accepted())
        self.world.ledger.append(entry)
        self.world.receiver.receive(a_receipt(submission.reference[:-2], State.DELIVERED))
        return Accepted()


def a_receipt(message_id: str, state: State, *, n: int = 1, carrier: str = "north") -> Receipt:
    return Receipt(message_id=message_id, carrier=carrier, report=Report(n=n, state=state, at=0))


def a_world(**faults: Any) -> World:
    return World(1, Faults(**faults))


def with_north(world: World, north: Carrier) -> World:
    """Put another carrier at the end of the first route; it need not know our ids again."""
    others = world.dispatcher.carrier_of
    world.dispatcher = replace(
        world.dispatcher,
        knows_repeats=lambda _: False,
        carrier_of=lambda route: north if route.carrier == "north" else others(route),
    )
    return world


def wired(base_url: str) -> World:
    world = a_world()
    return with_north(world, Wired(world, base_url))


def playing(**rows: Row) -> World:
    """A world whose carriers each do one thing."""
    world: Any = a_world()
    world.behaviour = lambda carrier, _: rows.get(carrier, Row())
    return world  # type: ignore[no-any-return]


def sent(world: World, span: Millis = 2 * SECOND, **fields: Any) -> str:
    """Have a message accepted and let so much time pass."""
    id_ = world.accept(order(world.clock(), **fields))
    assert id_ is not None
    world.flow(world.clock() + span)
    return id_


def head(world: World, id_: str) -> Head:
    return world.messages.heads[id_]


def ended(world: World, id_: str) -> Head:
    """Let the world run dry, check every invariant, and give the message as it ended."""
    world.settle_down()
    check(world)
    return head(world, id_)


def carriers_of(world: World, id_: str) -> list[str]:
    return [submit.carrier for submit in world.ledger if submit.message_id == id_]


def told(message: Head) -> list[str]:
    return [one.type for one in message.told]


def spent(world: World) -> Any:
    return DEPOSIT - world.accounts.purses[ACCOUNT.id, world.faults.environment].amount


@pytest.mark.parametrize("how", ["refused", "no such name", "no TLS"])
def test_f16_a_carrier_that_cannot_be_reached_costs_seconds_and_no_duplicate(
    how: str, wire: Simulator
) -> None:
    addresses = {
        "refused": f"http://127.0.0.1:{closed_port()}",
        "no such name": "http://carrier.invalid",
        "no TLS": f"https://127.0.0.1:{wire.port}",
    }
    world = wired(addresses[how])

    id_ = sent(world, span=3 * SECOND, on_ambiguous=HOLD)

    assert head(world, id_).status is Status.DELIVERED
    assert carriers_of(world, id_) == ["north", "south"]
    assert not ended(world, id_).possible_duplicate


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP_BODY])
def test_f17_an_answer_that_never_comes_is_one_submit_for_who_would_rather_wait(
    fault: Fault, wire: Simulator
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(fault)
    id_ = sent(world, on_ambiguous=HOLD)
    between = head(world, id_).status

    world.receipts.send(a_receipt(id_, State.DELIVERED), 10 * SECOND)

    assert (between, ended(world, id_).status) == (Status.SENDING, Status.DELIVERED)
    assert carriers_of(world, id_) == ["north"]
    assert wire.counted("infobip") == 1


def test_f17_and_two_flagged_ones_charged_once_for_who_would_rather_have_it_twice(
    wire: Simulator,
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(Fault.HANG)
    id_ = sent(world, on_ambiguous=RESEND)

    world.receipts.send(a_receipt(id_, State.DELIVERED), 10 * SECOND)

    message = ended(world, id_)
    assert (message.status, message.possible_duplicate) == (Status.DELIVERED, True)
    assert carriers_of(world, id_) == ["north", "south"]
    assert spent(world) == PRICE


@pytest.mark.parametrize("choice", [HOLD, RESEND])
def test_f17_a_carrier_that_knows_our_ids_is_handed_the_same_one_again(
    choice: OnAmbiguous, wire: Simulator
) -> None:
    world = wired(wire.at("infobip"))
    world.dispatcher = replace(world.dispatcher, knows_repeats=lambda _: True)
    wire.script(Fault.HANG)

    id_ = sent(world, on_ambiguous=choice)

    assert head(world, id_).status is Status.SENT
    assert [submit.reference for submit in world.ledger] == [f"{id_}-1"] * 2
    assert wire.counted("infobip") == 2
    assert not head(world, id_).possible_duplicate


@pytest.mark.parametrize(
    ("choice", "status", "event"),
    [(HOLD, Status.UNCONFIRMED, "unconfirmed"), (RESEND, Status.DELIVERED, "delivered")],
)
def test_f18_what_the_carrier_never_took_is_delivered_or_ends_unconfirmed(
    choice: OnAmbiguous, status: Status, event: str, wire: Simulator
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(Fault.HANG)

    message = ended(world, sent(world, on_ambiguous=choice))

    assert message.status is status
    assert told(message)[-1] == event


@pytest.mark.parametrize("fault", CUT_OFF)
@pytest.mark.parametrize(("choice", "submits"), [(HOLD, 1), (RESEND, 2)])
def test_f19_a_connection_cut_after_the_request_may_have_brought_it(
    fault: Fault, choice: OnAmbiguous, submits: int, wire: Simulator
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(fault)
    id_ = sent(world, on_ambiguous=choice)

    world.receipts.send(a_receipt(id_, State.DELIVERED), 10 * SECOND)

    assert ended(world, id_).status is Status.DELIVERED
    assert len(carriers_of(world, id_)) == submits
    assert wire.counted("infobip") == 1


@pytest.mark.parametrize("fault", GARBLED)
def test_f20_a_success_that_cannot_be_read_is_no_success_and_no_leave_to_send_again(
    fault: Fault, wire: Simulator
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(fault)

    message = ended(world, sent(world, on_ambiguous=HOLD))

    assert (message.attempts[0].state, message.status) == (State.AMBIGUOUS, Status.UNCONFIRMED)
    assert carriers_of(world, message.id) == ["north"]


def test_f21_a_second_asked_for_is_waited_and_the_same_carrier_asked_again(
    wire: Simulator,
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(Fault.THROTTLED_BARE)
    id_ = sent(world, span=5 * SECOND)

    world.receipts.send(a_receipt(id_, State.DELIVERED, n=2))

    assert ended(world, id_).status is Status.DELIVERED
    first, second = [submit.at for submit in world.ledger]
    assert carriers_of(world, id_) == ["north", "north"]
    assert second - first >= SECOND


def test_f21_a_minute_asked_for_is_granted_and_nobody_knocks_meanwhile() -> None:
    world = a_world(of={"north": ("much-later",)})

    messages = [sent(world) for _ in range(12)]

    assert [len(carriers_of(world, id_)) for id_ in messages] == [2, *[1] * 11]
    assert {head(world, id_).status for id_ in messages} == {Status.DELIVERED}


def test_f21_a_backlog_keeps_the_carriers_pace_and_storms_nobody() -> None:
    world = a_world(tps={"north": 5})
    messages = [world.accept(order(world.clock())) for _ in range(60)]
    begun = world.clock()

    world.flow(begun + 30 * SECOND)

    seconds = Counter(submit.at // SECOND for submit in world.ledger)
    assert {submit.carrier for submit in world.ledger} == {"north"}
    assert max(seconds.values()) <= 5
    assert len(world.ledger) == len(messages)
    # Twelve seconds' worth; in this world an execution that pauses holds up the others.
    assert max(submit.at for submit in world.ledger) - begun < 20 * SECOND
    # Who waits is asked about once or twice more, and not at every turn of the line.
    assert sum(len(heads) for heads in world.workflow.runs) <= 3 * len(messages)


def test_f22_a_key_that_was_changed_makes_messages_move_on_and_not_fail(
    wire: Simulator, logged: pytest.LogCaptureFixture
) -> None:
    world = wired(wire.at("infobip"))
    wire.script(Fault.AUTH)

    with logged.at_level(logging.ERROR):
        messages = [sent(world, SECOND) for _ in range(5)]
    world.clock.advance(FIRST_OPEN)
    back = sent(world)

    assert [carriers_of(world, id_) for id_ in messages] == [["north", "south"], *[["south"]] * 4]
    assert [one.message for one in logged.records] == ["carrier-config"]
    assert carriers_of(world, back) == ["north"]
    assert {ended(world, id_).status for id_ in messages} == {Status.DELIVERED}


def test_f28_of_a_crowd_at_a_half_open_breaker_one_message_tries() -> None:
    world = a_world(of={"north": ("wrong-key",)})
    sent(world)
    world.clock.advance(FIRST_OPEN)

    crowd = [world.accept(order(world.clock())) for _ in range(30)]
    world.flow(world.clock() + 5 * SECOND)

    assert Counter(submit.carrier for submit in world.ledger) == {"north": 2, "south": 31}
    assert {head(world, str(id_)).status for id_ in crowd} == {Status.DELIVERED}


def test_f23_a_refusal_of_the_recipient_is_final_everywhere_and_told_once() -> None:
    world = a_world(of={"north": ("no-subscriber",)})

    message = ended(world, sent(world))

    assert message.status is Status.FAILED
    assert carriers_of(world, message.id) == ["north"]
    assert told(message) == ["accepted", "attempt_failed", "failed"]


@pytest.mark.parametrize("kind", list(TrafficClass))
def test_f24_with_every_carrier_down_a_message_is_tried_till_it_ends_and_no_longer(
    kind: TrafficClass,
) -> None:
    world = a_world(behaviours=("later",))
    id_ = sent(world, traffic_class=kind, ttl=3 * MINUTE)

    message = ended(world, id_)

    assert message.status in (Status.EXPIRED, Status.FAILED)
    assert 4 <= len(world.ledger) <= 12
    assert all(submit.at < message.expires_at for submit in world.ledger)
    assert spent(world) == 0


def firsts(world: World) -> Mapping[int, Counter[str]]:
    """Count by which carrier messages went first, minute by minute."""
    minutes: dict[int, Counter[str]] = {}
    for submit in world.ledger:
        if submit.reference.endswith("-1"):
            minutes.setdefault(submit.at // MINUTE, Counter())[submit.carrier] += 1
    return minutes


def switches(world: World) -> int:
    most = [counted.most_common(1)[0][0] for _, counted in sorted(firsts(world).items())]
    return sum(one != other for one, other in pairwise(most))


@pytest.mark.parametrize("environment", list(Environment))
@pytest.mark.parametrize("kind", [TrafficClass.OTP, TrafficClass.TRANSACTIONAL])
def test_f25_one_error_in_five_makes_no_carrier_swing_to_and_fro(
    kind: TrafficClass, environment: Environment
) -> None:
    world = a_world(of={"north": ("later", *["delivers"] * 4)}, environment=environment)

    for _ in range(600):
        sent(world, SECOND, traffic_class=kind)
    world.settle_down()

    assert switches(world) <= 1
    assert {message.status for message in world.messages.heads.values()} == {Status.DELIVERED}
    check(world)


@pytest.mark.parametrize(
    ("environment", "kind", "most"),
    [
        (Environment.TEST, TrafficClass.OTP, 0),
        (Environment.TEST, TrafficClass.TRANSACTIONAL, 0),
        # Health finds out once of each of the others, and then stays where it is.
        (Environment.LIVE, TrafficClass.TRANSACTIONAL, 2),
        (Environment.LIVE, TrafficClass.OTP, 2),
    ],
)
def test_f26_when_all_are_slow_nobody_wanders_from_one_to_another(
    environment: Environment, kind: TrafficClass, most: int
) -> None:
    world = a_world(behaviours=("very-late",), environment=environment)

    for _ in range(300):
        # Codes that may be sent twice are, after 20 s; of the others silence begins at 120 s.
        choice = HOLD if kind is TrafficClass.OTP else RESEND
        sent(world, SECOND, traffic_class=kind, on_ambiguous=choice)
    world.settle_down()

    assert switches(world) <= most
    assert len(world.ledger) == 300
    check(world)


def test_f29_a_receipt_that_overtakes_its_answer_is_joined_and_stays() -> None:
    world = a_world()
    with_north(world, Eager(world))

    message = ended(world, sent(world))

    assert (message.status, message.attempts[0].state) == (Status.DELIVERED, State.DELIVERED)
    assert told(message) == ["accepted", "delivered"]
    assert carriers_of(world, message.id) == ["north"]


def test_f32_of_receipts_in_disorder_the_highest_stays() -> None:
    world = a_world(behaviours=("disorder",))

    message = ended(world, sent(world))

    assert (message.status, message.attempts[0].state) == (Status.DELIVERED, State.DELIVERED)
    assert told(message) == ["accepted", "sent", "delivered"]


def test_f33_a_late_success_of_the_primary_is_a_duplicate_that_costs_nothing_more() -> None:
    late = Row(receipts=((State.DELIVERED, 40 * SECOND),))
    world = playing(north=late)
    id_ = sent(world, 30 * SECOND, traffic_class=TrafficClass.OTP)
    between = head(world, id_)

    message = ended(world, id_)

    assert (between.status, message.status) == (Status.DELIVERED, Status.DELIVERED)
    assert [attempt.state for attempt in message.attempts] == [State.DELIVERED] * 2
    assert message.possible_duplicate
    assert spent(world) == PRICE


def test_f34_a_late_failure_of_the_primary_fails_no_message_its_backup_carries() -> None:
    world = playing(
        north=Row(receipts=((State.UNDELIVERED, 25 * SECOND),)),
        south=Row(receipts=((State.DELIVERED, 15 * SECOND),)),
    )
    id_ = sent(world, 30 * SECOND, traffic_class=TrafficClass.OTP)
    between = head(world, id_)

    assert between.attempts[0].state is State.UNDELIVERED
    assert between.status is Status.SENT
    assert ended(world, id_).status is Status.DELIVERED


@pytest.mark.parametrize(
    ("state", "status"),
    [(State.DELIVERED, Status.DELIVERED), (State.UNDELIVERED, Status.UNDELIVERED)],
)
def test_f35_what_we_inferred_gives_way_to_what_the_carrier_says(
    state: State, status: Status
) -> None:
    world = playing(north=Row(receipts=((state, 3 * MINUTE),)))
    id_ = sent(world, 2 * MINUTE, ttl=MINUTE, on_ambiguous=HOLD)
    inferred = head(world, id_).status
    world.flow(world.clock() + 2 * MINUTE)

    message = ended(world, id_)

    assert (inferred, message.status) == (Status.UNCONFIRMED, status)
    assert told(message)[-1] == "status_corrected"
    assert spent(world) == PRICE
