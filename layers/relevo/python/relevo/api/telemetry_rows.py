"""Telemetry: the row that is served, its query, and counts put into the contract's words."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from relevo.api.answers import Answer, Instant
from relevo.api.auth import Scope
from relevo.api.http import Call, Reply
from relevo.api.operations import Asked, Services
from relevo.api.rows import Operation
from relevo.domain.histogram import percentile
from relevo.domain.problem import Flaw, Problem
from relevo.domain.telemetry import BOUNCE, CORRECTED, FAILOVERS, LATENCY
from relevo.domain.timing import SECOND, Millis
from relevo.services.telemetry import GROUPS, WINDOWS, Counts, Told

_FAILED: Final = ("undelivered", "failed", "rejected")
_NONE: Final = "none"


class LatencyAnswer(Answer):
    """From acceptance to the receipt, within 5 % of the truth."""

    p50: int
    p95: int
    p99: int


class PointAnswer(Answer):
    """One bucket of the series; a bucket in which nothing happened is left out."""

    at: Instant
    accepted: int
    sent: int
    delivered: int
    failed: int
    expired: int


class TotalsAnswer(Answer):
    """`failed` are all stated failures; `successRate` is of those that ended one way or another."""

    accepted: int
    sent: int
    delivered: int
    failed: int
    expired: int
    canceled: int
    unconfirmed: int
    corrected: int
    success_rate: float | None
    delivery_latency_ms: LatencyAnswer | None
    failovers: int
    bounce_reasons: Mapping[str, int]
    throughput_per_second: float


class GroupAnswer(Answer):
    key: str
    totals: TotalsAnswer
    series: tuple[PointAnswer, ...]


class TelemetryAnswer(Answer):
    """Counted from the stream: a replayed batch may count twice; never the basis of a bill."""

    window: str
    group_by: str
    grain: str
    since: Instant
    until: Instant
    totals: TotalsAnswer
    series: tuple[PointAnswer, ...]
    groups: tuple[GroupAnswer, ...] = ()


def fetch_telemetry(services: Services, asked: Asked) -> Reply:
    window = _choice(asked.call, "window", "15m", WINDOWS)
    group_by = _choice(asked.call, "groupBy", _NONE, {**GROUPS, _NONE: None})
    told = services.analyst().tell(asked.account, asked.caller.environment, window, group_by)
    answer = TelemetryAnswer(
        window=window,
        group_by=group_by,
        grain=told.grain.value,
        since=told.since,
        until=told.until,
        totals=_totals(told.over_all, told),
        series=_series(told.over_all),
        groups=tuple(
            GroupAnswer(key=key, totals=_totals(counts, told), series=_series(counts))
            for key, counts in told.groups.items()
        ),
    )
    return Reply(body=answer.wire())


def _choice(call: Call, name: str, default: str, known: Mapping[str, object]) -> str:
    given = call.query.get(name, default)
    if given not in known:
        detail = f"One of {', '.join(known)}."
        raise Problem("validation-failed", errors=[Flaw(f"/{name}", "unknown", detail)])
    return given


def _series(counts: Counts) -> tuple[PointAnswer, ...]:
    return tuple(
        PointAnswer(
            at=at,
            accepted=some["accepted"],
            sent=some["sent"],
            delivered=some["delivered"],
            failed=sum(some[name] for name in _FAILED),
            expired=some["expired"],
        )
        for at, some in counts.items()
    )


def _totals(counts: Counts, told: Told) -> TotalsAnswer:
    some = sum(counts.values(), Counter[str]())
    failed = sum(some[name] for name in _FAILED)
    ended = some["delivered"] + failed + some["expired"]
    return TotalsAnswer(
        accepted=some["accepted"],
        sent=some["sent"],
        delivered=some["delivered"],
        failed=failed,
        expired=some["expired"],
        canceled=some["canceled"],
        unconfirmed=some["unconfirmed"],
        corrected=some[CORRECTED],
        success_rate=round(some["delivered"] / ended, 4) if ended else None,
        delivery_latency_ms=_latency(some),
        failovers=some[FAILOVERS],
        bounce_reasons=_named(some, BOUNCE),
        throughput_per_second=_rate(some["accepted"], told.until - told.since),
    )


def _rate(accepted: int, span: Millis) -> float:
    return round(accepted / max(span / SECOND, 1), 3)


def _latency(some: Counter[str]) -> LatencyAnswer | None:
    counts = {int(bucket): number for bucket, number in _named(some, LATENCY).items()}
    p50, p95, p99 = (percentile(counts, share) for share in (0.5, 0.95, 0.99))
    if p50 is None or p95 is None or p99 is None:
        return None
    return LatencyAnswer(p50=p50, p95=p95, p99=p99)


def _named(some: Counter[str], start: str) -> dict[str, int]:
    return {
        name.removeprefix(start): number
        for name, number in sorted(some.items())
        if name.startswith(start)
    }


ROWS: Final[tuple[Operation, ...]] = (
    Operation(
        method="GET",
        path="/api/v1/telemetry",
        id="fetchTelemetry",
        summary="What the account's messages came to in the last minutes, hours or days.",
        scope=Scope.MESSAGES_READ,
        run=fetch_telemetry,
        answer=TelemetryAnswer,
        query=("window", "groupBy"),
        problems=("validation-failed",),
    ),
)
