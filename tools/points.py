"""What CloudWatch would make of our log lines: one point for each metric, dimension set, value."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple


class Point(NamedTuple):
    """Values of one series at one instant, in epoch milliseconds."""

    name: str
    unit: str
    at: int
    dimensions: frozenset[tuple[str, str]]
    values: tuple[float, ...]


def read(lines: Iterable[str]) -> Iterator[Point]:
    """Read the lines that are of the embedded metric format, and leave out all others."""
    for line in lines:
        if '"_aws"' in line:
            yield from points_of(json.loads(line))


def points_of(said: Mapping[str, Any]) -> Iterator[Point]:
    """Read one line: its values hold for every dimension set of their directive."""
    about = said["_aws"]
    for directive in about["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = frozenset((name, str(said[name])) for name in names)
            for metric in directive["Metrics"]:
                value = said[metric["Name"]]
                values = tuple(value) if isinstance(value, list) else (value,)
                unit = metric.get("Unit", "None")
                yield Point(metric["Name"], unit, about["Timestamp"], dimensions, values)
