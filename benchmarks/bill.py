"""The AWS bill of a run: what was counted times the list price, and what surrounds it modelled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from benchmarks.workload import Run
from infra import config

MILLION: Final = 1_000_000
GB: Final = 1024**3
MONTH_DAYS: Final = 30.4
FULL_CPU_MB: Final = 1769
"""Lambda gives one whole CPU at this memory, and a share of it below."""

PUT_ITEM_MS: Final = 2.0
"""CPU of one botocore PutItem on a whole Lambda CPU; durations are measured as multiples of it."""

CARRIER_MS: Final = 100
EXPRESS_MS: Final = 77
"""What a synchronous Express execution adds of its own (published median)."""

DYNAMODB_MS, TRANSACTION_MS, SQS_MS = 5, 10, 8
WAITS_MS: Final[Mapping[str, float]] = {
    "accept": TRANSACTION_MS + SQS_MS,
    "render": 2 * DYNAMODB_MS + SQS_MS,
    "route": DYNAMODB_MS,
    "dispatch": 4 * DYNAMODB_MS + CARRIER_MS,
    "dlr": 2 * DYNAMODB_MS,
    "events": 3 * DYNAMODB_MS,
    "watch": 4 * DYNAMODB_MS,
    "notify": 0,
}
"""Round trips that an invocation makes one after the other; those side by side count once."""

MODELLED: Final[Mapping[str, float]] = {
    "accept": 2.8,
    "render": 6.3,
    "route": 1.6,
    "dispatch": 33.0,
    "dlr": 2.4,
    "events": 5.6,
    "watch": 1.5,
    "notify": 0.1,
}
"""CPU of an invocation over one PutItem, rounded up from a run; tests use these, never a clock."""

RATE: Final = 100
"""Messages a second over which what is refreshed by time is shared out."""

ENVIRONMENTS: Final = 60
REFRESHED_S: Final = 300
KEYS_EACH, SECRETS_EACH = 3, 1
ACCESS_LINE: Final = len(
    '{"request":"JKJaXmPLvHcESHA=","route":"ANY /carriers/{proxy+}","status":"202","ms":"34",'
    '"error":"-"}'
)
EGRESS: Final = 1024
KEPT_DAYS: Final[Mapping[str, float]] = {"messages": 31, "content": 8}
CLASS_QUEUES: Final = ("otp", "transactional", "marketing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One component: how much of it a message uses, and what a million messages pay for it."""

    name: str
    each: float
    unit: str
    dollars: float


def prices(region: str) -> dict[str, float]:
    table = yaml.safe_load((Path(__file__).parent / "prices.yaml").read_text())
    return {name: float(price) for name, price in table[region].items()}


def bill(run: Run, region: str, cpu: Mapping[str, float] = MODELLED) -> list[Line]:
    """Give every component; `cpu` is each function's CPU over one PutItem."""
    return list(_lines(run, prices(region), cpu))


def total(lines: list[Line]) -> float:
    return sum(line.dollars for line in lines)


def log_bytes(run: Run) -> float:
    """What the handlers wrote, and the API's access log of request and receipt."""
    return run.log_bytes() + 2 * ACCESS_LINE


def milliseconds(function: str, cpu: Mapping[str, float]) -> float:
    """How long one invocation takes: CPU stretched by its share, and its waits."""
    share = min(config.SIZES[function].memory / FULL_CPU_MB, 1)
    own = cpu[function] * PUT_ITEM_MS / share + WAITS_MS[function]
    return own + workflow_ms(cpu) if function == "render" else own


def workflow_ms(cpu: Mapping[str, float]) -> float:
    return EXPRESS_MS + milliseconds("route", cpu) + milliseconds("dispatch", cpu)


