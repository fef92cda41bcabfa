"""Send one message, then follow it to its end: python send.py +34612345001 order-4711

Needs Python 3.9 and the variables RELEVO_URL and RELEVO_KEY; nothing is to be installed.
"""

import json
import os
import sys
import time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

URL, KEY = os.environ["RELEVO_URL"], os.environ["RELEVO_KEY"]


def call(path: str, body: object = None, **headers: str) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    sent = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **headers}
    for attempt in range(5):
        try:
            with urlopen(Request(URL + path, data=data, headers=sent), timeout=10) as answer:
                answered: dict[str, Any] = json.load(answer)
                return answered
        except HTTPError as refusal:
            if refusal.code not in (429, 500, 503):
                problem = json.load(refusal)
                sys.exit(f"{problem['code']}: {problem['detail']} See {problem['type']}")
            pause = int(refusal.headers.get("Retry-After", 2**attempt))
        except URLError:
            pause = 2**attempt
        # Repeating is safe: with the same Idempotency-Key nothing is sent twice.
        time.sleep(pause)
    sys.exit("No answer after five attempts.")


to, order = sys.argv[1:]
message = call(
    "/api/v1/messages/send",
    {"to": to, "text": "Su pedido sale hoy", "clientReference": order},
    **{"Idempotency-Key": order},
)
status = call(message["links"]["status"])
while not status["final"]:
    time.sleep(1)
    status = call(message["links"]["status"])
for attempt in status["attempts"]:
    print(f"{attempt['carrier']} ({attempt['list']}): {attempt['status']}")
print(status["status"])
