"""Series of metrics as lines of the embedded metric format, as few and as short as they can be.

A line names each dimension once and can say one value of a metric for several dimension sets, so
series go into one line wherever their dimensions and values agree.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from relevo.domain.measures import Sample, Series, Unit, metric_of, series_of
from relevo.domain.timing import Millis
from relevo.domain.words import Environment

NAMESPACE: Final = "SmsGateway"
SERVICE: Final = "relevo"
ALWAYS: Final = ("service", "Environment")
LONGEST: Final = 100
"""Values that CloudWatch takes for one metric of one line."""


@dataclass(slots=True)
class Line:
    """What one line says: the sets of each metric, and one value for each name."""

    at: Millis
    environment: Environment
    labels: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[int]] = field(default_factory=dict)
    sets: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def takes(self, series: Series, values: list[int]) -> bool:
        """Whether this series can be said here too."""
        names = tuple(name for name, _ in series.labels)
        return (
            (self.at, self.environment) == (series.at, series.environment)
            and all(self.labels.get(name, value) == value for name, value in series.labels)
            and self.values.get(series.name, values) == values
            and names not in self.sets.get(series.name, ())
        )

    def add(self, series: Series, values: list[int]) -> None:
        self.labels.update(series.labels)
        self.values[series.name] = values
        names = tuple(name for name, _ in series.labels)
        self.sets.setdefault(series.name, []).append(names)


def written(samples: Iterable[Sample], stage: str) -> list[str]:
    """Give the lines that say these samples, and nothing twice."""
    return [_text(line, stage) for line in packed(series_of(samples))]


def packed(found: Mapping[Series, list[int]]) -> list[Line]:
    """Put series into lines, those with most dimensions first: the others then find a place."""
    lines: list[Line] = []
    for series in sorted(found, key=lambda one: (-len(one.labels), one)):
        for values in _chunks(found[series]):
            line = next((one for one in lines if one.takes(series, values)), None)
            if line is None:
                line = Line(series.at, series.environment)
                lines.append(line)
            line.add(series, values)
    return lines


def environment_name(stage: str, environment: Environment) -> str:
    """Name the stage; what test keys send is told apart from what people receive."""
    return stage if environment is Environment.LIVE else f"{stage}-test"


def _chunks(values: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(values), LONGEST):
        yield list(values[start : start + LONGEST])


def _text(line: Line, stage: str) -> str:
    said = {name: values if len(values) > 1 else values[0] for name, values in line.values.items()}
    what = {
        "_aws": {"Timestamp": line.at, "CloudWatchMetrics": list(_directives(line))},
        "service": SERVICE,
        "Environment": environment_name(stage, line.environment),
        **line.labels,
        **said,
    }
    return json.dumps(what, separators=(",", ":"))


def _directives(line: Line) -> Iterator[dict[str, Any]]:
    """Metrics of the same sets share a directive."""
    alike: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name, sets in line.sets.items():
        alike.setdefault(tuple(sorted(sets)), []).append(name)
    for same, names in alike.items():
        yield {
            "Namespace": NAMESPACE,
            "Dimensions": [[*ALWAYS, *one] for one in same],
            "Metrics": [_definition(name) for name in names],
        }


def _definition(name: str) -> dict[str, str]:
    unit = metric_of(name).unit
    return {"Name": name} if unit is Unit.NONE else {"Name": name, "Unit": unit.value}