def _lines(run: Run, price: dict[str, float], cpu: Mapping[str, float]) -> Iterator[Line]:
    yield Line(name="HTTP API", each=2, unit="requests", dollars=2 * price["http_api_million"])
    yield from _lambda(run, price, cpu)
    yield from _sqs(run, price)
    yield from _dynamodb(run, price)
    yield from _express(run, price, cpu)
    logged = log_bytes(run)
    dollars = logged * MILLION / GB * price["logs_gb"]
    yield Line(name="CloudWatch Logs", each=logged, unit="bytes", dollars=dollars)
    refreshed = ENVIRONMENTS / REFRESHED_S / RATE
    keys, vault = KEYS_EACH * refreshed, SECRETS_EACH * refreshed
    yield Line(name="KMS", each=keys, unit="requests", dollars=keys * price["kms_million"])
    yield Line(
        name="Secrets Manager",
        each=vault,
        unit="requests",
        dollars=vault * price["secrets_million"],
    )
    dollars = EGRESS * MILLION / GB * price["egress_gb"]
    yield Line(name="Data out", each=EGRESS, unit="bytes", dollars=dollars)


def _lambda(run: Run, price: dict[str, float], cpu: Mapping[str, float]) -> Iterator[Line]:
    runs = run.per_message(len(run.invocations))
    dollars = runs * price["lambda_request_million"]
    yield Line(name="Lambda requests", each=runs, unit="requests", dollars=dollars)
    for function, size in config.SIZES.items():
        seconds = run.per_message(run.runs_of(function)) * milliseconds(function, cpu) / 1000
        used = seconds * size.memory / 1024
        dollars = used * MILLION * price["lambda_gb_second_arm64"]
        yield Line(name=f"Lambda {function}", each=used, unit="GB-s", dollars=dollars)


def _sqs(run: Run, price: dict[str, float]) -> Iterator[Line]:
    """A send is a request; a batch that a function was given is a receive and a delete."""
    requests = {"class queues": 0.0, "other queues": 0.0}
    for call in run.calls:
        if call.service == "sqs":
            requests[_kind(call.params["QueueUrl"].rpartition("/")[2])] += 1
    for one in run.invocations:
        source = _source(one.event)
        if source and source != "receipts":
            requests[_kind(source)] += 2
    for kind, count in requests.items():
        each = run.per_message(count)
        fair = price["sqs_fair_queue_million"] if kind == "class queues" else 0
        dollars = each * (price["sqs_million"] + fair)
        yield Line(name=f"SQS {kind}", each=each, unit="requests", dollars=dollars)


def _kind(queue: str) -> str:
    return "class queues" if queue in CLASS_QUEUES else "other queues"


def _source(event: Any) -> str:
    for record in event.get("Records", ()):
        if record["eventSource"] == "aws:sqs":
            return str(record["eventSourceARN"].rpartition(":")[2])
    return ""


def _dynamodb(run: Run, price: dict[str, float]) -> Iterator[Line]:
    units = [run.units(call) for call in run.calls]
    for name, used, million in (
        ("writes", sum(one.write for one in units), price["dynamodb_write_million"]),
        ("reads", sum(one.read for one in units), price["dynamodb_read_million"]),
    ):
        each = run.per_message(used)
        yield Line(name=f"DynamoDB {name}", each=each, unit="units", dollars=each * million)
    yield from _storage(run, price)


def _storage(run: Run, price: dict[str, float]) -> Iterator[Line]:
    months = sum(
        (run.meter.largest[table] + 100) * days / MONTH_DAYS for table, days in KEPT_DAYS.items()
    )
    month = price["dynamodb_gb_month"] + price["dynamodb_pitr_gb_month"]
    dollars = months * MILLION / GB * month
    yield Line(name="DynamoDB storage, PITR", each=months, unit="byte-months", dollars=dollars)


def _express(run: Run, price: dict[str, float], cpu: Mapping[str, float]) -> Iterator[Line]:
    each = run.per_message(len(run.executions))
    dollars = each * price["express_million"]
    yield Line(name="Step Functions requests", each=each, unit="requests", dollars=dollars)
    hundreds = -(-workflow_ms(cpu) // 100) / 10
    used = each * hundreds * 64 / 1024
    dollars = used * MILLION * price["express_gb_second"]
    yield Line(name="Step Functions duration", each=used, unit="GB-s", dollars=dollars)
