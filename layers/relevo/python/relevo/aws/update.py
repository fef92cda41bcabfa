"""The smallest conditional UpdateItem that turns one version of a head into the next."""

from typing import Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import Item, encode, encode_value
from relevo.aws.dynamo import Request
from relevo.domain.message import Head

OWN = frozenset({"day", "ttl"})
"""Attributes that only the table knows; writes of a head leave them alone."""


def head_update(table: str, old: Head, new: Head) -> Request:
    """Set and remove only what differs, if `old.version` is still the one stored."""
    before, after = wire.head_to_item(old), wire.head_to_item(new)
    changed = {name: value for name, value in after.items() if before.get(name) != value}
    gone = [name for name in before if name not in after]
    names = {f"#{i}": name for i, name in enumerate([*changed, *gone])}
    alias = {name: short for short, name in names.items()}
    values: dict[str, Any] = {f":{alias[name][1:]}": changed[name] for name in changed}
    sets = ", ".join(f"{alias[name]} = :{alias[name][1:]}" for name in changed)
    removes = ", ".join(alias[name] for name in gone)
    return {
        "TableName": table,
        "Key": encode(keys.message(old.id)),
        "UpdateExpression": f"SET {sets}" + (f" REMOVE {removes}" if gone else ""),
        "ConditionExpression": "#version = :old",
        "ExpressionAttributeNames": {**names, "#version": "version"},
        "ExpressionAttributeValues": {**encode(values), ":old": encode_value(old.version)},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def is_stored(item: Item, head: Head) -> bool:
    """Say whether the item already is this head: our own write, whose answer was lost."""
    known = {name: value for name, value in item.items() if name not in OWN}
    return known == wire.head_to_item(head)
