"""The valve against the services, in virtual time: whose silence is it, a carrier's or ours?"""

import logging
from collections import Counter

import pytest

from relevo.domain.health import SILENCE_FLOOR
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import OnAmbiguous, TrafficClass
from tests.simulation.check import check
from tests.simulation.world import Faults, World, order

QUIET = Faults(of={"north": ("silent",)})
DEAF = Faults(behaviours=("silent",))
HEALTHY = Faults()


def traffic(world: World, span: Millis, every: Millis = SECOND) -> list[str]:
    """Send codes evenly for so long, everybody doing their work in between."""
    sent, until = [], world.clock() + span
    while world.clock() < until:
        id_ = world.accept(order(world.clock(), traffic_class=TrafficClass.OTP))
        assert id_ is not None
        sent.append(id_)
        world.flow(world.clock() + every)
    return sent


def submits(world: World, sent: list[str]) -> Counter[str]:
    counted = Counter(submit.message_id for submit in world.ledger)
    return Counter({id_: counted[id_] for id_ in sent})


def seen(logged: pytest.LogCaptureFixture, what: str) -> list[str]:
    return [vars(one)["why"] for one in logged.records if one.message == what]


def test_all_receipts_stop_for_five_minutes_and_next_to_nothing_is_sent_twice(
    logged: pytest.LogCaptureFixture,
) -> None:
    world = World(1, HEALTHY)
    traffic(world, 6 * MINUTE)
    begun = world.clock()
    with logged.at_level(logging.ERROR):
        world.faults = DEAF
        lost = traffic(world, 5 * MINUTE)
        meanwhile = submits(world, lost).total() - len(lost)
        world.faults = HEALTHY
        after = traffic(world, 2 * MINUTE)
    world.settle_down()

    assert meanwhile <= SILENCE_FLOOR
    # Some more of those whose deadline fell into the first receipts again; 40 s of traffic at most.
    assert submits(world, lost).total() <= len(lost) + 40
    assert submits(world, after).total() == len(after)
    said = seen(logged, "silence-held")
    assert "no-receipts" in said
    minutes = (world.clock() - begun) // MINUTE
    assert len(said) <= minutes + 1  # not once a message
    check(world)


def test_one_healthy_carriers_receipts_stop_and_submits_rise_by_less_than_a_quarter() -> None:
    world = World(2, HEALTHY)
    traffic(world, 6 * MINUTE)
    world.faults = QUIET
    sent = traffic(world, 15 * MINUTE)
    world.settle_down()

    rise = submits(world, sent).total() / len(sent) - 1
    assert 0.1 < rise < 0.25
    check(world)


def test_a_carrier_that_takes_all_traffic_and_falls_silent_is_told_from_an_outage_of_ours() -> None:
    world = World(3, HEALTHY)
    traffic(world, 6 * MINUTE)
    world.flow(world.clock() + 30 * SECOND)  # nothing is under way when it begins
    world.faults = QUIET
    sent = traffic(world, 3 * MINUTE)

    world.settle_down()

    assert submits(world, sent).total() > len(sent) + SILENCE_FLOOR
    check(world)


@pytest.mark.parametrize("faults", [DEAF, QUIET])
def test_silence_is_nothing_to_those_who_would_rather_wait(faults: Faults) -> None:
    world = World(4, faults)
    for _ in range(30):
        world.accept(order(world.clock(), on_ambiguous=OnAmbiguous.HOLD))
        world.flow(world.clock() + SECOND)

    world.settle_down()

    assert len(world.ledger) == 30
    check(world)
