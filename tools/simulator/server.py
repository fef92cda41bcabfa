"""The server: one port for every carrier, a ledger, and faults down to the socket."""

import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from tools.simulator.dialects import DIALECTS
from tools.simulator.wire import Answer, Call, Dialect, Keys, Received, Taken

DRIP_EVERY: Final = 0.05
COMES_AGAIN: Final = 5
GARBAGE: Final = b"\x00\xff<html>not what you expect</html>"


class Fault(StrEnum):
    """What can go wrong with one submit; the request has always been read by then."""

    RESET = "reset"
    CLOSE = "close"
    HANG = "hang"
    TRUNCATE = "truncate"
    DRIP_HEADERS = "drip-headers"
    DRIP_BODY = "drip-body"
    GARBAGE = "garbage"
    EMPTY = "empty"
    TOO_LONG = "too-long"
    REDIRECT = "redirect"
    THROTTLED_BARE = "throttled-bare"
    SERVER_ERROR = "server-error"
    AUTH = "auth"
    THROTTLED = "throttled"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One receipt of a plan: which word, how long after the one before, how many times."""

    word: str
    after: float = 0.0
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a carrier does with one submit: a fault or an answer, and then these receipts.

    `callback` is where carriers call that have one address for the whole account.
    """

    fault: Fault | None = None
    receipts: tuple[Step, ...] = ()
    callback: str = ""


@dataclass
class Simulator:
    """Every carrier under its own first step of the path: `http://127.0.0.1:<port>/infobip/…`."""

    keys: Keys = field(default_factory=Keys)
    ledger: list[Received] = field(default_factory=list)
    taken: list[tuple[str, Taken]] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    pilot: Callable[[str, Taken], Part] | None = None
    port: int = 0

    def __post_init__(self) -> None:
        self._ids, self._connections = count(1), count(1)
        self._open = threading.Event()
        self._server = _Server(("127.0.0.1", self.port), _Handler)
        self._server.simulator = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )

    def __enter__(self) -> "Simulator":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._open.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def at(self, carrier: str) -> str:
        """Give the base URL of a carrier."""
        return f"{self.url}/{carrier}"

    def script(self, *faults: Fault | None) -> None:
        """Arrange what happens to the next submits; None is taken as usual."""
        self.faults.extend(faults)

    def counted(self, carrier: str) -> int:
        return sum(1 for received in self.ledger if received.carrier == carrier)

    def call_back(
        self, carrier: str, taken: Taken, plan: Iterable[Step], *, at: int
    ) -> Sequence[int]:
        """Make the calls of a plan: late, twice, in any order; gives the answers' statuses."""
        statuses = []
        for step in plan:
            time.sleep(step.after)
            call = DIALECTS[carrier].receipt(taken, step.word, self.keys, at)
            statuses += [make(call) for _ in range(step.times)]
        return statuses

    def connection(self) -> int:
        return next(self._connections)

    def handle(self, received: Received, handler: "_Handler") -> None:
        """Write the request down, then answer it or do what is scripted, or the pilot's part."""
        self.ledger.append(received)
        dialect = DIALECTS[received.carrier]
        if self.pilot:
            self._played(received, dialect, handler, self.pilot)
            return
        fault = self.faults.popleft() if self.faults else None
        if fault is None or fault in (Fault.RESET, Fault.HANG, Fault.TRUNCATE):
            taken = dialect.read(received, f"{next(self._ids):024}")
            self.taken.append((received.carrier, taken))
            answer = dialect.accept(taken)
        else:
            answer = dialect.refusals.get(fault, Answer())
        handler.play(fault, answer, self._open)

    def _played(
        self,
        received: Received,
        dialect: Dialect,
        handler: "_Handler",
        pilot: Callable[[str, Taken], Part],
    ) -> None:
        taken = dialect.read(received, f"{next(self._ids):024}")
        self.taken.append((received.carrier, taken))
        part = pilot(received.carrier, taken)
        if part.receipts:
            threading.Thread(
                target=self._speak, args=(received.carrier, taken, part), daemon=True
            ).start()
        refused = dialect.refusals.get(part.fault or "")
        handler.play(part.fault, refused or dialect.accept(taken), self._open)

    def _speak(self, carrier: str, taken: Taken, part: Part) -> None:
        """Bring the receipts; like a real carrier, come again with what was not taken."""
        called = replace(taken, callback=taken.callback or part.callback)
        for step in part.receipts:
            time.sleep(step.after)
            for _ in range(step.times):
                self._bring(carrier, called, step.word)

    def _bring(self, carrier: str, taken: Taken, word: str) -> None:
        for again in range(COMES_AGAIN):
            time.sleep(again)
            call = DIALECTS[carrier].receipt(taken, word, self.keys, int(time.time()))
            with suppress(OSError):
                if make(call) < 300:
                    return


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    simulator: Simulator

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Callers that hang up are what is being tested."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.number = self.server.simulator.connection()

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002 - its name there
        """Say nothing: the ledger knows."""

    def _take(self) -> None:
        parts = urlsplit(self.path)
        _, carrier, rest = (parts.path + "/").split("/", 2)
        length = int(self.headers.get("content-length") or 0)
        received = Received(
            carrier=carrier,
            method=self.command,
            path=f"/{rest.rstrip('/')}",
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            connection=self.number,
        )
        self.server.simulator.handle(received, self)

    do_GET = _take  # noqa: N815 - their names there
    do_POST = _take  # noqa: N815

    def play(self, fault: Fault | None, answer: Answer, end: threading.Event) -> None:
        self.close_connection = fault not in (None, Fault.AUTH, Fault.THROTTLED, Fault.INTERNAL)
        match fault:
            case Fault.RESET:
                # Lingering for no time turns the close into a reset.
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                self.connection.close()
            case Fault.CLOSE:
                pass
            case Fault.HANG:
                end.wait(30)
            case Fault.TRUNCATE:
                self._say(answer, length=len(answer.body) + 7)
            case Fault.DRIP_HEADERS:
                self._drip(b"HTTP/1.1 200 OK\r\nx-slow: " + b"z" * 4_000, end)
            case Fault.DRIP_BODY:
                self._drip(b"HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\n" + b" " * 4_000, end)
            case _:
                self._say(_ANSWERS.get(fault, answer) if fault else answer)

    def _say(self, answer: Answer, *, length: int | None = None) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body) if length is None else length))
        self.end_headers()
        self.wfile.write(answer.body)

    def _drip(self, data: bytes, end: threading.Event) -> None:
        for place in range(len(data)):
            self.wfile.write(data[place : place + 1])
            if end.wait(DRIP_EVERY):
                return


_ANSWERS: Final = {
    Fault.GARBAGE: Answer(body=GARBAGE),
    Fault.EMPTY: Answer(),
    Fault.TOO_LONG: Answer(body=b'{"id":"' + b"x" * 100_000 + b'"}'),
    Fault.REDIRECT: Answer(status=307, headers={"Location": "/elsewhere"}),
    Fault.THROTTLED_BARE: Answer(status=429, headers={"Retry-After": "1"}),
    Fault.SERVER_ERROR: Answer(status=500),
}


def make(call: Call) -> int:
    """Make a call back and give the answer's status."""
    body = json.dumps(call.event).encode() if call.event is not None else call.body
    request = urllib.request.Request(  # noqa: S310 - loopback
        call.url, data=body or None, headers=dict(call.headers), method=call.method
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def closed_port() -> int:
    """Give a port of loopback on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
