"""Dashboards, alarms and questions speak of what exists, and every alarm says what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.config import STAGES
from infra.watching.alarms import TELL_NOBODY, alarms, together
from infra.watching.boards import boards
from infra.watching.objectives import OBJECTIVES
from infra.watching.questions import QUERIES, RANKINGS
from infra.watching.terms import Alarm, Each, Line, Nothing, Ours, Severity, Share, Together
from relevo.carriers import registry
from relevo.domain.measures import COST, COUNTRIES, METRICS, REASONS
from relevo.domain.said import LINES
from relevo.domain.words import TrafficClass
from tests.infra.conftest import Synthesised, named
from tools import places

WATCHED = STAGES["prod"].watched
ALARMS: tuple[Alarm | Together, ...] = (*alarms(WATCHED), *together(WATCHED))
BOARDS = boards(WATCHED)
RUNBOOKS = {path.stem for path in (places.ROOT / "docs/runbooks").glob("*.md")} - {"README"}
SOURCES = [*(places.SOURCES / "relevo").rglob("*.py"), *(places.ROOT / "functions").rglob("*.py")]
CODE = "".join(path.read_text() for path in SOURCES)
BY_PEOPLE = frozenset({"Maintenance"})
ALLOWED: dict[str, frozenset[str]] = {
    "Carrier": registry.names(local=False) | {"none"},
    "Country": COUNTRIES,
    "Priority": frozenset(TrafficClass),
    "Reason": REASONS,
    "Outcome": frozenset({"accepted", "refused", "retryable", "ambiguous"}),
}


def ours(line: Line) -> Iterator[tuple[str, frozenset[str], dict[str, str]]]:
    """Every metric of ours that a line speaks of, with the dimension set it is taken from."""
    match line:
        case Ours():
            yield line.metric, frozenset(dict(line.dimensions)), dict(line.dimensions)
        case Each():
            yield line.metric, frozenset(line.by), {}
        case Share():
            for one in (*line.part, *line.whole):
                yield from ours(one)
        case Nothing():
            yield from (*ours(line.given), *ours(line.expected))


PANELS = [panel for board in BOARDS for row in board.rows for panel in row]
LINES_DRAWN = [line for panel in PANELS for line in panel.lines]
WATCHED_LINES: list[Line] = [
    *LINES_DRAWN,
    *(alarm.what for alarm in alarms(WATCHED)),
    *(objective.what for objective in OBJECTIVES),
]
SPOKEN = [spoken for line in WATCHED_LINES for spoken in ours(line)]


def known(metric: str) -> str:
    return f"{COST}USD" if metric.startswith(COST) else metric


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm() -> None:
    assert {alarm.kind for alarm in ALARMS} == RUNBOOKS


@pytest.mark.parametrize("kind", sorted(RUNBOOKS))
def test_a_runbook_says_what_it_means_where_to_look_and_what_to_do(kind: str) -> None:
    page = (places.ROOT / f"docs/runbooks/{kind}.md").read_text()

    assert re.match(r"# .+\n\n\S", page)
    assert re.search(r"## Look\n\n1\. ", page)
    assert re.search(r"## Do\n\n\* ", page)
    assert f"]({kind}.md)" in (places.ROOT / "docs/runbooks/README.md").read_text()


def test_every_alarm_is_made_and_its_description_leads_to_its_runbook(
    aws_stage: Synthesised,
) -> None:
    made = described(aws_stage)

    assert len({alarm.name for alarm in ALARMS}) == len(ALARMS) == len(made)
    assert set(made) == {f"{alarm.says}. Runbook: {alarm.runbook}" for alarm in ALARMS}


def test_a_page_wakes_and_a_ticket_waits(aws_stage: Synthesised) -> None:
    made = described(aws_stage)

    for alarm in ALARMS:
        actions = named(made[f"{alarm.says}. Runbook: {alarm.runbook}"].get("AlarmActions"))
        wanted = "Page" if alarm.severity is Severity.PAGE else "Ticket"
        assert (actions == "null") if alarm.kind in TELL_NOBODY else (wanted in actions), alarm.name


def described(stage: Synthesised) -> dict[str, dict[str, Any]]:
    kinds = ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    found = [one["Properties"] for kind in kinds for one in stage.of_type(kind).values()]
    return {one["AlarmDescription"]: one for one in found}


def test_what_is_watched_is_measured_in_that_dimension_set() -> None:
    for metric, names, values in SPOKEN:
        if metric in BY_PEOPLE:
            continue
        assert names in {frozenset(one) for one in METRICS[known(metric)].sets}, metric
        for name, value in values.items():
            assert value in ALLOWED.get(name, {value}), (metric, name, value)


def test_every_metric_is_on_a_dashboard() -> None:
    drawn = {known(metric) for line in LINES_DRAWN for metric, _, _ in ours(line)}

    assert drawn == METRICS.keys()


def test_pictures_fit_their_rows_and_answer_a_question() -> None:
    for board in BOARDS:
        assert all(sum(panel.width for panel in row) <= 24 for row in board.rows), board.name
    assert all(panel.asks.endswith("?") for panel in PANELS)
    assert len({panel.title for panel in PANELS}) == len(PANELS)


def test_three_dashboards_show_every_picture(aws_stage: Synthesised) -> None:
    bodies = [
        named(one["Properties"]["DashboardBody"])
        for one in aws_stage.of_type("AWS::CloudWatch::Dashboard").values()
    ]

    assert len(bodies) == len(BOARDS) == 3
    for board in BOARDS:
        (body,) = [one for one in bodies if f"# {board.name}" in one]
        assert all(panel.title in body for row in board.rows for panel in row)


def test_figures_of_other_stages_and_of_test_keys_stay_out(aws_stage: Synthesised) -> None:
    watching = json.dumps(aws_stage.stacks["Observability"])
    found = set(re.findall(r'"Name": "Environment", "Value": "([a-z-]+)"', watching))

    assert found == {aws_stage.stage}
    assert f'Environment=\\\\\\"{aws_stage.stage}\\\\\\"' in watching


def test_china_has_a_band_of_its_own(aws_stage: Synthesised) -> None:
    bands = [
        one["Properties"]["Metrics"]
        for one in aws_stage.of_type("AWS::CloudWatch::Alarm").values()
        if "ThresholdMetricId" in one["Properties"]
    ]
    latency = [json.dumps(one) for one in bands if "DeliveryLatency" in json.dumps(one)]

    assert len(latency) == len(WATCHED.countries)
    assert sum('"Value": "CN"' in one for one in latency) == 1
    assert sum("AttemptFailed" in json.dumps(one) for one in bands) >= 5


def test_customers_are_not_said_to_notice_while_people_are_at_work(aws_stage: Synthesised) -> None:
    rules = [
        named(one["Properties"]["AlarmRule"])
        for name, one in aws_stage.of_type("AWS::CloudWatch::CompositeAlarm").items()
        if "CustomerImpact" in name
    ]

    assert len(rules) == 1
    assert re.search(r"NOT \(ALARM.*Maintenance", rules[0])
    assert all(part in rules[0] for part in ("ApiErrors", "OtpDwell", "SilenceHeld", "CountryDown"))


def test_alarms_travel_encrypted(aws_stage: Synthesised) -> None:
    topics = aws_stage.of_type("AWS::SNS::Topic").values()

    assert len(topics) == 2
    assert all("AlarmKey" in named(one["Properties"]["KmsMasterKeyId"]) for one in topics)


def test_objectives_are_promised_for_thirty_days(aws_stage: Synthesised) -> None:
    made = aws_stage.of_type("AWS::ApplicationSignals::ServiceLevelObjective").values()

    assert len(made) == len(OBJECTIVES) == 3
    for one in made:
        goal = one["Properties"]["Goal"]
        assert goal["Interval"]["RollingInterval"] == {"Duration": 30, "DurationUnit": "DAY"}
        queries = one["Properties"]["Sli"]["SliMetric"]["MetricDataQueries"]
        assert sum(query["ReturnData"] for query in queries) == 1


def test_saved_questions_and_rankings_ask_for_lines_that_are_written() -> None:
    asked = {word for query in QUERIES for text in query.filters for word in lines_in(text)}
    asked |= {ranking.line for ranking in RANKINGS}
    awaited = LINES  # some are counted before anybody writes them

    assert {word for word in asked if f'"{word}"' not in CODE} - awaited == set()
    assert {"carrier-config", "silence-held", "carrier.state_changed"} <= asked


def lines_in(text: str) -> list[str]:
    if not text.startswith("message"):
        return []
    return re.findall(r'"([a-z.\-_]+)"', text)


def test_every_question_can_be_asked_of_its_functions(aws_stage: Synthesised) -> None:
    made = aws_stage.of_type("AWS::Logs::QueryDefinition").values()

    assert {one["Properties"]["Name"] for one in made} == {
        f"relevo-{aws_stage.stage}/{query.name}" for query in QUERIES
    }
    assert all(one["Properties"]["LogGroupNames"] for one in made)


def test_rankings_count_lines_of_one_function(aws_stage: Synthesised) -> None:
    rules = aws_stage.of_type("AWS::CloudWatch::InsightRule").values()

    assert len(rules) == len(RANKINGS)
    for rule in rules:
        body = named(rule["Properties"]["RuleBody"])
        assert "CloudWatchLogRule" in body
        assert "Logs" in body
