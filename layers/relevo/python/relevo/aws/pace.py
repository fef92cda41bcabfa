"""What was handed to a carrier's account in a second, and the line for the next, in DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from relevo.aws import keys
from relevo.aws.codec import Item, decode, encode
from relevo.aws.dynamo import CONDITION_FAILED, code_of, stored_in
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass
from relevo.ports import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEPT: Final = 10 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoPace:
    """`client` is made when first wanted; it gives up soon, because a limit fails open."""

    client: "Callable[[], DynamoDBClient]"
    table: str

    def take(self, account: str, most: int, wanted: int, now: Millis) -> int:
        """Count `wanted` submits in this second, or the few for which there is room: two tries."""
        asked = min(wanted, most)
        for _ in range(2):
            done, second = self._write(
                keys.pace(account, now // SECOND),
                "SET #ttl = :ttl ADD used :asked",
                "attribute_not_exists(used) OR used <= :room",
                {":asked": asked, ":room": most - asked, ":ttl": keys.ttl(now + KEPT)},
            )
            if done:
                return asked
            asked = min(asked, most - int(second["used"]))
            if asked <= 0:
                break
        return 0

    def line_up(
        self,
        account: str,
        traffic_class: TrafficClass,
        span: Millis,
        now: Millis,
        horizon: Millis,
    ) -> Millis | None:
        """Lengthen the line by `span`, or begin it anew; raises Conflict when another just did."""
        key = keys.line(account, traffic_class)
        values = {":now": now, ":ttl": keys.ttl(horizon + KEPT)}
        done, line = self._write(
            key,
            "SET #ttl = :ttl ADD ends :span",
            "ends > :now AND ends <= :horizon",
            {**values, ":span": span, ":horizon": horizon},
        )
        if done:
            return int(line["ends"]) - span
        if max(int(line.get("ends", 0)), now) > horizon:
            return None
        done, _ = self._write(
            key,
            "SET #ttl = :ttl, ends = :ends",
            "attribute_not_exists(ends) OR ends <= :now",
            {**values, ":ends": now + span},
        )
        if not done:
            raise Conflict(account)
        return now

    def _write(
        self, key: Item, update: str, condition: str, values: dict[str, Any]
    ) -> tuple[bool, Item]:
        """Say whether it was written, and what was written or stood in the way."""
        try:
            answer = self.client().update_item(
                TableName=self.table,
                Key=encode(key),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=encode(values),
                ReturnValues="UPDATED_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if code_of(error) != CONDITION_FAILED:
                raise
            return False, stored_in(error)
        return True, decode(answer.get("Attributes", {}))
