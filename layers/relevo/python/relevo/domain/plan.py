"""Choose: which routes can carry a message, in which order, and why the others cannot."""

from dataclasses import dataclass
from decimal import Decimal

from relevo.domain.message import Head
from relevo.domain.routes import ANY, Candidate, Exclusion, Route, RouteBook, RoutePlan
from relevo.domain.shift_tables import Shift
from relevo.domain.words import Environment, ListName, TrafficClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a message asks of a route; `ceiling` is the highest price for all its segments.

    `shifted` and `registered` are as in a head.
    """

    environment: Environment
    country: str
    traffic_class: TrafficClass
    segments: int
    currency: str | None = None
    ceiling: Decimal | None = None
    pinned: str | None = None
    shifted: tuple[tuple[Shift, int], ...] = ()
    registered: tuple[str, ...] = ()

    def price_on(self, route: Route) -> Decimal:
        """Give the price of all segments, counted with the national tables the carrier has."""
        fewest = min((n for shift, n in self.shifted if shift in route.shifts), default=None)
        return route.price * min(self.segments, fewest or self.segments)


def wish_of(head: Head) -> Wish:
    return Wish(
        environment=head.environment,
        country=head.country,
        traffic_class=head.traffic_class,
        segments=head.segments,
        currency=head.currency,
        ceiling=head.max_price,
        pinned=head.pinned,
        shifted=head.shifted,
        registered=head.registered,
    )


def plan(wish: Wish, book: RouteBook) -> RoutePlan:
    """Order the eligible routes as configured, primary then backup; record every exclusion."""
    lists = book.lists_for(wish.environment, wish.country, wish.traffic_class)
    listed = [(name, ListName.PRIMARY) for name in lists.primary]
    listed += [(name, ListName.BACKUP) for name in lists.backup]
    candidates: list[Candidate] = []
    exclusions: list[Exclusion] = []
    for name, which in listed:
        route = book.routes.get(name)
        reason = _unfit(route, wish)
        if route is None or reason:
            exclusions.append(Exclusion(route=name, reason=reason or "unknown-route"))
            continue
        candidates.append(Candidate(route=route, list=which, price=wish.price_on(route)))
    candidates.sort(key=lambda candidate: not _is_pinned(candidate.route, wish))
    return RoutePlan(candidates=tuple(candidates), exclusions=tuple(exclusions))


def may_carry(route: Route, environment: Environment) -> bool:
    """Say whether live and sandbox stay apart; asked again as the last line before a claim."""
    return route.environment is environment


def _is_pinned(route: Route, wish: Wish) -> bool:
    return wish.pinned is not None and wish.pinned in (route.name, route.carrier)


def _unfit(route: Route | None, wish: Wish) -> str | None:
    if route is None:
        return "unknown-route"
    if not may_carry(route, wish.environment):
        return "wrong-environment"
    if not route.countries & {ANY, wish.country}:
        return "country-not-served"
    if not route.traffic_classes & {ANY, wish.traffic_class.value}:
        return "class-not-carried"
    if wish.currency not in (None, route.currency):
        return "other-currency"
    if route.template_only and route.carrier not in wish.registered:
        return "template-not-registered"
    if wish.ceiling is not None and wish.price_on(route) > wish.ceiling:
        return "price-above-max"
    return None
