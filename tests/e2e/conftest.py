"""One emulator with the deployed stacks for the whole run, an account of its own, real HTTP."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from relevo.aws.codec import decode, encode
from relevo.domain.voice import Voice
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from tools import places, seed, simulated
from tools.client import Client
from tools.simulator.pilot import Pilot
from tools.simulator.server import Simulator
from tools.stack import Stack, bring_up, remove

FOLDER = Path(__file__).parent
HOME = places.LOCAL / "e2e"
ACCOUNT = Account(
    id="acc_e2e",
    currency="EUR",
    senders=frozenset({"Relevo"}),
    voice=Voice(language="es", signatures=("UC浏览器", "探探")),
)
CARRIED = replace(ACCOUNT, id="acc_carried")
DEPOSIT = Decimal(10_000)
POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """The deployed stacks, clients with a sandbox key and a live key, and the sandbox's ledger.

    `carried` is an account whose live messages go to `carriers`, real ones but for their ends.
    """

    stack: Stack
    sandbox: Client
    live: Client
    carried: Client
    carriers: Simulator

    def send(self, to: str, **fields: object) -> str:
        """Send with the sandbox key; give the id."""
        answer = self.sandbox.send(**{"to": to, "text": "Hola", **fields})
        assert answer.status == 202, answer.body
        return str(answer.body["id"])

    def ended(
        self, ids: Sequence[str], *, within: float, by: Client | None = None
    ) -> dict[str, dict[str, Any]]:
        """Wait until these messages are final; give their statuses, unfinished ones included."""
        client = by or self.sandbox
        deadline, statuses = time.monotonic() + within, {}
        waiting = list(ids)
        while waiting:
            for id_ in list(waiting):
                statuses[id_] = client.status(id_)
                if statuses[id_]["final"]:
                    waiting.remove(id_)
            if time.monotonic() > deadline:
                break
            time.sleep(POLL_SECONDS)
        return statuses

    def submits(self, message_id: str) -> list[dict[str, Any]]:
        """Give what the sandbox carriers were handed for this message, in order."""
        answer = self.stack.client("dynamodb").query(
            TableName=self.stack.outputs["LedgerTable"],
            KeyConditionExpression="id = :id",
            ExpressionAttributeValues=encode({":id": message_id}),
            ConsistentRead=True,
        )
        return sorted(map(decode, answer["Items"]), key=lambda item: int(item["at"]))

    def balance(self) -> Decimal:
        body = self.sandbox.call("GET", "/api/v1/account/balance").body
        return Decimal(body["balance"]["amount"])

    def balance_becomes(self, amount: Decimal) -> bool:
        """Whether the balance is that within seconds: a credit follows the stream."""
        for _ in range(40):
            if self.balance() == amount:
                return True
            time.sleep(POLL_SECONDS)
        return False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys take real seconds, and the first test of a module waits for all of its journeys."""
    for item in items:
        if item.path.is_relative_to(FOLDER):
            item.add_marker(pytest.mark.timeout(400))


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    remove(HOME)
    stack = bring_up(home=HOME)
    try:
        with Simulator() as carriers:
            yield opened(stack, carriers)
    finally:
        stack.stop()


def opened(stack: Stack, carriers: Simulator) -> Running:
    """Lay the routes and open the tests' accounts."""
    place = seed.local_place(stack)
    seed.lay_routes(place, ACCOUNT.currency)
    for account in (ACCOUNT, CARRIED):
        seed.open_account(place, account, DEPOSIT)
    keys = {one: seed.issue_key(place, ACCOUNT.id, one) for one in Environment}
    carriers.pilot = Pilot(
        troubled=frozenset(simulated.TROUBLED), callbacks=simulated.callbacks(stack.base_url)
    )
    simulated.tell(stack, carriers.url, CARRIED.id)
    carried = seed.issue_key(place, CARRIED.id, Environment.LIVE)
    return Running(
        stack=stack,
        carriers=carriers,
        carried=Client(base_url=stack.base_url, key=carried),
        sandbox=Client(base_url=stack.base_url, key=keys[Environment.TEST]),
        live=Client(base_url=stack.base_url, key=keys[Environment.LIVE]),
    )
