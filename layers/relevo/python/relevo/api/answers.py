"""The answers as clients read them; building them from heads is the services' part."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, WithJsonSchema
from pydantic.alias_generators import to_camel

from relevo.api.fields import EPOCH, WireEncoding
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, ListName, OnAmbiguous, State, Status, TrafficClass


def rfc3339(instant: Millis) -> str:
    """Write epoch milliseconds as RFC 3339 in UTC."""
    moment = EPOCH + timedelta(milliseconds=instant)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{instant % 1000:03d}Z"


def _plain(amount: Decimal) -> str:
    # Never 1E-7: clients parse amounts with whatever their language offers.
    return format(amount, "f")


Instant: TypeAlias = Annotated[
    int,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
PlainAmount: TypeAlias = Annotated[
    Decimal,
    PlainSerializer(_plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}),
]


def if_known() -> Any:
    """Leave the field out when there is nothing to say; other fields say null."""
    return Field(default=None, exclude_if=lambda value: value is None)


class Answer(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        defer_build=True,  # of some forty answers most functions give one or two
    )

    def wire(self) -> str:
        """Write the JSON of the answer."""
        return self.model_dump_json()


class Price(Answer):
    amount: PlainAmount
    currency: str


class Links(Answer):
    self_: Annotated[str, Field(alias="self")]
    status: str
    route: str


class SendAnswer(Answer):
    """`replaced` are the quotes, dashes, spaces … that smart encoding exchanged, each once.

    Never a letter or a digit, no places, no counts: the answer says nothing of what was written.
    """

    id: str
    status: Status
    to: str
    sender: Annotated[str | None, Field(alias="from")] = None
    traffic_class: TrafficClass
    encoding: WireEncoding
    segments: int
    replaced: tuple[str, ...] | None = if_known()
    price: Price
    created_at: Instant
    send_at: Instant | None = if_known()
    expires_at: Instant
    client_reference: str | None = None
    metadata: Mapping[str, str] | None = if_known()
    links: Links


class AttemptAnswer(Answer):
    n: int
    carrier: str
    list: ListName
    status: State
    outcome: Literal["accepted", "refused", "retryable", "ambiguous"] | None = None
    reason: str | None = None
    carrier_code: str | None = None
    submitted_at: Instant
    accepted_at: Instant | None = None
    final_at: Instant | None = None
    price: Price | None = None


class FailureAnswer(Answer):
    reason: str
    carrier: str | None = None
    carrier_code: str | None = None


class StatusAnswer(Answer):
    id: str
    status: Status
    status_at: Instant
    final: bool
    attempts: tuple[AttemptAnswer, ...] = ()
    failure: FailureAnswer | None = if_known()
    possible_duplicate: bool = False
    price: Price
    client_reference: str | None = None
    metadata: Mapping[str, str] | None = if_known()


class TemplateReference(Answer):
    """The template a text was made from, and the language of the variant that was chosen."""

    id: str
    version: int
    language: str | None = None


WishWord: TypeAlias = Literal["stop", "resume"]


class MessageAnswer(StatusAnswer):
    """Everything about a message; `text` only with the scope `messages:content`.

    An inbound one is a text that somebody sent to us: `from` them, `to` a number of the
    account's; `wish` is what it was understood to want of us.
    """

    environment: Environment
    direction: Literal["outbound", "inbound"] = "outbound"
    to: str | None = None
    country: str
    sender: Annotated[str | None, Field(alias="from")] = None
    wish: WishWord | None = if_known()
    text: str | None = if_known()
    template: TemplateReference | None = if_known()
    traffic_class: TrafficClass
    encoding: WireEncoding
    segments: int
    on_ambiguous: OnAmbiguous
    max_price: Price
    created_at: Instant
    send_at: Instant | None = if_known()
    expires_at: Instant
    links: Links


class MessagesAnswer(Answer):
    """`nextCursor` leads on; a page may be short, or empty, and lead on all the same."""

    data: tuple[MessageAnswer, ...]
    next_cursor: str | None = None


class EventAnswer(Answer):
    """`id` is the `webhook-id` under which this event is delivered; `status` is that of then."""

    id: str
    sequence: int
    type: str
    status: Status
    at: Instant
    attempt: int | None = None
    reason: str | None = if_known()
    by: str | None = None


class EventsAnswer(Answer):
    id: str
    data: tuple[EventAnswer, ...] = ()


class BalanceAnswer(Answer):
    balance: Price
    credit_limit: Price
    spent_today: Price
    daily_cap: Price | None = None
    updated_at: Instant


class FlawAnswer(Answer):
    pointer: str
    code: str
    detail: str


class ProblemAnswer(Answer):
    """For OpenAPI only: answers are written from `Problem.body`, extension members included."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: tuple[FlawAnswer, ...] = ()
