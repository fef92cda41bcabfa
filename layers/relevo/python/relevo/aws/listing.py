"""The list of an account's messages: an index of keys that never change, read newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, Any, Final

from relevo.aws import keys
from relevo.aws.codec import decode, encode
from relevo.aws.dynamo import Request
from relevo.domain.timing import DAY, Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from relevo.ports.messages import Place

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INDEX: Final = "byDay"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoListing:
    """Each day of an account is spread over as many partitions as its balance."""

    client: "DynamoDBClient"
    table: str

    def newest(
        self, account: Account, environment: Environment, *, since: Millis, before: Place, most: int
    ) -> list[Place]:
        """Give the places before one, newest first; a message is listed a moment after its 202."""
        days = range(before.at // DAY, since // DAY - 1, -1)
        rows = chain.from_iterable(
            self._day(account, environment, day, since, before, most) for day in days
        )
        return list(islice(rows, most))

    def _day(
        self,
        account: Account,
        environment: Environment,
        day: int,
        since: Millis,
        before: Place,
        most: int,
    ) -> Iterator[Place]:
        shards = [
            self._shard(keys.listed(account.id, environment, day, shard), since, before.at, most)
            for shard in range(account.shards)
        ]
        return (place for place in merge(*shards, reverse=True) if place < before)

    def _shard(self, day: str, since: Millis, until: Millis, most: int) -> Iterator[Place]:
        """Read lazily; messages of one millisecond come in any order and are put in one here."""
        for _, same in groupby(self._rows(day, since, until, most), lambda place: place.at):
            yield from sorted(same, reverse=True)

    def _rows(self, day: str, since: Millis, until: Millis, most: int) -> Iterator[Place]:
        request: Request = {
            "TableName": self.table,
            "IndexName": INDEX,
            "KeyConditionExpression": "#day = :day AND createdAt BETWEEN :since AND :until",
            "ExpressionAttributeNames": {"#day": "day"},
            "ExpressionAttributeValues": encode({":day": day, ":since": since, ":until": until}),
            "ScanIndexForward": False,
            "Limit": most,
        }
        while True:
            answer: Any = self.client.query(**request)
            for row in map(decode, answer["Items"]):
                yield Place(int(row["createdAt"]), row["id"])
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
