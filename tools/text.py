"""`make text FROM=… TEXT=…`: somebody texts the demo account; Twilio tells of it, signed."""

import argparse
import json
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tools import places, say
from tools.client import Client
from tools.simulated import NUMBER
from tools.simulator.accounts import TOKEN
from tools.simulator.texts import twilio_text
from tools.simulator.wire import Call, Keys

TIMEOUT = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sender")
    parser.add_argument("text")
    asked = parser.parse_args()
    if not (asked.sender and asked.text):
        say.fail("give a number and a text: make text FROM=+34612345678 TEXT=BAJA")
    client = connect()
    url = f"{client.base_url}/carriers/twilio/{TOKEN}/inbound"
    status = tell(twilio_text(url, asked.sender, NUMBER, asked.text, Keys()))
    if status != 200:
        say.fail(f"answered {status}; texts come in after `make up SIMULATE=real`.")
    [message] = client.call("GET", "/api/v1/messages?status=received&limit=1").body["data"]
    print(json.dumps(message, indent=2, ensure_ascii=False))


def connect() -> Client:
    """Give a client with the live key, which is whose carriers people can answer to."""
    try:
        known = json.loads(places.STACK_FILE.read_text())
    except (OSError, ValueError):
        say.fail("nothing is running; start it with `make up SIMULATE=real`.")
    return Client(base_url=known["baseUrl"], key=known["apiKey"])


def tell(call: Call) -> int:
    """Make a carrier's call; give what it was answered."""
    request = Request(call.url, data=call.body, headers=dict(call.headers), method=call.method)  # noqa: S310
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - our own address
            return int(answer.status)
    except HTTPError as refusal:
        return refusal.code
    except URLError:
        say.fail("the API does not answer; start it with `make up SIMULATE=real`.")


if __name__ == "__main__":
    main()
