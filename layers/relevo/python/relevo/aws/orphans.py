"""Receipts that name no message of ours, kept a week in case somebody asks."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import encode
from relevo.domain.timing import DAY, Millis
from relevo.ports.basics import Draw
from relevo.ports.carriers import Receipt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoOrphans:
    client: "DynamoDBClient"
    table: str
    kept: Millis = 7 * DAY
    draw: Draw = secrets.token_bytes

    def keep(self, receipt: Receipt, at: Millis) -> None:
        row = wire.receipt_to_item(receipt)
        self._put(row["attempt"], row, at)

    def keep_stray(self, carrier: str, said: Mapping[str, str], at: Millis) -> None:
        self._put(carrier, {**said, "carrier": carrier, "v": wire.VERSION}, at)

    def _put(self, about: str, row: Mapping[str, Any], at: Millis) -> None:
        item = {
            **row,
            **keys.orphan(about, self.draw(6).hex()),
            "kind": keys.ORPHAN,
            "keptAt": at,
            "ttl": keys.ttl(at + self.kept),
        }
        self.client.put_item(TableName=self.table, Item=encode(item))
