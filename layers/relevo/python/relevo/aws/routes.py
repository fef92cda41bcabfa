"""Routes, the two lists and decisions in DynamoDB; the book is read whole and kept for seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import get_item, query
from relevo.domain.routes import Lists, Route, RouteBook, RoutePlan
from relevo.domain.timing import DAY, SECOND, Millis
from relevo.domain.words import Environment
from relevo.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def route_item(route: Route) -> Item:
    """Write a route down as configuration puts it into the table."""
    return {
        **keys.route(route.name),
        "carrier": route.carrier,
        "environment": route.environment.value,
        "price": str(route.price),
        "currency": route.currency,
        "countries": sorted(route.countries),
        "trafficClasses": sorted(route.traffic_classes),
        "receipts": route.receipts,
        "shifts": sorted(route.shifts),
        "templateOnly": route.template_only,
        "v": wire.VERSION,
    }


def route_from_item(item: Mapping[str, Any]) -> Route:
    return Route(
        name=item["sk"],
        carrier=item["carrier"],
        environment=Environment(item["environment"]),
        price=Decimal(item["price"]),
        currency=item["currency"],
        countries=frozenset(item["countries"]),
        traffic_classes=frozenset(item["trafficClasses"]),
        receipts=item["receipts"],
        shifts=frozenset(item.get("shifts", ())),
        template_only=item.get("templateOnly", False),
    )


def lists_item(environment: str, country: str, traffic_class: str, lists: Lists) -> Item:
    """Write the double list of one (environment, country or `*`, class or `*`) down."""
    return {
        **keys.lists(environment, country, traffic_class),
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

    def remember(self, decision: str, plan: RoutePlan, at: Millis) -> None:
        exclusions = [{"route": out.route, "reason": out.reason} for out in plan.exclusions]
        item = {
            **keys.decision(decision),
            **wire.plan_to_item(plan),
            "exclusions": exclusions,
            "at": at,
            "ttl": keys.ttl(at + self.kept),
            "v": wire.VERSION,
        }
        self.client.put_item(TableName=self.table, Item=encode(item))

    def decision(self, decision: str) -> Mapping[str, Any] | None:
        """Give candidates, exclusions and time as they were remembered."""
        item = get_item(self.client, self.table, keys.decision(decision), strong=False)
        if item is None:
            return None
        return {name: item[name] for name in ("candidates", "exclusions", "at")}

    def _book(self) -> RouteBook:
        routes = [route_from_item(item) for item in self._partition(keys.ROUTES)]
        lists = {
            keys.lists_named(item["sk"]): Lists(
                primary=tuple(item["primary"]), backup=tuple(item["backup"])
            )
            for item in self._partition(keys.LISTS)
        }
        return RouteBook(routes={route.name: route for route in routes}, lists=lists)

    def _partition(self, pk: str) -> list[Item]:
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": encode({":pk": pk}),
        }
        return list(query(self.client, request))
