"""Heads, contents and receipts as plain data, the same in tables, queues and workflow state.

Only str, int, bool, list and dict come out; money is a string, absent means the default.
Every record carries its schema version `v`; a newer one than ours is refused, not guessed at.
"""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any, Final, TypeAlias

from relevo.domain.attempt import Attempt, Report
from relevo.domain.message import Content, Head, Told, attempt_id, split_attempt_id
from relevo.domain.templates import Registered
from relevo.domain.words import (
    Charge,
    Environment,
    ListName,
    OnAmbiguous,
    State,
    Status,
    TrafficClass,
)
from relevo.ports.carriers import Receipt

Item: TypeAlias = dict[str, Any]
VERSION: Final = 1


class UnknownVersion(ValueError):
    """A record of a schema this code does not know."""


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


_HEAD: Final = {f.name: _camel(f.name) for f in fields(Head)}
_ATTEMPT: Final = {f.name: _camel(f.name) for f in fields(Attempt)}
_CONTENT: Final = {f.name: _camel(f.name) for f in fields(Content) if f.name != "registered"}
_REPORT: Final = {f.name: _camel(f.name) for f in fields(Report)}
_DEFAULTS: Final = {
    kind: {f.name: f.default for f in fields(kind)} for kind in (Head, Attempt, Content, Report)
}
_TOLD: Final = ("type", "n", "by", "at", "version")
_DECIMALS: Final = frozenset({"price", "max_price"})


def _plain(record: Any, names: Mapping[str, str]) -> Item:
    defaults = _DEFAULTS[type(record)]
    item: Item = {}
    for name, key in names.items():
        value = getattr(record, name)
        if value is None or value == () or value == defaults[name]:
            continue
        if isinstance(value, tuple):
            value = list(value)
        item[key] = str(value) if isinstance(value, str | Decimal) else value
    return item


def _known(item: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    found = {name: item[key] for name, key in names.items() if key in item}
    return {
        name: Decimal(value)
        if name in _DECIMALS
        else int(value)
        if isinstance(value, Decimal)
        else value
        for name, value in found.items()
    }


def head_to_item(head: Head) -> Item:
    """Write a head down; its defaults are left out to keep it under 1 KB."""
    item = _plain(head, _HEAD)
    item["v"] = VERSION
    item["version"] = head.version
    item["status"] = head.status.value
    if head.attempts:
        item["attempts"] = [_plain(attempt, _ATTEMPT) for attempt in head.attempts]
    if head.told:
        item["told"] = [_told_row(told) for told in head.told]
    if head.plan is not None:
        item["plan"] = list(head.plan)
    if head.shifted:
        item["shifted"] = [list(one) for one in head.shifted]
    if head.registered:
        item["registered"] = list(head.registered)
    return item


def head_from_item(item: Mapping[str, Any]) -> Head:
    """Read a head back; raises UnknownVersion for a schema newer than ours."""
    if int(item.get("v", 0)) != VERSION:
        raise UnknownVersion(f"head schema {item.get('v')}")
    known = _known(item, _HEAD)
    for name, kind in _HEAD_ENUMS.items():
        if name in known:
            known[name] = kind(known[name])
    known["attempts"] = tuple(attempt_from_item(a) for a in item.get("attempts", ()))
    known["told"] = tuple(
        _told(sequence, row) for sequence, row in enumerate(item.get("told", ()), start=1)
    )
    for name in ("plan", "registered"):
        if name in known:
            known[name] = tuple(known[name])
    if "shifted" in known:
        known["shifted"] = tuple((shift, int(number)) for shift, number in known["shifted"])
    return Head(**known)


_HEAD_ENUMS: Final = {
    "environment": Environment,
    "traffic_class": TrafficClass,
    "on_ambiguous": OnAmbiguous,
    "charge": Charge,
    "status": Status,
}


def attempt_from_item(item: Mapping[str, Any]) -> Attempt:
    known = _known(item, _ATTEMPT)
    known["list"] = ListName(known["list"])
    if "state" in known:
        known["state"] = State(known["state"])
    if "arrived" in known:
        known["arrived"] = tuple(known["arrived"])
    return Attempt(**known)


def _told_row(told: Told) -> list[Any]:
    """Write an event as a row; what is seldom said comes last and is left out when it is not."""
    rare = [told.status.value if told.status else "", told.reason or ""]
    while rare and not rare[-1]:
        rare.pop()
    return [*(getattr(told, name) for name in _TOLD), *rare]


def _told(sequence: int, row: list[Any]) -> Told:
    type_, n, by, at, version, *rare = row
    status, reason = (*rare, "", "")[:2]
    return Told(
        sequence=sequence,
        type=type_,
        n=int(n),
        by=by,
        at=int(at),
        version=int(version),
        status=Status(status) if status else None,
        reason=reason or None,
    )


def content_to_item(content: Content) -> Item:
    item = _plain(content, _CONTENT)
    item["v"] = VERSION
    if content.metadata:
        item["metadata"] = dict(content.metadata)
    if content.registered:
        item["registered"] = {
            carrier: registered_to_item(one) for carrier, one in content.registered.items()
        }
    return item


def content_from_item(item: Mapping[str, Any]) -> Content:
    known = _known(item, _CONTENT)
    known["metadata"] = tuple(sorted(item.get("metadata", {}).items()))
    known["registered"] = {
        carrier: registered_from_item(one) for carrier, one in item.get("registered", {}).items()
    }
    return Content(**known)


def registered_to_item(registered: Registered) -> Item:
    """Write down what a template-only carrier is told: parameters in order, or by their names."""
    params = registered.params
    return {
        "templateId": registered.template_id,
        "params": list(params) if isinstance(params, tuple) else dict(params),
        **({} if registered.signature is None else {"signature": registered.signature}),
    }


def registered_from_item(item: Mapping[str, Any]) -> Registered:
    params = item["params"]
    return Registered(
        template_id=item["templateId"],
        params=tuple(params) if isinstance(params, list) else params,
        signature=item.get("signature"),
    )


def receipt_to_item(receipt: Receipt) -> Item:
    item = _plain(receipt.report, _REPORT)
    del item["n"]
    item["attempt"] = attempt_id(receipt.message_id, receipt.report.n)
    item["carrier"] = receipt.carrier
    item["v"] = VERSION
    return item


def receipt_from_item(item: Mapping[str, Any]) -> Receipt | None:
    """Read a receipt; None when its attempt id cannot be one of ours."""
    named = split_attempt_id(item["attempt"])
    if named is None:
        return None
    known = _known(item, _REPORT)
    known["state"] = State(known["state"])
    known["n"] = named[1]
    return Receipt(message_id=named[0], carrier=item["carrier"], report=Report(**known))
