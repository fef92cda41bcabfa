"""The demo account, its keys, and the messages whose journeys `make up` prints."""

import json
from decimal import Decimal
from typing import Final

from relevo.domain.words import Environment
from relevo.ports import Account
from tools import places, say, seed
from tools.client import Client
from tools.journey import Sent, follow
from tools.stack import Stack

ACCOUNT: Final = Account(
    id="acc_demo", currency="EUR", daily_cap=Decimal(500), senders=frozenset({"Relevo", "ACME"})
)
DEPOSIT: Final = Decimal(1000)
PATIENCE: Final = 90
NUMBER: Final = "+34612345"
MESSAGES: Final = (
    ("Delivered by the primary", {"to": f"{NUMBER}678", "text": "Hola desde Relevo"}),
    ("001: refused by the primary", {"to": f"{NUMBER}001", "text": "Hola"}),
    (
        "002: silence of the primary, otp",
        {"to": f"{NUMBER}002", "text": "Su clave es 410852", "trafficClass": "otp"},
    ),
    ("003: bounced by the primary", {"to": f"{NUMBER}003", "text": "Hola"}),
    ("004: no such recipient", {"to": f"{NUMBER}004", "text": "Hola"}),
    (
        "A signature from China, in UCS-2",
        {
            "to": "+8613123456789",
            "text": "【UC浏览器】验证码:410852。请不要把验证码泄露给其他人!15分钟内有效。",
        },
    ),
)


def run(stack: Stack) -> dict[str, str]:
    """Create the demo account, send the messages, print their journeys; gives the API keys."""
    keys = prepare(stack)
    client = Client(base_url=stack.base_url, key=keys["sandboxKey"])
    say.line("\nSix messages with the sandbox key; the last digits of `to` choose what happens:")
    sent = [_send(client, title, fields) for title, fields in MESSAGES]
    ended = follow(client, sent, seconds=PATIENCE)
    say.line("")
    if len(ended) < len(sent):
        say.fail(
            "not every message has ended; see .local/run/emulator.log and try `make up` again."
        )
    return keys


def prepare(stack: Stack) -> dict[str, str]:
    """Lay routes, open the demo account and give its keys: the old ones where they still stand."""
    place = seed.Place(
        dynamodb=stack.client("dynamodb"),
        secrets=stack.client("secretsmanager"),
        outputs=stack.outputs,
        stage="local",
    )
    seed.lay_routes(place, ACCOUNT.currency)
    seed.open_account(place, ACCOUNT, DEPOSIT)
    return _known_keys(stack) or {
        "apiKey": seed.issue_key(place, ACCOUNT.id, Environment.LIVE),
        "sandboxKey": seed.issue_key(place, ACCOUNT.id, Environment.TEST),
    }


def _known_keys(stack: Stack) -> dict[str, str] | None:
    try:
        known = json.loads(places.STACK_FILE.read_text())
    except (OSError, ValueError):
        return None
    if known.get("pid") != stack.pid or stack.emulator.home != places.RUN:
        return None
    return {"apiKey": known["apiKey"], "sandboxKey": known["sandboxKey"]}


def _send(client: Client, title: str, fields: dict[str, str]) -> Sent:
    answer = client.send(**fields)
    if answer.status != 202:
        problem = f"{answer.status} {answer.body.get('code', '')} {answer.body.get('detail', '')}"
        say.fail(f"the demo message '{title}' was not accepted: {problem}")
    return Sent(id=answer.body["id"], title=title)
