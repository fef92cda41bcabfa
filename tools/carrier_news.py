"""`make carrier-news URL=…`: have a server told what befalls carriers, by webhook."""

import argparse
from typing import Final

from tools import say
from tools.routes import SCOPES, operator

NEWS: Final = SCOPES | {"webhooks:*"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--url", required=True)
    asked = parser.parse_args()
    wanted = {"url": asked.url, "events": ["carrier.*"], "description": "carriers, for operators"}
    answer = operator(asked.stage, NEWS).call("POST", "/api/v1/webhook-endpoints", wanted)
    if answer.status != 201:
        say.fail(f"nothing was made: {answer.body.get('detail', answer.body)}")
    say.line(f"endpoint {answer.body['id']} is told when a carrier loses the lead or comes back")
    say.line(f"its secret, shown this once: {answer.body['secret']}")


if __name__ == "__main__":
    main()
