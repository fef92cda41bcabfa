"""No interleaving of crashes, repeats and clocks sends twice without leave or forgets a message."""

from dataclasses import replace

import pytest

from relevo.domain.health import SILENCE_FLOOR
from relevo.domain.order import Order
from relevo.domain.routes import RouteBook
from relevo.domain.timing import HOUR, MINUTE, SECOND
from relevo.domain.words import Environment, OnAmbiguous, Status, TrafficClass
from tests.simulation.check import check
from tests.simulation.world import BEHAVIOURS, Faults, World, order

LIVE, TEST = Environment.LIVE, Environment.TEST
SEEDS = range(400)
STORM = Faults(
    crash=0.01,
    glitch=0.02,
    interleave=0.05,
    twice=0.15,
    slow=300,
    behaviours=tuple(BEHAVIOURS),
    tps={"north": 2},
)


def _order(world: World) -> Order:
    dice, now = world.dice, world.clock()
    scheduled = dice.random() < 0.1
    return order(
        now,
        traffic_class=dice.choice(list(TrafficClass)),
        on_ambiguous=dice.choice([None, *OnAmbiguous]),
        ttl=dice.choice((20 * SECOND, MINUTE, 10 * MINUTE)),
        send_at=now + 30 * SECOND if scheduled else None,
        key=f"key-{dice.randrange(20)}" if dice.random() < 0.3 else None,
    )


def run(world: World, steps: int) -> None:
    for _ in range(steps):
        if world.dice.random() < 0.2:
            world.accept(_order(world))
        elif world.accepted and world.dice.random() < 0.05:
            world.cancel(world.dice.choice(world.accepted))
        else:
            world.step()


@pytest.mark.parametrize("seed", SEEDS)
def test_no_storm_sends_twice_without_leave_or_forgets_a_message(seed: int) -> None:
    live = seed % 2 == 0  # only then health routes
    world = World(seed, replace(STORM, environment=LIVE if live else TEST))

    run(world, 120)
    world.settle_down()

    check(world)


def test_the_storms_bring_repeats_to_a_carrier_that_knows_our_ids() -> None:
    seen = 0
    for seed in range(10):
        world = World(seed, STORM)
        run(world, 120)
        world.settle_down()
        seen += len(world.repeats)

    assert seen >= 5


@pytest.mark.parametrize("seed", range(40))
def test_everything_delivered_twice_still_sends_and_charges_once(seed: int) -> None:
    world = World(seed, Faults(twice=1.0))
    for _ in range(12):
        world.accept(order(world.clock()))

    for _ in range(60):
        world.step()
    world.settle_down()

    check(world)
    assert len(world.ledger) == len(world.accepted)


def test_a_message_that_cannot_be_routed_is_asked_about_rarely_until_it_expires() -> None:
    world = World(1, Faults(slow=400))
    id_ = world.accept(order(world.clock(), ttl=24 * HOUR))
    world.routes.current = RouteBook(routes={}, lists={})

    world.settle_down()

    assert id_ is not None
    assert world.messages.heads[id_].status is Status.EXPIRED
    # 20, 40, 80 … s and then each half hour, where a copy every 20 s would make 4,320.
    assert len(world.workflow.runs) < 70
    assert world.dues.next_at is None


def test_all_receipts_stopping_at_once_sends_little_twice() -> None:
    world = World(2, Faults(behaviours=("silent",)))
    for _ in range(60):
        world.accept(order(world.clock(), traffic_class=TrafficClass.OTP))
        world.clock.advance(SECOND)
        world.stream()
        world.queue()

    world.settle_down()

    check(world)
    assert len(world.ledger) <= 60 + 2 * SILENCE_FLOOR
