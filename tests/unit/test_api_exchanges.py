"""What support reads of a message's submits: as recorded, by operators only."""

from dataclasses import asdict
from typing import Any

from relevo.carriers.exchange import Call, exchange_of
from relevo.carriers.values import HttpReply, HttpRequest
from relevo.domain.outcome import Refused
from relevo.domain.timing import MINUTE
from tests.builders import NOW
from tests.carriers.lines import a_submission
from tests.front import UNKNOWN, Front
from tools.simulator.accounts import API_SECRET, account_at
from tools.simulator.wire import Keys


def operator(front: Front, *scopes: str) -> str:
    soon = front.world.clock() + 15 * MINUTE
    return front.key_for("alice", scopes=frozenset(scopes), expires_at=soon)


def an_exchange(message: str) -> dict[str, Any]:
    account = account_at("infobip", "https://api.example.com", "https://sms.example.com", Keys())
    return asdict(
        exchange_of(
            Call(
                account=account,
                secret=frozenset({"api_key"}),
                submission=a_submission(reference=f"{message}-2"),
                request=HttpRequest(
                    method="POST",
                    url="https://api.example.com/sms/3/messages",
                    headers={"Authorization": f"App {API_SECRET}"},
                    body=b'{"to": "+34600000001"}',
                ),
                reply=HttpReply(status=400, headers={"x-request-id": "r1"}, body=b'{"n": 1}'),
                outcome=Refused(reason="carrier-rejected", code="E1"),
                at=NOW,
                took=120,
            )
        )
    )


def test_an_operator_reads_what_passed_over_a_message() -> None:
    front = Front()
    front.world.exchanges.kept.append(an_exchange(UNKNOWN))
    front.world.exchanges.kept.append(an_exchange("z" * 26))

    answer = front.call(
        "GET", f"/api/v1/exchanges/{UNKNOWN}", key=operator(front, "operator:exchanges")
    )

    [entry] = answer.json["data"]
    assert (entry["attempt"], entry["status"], entry["outcome"]) == (2, 400, "refused")
    assert (entry["request"], entry["tookMs"]) == ({"to": "+…"}, 120)
    assert API_SECRET not in answer.body


def test_nobody_else_does() -> None:
    front = Front()
    front.world.exchanges.kept.append(an_exchange(UNKNOWN))

    for key in (front.key, operator(front, "operator:routes")):
        assert front.call("GET", f"/api/v1/exchanges/{UNKNOWN}", key=key).status == 403
