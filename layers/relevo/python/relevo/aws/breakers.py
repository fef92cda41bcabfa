"""Breakers of carrier accounts in DynamoDB, shared by all workers; read whole, kept for seconds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import CONDITION_FAILED, code_of, get_item, query
from relevo.domain.breaker import Breaker
from relevo.domain.outcome import Cause
from relevo.domain.timing import DAY, SECOND, Millis
from relevo.ports.basics import Clock, Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoBreakers:
    """`client` is made when first wanted; it gives up soon, because a breaker fails closed."""

    client: "Callable[[], DynamoDBClient]"
    table: str
    clock: Clock
    kept: Millis = DAY
    fresh: Millis = 5 * SECOND
    _known: Cache[Mapping[str, Breaker]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", Cache(self.clock, self.fresh))

    def known(self) -> Mapping[str, Breaker]:
        return self._known.get("known", self._all) or {}

    def get(self, account: str) -> Breaker | None:
        item = get_item(self.client(), self.table, keys.breaker(account))
        return None if item is None else _breaker(item)

    def save(self, old: Breaker | None, new: Breaker) -> None:
        """Write `new` over the version it was made from; raises Conflict."""
        condition = "attribute_not_exists(pk)" if old is None else "version = :old"
        values = {} if old is None else {":old": old.version}
        item = {
            **keys.breaker(new.account),
            "cause": new.cause.value,
            "until": new.until,
            "trips": new.trips,
            "probing": new.probing,
            "version": new.version,
            "ttl": keys.ttl(new.until + self.kept),
            "v": wire.VERSION,
        }
        request: Any = {"ExpressionAttributeValues": encode(values)} if values else {}
        try:
            self.client().put_item(
                TableName=self.table, Item=encode(item), ConditionExpression=condition, **request
            )
        except ClientError as error:
            if code_of(error) == CONDITION_FAILED:
                raise Conflict(new.account) from None
            raise

    def _all(self) -> Mapping[str, Breaker]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": keys.BREAKERS}),
        }
        found = [_breaker(item) for item in query(self.client(), request)]
        return {one.account: one for one in found}


def _breaker(item: Item) -> Breaker:
    return Breaker(
        account=item["sk"],
        cause=Cause(item["cause"]),
        until=int(item["until"]),
        trips=int(item["trips"]),
        probing=item["probing"],
        version=int(item["version"]),
    )
