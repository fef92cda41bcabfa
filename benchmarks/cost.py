"""`make bench-cost`: AWS calls and dollars per million messages, counted in the handlers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from benchmarks.bill import (
    CARRIER_MS,
    DYNAMODB_MS,
    ENVIRONMENTS,
    PUT_ITEM_MS,
    RATE,
    REFRESHED_S,
    SQS_MS,
    TRANSACTION_MS,
    Line,
    bill,
    log_bytes,
    milliseconds,
    prices,
    total,
)
from benchmarks.loopback import replayed
from benchmarks.tables import publish, table, verdict
from benchmarks.workload import BATCHES, IMAGES, Run, drive
from infra import config
from tests.integration.harness import BATCH

REGIONS: Final = ("us-east-1", "eu-west-1")
CLASSES: Final = ("transactional", "marketing", "otp")
CALLS, LOGGED = 5.5, 1.2 * 1024
CAMPAIGN_CALLS: Final = 4
BUDGET: Final = {"transactional": 14, "marketing": 10}
NAIVE_TRANSITIONS: Final = 6
RECEIPTS_EACH: Final = {"dlr": BATCH}
ROUNDS: Final = 5

INTRODUCTION: Final = f"""
# What a million messages cost

Written by `make bench-cost`. Messages travel through the real handlers in one process under moto,
on virtual time, in full batches of {BATCH} ({BATCHES} batches after a warm-up, one segment,
delivered by the first carrier), until a day later nothing of them is left to be looked at. Every
AWS call is counted by a botocore hook; capacity units come from the sizes of the items read and
written; prices from `benchmarks/prices.yaml` (list price, first tier, no free tier).
"""

ASSUMPTIONS: Final = f"""
## What is assumed

* **The carrier.** The sandbox's ledger (PutItem) and its receipts (SendMessage) stand in for an
  HTTP carrier and are not billed; a carrier answers within {CARRIER_MS} ms and sends one receipt,
  which comes alone through the HTTP API and wakes `dlr` once (its work is that of the receipts
  queue, which exists).
* **Full batches**: ten messages on a class queue, and up to {IMAGES} images in a stream batch (of
  the hundred that `events` may take): what four shards, polled four times a second, hand over at
  {RATE} messages a second. Receives and deletes of the queue mappings are one request
  each per batch. Requests on class queues carry the fair-queue surcharge.
* **Durations.** CPU as a multiple of one botocore PutItem, from `make bench`'s replay in the same
  run; a PutItem takes {PUT_ITEM_MS:g} ms of a whole Lambda CPU (1,769 MB; this is slower than the
  machine it was measured on), stretched by each function's share; plus round trips in series:
  DynamoDB {DYNAMODB_MS} ms, a transaction {TRANSACTION_MS} ms, SQS {SQS_MS} ms. `render` waits for
  its workflow. The memory sizes are those of `infra/config.py`; cold starts are not counted.
* **What time refreshes** (data keys of KMS, secrets) is shared out over {RATE} messages a second
  and {ENVIRONMENTS} environments that ask again every {REFRESHED_S} s; SQS reuses a data key for
  an hour. Routes, keys and accounts are cached and cost less than $0.01.
* **Log bytes** are what the handlers wrote, metrics included, and two lines of the API's access
  log. Platform lines are off (`WARN`). A stream batch of mixed carriers, countries and classes
  writes more lines of metrics than this one of a single kind.
* **Not in it**: idle polling of queues, the minute's look at empty shards, adding statistics up
  every five minutes (about $0.25 a month for an account that sends all day), alarms and dashboards
  (floors by the month, not by the message), delivery to customers' endpoints (where nobody
  listens `notify` rests; an event delivered is two writes of the log, a share of a batch and its
  POST), X-Ray (off), custom metrics ($0.30 a month for each series, whatever the traffic), tax,
  and the SMS itself.
* **Campaign.** Accepting a campaign in batches does not exist yet. What is measured as
  *marketing* is the marketing class accepted one by one, so each message still pays its own API
  request, transaction and queue request; the campaign budgets are shown beside it for orientation.
