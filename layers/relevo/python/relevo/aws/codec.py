"""Plain values to DynamoDB's typed ones and back; boto3's own codec costs an import of boto3."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

Item: TypeAlias = dict[str, Any]
Attributes: TypeAlias = dict[str, dict[str, Any]]


def encode(item: Mapping[str, Any]) -> Attributes:
    return {name: encode_value(value) for name, value in item.items()}


def decode(attributes: Mapping[str, Mapping[str, Any]]) -> Item:
    return {name: _decode_value(value) for name, value in attributes.items()}


def encode_value(value: Any) -> dict[str, Any]:
    """Write one value; bool before int, because Python's True is an int."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | Decimal():
            return {"N": str(value)}
        case list():
            return {"L": [encode_value(entry) for entry in value]}
        case dict():
            return {"M": encode(value)}
    raise TypeError(f"no attribute type for {type(value).__name__}")


def _decode_value(value: Mapping[str, Any]) -> Any:
    ((kind, raw),) = value.items()
    match kind:
        case "S" | "BOOL":
            return raw
        case "N":
            return number(raw)
        case "L":
            return [_decode_value(entry) for entry in raw]
        case "M":
            return decode(raw)
        case "SS":
            return frozenset(raw)
        case "NULL":
            return None
    raise TypeError(f"attribute type {kind} is none of ours")


def number(raw: str) -> int | Decimal:
    """Read a number: an int where it is written as one, exact otherwise."""
    return int(raw) if raw.removeprefix("-").isdigit() else Decimal(raw)
