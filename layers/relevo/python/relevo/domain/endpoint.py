"""Where an account wants to be told: endpoints, the events each takes, and their secrets."""

from base64 import b64encode
from dataclasses import dataclass, replace
from typing import Final

from relevo.domain.event import TYPES
from relevo.domain.timing import DAY, MINUTE, SECOND, Millis
from relevo.domain.words import Environment

MOST: Final = 10
"""Endpoints an account may have in one environment."""

MOST_EVENTS: Final = 32
CALLBACKS: Final = "callbacks"
"""Names the place behind all `callbackUrl`s of an account: one secret, one log."""

OVERLAP: Final = DAY
"""How long an old secret still signs beside the new one."""

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
TRIPS: Final = 3
SHORTEST_BREAK: Final = 10 * SECOND
LONGEST_BREAK: Final = MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A signing secret as its owner knows it; `expires_at` once a newer one has taken over."""

    value: str
    expires_at: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`disabled` says why nothing is sent there any more."""

    id: str
    url: str
    events: tuple[str, ...] = ("*",)
    disabled: str | None = None
    description: str | None = None
    secrets: tuple[Secret, ...]
    created_at: Millis
    operators: bool = False

    def wants(self, type_: str) -> bool:
        return self.disabled is None and any(takes(one, type_) for one in self.events)

    def signing(self, now: Millis) -> tuple[str, ...]:
        """Give the secrets that sign now, the newest first."""
        return tuple(
            one.value for one in self.secrets if one.expires_at is None or now < one.expires_at
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Everything an account has in one environment; `version` is 0 before the first change."""

    account: str
    environment: Environment
    all: tuple[Endpoint, ...] = ()
    callbacks: Endpoint | None = None
    version: int = 0

    def get(self, endpoint_id: str) -> Endpoint | None:
        if endpoint_id == CALLBACKS:
            return self.callbacks
        return next((one for one in self.all if one.id == endpoint_id), None)

    def with_one(self, changed: Endpoint) -> "Endpoints":
        """Put an endpoint in the place of the one of its id, or at the end."""
        if changed.id == CALLBACKS:
            return replace(self, callbacks=changed)
        if self.get(changed.id) is None:
            return replace(self, all=(*self.all, changed))
        return replace(
            self, all=tuple(changed if one.id == changed.id else one for one in self.all)
        )

    def without(self, endpoint_id: str) -> "Endpoints":
        return replace(self, all=tuple(one for one in self.all if one.id != endpoint_id))


@dataclass(frozen=True, slots=True, kw_only=True)
class Circuit:
    """How an endpoint has been doing; while it is open nothing is sent there."""

    failures: int = 0
    open_until: Millis = 0

    def is_open(self, now: Millis) -> bool:
        return now < self.open_until

    def after(self, *, well: bool, now: Millis) -> "Circuit":
        """Close at the first success; open at the third failure in a row, longer each time."""
        if well:
            return Circuit()
        failures = self.failures + 1
        if failures < TRIPS:
            return Circuit(failures=failures)
        pause = min(SHORTEST_BREAK << min(failures - TRIPS, 10), LONGEST_BREAK)
        return Circuit(failures=failures, open_until=now + pause)


def takes(pattern: str, type_: str) -> bool:
    """Say whether a filter covers a type: the type itself, `family.*`, or `*`."""
    if pattern.endswith("*"):
        return type_.startswith(pattern[:-1])
    return pattern == type_


def known_filter(pattern: str) -> bool:
    """Say whether a filter can match anything at all."""
    families = {f"{one.partition('.')[0]}.*" for one in TYPES}
    return pattern == "*" or pattern in families or pattern in TYPES


def mint_secret(random: bytes) -> str:
    """Shape random bytes as customers are shown them."""
    if len(random) != SECRET_BYTES:
        raise ValueError(f"a secret is made of {SECRET_BYTES} bytes")
    return PREFIX + b64encode(random).decode("ascii")


def callbacks(secret: str, now: Millis) -> Endpoint:
    """Give the place behind all `callbackUrl`s of an account."""
    return Endpoint(
        id=CALLBACKS,
        url="",
        events=("message.*",),
        secrets=(Secret(value=secret),),
        created_at=now,
    )


def rotated(endpoint: Endpoint, value: str, now: Millis) -> Endpoint:
    """Let a new secret sign first; the one before it goes on for a day, earlier ones end."""
    before = [one for one in endpoint.secrets if one.value in endpoint.signing(now)][:1]
    old = tuple(replace(one, expires_at=now + OVERLAP) for one in before)
    return replace(endpoint, secrets=(Secret(value=value), *old))
