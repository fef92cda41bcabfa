"""Routes, lists and senders as operators write them, in a request or in a file."""

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from relevo.api.fields import Amount, Currency, Moment, Name, Sender
from relevo.api.schemas import Request
from relevo.domain import sender as domain
from relevo.domain.routes import ANY, ListKey, Lists, Route, RouteBook
from relevo.domain.shift_tables import Shift
from relevo.domain.words import Environment

Place: TypeAlias = Annotated[str, Field(pattern=r"^([A-Z]{2}|\*)$", max_length=2)]
Kind: TypeAlias = Literal["otp", "transactional", "marketing", "*"]
Account: TypeAlias = Annotated[str, Field(pattern=r"^(acc_[a-z0-9-]{1,32}|\*)$", max_length=36)]
Wanted: TypeAlias = Annotated[str, Field(min_length=1, max_length=32)]
Market: TypeAlias = Annotated[
    str, Field(pattern=r"^(\*|[A-Z]{2})(:[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$", max_length=40)
]
Environs: TypeAlias = Annotated[Environment, Field(strict=False)]
_MOST: Final = 2_000


class PriceRequest(Request):
    """The price of a segment from an instant on; without one, always."""

    amount: Amount
    since: Annotated[Moment | None, Field(alias="from")] = None


class RouteRequest(Request):
    """A way to one carrier; what is left out has the most careful default."""

    carrier: Name
    account: Annotated[str, Field(max_length=64)] = ""
    environment: Environs
    countries: Annotated[list[Place], Field(min_length=1)]
    traffic_classes: Annotated[list[Kind], Field(min_length=1)] = Field(
        default_factory=lambda: list[Kind]([ANY])
    )
    prices: Annotated[list[PriceRequest], Field(min_length=1)]
    currency: Currency
    receipts: bool = True
    lookup: bool = False
    encodings: Annotated[list[Literal["GSM-7", "UCS-2"]], Field(min_length=1)] = Field(
        default_factory=lambda: list[Literal["GSM-7", "UCS-2"]](["GSM-7", "UCS-2"])
    )
    shifts: list[Shift] = Field(default_factory=list)
    max_segments: Annotated[int, Field(ge=1, le=255)] | None = None
    template_only: bool = False
    senders: dict[Place, list[Wanted]] = Field(default_factory=dict)
    tps: Annotated[int, Field(ge=1, le=100_000)] | None = None

    def route(self, name: str) -> Route:
        tariff = tuple((price.since or 0, price.amount) for price in self.prices)
        return Route(
            name=name,
            carrier=self.carrier,
            account=self.account,
            environment=self.environment,
            price=tariff[0][1],
            tariff=tariff,
            currency=self.currency,
            countries=frozenset(self.countries),
            traffic_classes=frozenset(self.traffic_classes),
            receipts=self.receipts,
            lookup=self.lookup,
            encodings=frozenset(self.encodings),
            shifts=frozenset(self.shifts),
            max_segments=self.max_segments,
            template_only=self.template_only,
            senders={country: frozenset(names) for country, names in self.senders.items()},
            tps=self.tps,
        )


class ListRequest(Request):
    """The double list of an account (or everybody), environment, country and class."""

    account: Account = ANY
    environment: Environs
    country: Place = ANY
    traffic_class: Kind = ANY
    primary: Annotated[list[Name], Field(min_length=1, max_length=50)]
    backup: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)

    @property
    def key(self) -> ListKey:
        return self.account, self.environment.value, self.country, self.traffic_class


class BookRequest(Request):
    """Everything that is configured: the body of `PUT /api/v1/routes`, and of a file."""

    routes: Annotated[dict[Name, RouteRequest], Field(max_length=_MOST)]
    lists: Annotated[list[ListRequest], Field(max_length=_MOST)]
    excluded: Annotated[dict[Account, list[Name]], Field(max_length=_MOST)] = Field(
        default_factory=dict
    )

    def book(self) -> RouteBook:
        return RouteBook(
            routes={name: one.route(name) for name, one in self.routes.items()},
            lists={
                one.key: Lists(primary=tuple(one.primary), backup=tuple(one.backup))
                for one in self.lists
            },
            excluded={account: frozenset(names) for account, names in self.excluded.items()},
        )


class SenderRequest(Request):
    """`defaultFor` are markets where it stands unasked: `ES`, `ES:ca` for a language, `*`."""

    name: Sender
    countries: Annotated[list[Place], Field(min_length=1)] = Field(default_factory=lambda: [ANY])
    registrations: list[Wanted] = Field(default_factory=list)
    default_for: list[Market] = Field(default_factory=list)

    def sender(self) -> domain.Sender:
        return domain.Sender(
            name=self.name,
            countries=frozenset(self.countries),
            registrations=frozenset(self.registrations),
            default_for=frozenset(self.default_for),
        )


class SendersRequest(Request):
    """All senders of an account: the body of `PUT /api/v1/accounts/{accountId}/senders`."""

    senders: Annotated[list[SenderRequest], Field(max_length=_MOST)]
