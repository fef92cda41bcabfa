"""What DynamoDB answers when it has not done all of it: leftovers, conditions, conflicts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from botocore.exceptions import ClientError

from relevo.aws.codec import Attributes, Item, decode, encode
from relevo.aws.patience import PATIENCE, Patience
from relevo.ports.basics import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Request: TypeAlias = dict[str, Any]
T = TypeVar("T")

GET_AT_ONCE: Final = 100
WRITE_AT_ONCE: Final = 25
CONDITION_FAILED: Final = "ConditionalCheckFailed"
PASSING: Final = frozenset(
    {
        "TransactionConflict",
        "TransactionInProgress",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
    }
)


class Unprocessed(Exception):
    """DynamoDB kept leaving some keys of a batch aside."""


class Cancelled(Exception):
    """A transaction did not happen because a condition failed; one reason per action."""

    def __init__(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(", ".join(str(reason.get("Code")) for reason in reasons))
        self._reasons = reasons

    def failed(self, action: int) -> bool:
        return bool(self._reasons[action].get("Code") == CONDITION_FAILED)

    def stored(self, action: int) -> Item:
        """Give the item as it was when the condition was looked at, where it was asked for."""
        return decode(self._reasons[action].get("Item") or {})


def code_of(error: ClientError) -> str:
    return error.response["Error"]["Code"].removesuffix("Exception")


def stored_in(error: ClientError) -> Item:
    """Give the item that a single write's condition failed on, as it stands."""
    answer: Any = error.response
    return decode(answer.get("Item") or {})


def put_over(client: "DynamoDBClient", table: str, item: Item, *, version: int) -> None:
    """Put an item over the `version` it was made from, 0 for none; raises Conflict.

    What is already stored as it is was ours: its answer was lost.
    """
    condition = "version = :old" if version else "attribute_not_exists(pk)"
    values: Any = {"ExpressionAttributeValues": encode({":old": version})} if version else {}
    try:
        client.put_item(
            TableName=table,
            Item=encode(item),
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **values,
        )
    except ClientError as error:
        if code_of(error) != CONDITION_FAILED:
            raise
        if stored_in(error) != item:
            raise Conflict(table) from None


def transact(
    client: "DynamoDBClient", actions: Sequence[Request], patience: Patience = PATIENCE
) -> None:
    """Write all or nothing; passing conflicts are tried again, failed conditions are Cancelled."""
    request: Any = {"TransactItems": actions}
    last: ClientError | None = None
    for _ in patience:
        try:
            client.transact_write_items(**request)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", ())
            codes = {reason.get("Code") for reason in reasons} | {code_of(error)}
            if CONDITION_FAILED in codes:
                raise Cancelled(reasons) from None
            if not codes & PASSING:
                raise
            last = error
        else:
            return
    raise last or Unprocessed("no turn was given")


def batch_get(
    client: "DynamoDBClient",
    keys: Iterable[tuple[str, Item]],
    patience: Patience = PATIENCE,
) -> dict[str, list[Item]]:
    """Read (table, key) pairs strongly; equal ones once, because DynamoDB refuses repeats."""
    unique = {(table, *sorted(key.items())): (table, key) for table, key in keys}
    found: dict[str, list[Item]] = {}
    for chunk in chunks(list(unique.values()), GET_AT_ONCE):
        wanted: Request = {}
        for table, key in chunk:
            wanted.setdefault(table, {"Keys": [], "ConsistentRead": True})
            wanted[table]["Keys"].append(encode(key))
        _get_all(client, wanted, found, patience)
    return found


def _get_all(
    client: "DynamoDBClient", wanted: Request, found: dict[str, list[Item]], patience: Patience
) -> None:
    for _ in patience:
        answer = client.batch_get_item(RequestItems=wanted)
        for table, rows in answer["Responses"].items():
            found.setdefault(table, []).extend(decode(row) for row in rows)
        wanted = dict(answer.get("UnprocessedKeys") or {})
        if not wanted:
            return
    raise Unprocessed("keys of a batch read")


def batch_write(
    client: "DynamoDBClient",
    table: str,
    requests: Sequence[Request],
    patience: Patience = PATIENCE,
) -> None:
    """Put and delete, in any order; raises when some were still left aside at the end."""
    for chunk in chunks(requests, WRITE_AT_ONCE):
        left: list[Any] = list(chunk)
        for _ in patience:
            answer = client.batch_write_item(RequestItems={table: left})
            left = list(answer.get("UnprocessedItems", {}).get(table, ()))
            if not left:
                break
        else:
            raise Unprocessed(f"items of a batch write to {table}")


def get_item(
    client: "DynamoDBClient", table: str, key: Item, *, strong: bool = True
) -> Item | None:
    answer = client.get_item(TableName=table, Key=encode(key), ConsistentRead=strong)
    found: Attributes | None = answer.get("Item")  # type: ignore[assignment]
    return decode(found) if found else None


def query(client: "DynamoDBClient", request: Request) -> Iterator[Item]:
    """Give all items of a query, page after page."""
    start: Request = {}
    while True:
        answer: Any = client.query(**request, **start)
        yield from map(decode, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def chunks(things: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (things[start : start + size] for start in range(0, len(things), size))
