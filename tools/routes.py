"""`make routes FILE=…`: make a file the whole of what a stage routes over, through its API."""

import argparse
from pathlib import Path
from typing import Any, Final

import yaml

from relevo.aws.accounts import account_item
from relevo.domain.timing import MINUTE
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from tools import say, seed, stack
from tools.account import place_of
from tools.client import Client

OPERATOR: Final = Account(id="acc_operator", currency="EUR")
SCOPES: Final = frozenset({"operator:*"})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--file", type=Path, required=True)
    asked = parser.parse_args()
    load(operator(asked.stage), written(asked.file))


def written(file: Path) -> dict[str, Any]:
    """Read the file; says in one sentence what is wrong with it."""
    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        say.fail(f"{file} cannot be read: {error}")
    if not isinstance(document, dict):
        say.fail(f"{file} holds no routes; see docs/examples/routes.yaml")
    return document


def operator(stage: str, scopes: frozenset[str] = SCOPES) -> Client:
    """Give a client that may do an operator's work for a quarter of an hour."""
    return operator_at(*reach(stage), scopes)


def operator_at(place: seed.Place, base_url: str, scopes: frozenset[str] = SCOPES) -> Client:
    place.put("AccountsTable", [account_item(OPERATOR)])
    key = seed.issue_key(place, OPERATOR.id, Environment.LIVE, scopes=scopes, ends_in=15 * MINUTE)
    return Client(base_url=base_url, key=key)


def reach(stage: str) -> tuple[seed.Place, str]:
    if stage != "local":
        place = place_of(stage)
        return place, place.outputs["ApiUrl"]
    running = stack.load()
    if running is None:
        say.fail("nothing is running; start it with `make up`.")
    return seed.local_place(running), running.base_url


def load(client: Client, document: dict[str, Any]) -> None:
    senders = document.pop("senders", {})
    answer = client.call("PUT", "/api/v1/routes", document)
    if answer.status != 200:
        refuse(answer.body)
    routes, lists = len(answer.body["routes"]), len(answer.body["lists"])
    say.line(f"{routes} routes and {lists} pairs of lists; the functions see them within 10 s.")
    for account, own in senders.items():
        answer = client.call("PUT", f"/api/v1/accounts/{account}/senders", {"senders": own})
        if answer.status != 200:
            refuse(answer.body)
        say.line(f"{len(own)} senders of {account}; seen within 30 s.")


def refuse(problem: dict[str, Any]) -> None:
    for error in problem.get("errors", ()):
        say.line(f"  {error['pointer']}: {error['detail']}")
    say.fail(f"nothing more was changed: {problem.get('detail', problem)}")


if __name__ == "__main__":
    main()
