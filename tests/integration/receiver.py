"""A customer's server on this machine: it keeps what comes and answers what it is told to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One POST as it came."""

    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    url: str
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[Heard], int] = lambda _: 200

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.heard]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver(url="")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append(Heard(headers=headers, body=body))
            self.send_response(receiver.answer(receiver.heard[-1]))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/hooks"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
