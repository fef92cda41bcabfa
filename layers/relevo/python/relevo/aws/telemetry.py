"""Counted buckets in DynamoDB: minutes the stream adds to, hours and days added up from them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import batch_write, query
from relevo.domain.telemetry import Bucket, Cell, Grain, Owner
from relevo.domain.timing import DAY, MINUTE, Millis
from relevo.domain.words import TrafficClass
from relevo.ports.basics import Clock
from relevo.ports.telemetry import Mark

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT: Final[Mapping[Grain, Millis]] = {
    Grain.MINUTE: 3 * DAY,
    Grain.HOUR: 40 * DAY,
    Grain.DAY: 400 * DAY,
}
_OWN: Final = frozenset({"pk", "sk", "ttl", "v"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoTelemetry:
    client: "DynamoDBClient"
    table: str
    clock: Clock
    _marked: dict[tuple[Owner, Grain, Millis], Millis] = field(default_factory=dict)

    def add(self, counted: Mapping[Owner, Iterable[Bucket]]) -> None:
        """Add to the minutes, and mark the hours that have to be added up anew."""
        for owner, buckets in counted.items():
            for bucket in buckets:
                self._mark(owner, Grain.HOUR, bucket.at)
                self._add(owner, bucket)

    def put(self, owner: Owner, grain: Grain, buckets: Iterable[Bucket]) -> None:
        """Replace buckets by what they come to now."""
        requests = [
            {"PutRequest": {"Item": encode({**self._key(owner, grain, one), **one.counts})}}
            for one in buckets
        ]
        batch_write(self.client, self.table, requests)

    def series(self, owner: Owner, grain: Grain, since: Millis, until: Millis) -> list[Bucket]:
        """Give the buckets from `since` until before `until`, in one query."""
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk BETWEEN :since AND :until",
            "ExpressionAttributeValues": encode(
                {
                    ":pk": keys.telemetry(owner, grain),
                    ":since": keys.bucket(since, None),
                    ":until": keys.bucket(until, None),
                }
            ),
        }
        return [_bucket(item) for item in query(self.client, request)]

    def mark(self, owner: Owner, grain: Grain, at: Millis) -> None:
        """Remember that a bucket has to be added up; looked at from the next round on."""
        item = {**keys.mark(Mark.of(owner, grain, at, self.clock())), "v": wire.VERSION}
        self.client.put_item(TableName=self.table, Item=encode(item))

    def marks(self, now: Millis) -> list[Mark]:
        """Give what was marked for a round that has come, oldest first."""
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND sk < :sk",
            "ExpressionAttributeValues": encode({":pk": keys.MARKS, ":sk": keys.marked(now)}),
        }
        return [keys.mark_named(item["sk"]) for item in query(self.client, request)]

    def unmark(self, marks: Iterable[Mark]) -> None:
        requests = [{"DeleteRequest": {"Key": encode(keys.mark(mark))}} for mark in marks]
        batch_write(self.client, self.table, requests)

    def _mark(self, owner: Owner, grain: Grain, at: Millis) -> None:
        # Once a round is enough, so this process does not say again what it said.
        start = at // grain.span * grain.span
        due = Mark.of(owner, grain, start, self.clock()).due
        if self._marked.get((owner, grain, start)) != due:
            self.mark(owner, grain, start)
            if len(self._marked) > 10_000:
                self._marked.clear()
            self._marked[owner, grain, start] = due

    def _add(self, owner: Owner, bucket: Bucket) -> None:
        item = self._key(owner, Grain.MINUTE, bucket)
        names = {f"#{i}": what for i, what in enumerate(bucket.counts)}
        adds = ", ".join(f"{short} :{short[1:]}" for short in names)
        values = {f":{short[1:]}": bucket.counts[what] for short, what in names.items()}
        self.client.update_item(
            TableName=self.table,
            Key=encode({"pk": item["pk"], "sk": item["sk"]}),
            UpdateExpression=f"SET #ttl = :ttl, v = :v ADD {adds}",
            ExpressionAttributeNames={**names, "#ttl": "ttl"},
            ExpressionAttributeValues=encode({**values, ":ttl": item["ttl"], ":v": item["v"]}),
        )

    def _key(self, owner: Owner, grain: Grain, bucket: Bucket) -> Item:
        return {
            "pk": keys.telemetry(owner, grain),
            "sk": keys.bucket(bucket.at, bucket.cell),
            "ttl": keys.ttl(bucket.at + KEPT[grain]),
            "v": wire.VERSION,
        }


def _bucket(item: Mapping[str, Any]) -> Bucket:
    minute, carrier, country, kind = item["sk"].split("#")
    counts = Counter({name: int(item[name]) for name in item.keys() - _OWN})
    return Bucket(int(minute) * MINUTE, Cell(carrier, country, TrafficClass(kind)), counts)
