"""The lines of dashboards over a local run, by the rules that CloudWatch has for them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import ceil
from typing import Final, NamedTuple, TypeAlias

from infra.watching.terms import Each, Line, Nothing, Ours, Panel, Share, Theirs
from tools.points import Point

Values: TypeAlias = dict[int, float]
ALWAYS: Final = frozenset({"service", "Environment"})
STATS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "SampleCount": len,
}


class Curve(NamedTuple):
    """One line of a picture: a value for each period that has one."""

    label: str
    values: Values


class Run:
    """What was measured, by period; live and test keys together, for there are few of both."""

    def __init__(self, points: Iterable[Point], *, period: int) -> None:
        self.points = list(points)
        self.period = period

    def curves(self, panel: Panel) -> list[Curve]:
        """Give the lines of a picture that have any value."""
        several = sum(isinstance(line, Each) for line in panel.lines) > 1
        return [
            Curve(f"{curve.label} {line.metric}", curve.values)
            if several and isinstance(line, Each)
            else curve
            for line in panel.lines
            for curve in self._of(line)
            if curve.values
        ]

    def _of(self, line: Line) -> Iterable[Curve]:
        match line:
            case Ours():
                values = self._values(line.metric, line.stat, frozenset(line.dimensions))
                yield Curve(line.label or line.metric, values)
            case Each():
                yield from self._each(line)
            case Share():
                yield self._share(line)
            case Nothing():
                yield self._nothing(line)
            case Theirs():
                return

    def _each(self, line: Each) -> Iterable[Curve]:
        names = frozenset(line.by)
        found = {one for one in map(_own, self._named(line.metric)) if _names(one) == names}
        for dimensions in sorted(found, key=sorted):
            told = dict(dimensions)
            label = " → ".join(told[name] for name in line.by)
            yield Curve(label, self._values(line.metric, line.stat, dimensions))

    def _share(self, line: Share) -> Curve:
        whole, part = self._together(line.whole), self._together(line.part)
        enough = {at: value for at, value in whole.items() if value >= max(line.least, 1)}
        return Curve(
            line.label, {at: 100 * part.get(at, 0) / value for at, value in enough.items()}
        )

    def _nothing(self, line: Nothing) -> Curve:
        given, came = self._together((line.given,)), self._together((line.expected,))
        return Curve(
            line.label,
            {at: float(value >= line.least and not came.get(at)) for at, value in given.items()},
        )

    def _together(self, lines: Iterable[Ours | Theirs]) -> Values:
        total: Values = {}
        for line in lines:
            if isinstance(line, Ours):
                found = self._values(line.metric, line.stat, frozenset(line.dimensions))
                for at, value in found.items():
                    total[at] = total.get(at, 0) + value
        return total

    def _values(self, metric: str, stat: str, dimensions: frozenset[tuple[str, str]]) -> Values:
        found: dict[int, list[float]] = {}
        for point in self._named(metric):
            if _own(point) == dimensions:
                at = point.at // self.period * self.period
                found.setdefault(at, []).extend(point.values)
        return {at: _stat(stat, values) for at, values in sorted(found.items())}

    def _named(self, metric: str) -> list[Point]:
        return [point for point in self.points if point.name == metric]


def _own(point: Point) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in point.dimensions if name not in ALWAYS)


def _names(dimensions: frozenset[tuple[str, str]]) -> frozenset[str]:
    return frozenset(name for name, _ in dimensions)


def _stat(stat: str, values: Sequence[float]) -> float:
    """Compute a statistic as CloudWatch does; percentiles by the nearest rank."""
    if stat in STATS:
        return float(STATS[stat](values))
    rank = ceil(float(stat.removeprefix("p")) / 100 * len(values))
    return float(sorted(values)[max(rank, 1) - 1])
