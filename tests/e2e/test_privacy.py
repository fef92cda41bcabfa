"""No text and no number in any log, history, metric or queue, searched for with canaries."""

import json
from collections.abc import Iterator
from typing import Any

from tests.e2e.conftest import Running

CANARY_NUMBER = "+34612777678"
CANARY_TEXT = "canario amarillo"
PLANTED = "canario plantado"


def test_no_text_and_no_number_is_left_anywhere(running: Running) -> None:
    ids = [
        running.send(CANARY_NUMBER, text=CANARY_TEXT),
        running.send("+34612777003", text=CANARY_TEXT, clientReference="pedido 7"),
        running.send("+34612777001", text=CANARY_TEXT, trafficClass="otp"),
    ]
    running.sandbox.send(to="+34612777", text=CANARY_TEXT)
    running.ended(ids, within=60)

    found = [(where, canary) for where, text in _traces(running) for canary in _canaries(text)]

    assert found == []


def test_the_sweep_would_see_a_canary(running: Running) -> None:
    logs = running.stack.client("logs")
    group = running.stack.outputs["RenderLogs"]
    logs.create_log_stream(logGroupName=group, logStreamName="planted")
    event = {"timestamp": 1, "message": f"said {PLANTED}"}
    logs.put_log_events(logGroupName=group, logStreamName="planted", logEvents=[event])

    assert any(PLANTED in text for _, text in _logs(running))


def _canaries(text: str) -> Iterator[str]:
    for canary in ("34612777", "612777", CANARY_TEXT, "amarillo"):
        if canary in text:
            yield canary


def _traces(running: Running) -> Iterator[tuple[str, str]]:
    yield from _logs(running)
    yield from _histories(running)
    log = running.stack.emulator.home / "emulator.log"
    yield "the emulator's own log", log.read_text(errors="replace")
    for metric in running.stack.client("cloudwatch").list_metrics().get("Metrics", []):
        yield "metric", json.dumps(metric, default=str)


def _logs(running: Running) -> Iterator[tuple[str, str]]:
    logs = running.stack.client("logs")
    for page in logs.get_paginator("describe_log_groups").paginate():
        for group in page["logGroups"]:
            name = group["logGroupName"]
            for events in logs.get_paginator("filter_log_events").paginate(logGroupName=name):
                for event in events["events"]:
                    yield name, event["message"]


def _histories(running: Running) -> Iterator[tuple[str, str]]:
    states: Any = running.stack.client("stepfunctions")
    arn = running.stack.outputs["WorkflowArn"]
    for execution in states.list_executions(stateMachineArn=arn)["executions"]:
        history = states.get_execution_history(executionArn=execution["executionArn"])
        yield "workflow history", json.dumps(history["events"], default=str)
