"""Lineups in DynamoDB, shared by all workers: conditional writes, reads kept for seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import CONDITION_FAILED, code_of, get_item
from relevo.domain.lineup import Lineup, Standing
from relevo.domain.outlook import Scene
from relevo.domain.timing import DAY, SECOND, Millis
from relevo.ports.basics import Clock, Conflict

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

INSTANTS: Final = {
    "since": "since",
    "needed": "needed",
    "losses": "losses",
    "good": "good",
    "failures": "failures",
    "next_probe": "nextProbe",
    "probing": "probing",
    "first_good": "firstGood",
    "returned": "returned",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoLineups:
    client: "DynamoDBClient"
    table: str
    clock: Clock
    kept: Millis = DAY
    fresh: Millis = 2 * SECOND
    _known: Cache[Lineup] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_known", Cache(self.clock, self.fresh))

    def get(self, scene: Scene) -> Lineup:
        return self._known.get("#".join(scene), lambda: self._read(scene)) or Lineup()

    def save(self, scene: Scene, new: Lineup) -> Lineup:
        """Write over the version it was made from and give it with its own; raises Conflict.

        So it does where our own answer was lost: an equal item may be that of another worker, who
        has the probe then.
        """
        stored = Lineup(lead=new.lead, standings=new.standings, version=new.version + 1)
        condition = "version = :old" if new.version else "attribute_not_exists(pk)"
        values: Any = (
            {"ExpressionAttributeValues": encode({":old": new.version})} if new.version else {}
        )
        try:
            self.client.put_item(
                TableName=self.table,
                Item=encode(self._item(scene, stored)),
                ConditionExpression=condition,
                **values,
            )
        except ClientError as error:
            if code_of(error) == CONDITION_FAILED:
                raise Conflict(str(scene)) from None
            raise
        finally:
            self._known.forget("#".join(scene))
        return stored

    def _item(self, scene: Scene, lineup: Lineup) -> Item:
        return {
            **keys.lineup(*scene),
            "lead": lineup.lead or "",
            "standings": {name: _standing(one) for name, one in lineup.standings.items()},
            "version": lineup.version,
            "ttl": keys.ttl(self.clock() + self.kept),
            "v": wire.VERSION,
        }

    def _read(self, scene: Scene) -> Lineup:
        item = get_item(self.client, self.table, keys.lineup(*scene))
        # Kept as read when there is none, too: calm scenes have no item and are asked for often.
        return Lineup() if item is None else _lineup(item)


def _standing(standing: Standing) -> Item:
    named = {key: getattr(standing, name) for name, key in INSTANTS.items()}
    known = {key: value for key, value in named.items() if value is not None}
    return {**known, "estimate": f"{standing.estimate:.6f}"}


def _lineup(item: Mapping[str, Any]) -> Lineup:
    return Lineup(
        lead=item["lead"] or None,
        standings={name: _read_standing(row) for name, row in item["standings"].items()},
        version=int(item["version"]),
    )


def _read_standing(row: Mapping[str, Any]) -> Standing:
    known = {name: int(row[key]) for name, key in INSTANTS.items() if key in row}
    return Standing(estimate=float(row["estimate"]), **known)
