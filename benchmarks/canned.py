"""A loopback HTTP server with recorded answers, so that a handler's CPU can be measured alone.

`python -m benchmarks.canned recording.json` prints its port. AWS calls are answered by exact body,
else by operation; `POST /carrier?ms=100` answers like a carrier that takes so long.
"""

import asyncio
import json
import sys
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

EMPTY = b"{}"


class Answers:
    """What was recorded, by (target, body) and by target."""

    def __init__(self, recorded: Mapping[str, Any]) -> None:
        self.exact: dict[tuple[str, bytes], bytes] = {}
        self.by_target: dict[str, bytes] = {}
        for one in recorded["functions"].values():
            for target, body, answer in one["answers"]:
                self.exact[target, b64decode(body)] = b64decode(answer)
                self.by_target[target] = b64decode(answer)

    def find(self, target: str, body: bytes) -> bytes:
        return self.exact.get((target, body)) or self.by_target.get(target, EMPTY)


class Connection(asyncio.Protocol):
    """Keep-alive requests with a Content-Length, one after the other."""

    def __init__(self, answers: Answers) -> None:
        self.answers, self.read = answers, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self.read += data
        while b"\r\n\r\n" in self.read:
            head, _, rest = self.read.partition(b"\r\n\r\n")
            line, *lines = head.decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines)
            }
            length = int(headers.get("content-length", 0))
            if len(rest) < length:
                return
            self.read = rest[length:]
            self.answer(line.split(" ")[1], headers, rest[:length])

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        if path.startswith("/carrier"):
            delay = int(path.partition("ms=")[2] or 0) / 1000
            asyncio.get_running_loop().call_later(delay, self.send, b'{"id":"abc"}')
            return
        self.send(self.answers.find(headers.get("x-amz-target", ""), body))

    def send(self, body: bytes) -> None:
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/x-amz-json-1.0\r\n"
            f"x-amzn-RequestId: {'A' * 52}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)


async def serve(recording: Path) -> None:
    answers = Answers(json.loads(recording.read_text()))
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(answers), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
