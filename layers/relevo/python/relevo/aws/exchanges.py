"""What passed between us and carriers, redacted, in DynamoDB for a week: support reads it."""

import json
import logging
import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import encode
from relevo.aws.dynamo import Unprocessed, batch_write, query
from relevo.domain.message import split_attempt_id
from relevo.domain.timing import DAY, Millis
from relevo.ports.basics import Draw

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoExchanges:
    """Records wait in memory until `flush`, so that no answer waits for its record.

    `keep_accepted` is for stages where a write more for each message does not matter.
    """

    client: "DynamoDBClient"
    table: str
    keep_accepted: bool = True
    kept: Millis = 7 * DAY
    draw: Draw = secrets.token_bytes
    _waiting: deque[Mapping[str, Any]] = field(default_factory=deque)

    def note(self, exchange: Mapping[str, Any]) -> None:
        """Take a record in; its members are those of `relevo.carriers.exchange.Exchange`."""
        if self.keep_accepted or exchange["outcome"] != "accepted":
            self._waiting.append(exchange)

    def flush(self) -> None:
        """Write down what waits; a failure is logged, because messages do not depend on it."""
        puts = []
        while self._waiting:
            puts.append({"PutRequest": {"Item": encode(self._item(self._waiting.popleft()))}})
        try:
            batch_write(self.client, self.table, puts)
        except (BotoCoreError, ClientError, Unprocessed) as error:
            log.warning("exchanges-lost", extra={"error": type(error).__name__, "lost": len(puts)})

    def of(self, message_id: str) -> Sequence[Mapping[str, Any]]:
        """Give the records of a message in the order of its submits."""
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "id = :id AND begins_with(sk, :exchange)",
            "ExpressionAttributeValues": encode({":id": message_id, ":exchange": keys.EXCHANGE}),
        }
        found = [json.loads(item["exchange"]) for item in query(self.client, request)]
        return sorted(found, key=lambda exchange: exchange["at"])

    def _item(self, exchange: Mapping[str, Any]) -> dict[str, Any]:
        named = split_attempt_id(exchange["reference"])
        at = int(exchange["at"])
        return {
            **keys.exchange(named[0] if named else "", at, self.draw(4).hex()),
            "exchange": json.dumps(exchange, ensure_ascii=False),
            "ttl": keys.ttl(at + self.kept),
            "v": wire.VERSION,
        }
