"""What is wrong with a book of routes: lists that name nothing, environments that mix."""

from collections.abc import Collection, Iterator

from relevo.domain.phone import known_country
from relevo.domain.problem import Flaw
from relevo.domain.routes import ANY, Lists, Route, RouteBook
from relevo.domain.words import Environment, TrafficClass

_CLASSES = frozenset({ANY, *(kind.value for kind in TrafficClass)})
_ENVIRONMENTS = frozenset(one.value for one in Environment)


def book_flaws(book: RouteBook, carriers: Collection[str]) -> tuple[Flaw, ...]:
    """Find everything; `carriers` are those that this stage has built in."""
    return (*_route_flaws(book, carriers), *_list_flaws(book), *_exclusion_flaws(book))


def _route_flaws(book: RouteBook, carriers: Collection[str]) -> Iterator[Flaw]:
    for name, route in book.routes.items():
        where = f"/routes/{name}"
        if route.carrier not in carriers:
            yield Flaw(f"{where}/carrier", "unknown-carrier", "No such carrier is built in.")
        for country in sorted(route.countries | route.senders.keys()):
            if not _is_place(country):
                yield Flaw(f"{where}/countries", "unknown-country", "Use ISO 3166 alpha-2 or *.")
        if not route.traffic_classes <= _CLASSES:
            yield Flaw(f"{where}/trafficClasses", "unknown-class", "No such class of traffic.")
        if any(price < 0 for _, price in route.tariff):
            yield Flaw(f"{where}/prices", "negative-price", "Nobody pays us for sending.")


def _list_flaws(book: RouteBook) -> Iterator[Flaw]:
    for place, ((_, environment, country, kind), lists) in enumerate(book.lists.items()):
        where = f"/lists/{place}"
        if environment not in _ENVIRONMENTS or not _is_place(country) or kind not in _CLASSES:
            yield Flaw(where, "unknown-place", "Name an environment, a country and a class, or *.")
        if not lists.primary:
            yield Flaw(f"{where}/primary", "empty-list", "The primary list needs a route.")
        yield from _member_flaws(book, environment, lists, where)


def _member_flaws(book: RouteBook, environment: str, lists: Lists, where: str) -> Iterator[Flaw]:
    members = (*lists.primary, *lists.backup)
    if len(set(members)) < len(members):
        yield Flaw(where, "twice", "A route stands on one of the two lists, once.")
    for name in members:
        route = book.routes.get(name)
        if route is None:
            yield Flaw(where, "unknown-route", f"There is no route {name}.")
        elif not _belongs(route, environment):
            detail = f"{name} is a route of the other environment."
            yield Flaw(where, "wrong-environment", detail)


def _belongs(route: Route, environment: str) -> bool:
    return route.environment.value == environment


def _exclusion_flaws(book: RouteBook) -> Iterator[Flaw]:
    known = {name for route in book.routes.values() for name in (route.name, route.carrier)}
    for account, names in book.excluded.items():
        if not names <= known:
            detail = "Exclude routes or carriers that there are."
            yield Flaw(f"/excluded/{account}", "unknown-route", detail)


def _is_place(country: str) -> bool:
    return country == ANY or known_country(country)
