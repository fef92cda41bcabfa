"""The log of deliveries in the ledger's table: by endpoint, in the order of what happened."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import Item, decode, encode
from relevo.aws.dynamo import CONDITION_FAILED, batch_get, code_of, stored_in
from relevo.aws.patience import PATIENCE, Patience
from relevo.domain.delivery import KEPT, Delivery, State, Try, split_reference
from relevo.domain.timing import Millis
from relevo.domain.words import Environment
from relevo.ports.basics import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS: Final = 4
"""A partition takes a thousand writes a second, and each delivery is two."""

_NAMES: Final = {
    "lane": "lane",
    "account": "account",
    "endpoint": "endpoint",
    "event": "event",
    "type": "type",
    "at": "at",
    "message": "message",
    "sequence": "sequence",
    "begun": "begun",
    "since": "since",
    "next_at": "nextAt",
    "taken_up_at": "takenUpAt",
    "owner": "owner",
    "leased_until": "leasedUntil",
    "version": "version",
}


def delivery_item(delivery: Delivery) -> Item:
    plain = {key: getattr(delivery, name) for name, key in _NAMES.items()}
    return {
        **_key(delivery.lane, delivery.id),
        **{key: value for key, value in plain.items() if value is not None},
        "environment": delivery.environment.value,
        "state": delivery.state.value,
        "tries": [
            [one.n, one.at, one.status or 0, one.reason or "", one.took] for one in delivery.tries
        ],
        "ttl": keys.ttl(delivery.taken_up_at + KEPT),
        "v": wire.VERSION,
    }


def delivery_from_item(item: Mapping[str, Any]) -> Delivery:
    return Delivery(
        id=item["sk"],
        environment=Environment(item["environment"]),
        state=State(item["state"]),
        tries=tuple(
            Try(n=n, at=at, status=status or None, reason=reason or None, took=took)
            for n, at, status, reason, took in item["tries"]
        ),
        **{name: item[key] for name, key in _NAMES.items() if key in item},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoDeliveries:
    client: "DynamoDBClient"
    table: str
    patience: Patience = PATIENCE

    def get_many(self, references: Collection[str]) -> dict[str, Delivery]:
        named = [found for one in references if (found := split_reference(one))]
        wanted = [(self.table, _key(lane, id_)) for lane, id_ in named]
        rows = batch_get(self.client, wanted, self.patience).get(self.table, ())
        return {one.reference: one for one in map(delivery_from_item, rows)}

    def save(self, old: Delivery | None, new: Delivery) -> None:
        item = delivery_item(new)
        request: Any = {
            "TableName": self.table,
            "Item": encode(item),
            "ConditionExpression": "version = :old" if old else "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if old is not None:
            request["ExpressionAttributeValues"] = encode({":old": old.version})
        try:
            self.client.put_item(**request)
        except ClientError as error:
            if code_of(error) != CONDITION_FAILED:
                raise
            if stored_in(error) != item:  # else it was our own write, its answer lost
                raise Conflict(new.id) from None

    def newest(
        self, lane: str, *, since: Millis, before: str | None, most: int
    ) -> Sequence[Delivery]:
        shards = [self._shard(lane, shard, since, before, most) for shard in range(SHARDS)]
        found = merge(*shards, key=attrgetter("id"), reverse=True)
        return list(islice(found, most))

    def _shard(
        self, lane: str, shard: int, since: Millis, before: str | None, most: int
    ) -> list[Delivery]:
        # BETWEEN takes both ends in, and nothing sorts behind a tilde.
        values = {":id": keys.deliveries(lane, shard), ":since": f"{since:013d}"}
        answer: Any = self.client.query(
            TableName=self.table,
            KeyConditionExpression="id = :id AND sk BETWEEN :since AND :before",
            ExpressionAttributeValues=encode({**values, ":before": before or "~"}),
            ScanIndexForward=False,
            Limit=most + 1,
        )
        found = [delivery_from_item(decode(row)) for row in answer["Items"]]
        return [one for one in found if one.id != before][:most]


def _key(lane: str, delivery_id: str) -> Item:
    # The last letter of an id has two bits; the one before it five.
    shard = ord(delivery_id[-2]) % SHARDS
    return {"id": keys.deliveries(lane, shard), "sk": delivery_id}
