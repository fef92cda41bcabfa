"""Senders in DynamoDB, an account's together; kept for seconds like routes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import batch_write, query
from relevo.domain.sender import Sender
from relevo.domain.timing import SECOND, Millis
from relevo.ports import Clock

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
        requests = [{"PutRequest": {"Item": encode(item)}} for item in after.values()]
        requests += [
            {"DeleteRequest": {"Key": encode(keys.sender(account, name))}}
            for name in sorted(before - after.keys())
        ]
        batch_write(self.client, self.table, requests)
        self._kept.forget(account)

    def _read(self, account: str) -> tuple[Sender, ...]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": keys.sender(account, "")["pk"]}),
            "ConsistentRead": True,
        }
        return tuple(sender_from_item(item) for item in query(self.client, request))
