"""`make up SIMULATE=real`: real adapters and wire formats, over carriers simulated on loopback."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tools import carriers, demo, loopback, routes, seed
from tools.client import Client
from tools.simulator.accounts import TOKEN, account_at
from tools.simulator.wire import Keys
from tools.stack import Stack

NAMES: Final = ("twilio", "infobip", "tencent")
TROUBLED: Final = ("twilio", "tencent")
NUMBER: Final = "+34611000999"
"""A number of the demo account's at Twilio, to which people can answer."""

TITLE: Final = "Six messages with the live key, over the wire formats of three carriers:"
LAST: Final = "One more, after which Twilio is left alone for a while:"
REFUSED: Final = (
    "014: Twilio does not know our password",
    {"to": "+34612345014", "text": "Hola"},
)


def accounts(url: str, public_url: str) -> dict[str, Any]:
    """Give the carriers' secret for accounts at the simulator."""
    made = {name: account_at(name, f"{url}/{name}", public_url, Keys()) for name in NAMES}
    return {
        "publicUrl": public_url,
        "accounts": {
            name: {"adapter": name, "tokens": list(one.tokens), **one.fields}
            for name, one in made.items()
        },
    }


def book(known: Mapping[str, Any], account: str) -> dict[str, Any]:
    """Add to the routes there are live ones over these carriers, with lists of one account."""
    live = {"environment": "live", "currency": "EUR", "prices": [{"amount": "0.06"}]}
    anybody: dict[str, Any] = {**live, "countries": ["*"], "senders": {"*": ["*"]}}
    return {
        "routes": {
            **known["routes"],
            "twilio": {**anybody, "carrier": "twilio"},
            "infobip": {**anybody, "carrier": "infobip"},
            "tencent": {**anybody, "carrier": "tencent", "countries": ["CN"], "templateOnly": True},
        },
        "lists": [*_others(known["lists"], account), *_lists(account)],
        "excluded": known.get("excluded", {}),
    }


def _others(lists: Sequence[Mapping[str, Any]], account: str) -> list[Mapping[str, Any]]:
    return [one for one in lists if one.get("account") != account]


def _lists(account: str) -> list[dict[str, Any]]:
    mine = {"account": account, "environment": "live"}
    return [
        {**mine, "primary": ["twilio"], "backup": ["infobip"]},
        {**mine, "country": "CN", "primary": ["tencent"], "backup": ["infobip"]},
    ]


def callbacks(public_url: str) -> dict[str, str]:
    """Where carriers call that have one address for an account."""
    return {name: f"{public_url}/carriers/{name}/{TOKEN}/receipts" for name in NAMES}


def prepare(stack: Stack) -> None:
    """Start the carriers and let the demo account's live messages go over them."""
    url = loopback.start(stack.emulator.home, TROUBLED, callbacks(stack.base_url))
    tell(stack, url, demo.ACCOUNT.id)
    give_number(stack, demo.ACCOUNT.id)


def tell(stack: Stack, url: str, account: str) -> None:
    """Tell the stage its accounts at the carriers there, and route an account over them."""
    carriers.store(seed.local_place(stack), accounts(url, stack.base_url))
    operator = routes.operator_at(seed.local_place(stack), stack.base_url)
    known = operator.call("GET", "/api/v1/routes").body
    answer = operator.call("PUT", "/api/v1/routes", book(known, account))
    if answer.status != 200:
        routes.refuse(answer.body)


def give_number(stack: Stack, account: str) -> None:
    """Let the account own a number, beside the senders it has."""
    operator = routes.operator_at(seed.local_place(stack), stack.base_url)
    path = f"/api/v1/accounts/{account}/senders"
    others = [one for one in operator.call("GET", path).body["senders"] if one["name"] != NUMBER]
    answer = operator.call("PUT", path, {"senders": [*others, {"name": NUMBER}]})
    if answer.status != 200:
        routes.refuse(answer.body)


def messages() -> list[tuple[str, dict[str, Any]]]:
    """Give titles and bodies of what is sent live, over Twilio, Infobip and Tencent."""
    number = "+34612345"
    chinese = f"+861312345{1000 + secrets.randbelow(9) * 1000}"
    code = {
        "templateId": "uc-browser-code",
        "language": "zh-CN",
        "variables": {"code": "410852", "minutes": 15},
    }
    return [
        ("Twilio, signed receipts", {"to": f"{number}678", "text": "Hola desde Relevo"}),
        ("001: Twilio is too busy, Infobip", {"to": f"{number}001", "text": "Hola"}),
        (
            "002: Twilio stays silent, otp, Infobip",
            {"to": f"{number}002", "text": "Su clave es 410852", "trafficClass": "otp"},
        ),
        ("003: Twilio's receipt says undelivered", {"to": f"{number}003", "text": "Hola"}),
        ("An approved template at Tencent", {"to": f"{chinese[:-3]}678", **code}),
        ("001: Tencent is too busy, Infobip", {"to": f"{chinese[:-3]}001", **code}),
    ]


def run(stack: Stack, key: str) -> None:
    """Send the messages with the live key and print their journeys."""
    client = Client(base_url=stack.base_url, key=key)
    demo.send_all(client, messages(), TITLE)
    demo.send_all(client, [REFUSED], LAST)
