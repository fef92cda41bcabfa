"""Plans, decisions and what befell carriers as plain data, by the rules of `wire`."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from relevo.domain.outlook import CarrierChange, Outlook, Scene
from relevo.domain.routes import Candidate, Route, RoutePlan
from relevo.domain.words import Environment, ListName, TrafficClass
from relevo.wire import Item


def plan_to_item(plan: RoutePlan) -> Item:
    """Write down of a plan what dispatch needs: the candidates in order."""
    return {"candidates": [_candidate(candidate) for candidate in plan.candidates]}


def decision_to_item(plan: RoutePlan, outlook: Outlook | None) -> Item:
    """Write a decision down: the plan, why others are not in it, and the health it was made on."""
    item = plan_to_item(plan)
    for row, candidate in zip(item["candidates"], plan.candidates, strict=True):
        if candidate.score is not None:
            row["score"] = f"{candidate.score.estimate:.3f}"
    item["exclusions"] = [{"route": out.route, "reason": out.reason} for out in plan.exclusions]
    if outlook is not None:
        carriers = dict.fromkeys(one.route.carrier for one in plan.candidates)
        item["health"] = [_health(carrier, outlook) for carrier in carriers]
        item["probe"] = outlook.probe or ""
    return item


def _health(carrier: str, outlook: Outlook) -> Item:
    """What was believed of a carrier, its parts, and how it stood; nothing seen is left out."""
    score, standing = outlook.score(carrier), outlook.lineup.standings.get(carrier)
    row: Item = {"carrier": carrier, "estimate": f"{score.estimate:.3f}"}
    if score.seen:
        row |= {"good": f"{score.good:.1f}", "seen": f"{score.seen:.1f}"}
    if score.changed_at is not None:
        row["changedAt"] = score.changed_at
    if standing is not None and standing.out:
        row |= {"outSince": standing.since, "worst": f"{standing.estimate:.3f}"}
        row |= {"goodProbes": standing.good, "neededProbes": standing.needed}
    return row


def _candidate(candidate: Candidate) -> Item:
    route = candidate.route
    return {
        "route": route.name,
        "carrier": route.carrier,
        "environment": route.environment.value,
        "list": candidate.list.value,
        "price": str(candidate.price),
        "unitPrice": str(route.price),
        "currency": route.currency,
        "receipts": route.receipts,
        **({"shifts": sorted(route.shifts)} if route.shifts else {}),
        **({"templateOnly": True} if route.template_only else {}),
        **({"lookup": True} if route.lookup else {}),
        **({"account": route.account} if route.account else {}),
        **({"tps": route.tps} if route.tps else {}),
        **({"shut": True} if candidate.shut else {}),
        **({"trial": True} if candidate.trial else {}),
    }


def plan_from_item(item: Mapping[str, Any]) -> RoutePlan:
    return RoutePlan(candidates=tuple(_read_candidate(row) for row in item["candidates"]))


def _read_candidate(row: Mapping[str, Any]) -> Candidate:
    route = Route(
        name=row["route"],
        carrier=row["carrier"],
        environment=Environment(row["environment"]),
        price=Decimal(row["unitPrice"]),
        currency=row["currency"],
        receipts=row["receipts"],
        shifts=frozenset(row.get("shifts", ())),
        template_only=row.get("templateOnly", False),
        lookup=row.get("lookup", False),
        account=row.get("account", ""),
        tps=int(row["tps"]) if "tps" in row else None,
    )
    return Candidate(
        route=route,
        list=ListName(row["list"]),
        price=Decimal(row["price"]),
        shut=row.get("shut", False),
        trial=row.get("trial", False),
    )


def change_to_item(change: CarrierChange) -> Item:
    return {
        "scene": list(change.scene),
        "carrier": change.carrier,
        "out": change.out,
        "lead": change.lead,
        "at": change.at,
        **({} if change.estimate is None else {"estimate": f"{change.estimate:.3f}"}),
    }


def change_from_item(item: Mapping[str, Any]) -> CarrierChange:
    environment, traffic_class, country = item["scene"]
    return CarrierChange(
        scene=Scene(Environment(environment), TrafficClass(traffic_class), country),
        carrier=item["carrier"],
        out=item["out"],
        lead=item["lead"],
        at=int(item["at"]),
        estimate=float(item["estimate"]) if "estimate" in item else None,
    )
