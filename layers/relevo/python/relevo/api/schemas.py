"""The requests as clients write them: shape here, meaning in the services."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Final, LiteralString, Self, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails, PydanticCustomError

from relevo.api.fields import (
    Amount,
    CallbackUrl,
    Country,
    Currency,
    Language,
    Moment,
    Name,
    Schedule,
    Sender,
    State,
    Text,
    TimeZone,
)
from relevo.api.pointers import pointer
from relevo.domain.order import LONGEST_TTL, SHORTEST_TTL
from relevo.domain.problem import KINDS, Flaw, Problem
from relevo.domain.timing import SECOND
from relevo.domain.words import OnAmbiguous, TrafficClass

_TTL: Final = Field(ge=SHORTEST_TTL // SECOND, le=LONGEST_TTL // SECOND)
_MOST_METADATA: Final = 4 * 1024
_LONGEST_VARIABLE: Final = 500
_VARIABLE: Final = "Use a string of at most 500 characters, a number, or {amount, currency}."


class Request(BaseModel):
    """Unknown fields are errors, and values never appear in messages about them."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=False,
        hide_input_in_errors=True,
        defer_build=True,  # most functions are only ever asked to send
    )


Model = TypeVar("Model", bound=Request)


class Money(Request):
    amount: Amount
    currency: Currency


def _parse_variable(value: object) -> str | int | Decimal | Money:
    """Read one variable; a union type would name its branches in the pointers of errors."""
    try:
        if isinstance(value, Mapping):
            return Money.model_validate(value)
    except ValidationError:
        raise PydanticCustomError("invalid-variable", _VARIABLE) from None
    short = not isinstance(value, str) or len(value) <= _LONGEST_VARIABLE
    if isinstance(value, str | int | Decimal) and not isinstance(value, bool) and short:
        return value
    raise PydanticCustomError("invalid-variable", _VARIABLE)


Variable: TypeAlias = Annotated[
    str | int | Decimal | Money,
    PlainValidator(_parse_variable, json_schema_input_type=str | int | float | Money),
]
Variables: TypeAlias = Annotated[dict[Name, Variable], Field(max_length=20)]
Metadata: TypeAlias = Annotated[
    dict[Annotated[str, Field(min_length=1)], str], Field(max_length=20)
]


def flaw(code: LiteralString, where: str, detail: LiteralString) -> PydanticCustomError:
    # A model's validator cannot choose its location, so the pointer travels in the context.
    return PydanticCustomError(code, detail, {"pointer": where})


class SendMessage(Request):
    """The body of `POST /api/v1/messages/send`, and of `quote`."""

    to: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    country: Country | None = None
    contact_id: Name | None = None
    sender: Annotated[Sender | None, Field(alias="from")] = None
    text: Text | None = None
    template_id: Name | None = None
    template_version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    language: Language | None = None
    variables: Variables | None = None
    traffic_class: Annotated[
        TrafficClass,
        Field(
            strict=False,
            description="With a template the default is its category.",
        ),
    ] = TrafficClass.TRANSACTIONAL
    time_zone: TimeZone | None = None
    state: State | None = None
    smart_encoding: bool = True
    route: Name | None = None
    on_ambiguous: Annotated[OnAmbiguous, Field(strict=False)] | None = None
    receipt_deadline_seconds: Annotated[int, Field(ge=10, le=3600)] | None = None
    max_price: Money | None = None
    send_at: Schedule | None = None
    expires_at: Moment | None = None
    ttl_seconds: Annotated[int, _TTL] | None = None
    callback_url: CallbackUrl | None = None
    client_reference: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    metadata: Metadata | None = None

    @model_validator(mode="after")
    def _check_choices(self) -> Self:
        if self.to is None and self.contact_id is None:
            raise flaw("missing", "/to", "Give to or contactId.")
        if self.to is not None and self.contact_id is not None:
            raise flaw("exclusive", "/contactId", "Give either to or contactId.")
        if self.text is None and self.template_id is None:
            raise flaw("missing", "/text", "Give text or templateId.")
        if self.text is not None and self.template_id is not None:
            raise flaw("exclusive", "/templateId", "Give either text or templateId.")
        return self

    @model_validator(mode="after")
    def _check_companions(self) -> Self:
        if self.template_id is None and self.variables:
            raise flaw("needs-template", "/variables", "Variables need a templateId.")
        if self.template_id is None and self.template_version:
            raise flaw("needs-template", "/templateVersion", "A version needs a templateId.")
        if self.expires_at is not None and self.ttl_seconds is not None:
            raise flaw("exclusive", "/ttlSeconds", "Give either expiresAt or ttlSeconds.")
        return self

    @model_validator(mode="after")
    def _check_metadata(self) -> Self:
        pairs = (self.metadata or {}).items()
        if sum(len(name.encode()) + len(value.encode()) for name, value in pairs) > _MOST_METADATA:
            raise flaw("too-large", "/metadata", "Metadata holds at most 4 KiB.")
        return self


def check_known(send: SendMessage) -> None:
    """Refuse references to what no account has yet: contacts."""
    if send.contact_id is not None:
        detail = "The account has no contact of this id."
        raise Problem("validation-failed", errors=[Flaw("/contactId", "not-found", detail)])


def _flaw_of(item: ErrorDetails) -> Flaw:
    where = item.get("ctx", {}).get("pointer") or pointer(item["loc"])
    return Flaw(where, item["type"].replace("_", "-"), item["msg"])


def flaws_of(error: ValidationError) -> tuple[Flaw, ...]:
    """Translate pydantic's findings; codes are kebab-case, and no input is among them."""
    return tuple(map(_flaw_of, error.errors(include_url=False, include_input=False)))


def problem_of(error: ValidationError) -> Problem:
    """Answer a rejected body: with the slug of its only cause, if that cause has one."""
    flaws = flaws_of(error)
    codes = {flaw.code for flaw in flaws}
    slug = codes.pop() if len(codes) == 1 else "validation-failed"
    return Problem(slug if slug in KINDS else "validation-failed", errors=flaws)


def read(model: type[Model], body: Mapping[str, object], *, loopback: bool = False) -> Model:
    """Validate a parsed body; pydantic's error ends here, because it names the client's keys.

    `loopback` lets URLs lead to this machine, as only the local stage may.
    """
    try:
        return model.model_validate(body, context={"loopback": loopback})
    except ValidationError as error:
        raise problem_of(error) from None
