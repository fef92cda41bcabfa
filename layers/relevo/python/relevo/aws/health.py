"""Outcomes counted per minute, class, carrier and country; statistics, never money or status."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import query
from relevo.domain.health import WINDOW, Tally, Window
from relevo.domain.timing import HOUR, MINUTE, SECOND, Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEYS: Final = frozenset({"pk", "sk", "ttl", "first", "last"})


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoHealth:
    client: "DynamoDBClient"
    table: str
    clock: Clock
    kept: Millis = 2 * HOUR
    fresh: Millis = 5 * SECOND
    _windows: Cache[Window] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_windows", Cache(self.clock, self.fresh))

    def add(self, tallies: Iterable[Tally]) -> None:
        """Add up what shares an item first: one write per carrier, country and minute."""
        items: dict[tuple[str, str, str, int], Counter[str]] = {}
        heard: dict[tuple[str, str, str, int], list[Millis]] = {}
        for tally in tallies:
            minute = keys.health_minute(tally.environment, tally.traffic_class, tally.minute)
            key = (minute, tally.carrier, tally.country, tally.minute)
            items.setdefault(key, Counter())[tally.what] += tally.count
            if tally.what == "receipt" and tally.at:
                heard.setdefault(key, []).append(tally.at)
        for key, counts in items.items():
            minute, carrier, country, number = key
            ttl = keys.ttl(number * MINUTE + self.kept)
            self._add(keys.health(minute, carrier, country), counts, heard.get(key, ()), ttl)

    def window(self, environment: Environment, traffic_class: TrafficClass, now: Millis) -> Window:
        """Sum up the running minute and the four before it; good for some seconds."""
        running = now // MINUTE
        minutes = [
            keys.health_minute(environment, traffic_class, minute)
            for minute in range(running - WINDOW // MINUTE + 1, running + 1)
        ]
        return self._windows.get(minutes[0], lambda: self._sum(minutes)) or Window()

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

    def _sum(self, minutes: Iterable[str]) -> Window:
        sums: Counter[str] = Counter()
        hearing: list[tuple[Millis, Millis]] = []
        for minute in minutes:
            request = {
                "TableName": self.table,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": encode({":pk": minute}),
            }
            for item in query(self.client, request):
                sums.update({name: item[name] for name in item.keys() - KEYS})
                if "last" in item:
                    hearing.append((int(item["first"]), int(item["last"])))
        return Window(
            accepted=sums["accepted"],
            receipts=sums["receipt"],
            silences=sums["silence"],
            hearing=tuple(sorted(hearing)),
        )
