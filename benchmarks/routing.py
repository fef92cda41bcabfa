"""`make bench-routing`: every scenario under every policy, ten seeds each, in tables and plots."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from statistics import fmean
from typing import Any, Final

from benchmarks.pictures import draw
from benchmarks.tables import DOCS, publish, table
from tests.simulation.proving.families import FAMILIES, SCENARIOS, Family, Floor
from tests.simulation.proving.replay import replay
from tests.simulation.proving.scenario import Scenario, load

SPAN: Final = 60.0
US, ORACLE, NOTIFY, STATIC = "relevo", "state-oracle", "notify+failover", "static+failover"
SHOWN: Final = ("static", STATIC, "notify", NOTIFY, US, ORACLE, "hindsight")
OTHERS: Final = ("round-robin", "least-cost", "random-weighted")

INTRODUCTION: Final = """
# How well routing chooses

Written by `make bench-routing` from the scenarios in `tests/simulation/scenarios`: a seeded model
on virtual time, whose dice per message, carrier and try are the same for every policy. The entry
*relevo* is the production code (`plan`, `next_step`, `outlook` and all below it), fed with counts
as `events` would write them, five seconds after the fact. The carrier that fails is always the
first, the best and the cheapest. Means of all seeds; the model is synthetic, so trust gaps and
ranks, not levels. How a decision is made is told in [docs/routing.md](../routing.md).

