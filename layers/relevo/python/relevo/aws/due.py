"""What must be looked at when: sharded items of up to 25 ids, and nudges for the near ones."""

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from relevo.aws import keys
from relevo.aws.codec import Item, decode, encode
from relevo.aws.dynamo import Request, batch_write, chunks
from relevo.aws.patience import PATIENCE, Patience
from relevo.aws.queues import SqsNudges
from relevo.domain.timing import NUDGE_BELOW, SECOND, Millis
from relevo.ports.basics import Clock, Draw
from relevo.ports.messages import DueItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

IDS: Final = 25
PAGE: Final = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoDues:
    """A second's items share a shard; `nudges` is None in roles that send none."""

    client: "DynamoDBClient"
    table: str
    shards: int
    clock: Clock
    nudges: SqsNudges | None = None
    patience: Patience = PATIENCE
    draw: Draw = secrets.token_bytes

    def put(self, due: Mapping[str, Millis], *, leased: bool = False) -> None:
        """Write the items, then nudge; a lost nudge only means the next minute's look."""
        if not due:
            return
        seconds = list(_by_second(due))
        items = [self._item(at, ids, leased=leased) for at, ids in seconds]
        self._write([{"PutRequest": {"Item": encode(item)}} for item in items])
        near = sorted({at for at, _ in seconds if at - self.clock() < NUDGE_BELOW})
        if near and self.nudges is not None:
            self.nudges.send([(self._shard(at), at) for at in near], now=self.clock())

    def due(self, shard: int, now: Millis) -> Sequence[DueItem]:
        answer = self.client.query(
            TableName=self.table,
            KeyConditionExpression="#shard = :shard AND #at < :end",
            ExpressionAttributeNames={"#shard": "shard", "#at": "at"},
            ExpressionAttributeValues=encode({":shard": shard, ":end": keys.due_before(now)}),
            ConsistentRead=True,
            Limit=PAGE,
        )
        rows = [decode(row) for row in answer["Items"]]
        return [
            DueItem(
                shard=row["shard"],
                key=row["at"],
                ids=tuple(row["ids"]),
                leased=row.get("leased", False),
            )
            for row in rows
        ]

    def remove(self, items: Sequence[DueItem]) -> None:
        self._write([{"DeleteRequest": {"Key": encode(_key(item))}} for item in items])

    def _shard(self, at: Millis) -> int:
        # By time: what several functions wrote for one message at one moment meets in one look.
        return at // SECOND % self.shards

    def _item(self, at: Millis, ids: Sequence[str], *, leased: bool) -> Item:
        key = keys.due_at(at, self.draw(6).hex())
        item = {"shard": self._shard(at), "at": key, "ids": list(ids), "v": 1}
        return {**item, "leased": True} if leased else item

    def _write(self, requests: Sequence[Request]) -> None:
        if len(requests) != 1:
            batch_write(self.client, self.table, requests, self.patience)
        elif put := requests[0].get("PutRequest"):
            self.client.put_item(TableName=self.table, Item=put["Item"])
        else:
            key = requests[0]["DeleteRequest"]["Key"]
            self.client.delete_item(TableName=self.table, Key=key)


def _by_second(due: Mapping[str, Millis]) -> Iterator[tuple[Millis, Sequence[str]]]:
    """Group ids by their time rounded up to a second, so that a batch shares its items.

    Nothing comes due early, and at most a second late.
    """
    seconds: defaultdict[Millis, list[str]] = defaultdict(list)
    for message_id, at in due.items():
        seconds[-(-at // SECOND) * SECOND].append(message_id)
    for at, ids in sorted(seconds.items()):
        for few in chunks(ids, IDS):
            yield at, few


def _key(item: DueItem) -> Item:
    return {"shard": item.shard, "at": item.key}
