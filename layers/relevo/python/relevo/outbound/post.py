"""One POST to a customer: resolved once, every address checked, pinned, never redirected.

The body of the answer is not read: its status says everything, and it is not ours to keep.
"""

import http.client
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from time import monotonic
from typing import Any, Final, TypeAlias

from relevo.domain.delivery import Answer
from relevo.domain.egress import NotAllowed, Target, check_address, target_of
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock
from relevo.sockets import Response, TooLong

MOST_BYTES: Final = 64 * 1024
"""What is read of an answer's head; its body stays unread."""

RESOLVING: Final = 3 * SECOND
AGENT: Final = "Relevo-Webhooks/1"

Found: TypeAlias = Sequence[tuple[Any, ...]]
Resolve: TypeAlias = Callable[[str, int], Found]


def look_up(host: str, port: int) -> Found:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


@cache
def _resolvers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8, thread_name_prefix="resolve")


class _Answer(Response):
    most = MOST_BYTES


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked; the URL's host stays in TLS and in Host."""

    response_class = _Answer

    def __init__(
        self, target: Target, found: Found, deadline: float, trust: Callable[[], ssl.SSLContext]
    ) -> None:
        super().__init__(target.host, target.port)
        self._target, self._found, self._deadline = target, found, deadline
        self._trust = trust

    def connect(self) -> None:
        sock = _connected(self._found, self._deadline)
        try:
            if self._target.secure:
                sock = self._trust().wrap_socket(sock, server_hostname=self._target.host)
            sock.settimeout(_left(self._deadline))
        except BaseException:
            sock.close()
            raise
        self.sock = sock


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """`loopback` is for the local stage; `resolve` and `trust` for tests."""

    clock: Clock
    loopback: bool = False
    resolve: Resolve = look_up
    trust: Callable[[], ssl.SSLContext] = field(default=_trusted)

    def post(self, url: str, headers: Mapping[str, str], body: str, within: Millis) -> Answer:
        """POST once; `within` bounds it all, from looking the name up to the last header."""
        began = monotonic()
        deadline = began + within / SECOND
        try:
            status, retry_after = self._exchange(url, headers, body.encode(), deadline)
            said = Answer(status=status, retry_after=retry_after)
        except (NotAllowed, OSError, http.client.HTTPException, ValueError) as error:
            said = Answer(reason=_why(error))
        took = round((monotonic() - began) * SECOND)
        return Answer(
            status=said.status, reason=said.reason, retry_after=said.retry_after, took=took
        )

    def check(self, url: str) -> None:
        """Raise NotAllowed for a URL that would not be called as things stand."""
        self._addresses(target_of(url, loopback=self.loopback), monotonic() + RESOLVING / SECOND)

    def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes, deadline: float
    ) -> tuple[int, Millis | None]:
        target = target_of(url, loopback=self.loopback)
        found = self._addresses(target, deadline)
        connection = _Pinned(target, found, deadline, self.trust)
        try:
            sent = {"Host": target.authority, "User-Agent": AGENT, "Connection": "close"}
            sent |= {"Content-Type": "application/json", **headers}
            connection.request("POST", target.path, body=body, headers=sent)
            if connection.sock is not None:
                connection.sock.settimeout(_left(deadline))
            response = connection.getresponse()
            return response.status, self._pause(response.headers.get("Retry-After"))
        finally:
            connection.close()

    def _addresses(self, target: Target, deadline: float) -> Found:
        """Look the host up once and check every address; one bad one spoils all."""
        limit = min(_left(deadline), RESOLVING / SECOND)
        looking = _resolvers().submit(self.resolve, target.host, target.port)
        try:
            found = looking.result(timeout=limit)
        except TimeoutError:
            raise NotAllowed("dns-timeout") from None
        except (OSError, UnicodeError):
            raise NotAllowed("dns") from None
        if not found:
            raise NotAllowed("dns")
        for *_, address in found:
            check_address(str(address[0]), loopback=not target.secure)
        return found

    def _pause(self, said: str | None) -> Millis | None:
        """Read a Retry-After, in seconds or as a date; None for nonsense."""
        if said is None:
            return None
        if said.isascii() and said.isdigit():
            return min(int(said[:9]), 10**8) * SECOND
        try:
            at = parsedate_to_datetime(said).timestamp()
        except (ValueError, TypeError, OverflowError):
            return None
        return max(round(at * SECOND) - self.clock(), 0)


def _left(deadline: float) -> float:
    """Give the seconds left; raises when there are none."""
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError("deadline passed")
    return left


def _connected(found: Found, deadline: float) -> socket.socket:
    """Connect to the first address that answers; each gets a fair share of the time."""
    failed: OSError = OSError("no address")
    for shares, (family, kind, protocol, _, address) in zip(
        range(len(found), 0, -1), found, strict=True
    ):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(deadline) / shares)
            sock.connect(address)
        except OSError as error:
            sock.close()
            failed = error
        else:
            sock.settimeout(_left(deadline))
            return sock
    raise failed


def _why(error: Exception) -> str:
    """Name what went wrong in a word; an exception's own text may hold an address."""
    match error:
        case NotAllowed():
            return str(error)
        case TimeoutError():
            return "timeout"
        case ssl.SSLError():
            return "tls"
        case TooLong():
            return "answer-too-long"
        case ConnectionRefusedError():
            return "connect-refused"
        case http.client.HTTPException() | ValueError():
            return "not-http"
    return "connection-lost"
