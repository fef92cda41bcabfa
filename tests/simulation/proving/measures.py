"""What a replay came to, in the figures that are compared."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from tests.simulation.proving.road import Journey
from tests.simulation.proving.scenario import Scenario

RUN, ENOUGH = 10, 8
"""Back on a carrier means: of ten messages from here on at least eight go to it first."""


def measures(
    scenario: Scenario, journeys: Sequence[Journey], ttl: float
) -> dict[str, float | None]:
    """The seven figures of the output; shares are of messages accepted."""
    limit = scenario.within
    arrived = [sorted(h for h in j.handsets if h <= j.message.at + ttl) for j in journeys]
    timely = [
        bool(times) and times[0] - j.message.at <= limit
        for j, times in zip(journeys, arrived, strict=True)
    ]
    inside = [ok for ok, j in zip(timely, journeys, strict=True) if scenario.in_fault(j.message.at)]
    delivered = sum(bool(times) for times in arrived)
    extra = sum(max(len(times) - 1, 0) for times in arrived)
    total = max(len(journeys), 1)
    return {
        "inTime": _rounded(sum(timely) / total),
        "inTimeFaultWindow": _rounded(sum(inside) / len(inside)) if inside else None,
        "delivered": _rounded(delivered / total),
        "costPerDelivered": _rounded(sum(j.cost for j in journeys) / max(delivered, 1)),
        "duplicatesPer1000": _rounded(1000 * extra / total),
        "switchesPerHour": _rounded(_switches(journeys) / (scenario.duration / 3600)),
        "recoverySeconds": _recovery(scenario, journeys),
    }


def majorities(journeys: Sequence[Journey]) -> list[str]:
    """The carrier that most messages of each minute went to first; empty minutes are skipped."""
    minutes: dict[int, Counter[str]] = {}
    for journey in journeys:
        minutes.setdefault(int(journey.message.at // 60), Counter())[journey.first] += 1
    return [counts.most_common(1)[0][0] for _, counts in sorted(minutes.items())]


def _switches(journeys: Sequence[Journey]) -> int:
    return sum(one != other for one, other in pairwise(majorities(journeys)))


def _recovery(scenario: Scenario, journeys: Sequence[Journey]) -> float | None:
    """Seconds from the end of the last fault until the first carrier has its messages back."""
    since = scenario.recovered_at
    if since is None:
        return None
    after = [journey for journey in journeys if journey.message.at >= since]
    first = scenario.order[0]
    for start in range(len(after) - RUN + 1):
        run = after[start : start + RUN]
        if run[0].first == first and sum(j.first == first for j in run) >= ENOUGH:
            return round(run[0].message.at - since, 1)
    return None


def _rounded(value: float) -> float:
    return round(value, 6)
