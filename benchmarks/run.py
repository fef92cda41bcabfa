"""`make bench`: CPU and import ratios of one run beside their budgets; nothing fails on them."""

import platform
from collections.abc import Mapping
from typing import Final

from benchmarks import content, imports, loopback
from benchmarks.tables import publish, table, verdict
from tests.integration.harness import BATCH

INTRODUCTION: Final = """
# CPU and import ratios

Written by `make bench`. Ratios of one run on one machine, medians of interleaved rounds; never
asserted, because a busy machine is not a defect. Recorded invocations (a full batch of ten on the
road, warm) run again over a loopback server with AWS's recorded answers, so only the function's own
process is measured, on one CPU: our code, botocore and sockets. *One PutItem* is a plain botocore
client with default settings putting the head of the same message, under a condition.

The submit is one POST on a kept connection, as an HTTP carrier's adapter will make it: the sandbox
carrier in its place would add its ledger's PutItem and its receipt's SendMessage (row "dispatch,
with the sandbox carrier").
"""


def main() -> None:
    cpu = loopback.replayed()
    imported = imports.ratios()
    put = cpu["put_item"]
    contents, ratio = content.table_rows()
    publish(
        "cpu.md",
        [
            INTRODUCTION,
            f"Python {platform.python_version()}; one PutItem took {put:.2f} ms of CPU.",
            table(("ratio", "measured", "budget", "within"), _budgets(cpu, imported, ratio)),
            "## CPU of one warm invocation",
            table(("invocation", "ms", "÷ PutItem"), _invocations(cpu)),
            "## Microseconds of content, and of the libraries it stands on",
            table(content.HEADS, contents),
            "## Import of a handler ÷ botocore with one client",
            table(("handler", "ratio"), [(name, f"{r:.2f}") for name, r in imported.items()]),
        ],
    )


def _budgets(
    cpu: Mapping[str, float], imported: Mapping[str, float], composed: float
) -> list[tuple[str, ...]]:
    put = cpu["put_item"]
    road = (cpu["render"] + cpu["route"] + cpu["dispatch_http"]) / BATCH / put
    worst = max(imported, key=lambda name: imported[name])
    rows = [
        ("CPU of accept ÷ one PutItem", cpu["accept"] / put, 2.4),
        ("CPU of render + route + dispatch per message ÷ one PutItem", road, 4.5),
        (f"import of a handler ÷ botocore + one client (most: {worst})", imported[worst], 1.6),
        ("compose a warm template ÷ (Jinja render + phonenumbers parse)", composed, 3.0),
        ("wall of a batch of ten submits ÷ its slowest", cpu["wall_submits"], 1.3),
        ("wall of the whole dispatch of that batch ÷ its slowest", cpu["wall_dispatch"], 1.3),
    ]
    return [
        (name, f"{value:.2f}", f"≤ {budget}", verdict(value, budget))
        for name, value, budget in rows
    ]


def _invocations(cpu: Mapping[str, float]) -> list[tuple[str, ...]]:
    names = {
        "accept": "accept, one message",
        "render": "render, ten messages",
        "route": "route, ten messages",
        "dispatch_http": "dispatch, ten messages, HTTP carrier",
        "dispatch": "dispatch, ten messages, with the sandbox carrier",
        "dlr": "dlr, ten receipts",
        "events": "events, ten images",
        "watch": "watch, one tick",
    }
    put = cpu["put_item"]
    return [(text, f"{cpu[name]:.2f}", f"{cpu[name] / put:.2f}") for name, text in names.items()]


if __name__ == "__main__":
    main()
