"""What a carrier's account was handed in this second, and who stands in line, in one item."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from relevo.aws import keys
from relevo.aws.codec import Item, decode, encode
from relevo.aws.dynamo import CONDITION_FAILED, code_of, stored_in
from relevo.domain.pace import Gate
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TRIES: Final = 3
BEGINS: Final = (
    "SET #second = :second, used = :asked",
    "(attribute_not_exists(#second) OR #second < :second)",
)
GOES_ON: Final = ("ADD used :asked", "#second = :second AND used <= :room")
NO_LINE: Final = " AND (attribute_not_exists(#line) OR #line <= :now)"


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoPace:
    """`client` is made when first wanted; it gives up soon, because a limit fails open."""

    client: "Callable[[], DynamoDBClient]"
    table: str
    _seen: dict[str, int] = field(default_factory=dict)

    def take(self, gate: Gate, wanted: int, now: Millis, *, waited: bool) -> int:
        """Count `wanted` submits in this second, or the few there is room for: one call, or few."""
        second, asked = now // SECOND, min(wanted, gate.most)
        begins = self._seen.get(gate.account, 0) < second
        for _ in range(TRIES):
            values = {":second": second, ":asked": asked}
            if not begins:
                values[":room"] = gate.most - asked
            update, condition = BEGINS if begins else GOES_ON
            if not waited:
                condition += NO_LINE
                values[":now"] = now
            done, known = self._write(gate, update, condition, values)
            if done:
                self._seen[gate.account] = second
                return asked
            if not waited and int(known.get(_line(gate), 0)) > now:
                return 0
            # Another worker's clock may be ahead of ours; the later second counts.
            begins = int(known.get("second", 0)) < second
            second = max(second, int(known.get("second", 0)))
            asked = min(wanted, gate.most - (0 if begins else int(known["used"])))
            if asked <= 0:
                return 0
        return 0

    def line_up(self, gate: Gate, span: Millis, now: Millis, horizon: Millis) -> Millis | None:
        """Lengthen the line by `span`, or begin it anew; raises Conflict when another just did."""
        done, known = self._write(
            gate,
            "ADD #line :span",
            "#line > :now AND #line <= :horizon",
            {":span": span, ":now": now, ":horizon": horizon},
        )
        line = int(known.get(_line(gate), 0))
        if done:
            return line - span
        if max(line, now) > horizon:
            return None
        done, _ = self._write(
            gate,
            "SET #line = :ends",
            "attribute_not_exists(#line) OR #line <= :now",
            {":ends": now + span, ":now": now},
        )
        if not done:
            raise Conflict(gate.account)
        return now

    def _write(
        self, gate: Gate, update: str, condition: str, values: dict[str, Any]
    ) -> tuple[bool, Item]:
        """Say whether it was written, and what was written or stood in the way."""
        names = {"#second": "second", "#line": _line(gate)}
        used = {short: name for short, name in names.items() if short in update + condition}
        try:
            answer = self.client().update_item(
                TableName=self.table,
                Key=encode(keys.pace(gate.account)),
                UpdateExpression=update,
                ConditionExpression=condition,
                ExpressionAttributeNames=used,
                ExpressionAttributeValues=encode(values),
                ReturnValues="UPDATED_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if code_of(error) != CONDITION_FAILED:
                raise
            return False, stored_in(error)
        return True, decode(answer.get("Attributes", {}))


def _line(gate: Gate) -> str:
    return f"line-{gate.traffic_class.value}"
