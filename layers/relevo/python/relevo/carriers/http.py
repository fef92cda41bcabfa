"""The one place with sockets: one call, one answer, within a wall clock, and nothing twice.

What fails before the connection stands is provably not taken; everything after may have been.
"""

import http.client
import logging
import socket
import ssl
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any, Final, TypeAlias

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager, Timeout
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, LocationValueError, ReadTimeoutError

from relevo.carriers.values import HttpReply, HttpRequest
from relevo.domain.outcome import Ambiguous, Cause, Refused, Retryable
from relevo.domain.timing import CONNECT, SECOND, Millis
from relevo.sockets import Response

LARGEST_REPLY: Final = 64 * 1024
IDLE: Final = 20 * SECOND
"""A connection unused for longer may be dead without knowing it; ours are frozen in between."""

AT_ONCE: Final = 10

Answer: TypeAlias = HttpReply | Refused | Retryable | Ambiguous

NO_ADDRESS: Final = Refused(reason="not-configured", cause=Cause.CONFIG)

# urllib3 writes URLs into its warnings, and some carriers' URLs hold text and password.
for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class NotConnected(Exception):
    """No connection came about, so no byte of the request has left."""


class _Bounded:
    """Connects within one wall clock, whatever number of addresses, TLS included."""

    response_class: Any = Response

    def connect(self: Any) -> None:
        try:
            super().connect()  # type: ignore[misc]  # of the connection this is mixed into
        except Exception as error:
            raise NotConnected(_why(error)) from error

    def _new_conn(self: Any) -> socket.socket:
        deadline = monotonic() + self.timeout
        found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        failed: Exception = OSError("no address")
        for left, (family, kind, protocol, _, address) in zip(
            range(len(found), 0, -1), found, strict=True
        ):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(max((deadline - monotonic()) / left, 0.001))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
            except OSError as error:
                sock.close()
                failed = error
            else:
                sock.settimeout(max(deadline - monotonic(), 0.001))
                return sock
        raise failed


def _why(error: Exception) -> str:
    match error:
        case socket.gaierror():
            return "dns"
        case TimeoutError():
            return "connect-timeout"
        case ssl.SSLError():
            return "tls"
        case ConnectionRefusedError():
            return "connect-refused"
    return "connect-failed"


class _Plain(_Bounded, HTTPConnection):
    pass


class _Secure(_Bounded, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


class Transport:
    """Connections to one carrier; `trust` is for tests that are their own authority."""

    def __init__(
        self, *, trust: ssl.SSLContext | None = None, now: Callable[[], float] = monotonic
    ) -> None:
        self._pools = PoolManager(
            num_pools=2, maxsize=AT_ONCE, retries=False, ssl_context=trust or _trusted()
        )
        self._pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
        self._now = now
        self._used = now()

    def call(self, request: HttpRequest, *, within: Millis) -> Answer:
        """Send the request once; `within` bounds it all, from connecting to the last byte."""
        if not request.url.startswith(("https://", "http://")):
            return NO_ADDRESS
        self._forget_idle()
        try:
            return self._exchange(request, within / SECOND)
        except NotConnected as error:
            return Retryable(reason=str(error))
        except LocationValueError:
            return NO_ADDRESS
        except (ReadTimeoutError, TimeoutError):
            return Ambiguous(reason="read-timeout")
        except (HTTPError, http.client.HTTPException, OSError):
            return Ambiguous(reason="connection-lost")

    def _exchange(self, request: HttpRequest, seconds: float) -> Answer:
        response = self._pools.urlopen(
            request.method,
            request.url,
            body=request.body,
            headers={"User-Agent": "relevo", **request.headers},
            redirect=False,
            retries=False,
            timeout=Timeout(connect=min(CONNECT / SECOND, seconds), total=seconds),
            preload_content=False,
            decode_content=False,
            enforce_content_length=True,
        )
        try:
            body = _read(response)
        except BaseException:
            response.close()
            raise
        if len(body) > LARGEST_REPLY:
            response.close()
            return Ambiguous(reason="reply-too-long", code=str(response.status))
        response.release_conn()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(status=response.status, headers=headers, body=body)

    def _forget_idle(self) -> None:
        now, used = self._now(), self._used
        self._used = now
        if (now - used) * SECOND > IDLE:
            self._pools.clear()


def _read(response: Any) -> bytes:
    body = b""
    while len(body) <= LARGEST_REPLY:
        chunk = response.read(LARGEST_REPLY + 1 - len(body))
        if not chunk:
            break
        body += chunk
    return body
