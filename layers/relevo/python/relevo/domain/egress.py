"""Which URLs and addresses we call for customers (pure): public ones, and nothing of our own."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

LONGEST_URL: Final = 2048
PORTS: Final = frozenset({443, 8443})
_URL: Final = re.compile(r"https?://[!-\[\]-~]+")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A last label of letters excludes every spelling of an address: 127.1, 0x7f.1, 2130706433.
_HOST: Final = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{1,59}})")
_PRIVATE: Final = (
    *("local", "localhost", "localdomain", "internal", "intranet", "lan", "home", "corp"),
    *("private", "home.arpa", "in-addr.arpa", "ip6.arpa", "test", "invalid", "onion"),
)
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost"})

# Beside what Python calls not global: ranges that lead to somewhere else than they say, relays
# of old transitions, and the address at which one cloud answers its guests.
_NEVER: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
    )
)


class NotAllowed(Exception):
    """A URL or an address that we never call; the word says why, never the address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A URL taken apart once, so that nobody later reads another host out of it."""

    host: str
    port: int
    path: str
    secure: bool = True

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        return (
            self.host if self.port == (443 if self.secure else 80) else f"{self.host}:{self.port}"
        )


def target_of(url: str, *, loopback: bool = False) -> Target:
    """Read a customer's URL, or raise NotAllowed; `loopback` also lets http on this machine in."""
    if len(url) > LONGEST_URL or not _URL.fullmatch(url) or "#" in url:
        raise NotAllowed("malformed")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise NotAllowed("malformed") from None
    if "@" in parts.netloc:
        raise NotAllowed("user")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "http":
        if not (loopback and host in _LOOPBACK):
            raise NotAllowed("not-https")
        return Target(host=host, port=port or 80, path=path, secure=False)
    _check_host(host)
    if (port or 443) not in PORTS:
        raise NotAllowed("port")
    return Target(host=host, port=port or 443, path=path)


def check_address(address: str, *, loopback: bool = False) -> None:
    """Raise NotAllowed for an address that is not plainly a public host's."""
    try:
        given = ip_address(address.partition("%")[0])
    except ValueError:
        raise NotAllowed("malformed-address") from None
    if loopback:
        if not given.is_loopback:
            raise NotAllowed("not-loopback")
    elif not _is_public(given):
        raise NotAllowed("private-address")


def _is_public(given: IPv4Address | IPv6Address) -> bool:
    if isinstance(given, IPv6Address) and given.ipv4_mapped is not None:
        # The same host under another name; nobody publishes such an address in earnest.
        return False
    odd = given.is_multicast or given.is_reserved or given.is_link_local or not given.is_global
    return not odd and not any(given in network for network in _NEVER)


def _check_host(host: str) -> None:
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise NotAllowed("host")
    if any(host == zone or host.endswith(f".{zone}") for zone in _PRIVATE):
        raise NotAllowed("private-host")
