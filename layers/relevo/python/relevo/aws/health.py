"""Outcomes counted by the minute, class, carrier and country; statistics, never money or status.

A batch that is handled twice counts twice.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import query
from relevo.domain.counting import cohorts_of
from relevo.domain.evidence import FINE, REMEMBERED, Cohort, Reading
from relevo.domain.health import WINDOW, Tally, Window
from relevo.domain.outlook import Scene
from relevo.domain.timing import HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.basics import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS: Final = frozenset({"pk", "sk", "ttl", "first", "last"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoHealth:
    """The last minutes are read every `fresh`, those before them every `calm`."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    kept: Millis = 2 * HOUR
    fresh: Millis = 5 * SECOND
    calm: Millis = MINUTE
    _windows: Cache[Window] = field(init=False)
    _recent: Cache[tuple[Millis, list[Item]]] = field(init=False)
    _older: Cache[tuple[Millis, list[Item]]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_windows", Cache(self.clock, self.fresh))
        object.__setattr__(self, "_recent", Cache(self.clock, self.fresh))
        object.__setattr__(self, "_older", Cache(self.clock, self.calm))

    def add(self, tallies: Iterable[Tally]) -> None:
        """Add up what shares an item first: one write per carrier, country and minute."""
        items: dict[tuple[str, str, int, str], Counter[str]] = {}
        heard: dict[tuple[str, str, int, str], list[Millis]] = {}
        for tally in tallies:
            tens = keys.health_tens(tally.environment, tally.traffic_class, tally.minute)
            key = (tens, tally.country, tally.minute, tally.carrier)
            items.setdefault(key, Counter())[tally.what] += tally.count
            if tally.what == "receipt" and tally.at:
                heard.setdefault(key, []).append(tally.at)
        for key, counts in items.items():
            ttl = keys.ttl(key[2] * MINUTE + self.kept)
            self._add(keys.health(*key), counts, heard.get(key, ()), ttl)

    def window(self, environment: Environment, traffic_class: TrafficClass, now: Millis) -> Window:
        """Sum up the running minute and the four before it; good for some seconds."""
        running = now // MINUTE
        minutes = range(running - WINDOW // MINUTE + 1, running + 1)
        tens = {keys.health_tens(environment, traffic_class, minute): None for minute in minutes}
        name = f"{'+'.join(tens)}@{running}"
        return self._windows.get(name, lambda: self._sum(tens, minutes)) or Window()

    def evidence(self, scene: Scene, now: Millis) -> Reading:
        """Give the cohorts of every carrier over the last hour; the newest are seconds old."""
        border = (now - FINE) // MINUTE
        older = range((now - REMEMBERED) // MINUTE, border)
        recent = range(border, now // MINUTE + 1)
        name = "#".join(scene)
        _, items = self._older.get(name, lambda: (now, self._read(scene, older))) or (now, [])
        at, newer = self._recent.get(name, lambda: (now, self._read(scene, recent))) or (now, [])
        return Reading(at=at, cohorts=_cohorts([*items, *newer]))

    def _read(self, scene: Scene, minutes: range) -> list[Item]:
        environment, traffic_class, country = scene
        tens = {keys.health_tens(environment, traffic_class, minute): None for minute in minutes}
        since = keys.health_from(country, minutes.start)
        until = keys.health_from(country, minutes.stop)
        condition = "pk = :pk AND sk BETWEEN :since AND :until"
        values = {":since": since, ":until": until}
        return [item for pk in tens for item in self._query(condition, {":pk": pk, **values})]

    def _query(self, condition: str, values: Mapping[str, Any]) -> Iterable[Item]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": encode(dict(values)),
        }
        return query(self.client, request)

    def _add(
        self, key: Item, counts: Mapping[str, int], heard: Collection[Millis], ttl: int
    ) -> None:
        names = {f"#{i}": what for i, what in enumerate(counts)}
        adds = ", ".join(f"{short} :{short[1:]}" for short in names)
        values = {f":{short[1:]}": counts[what] for short, what in names.items()}
        sets = "#ttl = :ttl"
        if heard:
            sets += ", #first = if_not_exists(#first, :first), #last = :last"
            names |= {"#first": "first", "#last": "last"}
            values |= {":first": min(heard), ":last": max(heard)}
        self.client.update_item(
            TableName=self.table,
            Key=encode(key),
            UpdateExpression=f"SET {sets} ADD {adds}",
            ExpressionAttributeNames={**names, "#ttl": "ttl"},
            ExpressionAttributeValues=encode({**values, ":ttl": ttl}),
        )

    def _sum(self, tens: Iterable[str], minutes: range) -> Window:
        sums: Counter[str] = Counter()
        hearing: list[tuple[Millis, Millis]] = []
        for pk in tens:
            for item in self._query("pk = :pk", {":pk": pk}):
                if keys.health_named(item["sk"])[0] not in minutes:
                    continue
                sums.update({name: item[name] for name in item.keys() - KEYS})
                if "last" in item:
                    hearing.append((int(item["first"]), int(item["last"])))
        return Window(
            accepted=sums["accepted"],
            receipts=sums["receipt"],
            silences=sums["silence"],
            hearing=tuple(sorted(hearing)),
        )


def _cohorts(items: Iterable[Item]) -> dict[str, list[Cohort]]:
    """Read items back; of a minute that was read twice, as it passed on, the later one holds."""
    found = {
        keys.health_named(item["sk"]): {name: item[name] for name in item.keys() - KEYS}
        for item in items
    }
    cohorts: dict[str, list[Cohort]] = {}
    for (minute, carrier), counts in found.items():
        cohorts.setdefault(carrier, []).extend(cohorts_of(minute, counts))
    return cohorts
