"""Who is calling, and whether this is allowed: API keys, their scopes, addresses and accounts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from relevo.api.http import Call
from relevo.domain.api_keys import checksum_ok, environment_of, fingerprint
from relevo.domain.problem import Problem
from relevo.domain.timing import MINUTE, Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Accounts, Key
from relevo.ports.basics import Clock


class Scope(StrEnum):
    MESSAGES_SEND = "messages:send"
    MESSAGES_READ = "messages:read"
    MESSAGES_CONTENT = "messages:content"
    ACCOUNT_READ = "account:read"
    TEMPLATES_READ = "templates:read"
    TEMPLATES_WRITE = "templates:write"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    OPERATOR_ROUTES = "operator:routes"
    OPERATOR_EXCHANGES = "operator:exchanges"

    @property
    def for_operators(self) -> bool:
        return self.family == "operator:*"

    @property
    def family(self) -> str:
        """Everything of the same kind, as a key may be given it: `templates:*`."""
        return f"{self.value.partition(':')[0]}:*"


LONGEST_OPERATOR: Final = 15 * MINUTE
"""What is left of an operator's key at most: one that lies around is worth nothing."""

_SCHEME: Final = "bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An account in one environment, come in by one of its keys."""

    account: Account
    key: Key

    @property
    def environment(self) -> Environment:
        return self.key.environment

    def operates(self, now: Millis) -> bool:
        """Whether this is an operator: a scope that only they have, on a key that ends soon."""
        short = self.key.expires_at is not None and self.key.expires_at - now <= LONGEST_OPERATOR
        return short and any(self.may(scope) for scope in Scope if scope.for_operators)

    def may(self, scope: Scope) -> bool:
        return not self.key.scopes.isdisjoint((scope.value, scope.family))


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Every request but the public pages comes in here; `pepper` keys the stored fingerprints."""

    accounts: Accounts
    pepper: Callable[[], bytes]
    clock: Clock

    def identify(self, call: Call) -> Caller:
        """Find the caller; unknown, revoked, expired and misspelt keys get one and the same 401."""
        key = self._key(_bearer(call))
        account = self.accounts.account(key.account)
        if account is None:
            raise Problem("invalid-credentials")
        return Caller(account=account, key=key)

    def _key(self, token: str) -> Key:
        # A typo or a guess has no valid checksum, and costs no look-up.
        if not checksum_ok(token):
            raise Problem("invalid-credentials")
        key = self.accounts.key(fingerprint(token, self.pepper()))
        now = self.clock()
        if (
            key is None
            or key.environment is not environment_of(token)
            or (key.revoked_at is not None and key.revoked_at <= now)
            or (key.expires_at is not None and key.expires_at <= now)
        ):
            raise Problem("invalid-credentials")
        return key


def check_allowed(caller: Caller, call: Call, scope: Scope, now: Millis) -> None:
    """Refuse a known caller from the wrong address, without money matters settled, or scope."""
    if caller.key.cidrs and not _is_within(call.source_ip, caller.key.cidrs):
        raise Problem("ip-not-allowed")
    if caller.account.suspended:
        raise Problem("tenant-suspended")
    if not caller.may(scope):
        raise Problem("insufficient-scope", f"This needs the scope {scope.value}.")
    if scope.for_operators and not caller.operates(now):
        detail = "Operators come in with keys that live 15 minutes at most."
        raise Problem("insufficient-scope", detail)


def _bearer(call: Call) -> str:
    scheme, _, token = call.headers.get("authorization", "").strip().partition(" ")
    if not scheme or (scheme.lower() == _SCHEME and not token.strip()):
        raise Problem("missing-credentials")
    if scheme.lower() != _SCHEME:
        raise Problem("invalid-credentials")
    return token.strip()


@lru_cache(maxsize=1024)
def _network(cidr: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None  # an unreadable rule lets nobody in


def _is_within(source: str, cidrs: Iterable[str]) -> bool:
    # The socket's address as the gateway saw it: X-Forwarded-For is the client's to write.
    try:
        address = ip_address(source)
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    networks = [network for cidr in cidrs if (network := _network(cidr)) is not None]
    return any(address in network for network in networks)
