"""Senders in DynamoDB, an account's together; kept for seconds like routes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import batch_write, query
from relevo.domain.sender import Sender
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def sender_item(account: str, sender: Sender) -> Item:
    return {
        **keys.sender(account, sender.name),
        "countries": sorted(sender.countries),
        "registrations": sorted(sender.registrations),
        "defaultFor": sorted(sender.default_for),
        "v": wire.VERSION,
    }


def sender_from_item(item: Mapping[str, Any]) -> Sender:
    return Sender(
        name=item["sk"],
        countries=frozenset(item["countries"]),
        registrations=frozenset(item["registrations"]),
        default_for=frozenset(item["defaultFor"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoSenders:
    client: "DynamoDBClient"
    table: str
    clock: Clock
    fresh: Millis = 30 * SECOND
    _kept: Cache[tuple[Sender, ...]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_kept", Cache(self.clock, self.fresh))

    def of(self, account: str) -> tuple[Sender, ...]:
        return self._kept.get(account, lambda: self._read(account)) or ()

    def change(self, account: str, senders: Iterable[Sender]) -> None:
        """Make these the account's senders, and no others."""
        after = {sender.name: sender_item(account, sender) for sender in senders}
        before = {sender.name for sender in self._read(account)}
        gone = sorted(before - after.keys())
        owned, lost = _numbers(after), _numbers(gone)
        put = [*after.values(), *(_owner(account, one) for one in owned)]
        dropped = [keys.sender(account, name) for name in gone]
        dropped += [keys.owner(one, account) for one in lost - owned]
        requests = [{"PutRequest": {"Item": encode(item)}} for item in put]
        requests += [{"DeleteRequest": {"Key": encode(key)}} for key in dropped]
        batch_write(self.client, self.table, requests)
        self._kept.forget(account)

    def owners(self, number: str) -> tuple[str, ...]:
        digits = keys.digits_of(number)
        return tuple(item["sk"] for item in self._items(keys.number(digits))) if digits else ()

    def _read(self, account: str) -> tuple[Sender, ...]:
        return tuple(map(sender_from_item, self._items(keys.sender(account, "")["pk"])))

    def _items(self, pk: str) -> Iterator[Item]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": pk}),
            "ConsistentRead": True,
        }
        return query(self.client, request)


def _numbers(names: Iterable[str]) -> set[str]:
    """Give those that are numbers, by the digits that answers to them name."""
    return {digits for name in names if (digits := keys.digits_of(name))}


def _owner(account: str, number: str) -> Item:
    return {**keys.owner(number, account), "v": wire.VERSION}
