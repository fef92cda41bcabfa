"""News that no head tells of: kept by its id in Accounts, and announced on the webhook queue."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import batch_get
from relevo.aws.patience import PATIENCE, Patience
from relevo.aws.queues import body, send
from relevo.domain.delivery import KEPT
from relevo.domain.event import Event
from relevo.domain.words import Environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient


def event_item(event: Event) -> Item:
    return {
        **keys.bulletin(event.id),
        "id": event.id,
        "account": event.account,
        "environment": event.environment.value,
        "type": event.type,
        "at": event.at,
        "data": dict(event.data),
        "ttl": keys.ttl(event.at + KEPT),
        "v": wire.VERSION,
    }


def event_from_item(item: Mapping[str, Any]) -> Event:
    return Event(
        id=item["id"],
        account=item["account"],
        environment=Environment(item["environment"]),
        type=item["type"],
        at=item["at"],
        data=item["data"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoBulletins:
    """`url` is the webhook queue's; empty in roles that only read."""

    client: "DynamoDBClient"
    table: str
    sqs: "SQSClient"
    url: str = ""
    patience: Patience = PATIENCE

    def keep(self, event: Event) -> None:
        self.client.put_item(TableName=self.table, Item=encode(event_item(event)))

    def announce(self, event: Event) -> None:
        """Put the event, then queue its id: one that is queued is there to be read."""
        self.keep(event)
        entry = {"MessageBody": body({"event": event.id}), "MessageGroupId": event.account}
        send(self.sqs, self.url, [entry])

    def get_many(self, event_ids: Collection[str]) -> dict[str, Event]:
        wanted = [(self.table, keys.bulletin(one)) for one in event_ids]
        rows = batch_get(self.client, wanted, self.patience).get(self.table, ())
        return {row["id"]: event_from_item(row) for row in rows}
