"""`make dashboards`: draw the dashboards of the last local run, as CloudWatch would show them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from infra.config import Watched
from infra.watching.boards import boards
from infra.watching.terms import Board
from tools import local_logs, pictures, places, say
from tools.curves import Run
from tools.points import Point, read

IMAGES: Final = places.ROOT / "docs" / "images"
MINUTE: Final = 60_000
PICTURED: Final = 40
"""Periods in a picture at most; a longer run gets longer ones."""

LOCAL: Final = Watched(
    carriers=("sandbox-a", "sandbox-b", "local-a", "local-b", "infobip", "tencent", "twilio")
)
"""The local stage's own carriers, and those that `make up SIMULATE=real` adds."""


def drawn(points: Sequence[Point], folder: Path) -> list[tuple[Board, Path]]:
    """Draw every dashboard of a run into a folder."""
    run = Run(points, period=period_of(points))
    made = [(board, folder / f"{board.name.lower()}.png") for board in boards(LOCAL)]
    for board, path in made:
        pictures.draw(board, run, path)
    return made


def period_of(points: Sequence[Point]) -> int:
    """Give the shortest whole minutes of which a run has few enough."""
    times = [point.at for point in points]
    span = max(times) - min(times)
    return MINUTE * (1 + span // (MINUTE * PICTURED))


def measured() -> list[Point]:
    """Give what the last local run measured."""
    points = list(read(local_logs.lines()))
    if not points:
        say.fail("the last local run measured nothing; send something with `make send`.")
    return points


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=IMAGES)
    for board, path in drawn(measured(), parser.parse_args().into):
        say.line(f"{board.name}: {path}")


if __name__ == "__main__":
    main()
