"""What passes between a carrier's adapter and its callers: calls, answers, webhooks, notices."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import urlencode

from relevo.domain.outcome import Reason
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import BOUNCES, State

Kind: TypeAlias = Literal["receipts", "inbound"]
"""What a carrier calls us back with; the last word of the callback's path."""

TEMPORARY: Final = frozenset({Reason.UNREACHABLE, Reason.ABSENT_SUBSCRIBER, Reason.THROTTLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpRequest:
    """A call as bytes on the wire; never printed, because it holds text, number and secrets."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SdkCall:
    """The arguments of one call of an SDK that signs and sends by itself."""

    arguments: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpReply:
    """An answer on the wire; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A carrier's call to us, as it came: exact body, lower-case header names.

    `url` is the public one, rebuilt from configuration with the raw query, because carriers sign
    what they were configured with. `token` is the secret part of its path.
    """

    method: str
    url: str = field(repr=False)
    token: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierAccount:
    """Our account at a carrier: its fields as stored, and where its callbacks reach us.

    `name` stands in routes and callback paths; several accounts may share an adapter. The first
    of `tokens` is given out, the others are still taken, so that one can be replaced.
    """

    name: str
    public_url: str
    tokens: tuple[str, ...] = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)

    def __getitem__(self, name: str) -> str:
        return self.fields[name]

    def get(self, name: str, otherwise: str = "") -> str:
        return self.fields.get(name) or otherwise

    def callback(self, kind: Kind, **query: str) -> str:
        """Give the URL the carrier is to call, with what it must bring back."""
        base = f"{self.public_url}/carriers/{self.name}/{self.tokens[0]}/{kind}"
        return f"{base}?{urlencode(query)}" if query else base


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What makes a call different from every other: when it is made, and a random word."""

    at: Millis
    nonce: str

    @property
    def seconds(self) -> int:
        return self.at // SECOND


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a carrier says of one attempt later; `state` None when it does not know itself.

    `reference` is our attempt id if the carrier gave it back. `closed` says that an unknown end is
    all there will ever be. With `parts` above 1 this is about one of so many, named `part`.
    `confidence` tells an operator's word from a handset's.
    """

    state: State | None
    reference: str | None = None
    carrier_id: str | None = None
    reason: Reason | None = None
    code: str | None = None
    text: str | None = field(default=None, repr=False)
    stop: bool = False
    closed: bool = False
    parts: int = 1
    part: str | None = None
    segments: int | None = None
    price: Decimal | None = None
    currency: str | None = None
    at: Millis | None = None
    event: str | None = None
    confidence: Literal["carrier", "handset"] | None = None

    @property
    def final(self) -> bool:
        return self.closed or self.state is State.DELIVERED or self.state in BOUNCES

    @property
    def retryable(self) -> bool:
        """Whether time alone may cure it."""
        return self.state in BOUNCES and self.reason in TEMPORARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """A text somebody sent to one of our numbers; `part` where the carrier did not join parts.

    `opt_out` is the carrier's own word or a common one; the market's words are the reader's task.
    `answered` says that the carrier has confirmed a refusal itself.
    """

    id: str | None
    sender: str = field(repr=False)
    recipient: str | None = field(repr=False)
    text: str = field(repr=False)
    opt_out: bool = False
    answered: bool = False
    at: Millis | None = None
    part: tuple[str, int, int] | None = None
    """The carrier's name of the whole, which part this is (1 …), of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What we know of an attempt that we ask its carrier about."""

    reference: str
    carrier_id: str | None
    to: str = field(repr=False)
    at: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """What an account has left; no amount where the carrier sets no limit."""

    amount: Decimal | None
    currency: str | None = None


def basic(user: str, password: str) -> str:
    """Write the Authorization header of HTTP Basic."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def get(url: str, headers: Mapping[str, str]) -> HttpRequest:
    return HttpRequest(method="GET", url=url, headers=headers)


def post_json(url: str, headers: Mapping[str, str], body: Mapping[str, Any]) -> HttpRequest:
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {**headers, "Content-Type": "application/json"}
    return HttpRequest(method="POST", url=url, headers=headers, body=written)


def post_form(url: str, headers: Mapping[str, str], fields: Mapping[str, str]) -> HttpRequest:
    headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    return HttpRequest(method="POST", url=url, headers=headers, body=urlencode(fields).encode())