"""


def main() -> None:
    cpu = _cpu()
    runs = {one: drive(one) for one in CLASSES}
    publish("cost.md", _document(runs, cpu))


def _cpu() -> dict[str, float]:
    """CPU of each function over one PutItem; `dlr` for one receipt, dispatch with HTTP."""
    measured = replayed(ROUNDS)
    put = measured["put_item"]
    cpu = {name: measured.get(name, 0) / put / RECEIPTS_EACH.get(name, 1) for name in config.SIZES}
    return cpu | {"dispatch": measured["dispatch_http"] / put}


def _document(runs: Mapping[str, Run], cpu: Mapping[str, float]) -> Iterable[str]:
    transactional = runs["transactional"]
    yield INTRODUCTION
    yield table(("", "measured", "budget", "within"), _budgets(runs, cpu))
    yield "## Calls per message until it is sent"
    yield table(("function and operation", *CLASSES), _calls(runs))
    yield "## Dollars per million transactional messages"
    bills = {region: bill(transactional, region, cpu) for region in REGIONS}
    yield table(("component", "per message", "unit", *REGIONS), _components(bills))
    yield "## The same for the other classes, us-east-1"
    others = {one: bill(runs[one], REGIONS[0], cpu) for one in CLASSES}
    yield table(("component", *CLASSES), _classes(others))
    yield "## DynamoDB units per transactional message"
    yield table(("function, operation, table", "writes", "reads"), _units(transactional))
    yield "## Durations of an invocation, modelled"
    yield table(("function", "CPU ÷ PutItem", "memory", "ms"), _durations(cpu))
    yield ASSUMPTIONS


def _budgets(runs: Mapping[str, Run], cpu: Mapping[str, float]) -> list[tuple[str, ...]]:
    naive = NAIVE_TRANSITIONS * prices(REGIONS[0])["standard_transition_million"]
    rows: list[tuple[str, ...]] = []
    for name, budget in BUDGET.items():
        run = runs[name]
        calls = run.calls_until_sent()
        most = CALLS if name == "transactional" else CAMPAIGN_CALLS
        dollars = total(bill(run, REGIONS[0], cpu))
        rows += [
            (f"calls until sent, {name}", f"{calls:.2f}", f"≤ {most}", verdict(calls, most)),
            (
                f"$ per million, {name}, {REGIONS[0]}",
                f"{dollars:.2f}",
                f"≤ {budget}",
                verdict(dollars, budget),
            ),
        ]
    logged = log_bytes(runs["transactional"])
    rows.append(
        ("log bytes a message", f"{logged:.0f}", f"≤ {LOGGED:.0f}", verdict(logged, LOGGED))
    )
    rows.append((f"a Standard workflow ({NAIVE_TRANSITIONS} transitions)", f"{naive:.0f}", "", ""))
    return rows


def _calls(runs: Mapping[str, Run]) -> list[tuple[str, ...]]:
    roads = {name: run.road() for name, run in runs.items()}
    names = sorted({key for road in roads.values() for key in road}, key=_in_order)
    rows = [
        (" ".join(key), *(f"{runs[one].per_message(roads[one][key]):.2f}" for one in roads))
        for key in names
    ]
    sums = (f"**{run.calls_until_sent():.2f}**" for run in runs.values())
    return [*rows, ("**together**", *sums)]


def _in_order(key: tuple[str, str]) -> tuple[int, str]:
    return list(config.SIZES).index(key[0]), key[1]


def _components(bills: Mapping[str, Sequence[Line]]) -> list[tuple[str, ...]]:
    first, second = (bills[region] for region in REGIONS)
    rows = [
        (a.name, f"{a.each:.4g}", a.unit, f"{a.dollars:.3f}", f"{b.dollars:.3f}")
        for a, b in zip(first, second, strict=True)
    ]
    sums = (f"**{total(list(lines)):.2f}**" for lines in (first, second))
    return [*rows, ("**together**", "", "", *sums)]


def _classes(bills: Mapping[str, Sequence[Line]]) -> list[tuple[str, ...]]:
    rows = [
        (lines[0].name, *(f"{line.dollars:.3f}" for line in lines))
        for lines in zip(*bills.values(), strict=True)
    ]
    return [*rows, ("**together**", *(f"**{total(list(b)):.2f}**" for b in bills.values()))]


def _units(run: Run) -> list[tuple[str, ...]]:
    writes: Counter[str] = Counter()
    reads: Counter[str] = Counter()
    for call in run.calls:
        if call.service == "dynamodb":
            tables = call.params.get("TableName") or "+".join(call.params.get("RequestItems", ()))
            name = f"{call.function} {call.operation} {tables}".strip()
            writes[name] += run.units(call).write  # type: ignore[assignment]
            reads[name] += run.units(call).read  # type: ignore[assignment]
    return [
        (name, f"{run.per_message(writes[name]):.2f}", f"{run.per_message(reads[name]):.2f}")
        for name in writes
    ]


def _durations(cpu: Mapping[str, float]) -> list[tuple[str, ...]]:
    return [
        (name, f"{cpu[name]:.1f}", f"{size.memory} MB", f"{milliseconds(name, cpu):.0f}")
        for name, size in config.SIZES.items()
    ]


if __name__ == "__main__":
    main()
