"""`make send TO=… TEXT=…`: send one message with the sandbox key and follow it."""

import argparse
import json
from http.client import HTTPException

from tools import places, say
from tools.client import Client
from tools.journey import Sent, follow

PATIENCE = 180


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("to")
    parser.add_argument("text")
    parser.add_argument("trafficClass", nargs="?", default="")
    asked = {name: value for name, value in vars(parser.parse_args()).items() if value}
    if not {"to", "text"} <= asked.keys():
        say.fail("give a number and a text: make send TO=+34612345678 TEXT=hola")
    client = connect()
    try:
        answer = client.send(**asked)
    except (OSError, HTTPException):
        say.fail("the API does not answer; start it with `make up`.")
    if answer.status != 202:
        flaws = "; ".join(flaw["detail"] for flaw in answer.body.get("errors", []))
        say.fail(f"not accepted: {answer.body.get('code')}: {flaws or answer.body.get('detail')}")
    if not follow(
        client, [Sent(id=answer.body["id"], title=f"To {asked['to']}")], seconds=PATIENCE
    ):
        raise SystemExit(1)


def connect() -> Client:
    """Give a client of the running stack, or say how to start one."""
    try:
        known = json.loads(places.STACK_FILE.read_text())
    except (OSError, ValueError):
        say.fail("nothing is running; start it with `make up`.")
    return Client(base_url=known["baseUrl"], key=known["sandboxKey"])


if __name__ == "__main__":
    main()
