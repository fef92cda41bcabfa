"""Who sends and what that costs him: accounts, keys, balances, refusals, limits per recipient."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from relevo.domain.frequency import Sent
from relevo.domain.timing import Millis
from relevo.domain.voice import Voice
from relevo.domain.words import Environment


class InsufficientBalance(Exception):
    """Balance plus credit does not cover the price."""


class SpendCapReached(Exception):
    """The account's daily cap would be passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: str
    currency: str
    credit_limit: Decimal = Decimal(0)
    daily_cap: Decimal | None = None
    suspended: bool = False
    countries: frozenset[str] | None = None
    senders: frozenset[str] = frozenset()
    voice: Voice = field(default_factory=Voice)
    shards: int = 1
    """Over how many items the balance is spread; money for one message must be on one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """Whose money a new message costs; `today` is the UTC day (ISO) the spend counts for."""

    account: Account
    today: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What was accepted for one recipient of an account lately; `version` is 0 where nothing."""

    entries: tuple[Sent, ...] = ()
    version: int = 0


class Histories(Protocol):
    def recent(self, account: str, environment: Environment, recipient: str) -> Recent:
        """Read the history of a recipient hash (strongly consistent)."""
        ...

    def remember(
        self,
        account: str,
        environment: Environment,
        recipient: str,
        recent: Recent,
        until: Millis,
    ) -> None:
        """Write entries over the version they were read in; raises Conflict."""
        ...


class OptOuts(Protocol):
    def add(
        self, account: str, environment: Environment, recipient: str, at: Millis, *, by: str
    ) -> bool:
        """Remember that a recipient hash said stop, in the message `by`.

        False when another message had said so before.
        """
        ...

    def remove(self, account: str, environment: Environment, recipient: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as stored: never the key itself."""

    id: str
    account: str
    environment: Environment
    scopes: frozenset[str]
    cidrs: tuple[str, ...] = ()
    expires_at: Millis | None = None
    revoked_at: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    amount: Decimal
    currency: str
    spent_today: Decimal
    updated_at: Millis


class Accounts(Protocol):
    def key(self, fingerprint: str) -> Key | None: ...

    def account(self, account: str) -> Account | None: ...

    def balance(self, account: Account, environment: Environment, *, today: str) -> Balance: ...
