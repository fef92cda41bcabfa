"""How a replay went minute by minute, for pictures."""

from collections.abc import Sequence

from tests.simulation.proving.road import Journey
from tests.simulation.proving.scenario import Scenario


def timely_by(scenario: Scenario, journeys: Sequence[Journey], span: float) -> list[float | None]:
    """The share in time of the messages accepted in each span; None where there were none."""
    counts = [[0, 0] for _ in range(int(scenario.duration // span) + 1)]
    for journey in journeys:
        limit = journey.message.at + scenario.within
        count = counts[int(journey.message.at // span)]
        count[0] += any(handset <= limit for handset in journey.handsets)
        count[1] += 1
    return [good / total if total else None for good, total in counts]
