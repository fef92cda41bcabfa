"""HTTP answers that must be read by a deadline and within a number of bytes."""

import http.client
import io
import socket
from time import monotonic
from typing import Any, Final

NO_LIMIT: Final = 1 << 62


class TooLong(OSError):
    """The other side said more than we read."""


class Until(io.RawIOBase):
    """A socket's bytes until a deadline, however slowly they drip: time-outs are per read."""

    def __init__(
        self, raw: io.RawIOBase, sock: socket.socket, deadline: float, most: int = NO_LIMIT
    ) -> None:
        self._raw, self._sock, self._deadline, self._left = raw, sock, deadline, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        left = self._deadline - monotonic()
        if left <= 0:
            raise TimeoutError("deadline passed")
        if self._left <= 0:
            raise TooLong("more than we read")
        self._sock.settimeout(left)
        # Never asked for more than is left, so that an answer ends where the limit does.
        read = self._raw.readinto(memoryview(buffer)[: self._left])
        self._left -= read or 0
        return read

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    """An answer that must be read by the time the socket's time-out was set for."""

    most: int = NO_LIMIT

    def __init__(self, sock: socket.socket, *arguments: Any, **named: Any) -> None:
        super().__init__(sock, *arguments, **named)
        deadline = monotonic() + (sock.gettimeout() or 0)
        self.fp = io.BufferedReader(Until(self.fp.detach(), sock, deadline, self.most))
