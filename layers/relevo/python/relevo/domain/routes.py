"""Routes as data: carrier accounts, their prices, and the two lists that order them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import product
from typing import Final, TypeAlias

from relevo.domain.estimate import Score
from relevo.domain.shift_tables import NO_SHIFTS, Shift
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, ListName, TrafficClass

ANY: Final = "*"
ListKey: TypeAlias = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A way to one carrier; `countries` and `traffic_classes` may be `*`.

    `account` names the account at the carrier, if there are several. `price` is that of now, per
    segment; `tariff` the prices by the instant from which they hold. `shifts` are the national
    tables the carrier can use; a `template_only` carrier is told its own approved template and
    its parameters, never a text. `senders` are those registered at the carrier, by country; both
    may be `*`. `tps` is what it takes a second, `lookup` whether it can be asked later.
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
    account: str = ""
    tariff: tuple[tuple[Millis, Decimal], ...] = ()
    encodings: frozenset[str] = frozenset({"GSM-7", "UCS-2"})
    max_segments: int | None = None
    senders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    tps: int | None = None
    lookup: bool = False

    @property
    def credentials(self) -> str:
        """The name under which the carrier's credentials are kept."""
        return self.account or self.carrier

    @property
    def carrier_account(self) -> str:
        """The account at the carrier, which may serve several routes."""
        return f"{self.carrier}/{self.credentials}"

    def knows(self, sender: str, country: str) -> bool:
        """Whether the sender is registered at this carrier for the country."""
        here = self.senders.get(country, frozenset()) | self.senders.get(ANY, frozenset())
        return bool(here & {ANY, sender})


def price_at(tariff: Iterable[tuple[Millis, Decimal]], now: Millis) -> Decimal:
    """Give the price that holds now: the latest that has begun, or the first there will be."""
    begun = sorted(tariff)
    return [price for since, price in begun if since <= now or since == begun[0][0]][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The double list of one (environment, country, class): route names in order."""

    primary: tuple[str, ...]
    backup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteBook:
    """Everything configured.

    `lists` is keyed by account, environment, country and class, of which all but the environment
    may be `*`; `excluded` are routes or carriers that an account does not want.
    """

    routes: Mapping[str, Route]
    lists: Mapping[ListKey, Lists]
    excluded: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def lists_for(
        self, account: str, environment: Environment, country: str, traffic_class: TrafficClass
    ) -> Lists:
        """Give the most specific pair of lists: the account's, then country, then class."""
        for owner, where, kind in product((account, ANY), (country, ANY), (traffic_class, ANY)):
            if found := self.lists.get((owner, environment, where, kind)):
                return found
        return Lists(primary=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A route that can carry the message, and what is believed of its carrier, if anything is.

    `out` lost the lead and is only probed; `shut` is out of service for now; on `trial` it may
    be, and one message at a time tries.
    """

    route: Route
    list: ListName
    price: Decimal
    score: Score | None = None
    out: bool = False
    shut: bool = False
    trial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusion:
    route: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePlan:
    """The eligible routes in order, primary then backup, and why the others are not."""

    candidates: tuple[Candidate, ...]
    exclusions: tuple[Exclusion, ...] = ()
