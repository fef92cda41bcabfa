"""Routes, lists and senders as operators read them; what they read they can write again."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import Field

from relevo.api.answers import Answer, Instant, PlainAmount, if_known
from relevo.domain.routes import ListKey, Lists, Route, RouteBook
from relevo.domain.sender import Sender
from relevo.domain.words import Environment


class PriceSince(Answer):
    amount: PlainAmount
    since: Annotated[Instant | None, Field(alias="from")] = if_known()


class RouteEntry(Answer):
    carrier: str
    account: str
    environment: Environment
    countries: tuple[str, ...]
    traffic_classes: tuple[str, ...]
    prices: tuple[PriceSince, ...]
    currency: str
    receipts: bool
    lookup: bool
    encodings: tuple[str, ...]
    shifts: tuple[str, ...]
    max_segments: int | None = if_known()
    template_only: bool
    senders: Mapping[str, tuple[str, ...]]
    tps: int | None = if_known()


class ListEntry(Answer):
    account: str
    environment: str
    country: str
    traffic_class: str
    primary: tuple[str, ...]
    backup: tuple[str, ...]


class BookAnswer(Answer):
    routes: Mapping[str, RouteEntry]
    lists: tuple[ListEntry, ...]
    excluded: Mapping[str, tuple[str, ...]]


class SenderEntry(Answer):
    name: str
    countries: tuple[str, ...]
    registrations: tuple[str, ...]
    default_for: tuple[str, ...]


class SendersAnswer(Answer):
    senders: tuple[SenderEntry, ...]


def book_answer(book: RouteBook) -> BookAnswer:
    return BookAnswer(
        routes={name: route_entry(route) for name, route in sorted(book.routes.items())},
        lists=tuple(_list(key, lists) for key, lists in sorted(book.lists.items())),
        excluded={
            account: tuple(sorted(names)) for account, names in sorted(book.excluded.items())
        },
    )


def route_entry(route: Route) -> RouteEntry:
    tariff = route.tariff or ((0, route.price),)
    return RouteEntry(
        carrier=route.carrier,
        account=route.account,
        environment=route.environment,
        countries=tuple(sorted(route.countries)),
        traffic_classes=tuple(sorted(route.traffic_classes)),
        prices=tuple(PriceSince(amount=price, since=since or None) for since, price in tariff),
        currency=route.currency,
        receipts=route.receipts,
        lookup=route.lookup,
        encodings=tuple(sorted(route.encodings)),
        shifts=tuple(sorted(route.shifts)),
        max_segments=route.max_segments,
        template_only=route.template_only,
        senders={country: tuple(sorted(names)) for country, names in route.senders.items()},
        tps=route.tps,
    )


def senders_answer(senders: Iterable[Sender]) -> SendersAnswer:
    return SendersAnswer(
        senders=tuple(
            SenderEntry(
                name=sender.name,
                countries=tuple(sorted(sender.countries)),
                registrations=tuple(sorted(sender.registrations)),
                default_for=tuple(sorted(sender.default_for)),
            )
            for sender in senders
        )
    )


def _list(key: ListKey, lists: Lists) -> ListEntry:
    account, environment, country, kind = key
    return ListEntry(
        account=account,
        environment=environment,
        country=country,
        traffic_class=kind,
        primary=lists.primary,
        backup=lists.backup,
    )
