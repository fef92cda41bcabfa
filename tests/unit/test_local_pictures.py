"""The dashboards of a local run: every kind of line by its rules, drawn, and on one page."""

from pathlib import Path
from typing import Any

import pytest

from infra.watching.boards import boards
from infra.watching.series import each, of, silent, success
from infra.watching.terms import Line, Panel, Theirs
from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.emf import written
from relevo.domain.measures import METRICS, Sample
from relevo.domain.timing import MINUTE
from relevo.domain.transitions import Change, samples_of
from relevo.domain.words import Environment, State
from tests.builders import NOW, a_head, an_attempt
from tools import dashboards
from tools.curves import Run
from tools.points import Point, read
from tools.report import page

START = NOW // MINUTE * MINUTE
NEXT = START + MINUTE


def sample(name: str, value: int = 1, at: int = START, **labels: str) -> Sample:
    everything = {
        one: "none" for metric in METRICS.values() for names in metric.sets for one in names
    }
    return Sample(name, at, Environment.TEST, {**everything, **labels}, value)


def run(*samples: Sample) -> Run:
    return Run(read(written(samples, "local")), period=MINUTE)


def curves(line: Line, *samples: Sample) -> dict[str, dict[int, float]]:
    panel = Panel(title="A picture", asks="What?", lines=(line,))
    return dict(run(*samples).curves(panel))


def test_counts_add_up_by_minute_and_new_values_come_by_themselves() -> None:
    found = curves(
        each("DlrReceived", "Carrier"),
        sample("DlrReceived", Carrier="a"),
        sample("DlrReceived", Carrier="a"),
        sample("DlrReceived", at=NEXT, Carrier="b"),
    )

    assert found == {"a": {START: 2}, "b": {NEXT: 1}}


def test_a_percentile_is_that_of_all_values_of_its_minute() -> None:
    samples = [sample("QueueDwell", value, Priority="otp") for value in range(1, 101)]

    assert curves(of("QueueDwell", "p95", Priority="otp"), *samples) == {"QueueDwell": {START: 95}}
    assert curves(of("QueueDwell", "Maximum", Priority="otp"), *samples)["QueueDwell"][START] == 100


def test_a_share_counts_what_ended_and_is_nought_where_nothing_arrived() -> None:
    delivered = sample("MessagesDelivered", Carrier="a")
    failed = [sample("MessagesFailed", at=at, Carrier="a") for at in (START, NEXT)]
    sent = sample("MessagesSent", Carrier="a")

    assert curves(success("a", Carrier="a"), delivered, sent, *failed) == {
        "a": {START: 50, NEXT: 0}
    }
    assert curves(success("a", least=3, Carrier="a"), delivered, *failed) == {}


def test_silence_is_one_where_enough_was_taken_and_nothing_came() -> None:
    taken = [sample("CarrierSubmit", Carrier="a", Outcome="accepted")] * 50
    heard = sample("DlrReceived", Carrier="a")

    assert curves(silent("a"), *taken) == {"a silent": {START: 1}}
    assert curves(silent("a"), *taken, heard) == {"a silent": {START: 0}}
    assert curves(silent("a"), *taken[1:]) == {"a silent": {START: 0}}


def test_what_only_aws_measures_has_no_line() -> None:
    assert curves(Theirs(kind="queue", name="otp", metric="Age"), sample("DlrReceived")) == {}


def points() -> list[Point]:
    """A run in which every metric of ours has a value."""
    labels: dict[str, Any] = {"Carrier": "twilio", "Priority": "otp", "Result": "delivered"}
    names = [name.replace("MicrosUSD", "MicrosEUR") for name in METRICS]
    return list(read(written([sample(name, 60, **labels) for name in names], "local")))


def test_every_picture_is_drawn_and_is_the_same_each_time(tmp_path: Path) -> None:
    first = dashboards.drawn(points(), tmp_path / "one")
    second = dashboards.drawn(points(), tmp_path / "two")

    assert [board.name for board, _ in first] == ["Service", "Carriers", "Operations"]
    assert [a.read_bytes() for _, a in first] == [b.read_bytes() for _, b in second]


def test_every_picture_has_a_line_when_everything_was_measured() -> None:
    everything = Run(points(), period=MINUTE)
    panels = [p for board in boards(dashboards.LOCAL) for row in board.rows for p in row]

    empty = [panel for panel in panels if not everything.curves(panel)]

    assert [panel.title for panel in empty if "kind='" not in repr(panel.lines)] == []
    assert len(empty) < len(panels) / 2


def test_a_long_run_is_drawn_in_longer_periods() -> None:
    def at(minutes: int) -> Any:
        return Point("DlrReceived", "Count", START + minutes * MINUTE, frozenset(), (1,))

    assert dashboards.period_of([at(0), at(3)]) == MINUTE
    assert dashboards.period_of([at(0), at(400)]) == 11 * MINUTE


def test_the_report_needs_nothing_but_itself() -> None:
    head = a_head(attempts=(an_attempt(1, State.ACCEPTED),), version=2)
    done = apply(head, Report(n=1, state=State.DELIVERED, at=NOW), now=NOW + 900, by="dlr")
    lines = [
        *written(samples_of(Change(None, a_head())), "local"),
        *written(samples_of(Change(head, done)), "local"),
        '{"level": "WARNING", "service": "events", "message": "<odd>", "error": "TimeoutError"}',
        "START RequestId: 1",
    ]

    made = page(lines)

    assert "<td>delivered</td><td>1</td>" in made
    assert "<td>DeliveryLatency, transactional</td><td>900</td>" in made
    assert "events: &lt;odd&gt; TimeoutError" in made
    assert made.count("data:image/png;base64,") == 3
    assert "http" not in made.replace("http-equiv", "")


@pytest.mark.parametrize("name", ["service", "carriers", "operations"])
def test_the_pictures_in_the_documents_are_small(name: str) -> None:
    images = Path(__file__).parents[2] / "docs/images"

    assert 5_000 < (images / f"{name}.png").stat().st_size < 150_000
