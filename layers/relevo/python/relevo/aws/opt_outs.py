"""Recipients who said stop, as hashes, in DynamoDB; dispatch reads them before every submit."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.codec import encode
from relevo.aws.dynamo import CONDITION_FAILED, code_of
from relevo.domain.timing import Millis
from relevo.domain.words import Environment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoOptOuts:
    client: "DynamoDBClient"
    table: str

    def add(
        self, account: str, environment: Environment, recipient: str, at: Millis, *, by: str
    ) -> bool:
        key = keys.opt_out(account, environment, recipient)
        item = {**key, "at": at, "by": by, "v": wire.VERSION}
        try:
            self.client.put_item(
                TableName=self.table,
                Item=encode(item),
                ConditionExpression="attribute_not_exists(pk) OR #by = :by",
                ExpressionAttributeNames={"#by": "by"},
                ExpressionAttributeValues=encode({":by": by}),
            )
        except ClientError as error:
            if code_of(error) != CONDITION_FAILED:
                raise
            return False
        return True

    def remove(self, account: str, environment: Environment, recipient: str) -> None:
        key = encode(keys.opt_out(account, environment, recipient))
        self.client.delete_item(TableName=self.table, Key=key)
