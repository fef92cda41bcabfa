"""Heads in DynamoDB: created with their money in one transaction, changed under their version."""

import logging
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.balances import credit_of, debit_of, exceeds_cap, refusal_of
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import (
    CONDITION_FAILED,
    PASSING,
    Cancelled,
    Request,
    batch_get,
    code_of,
    get_item,
    stored_in,
    transact,
)
from relevo.aws.patience import PATIENCE, Patience
from relevo.aws.update import head_update, is_stored
from relevo.domain.message import Content, Head
from relevo.domain.timing import DAY, Millis
from relevo.ports.accounts import Account, Debit, InsufficientBalance, SpendCapReached
from relevo.ports.basics import Clock, Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoMessages:
    """`kept` and `content_kept` count from `expiresAt`; `pick(n)` chooses one of n shards."""

    client: "DynamoDBClient"
    table: str
    content_table: str
    accounts_table: str
    clock: Clock
    kept: Millis = 30 * DAY
    content_kept: Millis = 7 * DAY
    patience: Patience = PATIENCE
    pick: Callable[[int], int] = random.randrange

    def create(self, head: Head, content: Content, debit: Debit) -> Head:
        """Store head and content and debit the price from the first shard that can pay."""
        if exceeds_cap(head, debit):
            raise SpendCapReached(head.account)
        refusals: list[type[Exception]] = []
        for shard in self._shards(debit.account.shards):
            stored = self._create(head, content, debit, shard)
            if isinstance(stored, Head):
                return stored
            refusals.append(stored)
        capped = SpendCapReached in refusals
        raise (SpendCapReached if capped else InsufficientBalance)(head.account)

    def receive(self, head: Head, content: Content, account: Account) -> bool:
        try:
            transact(self.client, self._puts(head, content, account), self.patience)
        except Cancelled as cancelled:
            if not cancelled.failed(0):
                raise
            return False
        return True

    def get(self, message_id: str) -> Head | None:
        item = get_item(self.client, self.table, keys.message(message_id))
        return wire.head_from_item(item) if item else None

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Head | None]:
        wanted = [(self.table, keys.message(message_id)) for message_id in message_ids]
        found = batch_get(self.client, wanted, self.patience).get(self.table, [])
        return {item["id"]: readable(item) for item in found}

    def save(self, old: Head, new: Head) -> None:
        """Write `new` over `old` with one call; finding `new` already there is a success."""
        request = head_update(self.table, old, new)
        last: ClientError | None = None
        for _ in self.patience:
            try:
                self.client.update_item(**request)
            except ClientError as error:
                if code_of(error) == CONDITION_FAILED:
                    return _check_ours(stored_in(error), new)
                if code_of(error) not in PASSING:
                    raise
                last = error
            else:
                return None
        raise last or Conflict(old.id)

    def settle(self, old: Head, new: Head, amount: Decimal) -> None:
        """Write `new` and move the money in one transaction."""
        paid = credit_of(self.accounts_table, old, amount, at=self.clock())
        written = head_update(self.table, old, new)
        try:
            transact(self.client, [{"Update": written}, {"Update": paid}], self.patience)
        except Cancelled as cancelled:
            _check_ours(cancelled.stored(0), new)

    def _create(
        self, head: Head, content: Content, debit: Debit, shard: int
    ) -> Head | type[Exception]:
        # Nearly every debit is not the first of its day, so that is what is tried first; three
        # turns cover a day that begins, on another instance too, between two of ours.
        puts = self._puts(head, content, debit.account)
        refusal: type[Exception] | None = InsufficientBalance
        for new_day in (False, True, False):
            paid = debit_of(
                self.accounts_table, head, debit, shard, new_day=new_day, at=self.clock()
            )
            try:
                transact(self.client, [*puts, {"Update": paid}], self.patience)
            except Cancelled as cancelled:
                if cancelled.failed(0):
                    return wire.head_from_item(cancelled.stored(0))
                refusal = refusal_of(cancelled.stored(2), head, debit)
                if refusal is not None:
                    return refusal
            else:
                return head
        raise Conflict(head.id)

    def _puts(self, head: Head, content: Content, account: Account) -> list[Request]:
        shard = self.pick(account.shards)
        message = {
            **wire.head_to_item(head),
            "day": keys.listed(account.id, head.environment, head.created_at // DAY, shard),
            "ttl": keys.ttl(head.expires_at + self.kept),
        }
        kept = {
            **wire.content_to_item(content),
            "ttl": keys.ttl(head.expires_at + self.content_kept),
        }
        if_free = {
            "ConditionExpression": "attribute_not_exists(id)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return [
            {"Put": {"TableName": self.table, "Item": encode(message), **if_free}},
            {"Put": {"TableName": self.content_table, "Item": encode(kept)}},
        ]

    def _shards(self, count: int) -> Iterator[int]:
        first = self.pick(count)
        return ((first + turn) % count for turn in range(count))


def readable(item: Item) -> Head | None:
    """Read one head of many: what a newer or broken writer left must not hide the others."""
    try:
        return wire.head_from_item(item)
    except (ValueError, KeyError, TypeError) as error:
        log.error(
            "head-unreadable", extra={"message_id": item["id"], "error": type(error).__name__}
        )
        return None


def _check_ours(stored: Item, new: Head) -> None:
    """Take a failed condition as success when the answer to this very write was lost."""
    if not is_stored(stored, new):
        raise Conflict(new.id)
