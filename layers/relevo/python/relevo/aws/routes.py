"""Routes, the two lists and decisions in DynamoDB; the book is read whole and kept for seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import batch_write, get_item, query
from relevo.domain.outlook import Outlook
from relevo.domain.routes import ListKey, Lists, Route, RouteBook, RoutePlan, price_at
from relevo.domain.timing import DAY, SECOND, Millis
from relevo.domain.words import Environment
from relevo.ports.basics import Clock
from relevo.wire_plans import decision_to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def route_item(route: Route) -> Item:
    """Write a route down as configuration puts it into the table."""
    tariff = route.tariff or ((0, route.price),)
    item: Item = {
        **keys.route(route.name),
        "carrier": route.carrier,
        "account": route.account,
        "environment": route.environment.value,
        "tariff": [[since, str(price)] for since, price in tariff],
        "currency": route.currency,
        "countries": sorted(route.countries),
        "trafficClasses": sorted(route.traffic_classes),
        "receipts": route.receipts,
        "shifts": sorted(route.shifts),
        "templateOnly": route.template_only,
        "encodings": sorted(route.encodings),
        "senders": {country: sorted(names) for country, names in route.senders.items()},
        "lookup": route.lookup,
        "v": wire.VERSION,
    }
    bounds = {"maxSegments": route.max_segments, "tps": route.tps}
    return item | {name: value for name, value in bounds.items() if value is not None}


def route_from_item(item: Mapping[str, Any], now: Millis) -> Route:
    """Read a route back, at the price that holds now."""
    tariff = tuple((int(since), Decimal(price)) for since, price in item["tariff"])
    return Route(
        name=item["sk"],
        carrier=item["carrier"],
        account=item["account"],
        environment=Environment(item["environment"]),
        price=price_at(tariff, now),
        tariff=tariff,
        currency=item["currency"],
        countries=frozenset(item["countries"]),
        traffic_classes=frozenset(item["trafficClasses"]),
        receipts=item["receipts"],
        shifts=frozenset(item["shifts"]),
        template_only=item["templateOnly"],
        encodings=frozenset(item["encodings"]),
        max_segments=item.get("maxSegments"),
        senders={country: frozenset(names) for country, names in item["senders"].items()},
        tps=item.get("tps"),
        lookup=item["lookup"],
    )


def lists_item(key: ListKey, lists: Lists) -> Item:
    """Write one double list down."""
    return {
        **keys.lists(key),
        "primary": list(lists.primary),
        "backup": list(lists.backup),
        "v": wire.VERSION,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoRoutes:
    client: "DynamoDBClient"
    table: str
    clock: Clock
    kept: Millis = 30 * DAY
    fresh: Millis = 10 * SECOND
    _books: Cache[RouteBook] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_books", Cache(self.clock, self.fresh))

    def book(self) -> RouteBook:
        book = self._books.get("book", self._book)
        return book or RouteBook(routes={}, lists={})

    def change(self, old: RouteBook, new: RouteBook) -> None:
        """Write what differs: routes before the lists that name them, and removed in turn."""
        before, after = _items(old), _items(new)
        gone = [
            {"DeleteRequest": {"Key": encode({"pk": pk, "sk": sk})}}
            for pk, sk in reversed(before)
            if (pk, sk) not in after
        ]
        put = [
            {"PutRequest": {"Item": encode(item)}}
            for key, item in after.items()
            if before.get(key) != item
        ]
        for requests in (put, gone):
            batch_write(self.client, self.table, requests)
        self._books.forget("book")

    def fresh_book(self) -> RouteBook:
        """Read the book as it stands now."""
        self._books.forget("book")
        return self.book()

    def remember(
        self, decision: str, plan: RoutePlan, at: Millis, outlook: Outlook | None = None
    ) -> None:
        item = {
            **keys.decision(decision),
            **decision_to_item(plan, outlook),
            "at": at,
            "ttl": keys.ttl(at + self.kept),
            "v": wire.VERSION,
        }
        self.client.put_item(TableName=self.table, Item=encode(item))

    def decision(self, decision: str) -> Mapping[str, Any] | None:
        """Give candidates, exclusions, health and time as they were remembered."""
        item = get_item(self.client, self.table, keys.decision(decision), strong=False)
        if item is None:
            return None
        kept = ("candidates", "exclusions", "at", "health", "probe")
        return {name: item[name] for name in kept if name in item}

    def _book(self) -> RouteBook:
        now = self.clock()
        routes = [route_from_item(item, now) for item in self._partition(keys.ROUTES)]
        lists = {
            keys.lists_named(item["sk"]): Lists(
                primary=tuple(item["primary"]), backup=tuple(item["backup"])
            )
            for item in self._partition(keys.LISTS)
        }
        excluded = {item["sk"]: frozenset(item["names"]) for item in self._partition(keys.EXCLUDED)}
        return RouteBook(
            routes={route.name: route for route in routes}, lists=lists, excluded=excluded
        )

    def _partition(self, pk: str) -> list[Item]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": pk}),
            "ConsistentRead": True,
        }
        return list(query(self.client, request))


def _items(book: RouteBook) -> dict[tuple[str, str], Item]:
    items = [route_item(route) for route in book.routes.values()]
    items += [lists_item(key, lists) for key, lists in book.lists.items()]
    items += [excluded_item(account, names) for account, names in book.excluded.items()]
    return {(item["pk"], item["sk"]): item for item in items}


def excluded_item(account: str, names: frozenset[str]) -> Item:
    """Write down what an account does not want."""
    return {**keys.excluded(account), "names": sorted(names), "v": wire.VERSION}
