"""What clients say about the places where they want to be told."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from relevo.api.fields import CallbackUrl, Moment
from relevo.api.schemas import Request, flaw
from relevo.domain.delivery import KEPT, State
from relevo.domain.endpoint import MOST_EVENTS, known_filter
from relevo.domain.timing import DAY
from relevo.services.webhooks import Wanted


def _check_filter(pattern: str) -> str:
    if not known_filter(pattern):
        raise PydanticCustomError("unknown-event", "Use a type of event, a family.*, or *.")
    return pattern


Filter: TypeAlias = Annotated[str, Field(max_length=64), AfterValidator(_check_filter)]


class WriteEndpoint(Request):
    """The body that creates an endpoint or replaces what is said of it."""

    url: CallbackUrl
    events: Annotated[list[Filter], Field(min_length=1, max_length=MOST_EVENTS)] = Field(
        default_factory=lambda: ["*"]
    )
    description: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    enabled: bool = True

    def wanted(self) -> Wanted:
        return Wanted(
            url=self.url,
            events=tuple(dict.fromkeys(self.events)),
            description=self.description,
            enabled=self.enabled,
        )


class ReplaySpan(Request):
    """Which deliveries to make once more: those of events from `since` until before `until`."""

    since: Moment
    until: Moment
    status: Literal["failed", "succeeded", "all"] = "failed"

    @model_validator(mode="after")
    def _check_span(self) -> "ReplaySpan":
        if not 0 < self.until - self.since <= KEPT + DAY:
            raise flaw("out-of-range", "/until", "Give a time after since, at most 31 days.")
        return self

    @property
    def state(self) -> State | None:
        return None if self.status == "all" else State(self.status)
