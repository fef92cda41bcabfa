"""The demo account, its keys, and the messages whose journeys `make up` prints."""

import json
import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from relevo.domain.voice import Voice
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from tools import demo_templates, places, say, seed
from tools.client import Client
from tools.journey import Sent, follow
from tools.stack import Stack

ACCOUNT: Final = Account(
    id="acc_demo",
    currency="EUR",
    daily_cap=Decimal(500),
    senders=frozenset({"Relevo", "ACME"}),
    voice=Voice(language="es", signatures=("UC浏览器", "探探"), brand="Relevo"),
)
DEPOSIT: Final = Decimal(1000)
PATIENCE: Final = 90
TITLE: Final = "Seven messages with the sandbox key; the last digits of `to` choose what happens:"
NUMBER: Final = "+34612345"


def messages() -> list[tuple[str, dict[str, Any]]]:
    """Titles and bodies of what is sent."""
    # China lets a number have one code a minute, and `make up` may be repeated sooner.
    chinese = f"+861312345{1000 + secrets.randbelow(9) * 1000 + 678}"
    return [
        ("Delivered by the primary", {"to": f"{NUMBER}678", "text": "Hola desde Relevo"}),
        ("001: refused by the primary", {"to": f"{NUMBER}001", "text": "Hola"}),
        (
            "002: silence of the primary, otp",
            {"to": f"{NUMBER}002", "text": "Su clave es 410852", "trafficClass": "otp"},
        ),
        ("003: bounced by the primary", {"to": f"{NUMBER}003", "text": "Hola"}),
        ("004: no such recipient", {"to": f"{NUMBER}004", "text": "Hola"}),
        (
            "A template in Chinese, signed",
            {
                "to": chinese,
                "templateId": "uc-browser-code",
                "language": "zh-CN",
                "variables": {"code": "410852", "minutes": 15},
            },
        ),
        (
            "A template in the Spanish of Mexico",
            {
                "to": "+525512345678",
                "templateId": "tantan-signup",
                "language": "es-MX",
                "variables": {"code": "178604"},
            },
        ),
    ]


def run(stack: Stack, key: str) -> None:
    """Save the templates, send the messages, print their journeys."""
    client = Client(base_url=stack.base_url, key=key)
    demo_templates.save(client)
    send_all(client, messages(), TITLE)


def send_all(client: Client, bodies: Sequence[tuple[str, dict[str, Any]]], title: str) -> None:
    """Send these and print their journeys; fails when not all of them end."""
    say.line(f"\n{title}")
    sent = [_send(client, title, fields) for title, fields in bodies]
    ended = follow(client, sent, seconds=PATIENCE)
    say.line("")
    if len(ended) < len(sent):
        say.fail(
            "not every message has ended; see .local/run/emulator.log and try `make up` again."
        )


def prepare(stack: Stack) -> dict[str, str]:
    """Lay routes, open the demo account and give its keys: the old ones where they still stand."""
    place = seed.local_place(stack)
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


def _send(client: Client, title: str, fields: dict[str, Any]) -> Sent:
    answer = client.send(**fields)
    if answer.status != 202:
        problem = f"{answer.status} {answer.body.get('code', '')} {answer.body.get('detail', '')}"
        say.fail(f"the demo message '{title}' was not accepted: {problem}")
    return Sent(id=answer.body["id"], title=title)
