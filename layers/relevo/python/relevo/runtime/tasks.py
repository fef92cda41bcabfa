"""The workflow's input and output: heads, plans and groups as plain JSON, never content."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from relevo.domain.message import Head
from relevo.domain.timing import SECOND, WAITS, Millis
from relevo.services.dispatch import Left
from relevo.services.route import Routed
from relevo.wire import Item, head_from_item, head_to_item
from relevo.wire_plans import plan_from_item, plan_to_item


def heads_in(event: Mapping[str, Any]) -> list[Head]:
    return [head_from_item(item) for item in event.get("heads", ())]


def groups_out(groups: Sequence[Sequence[Routed]]) -> Item:
    """Give the groups as the workflow's Map takes them, each at its first round."""
    return {
        "groups": [
            {"items": [_routed_out(routed) for routed in group], "round": 0, "waitedMs": 0}
            for group in groups
        ]
    }


def decisions_in(groups: Sequence[Sequence[Routed]]) -> Iterator[tuple[list[Head], Item]]:
    """Give for each decision its messages and a line: who comes first, and what was believed.

    Reasons of exclusions are told once with the routes they drop; the rest is in the decision.
    """
    decided: dict[str, list[Routed]] = {}
    for routed in (one for group in groups for one in group):
        decided.setdefault(routed.decision, []).append(routed)
    for decision, messages in decided.items():
        chosen = messages[0].plan
        line: Item = {
            "decision": decision,
            "chosen": next((one.route.name for one in chosen.candidates if not one.shut), None),
        }
        scores = {
            one.route.name: round(one.score.estimate, 3)
            for one in chosen.candidates
            if one.score is not None
        }
        excluded = {out.route: out.reason for out in chosen.exclusions}
        known = {k: v for k, v in (("scores", scores), ("excluded", excluded)) if v}
        yield [routed.head for routed in messages], line | known


def group_in(event: Mapping[str, Any]) -> list[Routed]:
    return [
        Routed(
            head=head_from_item(item["head"]),
            plan=plan_from_item(item["plan"]),
            decision=item["decision"],
        )
        for item in event.get("items", ())
    ]


def waits_left(event: Mapping[str, Any]) -> Millis:
    """Give what is left of the five seconds an execution may spend waiting."""
    return max(WAITS - int(event.get("waitedMs", 0)), 0)


def left_out(event: Mapping[str, Any], left: Left) -> Item:
    """Give the group's next round; Step Functions waits whole seconds, so round up."""
    wait = -(-left.wait // SECOND)
    return {
        "items": [_routed_out(routed) for routed in left.items],
        "round": int(event.get("round", 0)) + 1,
        "waitedMs": int(event.get("waitedMs", 0)) + wait * SECOND,
        "wait": wait,
    }


def _routed_out(routed: Routed) -> Item:
    return {
        "head": head_to_item(routed.head),
        "plan": plan_to_item(routed.plan),
        "decision": routed.decision,
    }