*In time* is the share of messages accepted inside fault windows (all of them, where nothing
fails) that reached a handset in 10 s (otp), 300 s (transactional) or an hour (marketing); in
brackets what was bought with it: copies too many on handsets, per 1,000 messages. *Gap* is how far
relevo stays below the state oracle, which knows every carrier's true state of the moment but not
the dice, and *ahead* how far it is above Notify's rule with our failover; each with the floor it
must keep. Where a model has no opinion we took ours: a flapping carrier's pauses belong to its
window; an error is known after its own latency, however long; `transactional` may resend.
"""


def job(task: tuple[str, int]) -> dict[str, Any]:
    name, seed = task
    return replay(load(SCENARIOS / f"{name}.yaml"), seed, span=SPAN)


class Runs:
    """All replays of one scenario."""

    def __init__(self, scenario: Scenario, found: Sequence[Mapping[str, Any]]) -> None:
        self.scenario, self.found = scenario, found

    def mean(self, policy: str, figure: str) -> float | None:
        values = [run["policies"][policy][figure] for run in self.found]
        known = [value for value in values if value is not None]
        return fmean(known) if known else None

    def timely(self, policy: str) -> float:
        inside = self.mean(policy, "inTimeFaultWindow")
        return 100 * (self.mean(policy, "inTime") or 0 if inside is None else inside)

    def onsets(self) -> tuple[float, float]:
        """Give how many onsets there are and how long they last together."""
        return float(len(self.scenario.events)), sum(e.until - e.at for e in self.scenario.events)

    def gap(self, floor: Floor) -> float:
        points = self.timely(ORACLE) - self.timely(US)
        if floor.per_onset is None:
            return points
        count, seconds = self.onsets()
        lost = points / 100 * seconds / count
        return lost * self.scenario.rate if floor.per_onset == "messages" else lost


def quality(runs: Mapping[str, Runs], family: Family) -> str:
    rows = []
    for name, floor in family.scenarios.items():
        run = runs[name]
        gap, ahead = run.gap(floor), run.timely(US) - run.timely(NOTIFY)
        shown = [
            f"{run.timely(policy):.1f} ({run.mean(policy, 'duplicatesPer1000') or 0:.0f})"
            for policy in SHOWN
        ]
        gaps = [f"{gap:.1f} ≤ {floor.below:g}", f"{ahead:+.1f} ≥ {floor.ahead:g}"]
        kept = gap <= floor.below and ahead >= floor.ahead
        rows.append([name, *shown, *gaps, "yes" if kept else "**no**"])
    return f"## {family.title}\n\n" + table(["scenario", *SHOWN, "gap", "ahead", "kept"], rows)


def prices(runs: Mapping[str, Runs]) -> str:
    """What it costs, how often the majority moves, and how soon the first carrier is back."""
    rows = []
    for name, run in runs.items():
        cost = run.mean(US, "costPerDelivered") or 0
        back = run.mean(US, "recoverySeconds")
        rows.append(
            [
                name,
                f"{cost / (run.mean(ORACLE, 'costPerDelivered') or 1):.3f}",
                f"{cost / (run.mean(STATIC, 'costPerDelivered') or 1):.3f}",
                f"{100 * (run.mean(US, 'delivered') or 0):.1f}",
                f"{100 * (run.mean(ORACLE, 'delivered') or 0):.1f}",
                f"{run.mean(US, 'switchesPerHour') or 0:.1f}",
                f"{run.mean(ORACLE, 'switchesPerHour') or 0:.1f}",
                "" if back is None else f"{back:.0f}",
            ]
        )
    head = [
        "scenario", "cost ÷ oracle", "cost ÷ static+failover", "delivered %", "oracle's %",
        "switches/h", "oracle's", "back after s",
    ]  # fmt: skip
    return (
        "## Price, delivery, unrest\n\nCost is per delivered message. *Back* is the time from the "
        "end of the last fault until eight of ten messages go to the first carrier again. "
        "*Switches* are changes of the carrier that most messages of a minute go to first; where "
        "there is one message a minute, every probe is two.\n\n" + table(head, rows)
    )


def others(runs: Mapping[str, Runs]) -> str:
    rows = [
        [
            name,
            *(
                f"{run.timely(policy):.1f} ({run.mean(policy, 'duplicatesPer1000') or 0:.0f})"
                for policy in OTHERS
            ),
        ]
        for name, run in runs.items()
    ]
    return "## Rules that hear nothing\n\n" + table(["scenario", *OTHERS], rows)


def pictures(runs: Mapping[str, Runs]) -> str:
    """Draw how each scenario went, minute by minute."""
    lines = []
    for name, run in runs.items():
        series = {
            policy: _means([one["series"][policy] for one in run.found])
            for policy in (STATIC, NOTIFY, US, ORACLE)
        }
        draw(DOCS / "routing" / f"{name}.png", run.scenario, series, SPAN)
        lines.append(f"**{name}**: {run.scenario.doc}\n\n![{name}](routing/{name}.png)")
    return "## Minute by minute\n\n" + "\n\n".join(lines)


def _means(rows: Sequence[Sequence[float | None]]) -> list[float | None]:
    means: list[float | None] = []
    for values in zip(*rows, strict=True):
        known = [value for value in values if value is not None]
        means.append(fmean(known) if known else None)
    return means


def replayed(scenarios: Mapping[str, Scenario], workers: int) -> list[dict[str, Any]]:
    """Replay all seeds of all scenarios, the busiest first, and say how far it is."""
    heavy = sorted(scenarios.values(), key=lambda one: -one.rate * one.duration)
    tasks = [(one.name, seed) for one in heavy for seed in one.seeds]
    found = {}
    with ProcessPoolExecutor(workers) as pool:
        for task, one in zip(tasks, pool.map(job, tasks), strict=True):
            found[task] = one
            print(f"\r{len(found)} of {len(tasks)}: {task[0]:24}", end="", file=sys.stderr)
    print(file=sys.stderr)
    return [found[name, seed] for name, one in scenarios.items() for seed in one.seeds]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    names = [name for family in FAMILIES for name in family.scenarios]
    scenarios = {name: load(SCENARIOS / f"{name}.yaml") for name in names}
    found = replayed(scenarios, args.workers)
    runs = {
        name: Runs(scenario, [one for one in found if one["scenario"] == name])
        for name, scenario in scenarios.items()
    }
    figures = [{k: v for k, v in one.items() if k != "series"} for one in found]
    lines = ",\n".join(json.dumps(one) for one in figures)
    (DOCS / "routing.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    tables = [quality(runs, family) for family in FAMILIES]
    publish("routing.md", [INTRODUCTION, *tables, prices(runs), others(runs), pictures(runs)])


if __name__ == "__main__":
    main()
