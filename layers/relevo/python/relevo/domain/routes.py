"""Routes as data: carrier accounts, their prices, and the two lists that order them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from relevo.domain.shift_tables import NO_SHIFTS, Shift
from relevo.domain.words import Environment, ListName, TrafficClass

ANY = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to one carrier; `countries` and `traffic_classes` may be `*`.

    `shifts` are the national tables the carrier can use; a `template_only` carrier is told its
    own approved template and its parameters, never a text.
    """

    name: str
    carrier: str
    environment: Environment
    price: Decimal
    currency: str
    countries: frozenset[str] = frozenset({ANY})
    traffic_classes: frozenset[str] = frozenset({ANY})
    receipts: bool = True
    shifts: frozenset[Shift] = NO_SHIFTS
    template_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The double list of one (environment, country, class): route names in order."""

    primary: tuple[str, ...]
    backup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteBook:
    """Everything configured; `lists` is keyed by environment, country or `*`, class or `*`."""

    routes: Mapping[str, Route]
    lists: Mapping[tuple[str, str, str], Lists]

    def lists_for(
        self, environment: Environment, country: str, traffic_class: TrafficClass
    ) -> Lists:
        """Give the most specific pair of lists: country before class before everything."""
        for key in (
            (environment, country, traffic_class),
            (environment, country, ANY),
            (environment, ANY, traffic_class),
            (environment, ANY, ANY),
        ):
            if found := self.lists.get(key):
                return found
        return Lists(primary=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    route: Route
    list: ListName
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    route: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """The eligible routes in order, primary then backup, and why the others are not."""

    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...] = ()
