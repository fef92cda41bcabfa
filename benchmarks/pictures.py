"""Small pictures of how policies fared over a scenario, the same bytes for the same figures."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt

from tests.simulation.proving.scenario import Scenario

COLOURS: Final = {
    "static+failover": "#bbbbbb",
    "notify+failover": "#e08214",
    "relevo": "#1b7837",
    "state-oracle": "#4575b4",
}


def draw(
    path: Path, scenario: Scenario, series: Mapping[str, Sequence[float | None]], span: float
) -> None:
    """Draw the share in time over the minutes; fault windows are shaded."""
    figure, axes = plt.subplots(figsize=(7, 2.2), dpi=80)
    for event in scenario.events:
        axes.axvspan(event.at / 60, event.until / 60, color="#f2e6e6", linewidth=0)
    for policy, values in series.items():
        points = [(n * span / 60, 100 * v) for n, v in enumerate(values) if v is not None]
        width = 1.6 if policy == "relevo" else 1.0
        xs, ys = [x for x, _ in points], [y for _, y in points]
        axes.plot(xs, ys, label=policy, color=COLOURS[policy], linewidth=width)
    axes.set_xlim(0, scenario.duration / 60)
    axes.set_ylim(-3, 103)
    axes.set_ylabel("in time, %")
    axes.set_xlabel("minutes")
    axes.legend(fontsize=6, loc="lower left", ncols=4, frameon=False)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": ""})
    plt.close(figure)
