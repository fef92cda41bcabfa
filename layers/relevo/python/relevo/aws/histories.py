"""What was accepted for a recipient lately, in DynamoDB: one item, changed under its version."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import encode
from relevo.aws.dynamo import CONDITION_FAILED, code_of, get_item
from relevo.domain.frequency import Sent
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import Recent
from relevo.ports.basics import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoHistories:
    client: "DynamoDBClient"
    table: str

    def recent(self, account: str, environment: Environment, recipient: str) -> Recent:
        item = get_item(self.client, self.table, keys.history(account, environment, recipient))
        if item is None:
            return Recent()
        entries = (
            Sent(int(at), message_id, TrafficClass(kind), sender, template)
            for at, message_id, kind, sender, template in item["entries"]
        )
        return Recent(entries=tuple(entries), version=item["version"])

    def remember(
        self,
        account: str,
        environment: Environment,
        recipient: str,
        recent: Recent,
        until: Millis,
    ) -> None:
        item = {
            **keys.history(account, environment, recipient),
            "entries": [
                [one.at, one.message_id, one.traffic_class.value, one.sender, one.template]
                for one in recent.entries
            ],
            "version": recent.version + 1,
            "ttl": keys.ttl(until),
            "v": wire.VERSION,
        }
        condition = "version = :old" if recent.version else "attribute_not_exists(pk)"
        values = {"ExpressionAttributeValues": encode({":old": recent.version})}
        try:
            self.client.put_item(
                TableName=self.table,
                Item=encode(item),
                ConditionExpression=condition,
                **(values if recent.version else {}),  # type: ignore[arg-type]
            )
        except ClientError as error:
            if code_of(error) == CONDITION_FAILED:
                raise Conflict(recipient) from None
            raise
