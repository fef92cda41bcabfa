"""Replay one scenario with one seed under every policy."""

from collections.abc import Collection
from typing import Any

from tests.simulation.proving.dice import Dice
from tests.simulation.proving.measures import measures
from tests.simulation.proving.policies import policies
from tests.simulation.proving.road import Road
from tests.simulation.proving.scenario import Scenario
from tests.simulation.proving.series import timely_by


def replay(
    scenario: Scenario, seed: int, only: Collection[str] = (), *, span: float | None = None
) -> dict[str, Any]:
    """Give `{scenario, seed, policies: {name: figures}}`; `only` names the policies wanted.

    With a `span` there is also `series`: how each policy fared in each span of the scenario.
    """
    dice = Dice(scenario, seed)
    figures, series = {}, {}
    for policy in policies(scenario, dice, seed):
        if only and policy.name not in only:
            continue
        road = Road(scenario, dice, policy)
        journeys = road.run()
        figures[policy.name] = measures(scenario, journeys, road.ttl)
        if span is not None:
            series[policy.name] = timely_by(scenario, journeys, span)
    found = {"scenario": scenario.name, "seed": seed, "policies": figures}
    return found if span is None else {**found, "series": series}
