"""Choose: which routes can carry a message, in which order, and why the others cannot."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from relevo.domain.message import Head
from relevo.domain.outlook import Outlook
from relevo.domain.preference import preferred
from relevo.domain.routes import ANY, Candidate, Exclusion, Route, RouteBook, RoutePlan
from relevo.domain.shift_tables import Shift
from relevo.domain.words import Environment, ListName, TrafficClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a message asks of a route; `ceiling` is the highest price for all its segments.

    `shifted` and `registered` are as in a head. `registered_only`: the market lets the sender
    through only where it is registered at the carrier.
    """

    environment: Environment
    country: str
    traffic_class: TrafficClass
    segments: int
    currency: str | None = None
    ceiling: Decimal | None = None
    pinned: str | None = None
    account: str = ANY
    encoding: str = "GSM-7"
    sender: str | None = None
    registered_only: bool = False
    shifted: tuple[tuple[Shift, int], ...] = ()
    registered: tuple[str, ...] = ()

    def segments_on(self, route: Route) -> int:
        """Count the segments with the national tables the carrier has."""
        saved = [number for shift, number in self.shifted if shift in route.shifts]
        return min([self.segments, *saved])

    def price_on(self, route: Route) -> Decimal:
        return route.price * self.segments_on(route)


def wish_of(head: Head, *, registered_only: bool = False) -> Wish:
    return Wish(
        account=head.account,
        encoding=head.encoding,
        sender=head.sender,
        registered_only=registered_only,
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


def plan(wish: Wish, book: RouteBook, outlook: Outlook | None = None) -> RoutePlan:
    """Order the eligible routes and record every exclusion.

    The order is the configured one, primary then backup, unless the outlook says that another
    carrier is clearly better. A pinned route goes first whatever its health.
    """
    lists = book.lists_for(wish.account, wish.environment, wish.country, wish.traffic_class)
    listed = [(name, ListName.PRIMARY) for name in lists.primary]
    listed += [(name, ListName.BACKUP) for name in lists.backup]
    unwanted = book.excluded.get(wish.account, frozenset())
    candidates: list[Candidate] = []
    exclusions: list[Exclusion] = []
    for name, which in listed:
        route = book.routes.get(name)
        reason = _unfit(route, wish, unwanted)
        if route is None or reason:
            exclusions.append(Exclusion(route=name, reason=reason or "unknown-route"))
            continue
        candidates.append(Candidate(route=route, list=which, price=wish.price_on(route)))
    if outlook is not None:
        candidates = _by_health(candidates, wish.traffic_class, outlook)
    candidates.sort(key=lambda candidate: not _is_pinned(candidate.route, wish))
    return RoutePlan(candidates=tuple(candidates), exclusions=tuple(exclusions))


def _by_health(
    candidates: Sequence[Candidate], traffic_class: TrafficClass, outlook: Outlook
) -> list[Candidate]:
    """The preferred ones first, and before them one that this decision is to probe."""
    scored = {
        one.route.name: replace(
            one,
            score=outlook.score(one.route.carrier),
            out=outlook.lineup.benched(one.route.carrier),
        )
        for one in candidates
    }
    options = [outlook.option(name, one.route.carrier, one.price) for name, one in scored.items()]
    ordered = [scored[option.name] for option in preferred(options, traffic_class)]
    return sorted(ordered, key=lambda one: one.route.carrier != outlook.probe)


def shut_at(chosen: RoutePlan, accounts: Collection[str], reason: str) -> RoutePlan:
    """Shut the candidates at these carrier accounts for now, and say why.

    They stay in the plan: a message that no other carrier takes waits for them and does not fail.
    """
    shut = [
        one.route.name
        for one in chosen.candidates
        if one.route.carrier_account in accounts and not one.shut
    ]
    if not shut:
        return chosen
    return RoutePlan(
        candidates=tuple(
            replace(one, shut=one.shut or one.route.name in shut) for one in chosen.candidates
        ),
        exclusions=(*chosen.exclusions, *(Exclusion(route=name, reason=reason) for name in shut)),
    )


def may_carry(route: Route, environment: Environment) -> bool:
    """Say whether live and sandbox stay apart; asked again as the last line before a claim."""
    return route.environment is environment


def _is_pinned(route: Route, wish: Wish) -> bool:
    return wish.pinned is not None and wish.pinned in (route.name, route.carrier)


def _unfit(route: Route | None, wish: Wish, unwanted: frozenset[str]) -> str | None:
    if route is None:
        return "unknown-route"
    if unwanted & {route.name, route.carrier}:
        return "account-excluded"
    return next((reason for reason, is_unfit in _REASONS if is_unfit(route, wish)), None)


def _too_dear(route: Route, wish: Wish) -> bool:
    return wish.ceiling is not None and wish.price_on(route) > wish.ceiling


def _too_long(route: Route, wish: Wish) -> bool:
    return route.max_segments is not None and wish.segments_on(route) > route.max_segments


def _cannot_write(route: Route, wish: Wish) -> bool:
    # A national table that saves segments makes GSM-7 of what is UCS-2 elsewhere.
    return wish.encoding not in route.encodings and wish.segments_on(route) == wish.segments


def _unregistered(route: Route, wish: Wish) -> bool:
    if not wish.registered_only or wish.sender is None:
        return False
    return not route.knows(wish.sender, wish.country)


_REASONS: Final[tuple[tuple[str, Callable[[Route, Wish], bool]], ...]] = (
    ("wrong-environment", lambda route, wish: not may_carry(route, wish.environment)),
    ("country-not-served", lambda route, wish: not route.countries & {ANY, wish.country}),
    (
        "class-not-carried",
        lambda route, wish: not route.traffic_classes & {ANY, wish.traffic_class.value},
    ),
    ("other-currency", lambda route, wish: wish.currency not in (None, route.currency)),
    ("too-many-segments", _too_long),
    ("encoding-not-carried", _cannot_write),
    ("sender-not-registered", _unregistered),
    (
        "template-not-registered",
        lambda route, wish: route.template_only and route.carrier not in wish.registered,
    ),
    ("price-above-max", _too_dear),
)
"""Why a route cannot carry a message, the plainest reason first."""
