"""Capacity units of DynamoDB calls, from the sizes of the items they read and write."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.integration.harness import System
from tests.integration.shapes import TABLES, Call

WRITE: Final = 1024
READ: Final = 4096
Attributes = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class Units:
    write: float = 0
    read: float = 0


def size(attributes: Attributes) -> int:
    """Give an item's size as DynamoDB counts it: names and values, 3 bytes for each nesting."""
    return sum(len(name.encode()) + _size(value) for name, value in attributes.items())


def _size(value: Mapping[str, Any]) -> int:
    ((kind, raw),) = value.items()
    match kind:
        case "S":
            return len(raw.encode())
        case "N":
            return min((len(raw.strip("-.0")) + 1) // 2 + 1, 21)
        case "L":
            return 3 + sum(1 + _size(entry) for entry in raw)
        case "M":
            return 3 + sum(1 + len(key.encode()) + _size(entry) for key, entry in raw.items())
    return 1


def _up(bytes_: int, unit: int) -> int:
    return max(-(-bytes_ // unit), 1)


@dataclass(kw_only=True)
class Meter:
    """Hangs on a system's calls and keeps what each consumed; the largest size of each item too."""

    system: System
    units: dict[int, Units] = field(default_factory=dict)
    largest: dict[str, int] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def attach(self) -> None:
        self.system.before.append(self._before)
        self.system.after.append(self._after)

    def of(self, call: Call) -> Units:
        return self.units.get(id(call), Units())

    def _before(self, call: Call) -> None:
        """Note what is about to be replaced or deleted: the larger of both versions is billed."""
        self._sizes = {_name(table, key): self._stored(table, key) for table, key in _written(call)}

    def _after(self, call: Call) -> None:
        if call.service != "dynamodb":
            return
        double = 2 if call.operation == "TransactWriteItems" else 1
        used = Units(read=_read(call))
        for table, key in _written(call):
            stored = self._stored(table, key)
            self.largest[table] = max(self.largest.get(table, 0), stored)
            before = self._sizes.get(_name(table, key), 0)
            used.write += double * _up(max(stored, before), WRITE)
            # The list of messages has keys that never change: written once, outside transactions.
            used.write += table == "messages" and not before
        self.units[id(call)] = used

    def _stored(self, table: str, key: Attributes) -> int:
        found: Any = self.system.dynamodb.get_item(TableName=table, Key=key)
        return size(found.get("Item", {}))


def _name(table: str, key: Attributes) -> str:
    return f"{table} {sorted(key.items())}"


def _written(call: Call) -> Iterator[tuple[str, Attributes]]:
    params = call.params
    match call.operation:
        case "PutItem":
            yield params["TableName"], _key(params["TableName"], params["Item"])
        case "UpdateItem" | "DeleteItem":
            yield params["TableName"], params["Key"]
        case "BatchWriteItem":
            for table, requests in params["RequestItems"].items():
                for request in requests:
                    put = request.get("PutRequest")
                    yield (
                        table,
                        _key(table, put["Item"]) if put else request["DeleteRequest"]["Key"],
                    )
        case "TransactWriteItems":
            for action in params["TransactItems"]:
                ((_, request),) = action.items()
                table = request["TableName"]
                yield table, request.get("Key") or _key(table, request["Item"])


def _key(table: str, item: Attributes) -> Attributes:
    return {name: item[name] for name in TABLES[table]}


def _read(call: Call) -> float:
    """Units of a read: one each 4 KB, half where it may be stale; finding nothing costs too."""
    params, answer = call.params, call.answer
    strong = 1.0 if params.get("ConsistentRead") else 0.5
    match call.operation:
        case "GetItem":
            return strong * _up(size(answer.get("Item", {})), READ)
        case "Query":
            return strong * _up(sum(size(item) for item in answer.get("Items", ())), READ)
        case "BatchGetItem":
            asked = sum(len(wanted["Keys"]) for wanted in params["RequestItems"].values())
            found = [item for rows in answer.get("Responses", {}).values() for item in rows]
            return sum(_up(size(item), READ) for item in found) + asked - len(found)
    return 0
