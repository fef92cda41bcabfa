"""Dashboards drawn with matplotlib, from the same definitions that CDK makes them of."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

mpl.use("Agg")
from matplotlib import pyplot as plt
from PIL import Image

from infra.watching.terms import Board, Line, Panel, Share, Theirs
from tools.curves import Curve, Run

COLUMNS: Final = 24
ROW_INCHES, HEAD_INCHES, WIDTH_INCHES, DPI = 2.2, 0.9, 14, 80
COLOURS: Final = 48
"""Of the file, which is a third as large with a palette."""

MOST: Final = 10
"""Lines of one picture that are drawn; CloudWatch would show the others too."""


def draw(board: Board, run: Run, path: Path) -> None:
    """Draw one dashboard as one PNG."""
    rows = len(board.rows)
    height = HEAD_INCHES + ROW_INCHES * rows
    figure = plt.figure(figsize=(WIDTH_INCHES, height), dpi=DPI)
    figure.suptitle(f"{board.name}: {board.asks}", x=0.04, y=1 - 0.25 / height, ha="left")
    grid = figure.add_gridspec(rows, COLUMNS, hspace=0.6, wspace=9)
    for number, row in enumerate(board.rows):
        column = 0
        for panel in row:
            axes = figure.add_subplot(grid[number, column : column + panel.width])
            _panel(axes, panel, run.curves(panel))
            column += panel.width
    figure.subplots_adjust(left=0.05, right=0.99, top=1 - 0.75 / height, bottom=0.4 / height)
    _save(figure, path)


def _save(figure: Any, path: Path) -> None:
    """Write few colours and no name of the software: small, and the same bytes each time."""
    whole = BytesIO()
    figure.savefig(whole, metadata={"Software": None})
    plt.close(figure)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(whole).convert("RGB").quantize(COLOURS).save(path, optimize=True)


def _panel(axes: Any, panel: Panel, curves: list[Curve]) -> None:
    axes.set_title(panel.title, fontsize=9, loc="left")
    axes.set_ylabel(panel.unit, fontsize=7)
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)
    if not curves:
        _empty(axes, panel)
        return
    times = sorted({at for curve in curves for at in curve.values})
    for curve in curves[:MOST]:
        values = [curve.values.get(at, float("nan")) for at in times]
        axes.plot(range(len(times)), values, marker="o", markersize=3, label=curve.label)
    if panel.bound is not None:
        axes.axhline(panel.bound, color="#c0392b", linewidth=0.8, linestyle="--")
    step = max(len(times) // 6, 1)
    axes.set_xticks(range(0, len(times), step), [_clock(at) for at in times[::step]])
    axes.set_xlim(-0.5, len(times) - 0.5 + (len(times) * 0.35))
    axes.set_ylim(bottom=0)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    axes.legend(fontsize=6, frameon=False, loc="center right")


def _empty(axes: Any, panel: Panel) -> None:
    theirs = all(map(_theirs, panel.lines))
    why = "measured by AWS, so not in a local run" if theirs else "nothing of this happened"
    axes.set_xticks([])
    axes.set_yticks([])
    axes.text(0.5, 0.5, why, fontsize=8, color="#888888", ha="center", transform=axes.transAxes)


def _theirs(line: Line) -> bool:
    whole = line.whole if isinstance(line, Share) else (line,)
    return all(isinstance(one, Theirs) for one in whole)


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%H:%M")
