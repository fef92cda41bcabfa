"""Drive full batches of messages through the handlers and keep what each of them did."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.recording import body
from benchmarks.units import Meter, Units
from infra import config
from relevo.aws import keys
from relevo.domain.timing import HOUR, SECOND
from tests.integration.harness import BATCH, Execution, Invocation, System, deployed
from tests.integration.shapes import Call

BATCHES: Final = 4
IMAGES: Final = 25
"""Stream records in a batch: 100 messages a second, 4 images each, 4 shards polled 4 times."""

WARM: Final = 3 * SECOND
"""Long enough for a receipt, short enough for what is cached to stay fresh."""

ALL_OVER: Final = 26 * HOUR
"""Later than every validity, so that second looks and due items are paid for as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What `messages` delivered messages of one class did; calls in the order they were made."""

    traffic_class: str
    messages: int
    calls: Sequence[Call]
    until_sent: int
    invocations: Sequence[Invocation]
    executions: Sequence[Execution]
    meter: Meter

    def road(self) -> Counter[tuple[str, str]]:
        """Count calls until every message was sent, by function and operation."""
        return Counter((call.function, call.operation) for call in self.calls[: self.until_sent])

    def per_message(self, count: float) -> float:
        return count / self.messages

    def calls_until_sent(self) -> float:
        return self.per_message(self.until_sent)

    def units(self, call: Call) -> Units:
        return self.meter.of(call)

    def runs_of(self, function: str) -> int:
        return sum(one.function == function for one in self.invocations)

    def log_bytes(self) -> float:
        return self.per_message(sum(len(one.log.encode()) for one in self.invocations))


def drive(traffic_class: str, batches: int = BATCHES) -> Run:
    """Warm up with one batch, then send `batches` full ones and let a day pass."""
    # Two shards of due items: four batches on sixteen would visit far more empty ones than
    # traffic does.
    stage = replace(config.PROD, due_shards=2)
    with deployed(stage=stage, stream_batch=IMAGES) as system:
        system.singly = "receipts"  # a real carrier's receipts come one by one
        _send(system, traffic_class, 0)
        system.settle()
        system.run(system.now() + WARM)
        _forget_warm_up(system)
        before = _counts(system)
        meter = Meter(system=system)
        meter.attach()
        ids = [id_ for turn in range(1, batches + 1) for id_ in _send(system, traffic_class, turn)]
        system.settle()
        until_sent = _ours(system.calls[before[0] :])
        assert {system.head(id_)["status"] for id_ in ids} == {"sent"}
        system.run(system.now() + WARM)
        assert {system.head(id_)["status"] for id_ in ids} == {"delivered"}
        system.run(system.now() + ALL_OVER)
        return Run(
            traffic_class=traffic_class,
            messages=len(ids),
            calls=_ours(system.calls[before[0] :]),
            until_sent=len(until_sent),
            invocations=system.invocations[before[1] :],
            executions=system.executions[before[2] :],
            meter=meter,
        )


def _forget_warm_up(system: System) -> None:
    """Drop what the first batch left to be looked at, so that nobody else pays for it."""
    for row in system.scan_raw("due"):
        system.dynamodb.delete_item(
            TableName="due", Key={name: row[name] for name in ("shard", "at")}
        )
    system.sqs.purge_queue(QueueUrl=system.urls["nudge"])


def _counts(system: System) -> tuple[int, int, int]:
    return len(system.calls), len(system.invocations), len(system.executions)


def _ours(calls: Sequence[Call]) -> list[Call]:
    return [call for call in calls if not _stands_in(call) and not _by_time(call)]


def _send(system: System, traffic_class: str, turn: int) -> list[str]:
    """Have one batch accepted."""
    ids = []
    for number in range(BATCH):
        status, answer = system.http(
            "POST", "/api/v1/messages/send", body(turn * BATCH + number, traffic_class)
        )
        assert status == 202, answer
        ids.append(answer["id"])
    return ids


def _by_time(call: Call) -> bool:
    """Whether it adds statistics up: a round each five minutes, for however many messages."""
    if call.service != "dynamodb":
        return False
    written = json.dumps(call.params, default=str)
    adds_up = call.function == "watch" and "telemetry#" in written
    return adds_up or f'"S": "{keys.MARKS}"' in written


def _stands_in(call: Call) -> bool:
    """Whether a call is the sandbox playing the carrier: its ledger and its receipts."""
    if call.function != "dispatch":
        return False
    if call.operation == "PutItem":
        return bool(call.params["TableName"] == "ledger")
    return call.operation == "SendMessage" and call.params["QueueUrl"].endswith("/receipts")
