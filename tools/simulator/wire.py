"""What the simulator and its dialects pass to each other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

SUBMIT_AT: Final = 1_790_848_800


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came over the socket."""

    carrier: str
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    connection: int

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A submit as its carrier understands it; `id` is the carrier's own."""

    id: str
    reference: str
    to: str
    text: str
    callback: str = ""
    parts: int = 1
    sender: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call back, ready to be made; `event` instead where Lambda is called."""

    method: str = "POST"
    url: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    event: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What each carrier signs its webhooks with, and what it lets in."""

    auth_token: str = "0123456789abcdef0123456789abcdef"
    secret: str = "sigSecret0123456sigSecret0123456"
    seed: bytes = bytes(range(32))
    topic: str = "arn:aws:sns:eu-west-1:111122223333:sms-events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one carrier speaks: what a submit says, how it is taken, and how receipts go out.

    `refusals` are its words for what every carrier knows: auth, throttled, internal.
    """

    name: str
    read: Callable[[Received, str], Taken]
    accept: Callable[[Taken], Answer]
    receipt: Callable[[Taken, str, Keys, int], Call]
    refusals: Mapping[str, Answer]


def given_back(url: str, name: str = "mid") -> str:
    return dict(parse_qsl(urlsplit(url).query)).get(name, "")
