"""Routing against the state oracle and Notify's rule: a few scenarios, few seeds, same bytes."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest

from benchmarks.routing import Runs, others, prices, quality
from relevo.domain.words import TrafficClass
from tests.simulation.proving.dice import Dice
from tests.simulation.proving.families import FAMILIES, SCENARIOS, Family, Floor
from tests.simulation.proving.policies import policies
from tests.simulation.proving.replay import replay
from tests.simulation.proving.scenario import load

ROOT = Path(__file__).parents[2]
SEEDS = (1,)
FIGURES = {
    "inTime", "inTimeFaultWindow", "delivered", "costPerDelivered", "duplicatesPer1000",
    "switchesPerHour", "recoverySeconds",
}  # fmt: skip
NAMES = [
    "static", "static+failover", "round-robin", "least-cost", "random-weighted", "notify",
    "notify+failover", "relevo", "state-oracle", "hindsight",
]  # fmt: skip
SHORT = """
version: 1
scenario: short
doc: Two minutes, one of them with a silent first carrier.
class: otp
duration_s: 120
traffic: {rate_per_s: 2, changes: [{at: 60, until: 80, rate_per_s: 5}]}
recipients: {invalid_rate: 0.02, handset_off_rate: 0.05, handset_off_mean_s: 60}
carriers:
  - {id: b, list: backup, position: 1, price: 0.05, median_s: 3, p95_s: 7, error_rate: 0.1}
  - {id: a, list: primary, position: 1, price: 0.04, median_s: 2, p95_s: 5, bounce_rate: 0.05}
events:
  - {at: 40, until: 100, carrier: a, set: {drop_rate: 1.0}, every_s: 30, on_for_s: 20}
  - {at: 40, until: 100, carrier: all, ramp: {median_s: 5, price: 0.06}}
"""


@cache
def figures(name: str) -> dict[str, dict[str, float]]:
    """The means over the seeds of what the floors compare."""
    scenario = load(SCENARIOS / f"{name}.yaml")
    names = ("relevo", "state-oracle", "notify+failover", "static+failover")
    found = [replay(scenario, seed, names)["policies"] for seed in SEEDS]
    return {
        policy: {
            figure: fmean([run[policy][figure] for run in found])
            for figure in ("inTimeFaultWindow", "inTime", "delivered", "costPerDelivered")
            if found[0][policy][figure] is not None
        }
        for policy in names
    }


def run(*arguments: str) -> bytes:
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)

    first, again = (run("--scenario", str(path), "--seed", "7", "--json") for _ in range(2))
    other = run("--scenario", str(path), "--seed", "8", "--json")

    assert first == again != other
    found: dict[str, Any] = json.loads(first)
    assert (found["scenario"], found["seed"]) == ("short", 7)
    assert list(found["policies"]) == NAMES
    assert all(set(figures) == FIGURES for figures in found["policies"].values())


def test_the_same_seeds_give_the_same_tables(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    family = Family("Short", {"short": Floor(100, -100)})

    def tables() -> list[str]:
        scenario = load(path)
        runs = {"short": Runs(scenario, [replay(scenario, seed, span=60) for seed in (7, 8)])}
        return [quality(runs, family), prices(runs), others(runs)]

    assert tables() == tables()


def test_dice_do_not_depend_on_who_is_asked_first(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    scenario = load(path)
    one, other = Dice(scenario, 1), Dice(scenario, 1)

    late = [one.throw(n, "a", nth) for n in range(20) for nth in range(3)]
    early = [other.throw(n, "a", nth) for n in reversed(range(20)) for nth in range(3)]

    assert sorted(late) == sorted(early)
    assert len(set(late)) == len(late)


def test_a_scenario_is_read_as_it_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "short.yaml"
    path.write_text(SHORT)
    scenario = load(path)

    assert scenario.order == ["a", "b"]  # primary before backup, whatever the order in the file
    assert scenario.traits("a", 45).drop_rate == 1
    assert scenario.traits("a", 65).drop_rate == 0  # the pause of a flapping carrier
    assert scenario.traits("a", 75).drop_rate == 1
    assert scenario.traits("b", 75).drop_rate == 0
    assert scenario.traits("b", 70).median_s == pytest.approx(4)  # half of the way from 3 to 5
    assert scenario.traits("b", 100).median_s == 3
    assert [scenario.in_fault(t) for t in (39, 65, 100)] == [False, True, False]
    assert scenario.rate_at(70) == 5


def test_every_family_has_its_scenarios_and_the_failing_carrier_is_the_one_to_lose() -> None:
    named = {name for family in FAMILIES for name in family.scenarios}
    files = {path.stem for path in SCENARIOS.glob("*.yaml")}

    assert named == files
    assert len(files) >= 24
    for name in sorted(files):
        scenario = load(SCENARIOS / f"{name}.yaml")
        first, *rest = scenario.order
        within = scenario.within
        assert scenario.name == name
        assert len(scenario.seeds) >= 10
        assert all(first in event.carriers for event in scenario.events[:1])
        assert all(
            scenario.carriers[first].price < scenario.carriers[other].price for other in rest
        )
        assert all(
            scenario.carriers[first].chance(within) >= scenario.carriers[other].chance(within)
            for other in rest
        )


def test_without_news_our_order_is_the_configured_one() -> None:
    scenario = load(SCENARIOS / "otp-calm.yaml")
    dice = Dice(scenario, 1)
    ours = next(one for one in policies(scenario, dice, 1) if one.name == "relevo")

    plan = ours.plan(0.0, dice.messages[0])

    assert [one.route.name for one in plan.candidates] == scenario.order
    assert scenario.traffic_class is TrafficClass.OTP


@pytest.mark.parametrize("name", ["otp-silent-1", "otp-hanging", "otp-both-primaries"])
def test_the_floor_is_kept(name: str) -> None:
    floor = next(f.scenarios[name] for f in FAMILIES if name in f.scenarios)
    found = figures(name)
    ours, oracle, notify = (
        100 * found[policy]["inTimeFaultWindow"]
        for policy in ("relevo", "state-oracle", "notify+failover")
    )
    gap = oracle - ours
    if floor.per_onset is not None:
        event = load(SCENARIOS / f"{name}.yaml").events[0]
        gap *= (event.until - event.at) / 100

    assert gap <= floor.below
    assert ours - notify >= floor.ahead
    assert found["relevo"]["delivered"] >= found["state-oracle"]["delivered"] - 0.01


def test_calm_costs_what_the_configured_order_costs() -> None:
    found = figures("otp-calm-four")

    cost, static = (found[one]["costPerDelivered"] for one in ("relevo", "static+failover"))
    assert cost <= 1.02 * static
