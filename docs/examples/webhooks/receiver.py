"""Take Relevo's webhooks with the official package: python receiver.py FOLDER

FOLDER holds `secrets`, one a line; what was verified is appended to `events.jsonl`, each event
once. A status written to `answer` is answered instead of 204, to see how that is dealt with.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

FOLDER = Path(sys.argv[1])
SEEN: set[str] = set()


def verified(body: bytes, headers: dict[str, str]) -> bool:
    """Whether one of the secrets signed exactly these bytes, within the last five minutes."""
    for secret in (FOLDER / "secrets").read_text().split():
        try:
            Webhook(secret).verify(body, headers, json_parse=False)
        except (WebhookVerificationError, ValueError):
            continue
        return True
    return False


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.send_response(self.taken(body, headers))
        self.end_headers()

    def taken(self, body: bytes, headers: dict[str, str]) -> int:
        if not verified(body, headers):
            return 400
        answer = FOLDER / "answer"
        if answer.exists():
            return int(answer.read_text())
        # The same id may come again: after a retry that was not needed, and after a replay.
        if headers["webhook-id"] not in SEEN:
            SEEN.add(headers["webhook-id"])
            with (FOLDER / "events.jsonl").open("a") as events:
                line = {"id": headers["webhook-id"], **json.loads(body)}
                events.write(json.dumps(line) + "\n")
        return 204

    def log_message(self, *_: object) -> None:
        """Say nothing for each request."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(server.server_port, flush=True)
    server.serve_forever()
