"""Two accounts, two environments, every route: what is not yours does not exist."""

import pytest

from relevo.api.routes import table
from relevo.api.rows import Operation
from relevo.domain.words import Environment
from tests.front import BALANCE, UNKNOWN, Front

NAMED = [row for row in table() if isinstance(row, Operation) and "{id}" in row.path]
WHO = [(account, env) for account in ("alice", "bob") for env in Environment]


@pytest.mark.parametrize("row", NAMED, ids=lambda row: row.id)
def test_only_the_owner_in_its_environment_sees_a_message(row: Operation) -> None:
    front = Front()
    keys = {who: front.key_for(*who) for who in WHO}
    ids = {who: front.send(key=key).json["id"] for who, key in keys.items()}
    nothing = front.call("GET", "/api/v1/no/such/thing").anonymous

    for owner, message_id in ids.items():
        for asker, key in keys.items():
            before = front.world.messages.heads[message_id]
            answer = front.call(row.method, row.path.replace("{id}", message_id), key=key)
            if asker == owner:
                assert answer.status == 200
                assert answer.json["id"] == message_id
            else:
                assert (answer.status, answer.anonymous) == (404, nothing)
                assert front.world.messages.heads[message_id] is before


@pytest.mark.parametrize("row", NAMED, ids=lambda row: row.id)
@pytest.mark.parametrize(
    "message_id",
    [
        UNKNOWN,
        "x",
        "A" * 26,
        "a" * 27,
        "a" * 25 + "b",
        "%2e%2e",
        "a\nb",
        "..",
        "a" * 5000,
        "é" * 26,
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_ids_that_name_nothing(row: Operation, message_id: str) -> None:
    front = Front()

    answer = front.call(row.method, row.path.replace("{id}", message_id))

    assert answer.slug == "not-found"
    assert answer.anonymous == front.call("GET", "/api/v1/no/such/thing").anonymous


def test_money_is_kept_apart() -> None:
    front = Front()
    for account, env in WHO[:2]:
        front.send(key=front.key_for(account, env))

    amounts = {
        who: front.call("GET", BALANCE, key=front.key_for(*who)).json["balance"]["amount"]
        for who in WHO
    }

    assert list(amounts.values()) == ["9.95", "9.95", "10", "10"]
