"""How a message was routed: what `GET …/route` answers, read off its head and its decision."""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import Field

from relevo.api.answers import Answer, Instant, Price, if_known
from relevo.domain.attempt import Attempt
from relevo.domain.message import Head
from relevo.domain.words import ListName


class CandidateAnswer(Answer):
    route: str
    carrier: str
    list: ListName
    position: int
    price: Price | None = None
    score: float | None = None


class ExclusionAnswer(Answer):
    route: str
    carrier: str | None = None
    reason: str


class HealthAnswer(Answer):
    """What was believed of a carrier when it was decided: `score` is its chance of success.

    It comes from `good` of `seen` submits that count by age, since `changedAt` where a change was
    found. One that lost the lead is `out` since, and returns after `neededProbes` in a row.
    """

    carrier: str
    state: Literal["in", "out"]
    score: float
    good: float | None = None
    seen: float | None = None
    changed_at: Instant | None = None
    out_since: Instant | None = None
    worst: float | None = None
    good_probes: int | None = None
    needed_probes: int | None = None


class SwitchAnswer(Answer):
    """The moment at which the backup list took over, and after which attempt."""

    at: Instant
    after_attempt: int
    source: Annotated[ListName, Field(alias="from")]
    to: ListName
    reason: str | None = None


class RouteAnswer(Answer):
    """`probe` is the carrier that this very message tried out, if it did."""

    id: str
    decided_at: Instant | None = None
    candidates: tuple[CandidateAnswer, ...] = ()
    exclusions: tuple[ExclusionAnswer, ...] = ()
    health: tuple[HealthAnswer, ...] = ()
    probe: str | None = if_known()
    switches: tuple[SwitchAnswer, ...] = ()


def route_answer(
    head: Head, decision: Mapping[str, Any], carriers: Mapping[str, str]
) -> RouteAnswer:
    """Explain the routes: as decided, and as the lists really took turns."""
    return RouteAnswer(
        id=head.id,
        decided_at=decision.get("at"),
        candidates=tuple(
            _candidate(row, position) for position, row in enumerate(_in_service(decision), start=1)
        ),
        exclusions=tuple(
            ExclusionAnswer(
                route=row["route"], carrier=carriers.get(row["route"]), reason=row["reason"]
            )
            for row in decision.get("exclusions", ())
        ),
        health=tuple(map(_health, decision.get("health", ()))),
        probe=decision.get("probe") or None,
        switches=tuple(
            _switch(earlier, later)
            for earlier, later in pairwise(head.attempts)
            if earlier.list is not later.list
        ),
    )


def _in_service(decision: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Leave out what was shut at the time; it stands among the exclusions, with the reason."""
    return [row for row in decision.get("candidates", ()) if not row.get("shut")]


def _candidate(row: Mapping[str, Any], position: int) -> CandidateAnswer:
    return CandidateAnswer(
        route=row["route"],
        carrier=row["carrier"],
        list=ListName(row["list"]),
        position=position,
        price=Price(amount=Decimal(row["price"]), currency=row["currency"]),
        score=_figure(row, "score"),
    )


def _health(row: Mapping[str, Any]) -> HealthAnswer:
    return HealthAnswer(
        carrier=row["carrier"],
        state="out" if "outSince" in row else "in",
        score=float(row["estimate"]),
        good=_figure(row, "good"),
        seen=_figure(row, "seen"),
        changed_at=row.get("changedAt"),
        out_since=row.get("outSince"),
        worst=_figure(row, "worst"),
        good_probes=row.get("goodProbes"),
        needed_probes=row.get("neededProbes"),
    )


def _figure(row: Mapping[str, Any], name: str) -> float | None:
    return float(row[name]) if name in row else None


def _switch(earlier: Attempt, later: Attempt) -> SwitchAnswer:
    return SwitchAnswer(
        at=later.claimed_at,
        after_attempt=earlier.n,
        source=earlier.list,
        to=later.list,
        reason="silent" if earlier.silent else earlier.reason,
    )
