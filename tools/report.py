"""`make report`: the last local run on one page that needs nothing else, pictures included."""

import base64
import html
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from tools import dashboards, local_logs, places, say
from tools.points import Point, read

REPORT: Final = places.LOCAL / "report.html"

ENDS: Final = ("Accepted", "Sent", "Delivered", "Undelivered", "Failed", "Expired", "Unknown")
STYLE: Final = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .8rem;"
    "border-bottom:1px solid #ddd;text-align:right}td:first-child,th:first-child{text-align:left}"
    "img{max-width:100%;border:1px solid #ddd}"
)


def page(lines: Sequence[str]) -> str:
    """Give the report of a run's log lines as HTML."""
    points = list(read(lines))
    said = [one for one in map(local_logs.read, lines) if one and "_aws" not in one]
    parts = [
        f"<p>{_span(points)}</p>",
        _table("Messages", ("", "messages"), _ends(points)),
        _table("Carriers", ("", *_OF_CARRIERS), _carriers(points)),
        _table("Milliseconds", ("", "p50", "p95", "most"), _times(points)),
        _table("Why attempts failed", ("", "attempts"), _reasons(points)),
        _table("Lines of warning and error", ("", "lines"), _troubles(said)),
        *_pictures(points),
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Relevo: last local run'
        f"</title><style>{STYLE}</style><h1>Last local run</h1>{''.join(parts)}</html>\n"
    )


_OF_CARRIERS: Final = ("submits", "delivered", "unknown end", "taken over from", "receipts")
_COUNTED: Final = {
    "submits": ("CarrierSubmit", "Carrier"),
    "delivered": ("MessagesDelivered", "Carrier"),
    "unknown end": ("AmbiguousOutcome", "Carrier"),
    "taken over from": ("FailoverStarted", "FromCarrier"),
    "receipts": ("DlrReceived", "Carrier"),
}
_TIMED: Final = ("QueueDwell", "CarrierSubmitLatency", "DeliveryLatency")


def _span(points: Sequence[Point]) -> str:
    times = [datetime.fromtimestamp(point.at / 1000, UTC) for point in points]
    return f"Messages submitted from {min(times):%Y-%m-%d %H:%M} to {max(times):%H:%M} UTC."


def _ends(points: Sequence[Point]) -> list[tuple[str, ...]]:
    total = Counter[str]()
    for point in points:
        if len(point.dimensions) == 2:
            total[point.name] += int(sum(point.values))
    return [(end.lower(), str(total[f"Messages{end}"])) for end in ENDS]


def _carriers(points: Sequence[Point]) -> list[tuple[str, ...]]:
    found: dict[str, Counter[str]] = {}
    for column, (metric, name) in _COUNTED.items():
        wanted = {"Outcome", "ToCarrier"} | {name}
        for point in points:
            told = _told(point)
            if point.name == metric and name in told and set(told) <= wanted:
                found.setdefault(told[name], Counter())[column] += int(sum(point.values))
    return [
        (carrier, *(str(found[carrier][column]) for column in _OF_CARRIERS))
        for carrier in sorted(found)
    ]


def _times(points: Sequence[Point]) -> list[tuple[str, ...]]:
    rows = []
    for metric in _TIMED:
        by = "Carrier" if metric == "CarrierSubmitLatency" else "Priority"
        for label in sorted({_told(p)[by] for p in points if p.name == metric and by in _told(p)}):
            values = sorted(
                value
                for point in points
                if point.name == metric and _told(point) == {by: label}
                for value in point.values
            )
            row = (values[len(values) // 2], values[-1 - len(values) // 20], values[-1])
            rows.append((f"{metric}, {label}", *(f"{value:.0f}" for value in row)))
    return rows


def _reasons(points: Sequence[Point]) -> list[tuple[str, ...]]:
    total = Counter[str]()
    for point in points:
        told = _told(point)
        if point.name == "AttemptFailed" and set(told) == {"Carrier", "Reason"}:
            total[f"{told['Carrier']}: {told['Reason']}"] += int(sum(point.values))
    return [(name, str(count)) for name, count in total.most_common()]


def _troubles(said: Iterable[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    total = Counter(
        f"{one.get('service')}: {one.get('message')} {one.get('error', '')}".strip()
        for one in said
        if one.get("level") in ("WARNING", "ERROR")
    )
    return [(name, str(count)) for name, count in total.most_common()]


def _told(point: Point) -> dict[str, str]:
    return {n: value for n, value in point.dimensions if n not in ("service", "Environment")}


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"<h2>{title}</h2><p>None.</p>"
    cells = [_row("th", heads), *(_row("td", row) for row in rows)]
    return f"<h2>{title}</h2><table>{''.join(cells)}</table>"


def _row(kind: str, cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{kind}>{html.escape(cell)}</{kind}>' for cell in cells)}</tr>"


def _pictures(points: Sequence[Point]) -> Iterable[str]:
    with TemporaryDirectory() as folder:
        for board, path in dashboards.drawn(points, Path(folder)):
            data = base64.b64encode(path.read_bytes()).decode()
            picture = f'<img alt="{board.asks}" src="data:image/png;base64,{data}">'
            yield f"<h2>{board.name}</h2>{picture}"


def main() -> None:
    dashboards.measured()
    REPORT.write_text(page(local_logs.lines()))
    say.line(f"The last local run: {REPORT}")


if __name__ == "__main__":
    main()
