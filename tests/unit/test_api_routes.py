"""Routes and senders over HTTP: operators only, checked as a whole, read as they are written."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from relevo.carriers import registry
from relevo.domain.book_check import book_flaws
from relevo.domain.routes import Lists
from relevo.domain.timing import DAY, MINUTE, SECOND
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import Account
from tests.front import ROUTE, Front, short
from tools.client import Answer
from tools.routes import load, written

ROOT = Path(__file__).parents[2]

ROUTES = "/api/v1/routes"
SENDERS = "/api/v1/accounts/acc_shop/senders"
BOOK: dict[str, Any] = {
    "routes": {
        "north-es": {
            **ROUTE,
            "account": "second",
            "trafficClasses": ["otp", "transactional"],
            "prices": [
                {"amount": "0.05"},
                {"amount": "0.04", "from": "2027-01-01T00:00:00.000Z"},
            ],
            "receipts": True,
            "lookup": True,
            "encodings": ["GSM-7"],
            "shifts": ["es"],
            "maxSegments": 6,
            "templateOnly": False,
            "senders": {"ES": ["ACME"]},
            "tps": 30,
        },
        "south": {**ROUTE, "carrier": "south", "countries": ["*"]},
    },
    "lists": [
        {"environment": "live", "country": "ES", "primary": ["north-es"], "backup": ["south"]},
        {
            "account": "acc_shop",
            "environment": "live",
            "trafficClass": "otp",
            "primary": ["south"],
        },
    ],
    "excluded": {"acc_shop": ["north"]},
}
MADE = {"senders": [{"name": "ACME", "countries": ["ES"], "defaultFor": ["ES", "ES:ca", "*:fr"]}]}


def operator(front: Front, **fields: Any) -> str:
    soon = front.world.clock() + 15 * MINUTE
    scopes = frozenset({"operator:*"})
    return front.key_for("alice", **{"scopes": scopes, "expires_at": soon, **fields})


def changed(*path: Any, value: Any) -> dict[str, Any]:
    book = deepcopy(BOOK)
    place: Any = book
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return book


def test_what_is_written_is_what_is_read_and_can_be_written_again() -> None:
    front = Front()
    key = operator(front)

    written = front.call("PUT", ROUTES, body=BOOK, key=key)
    read = front.call("GET", ROUTES, key=key)

    assert (written.status, written.json) == (200, read.json)
    assert read.json["routes"]["north-es"] == BOOK["routes"]["north-es"]
    assert read.json["routes"]["south"]["senders"] == {}
    assert front.call("PUT", ROUTES, body=read.json, key=key).json == read.json


def test_what_is_not_written_is_gone() -> None:
    front = Front()
    key = operator(front)
    front.call("PUT", ROUTES, body=BOOK, key=key)

    assert front.world.routes.current.routes.keys() == {"north-es", "south"}
    assert set(front.world.routes.current.lists) == {
        ("*", "live", "ES", "*"),
        ("acc_shop", "live", "*", "otp"),
    }


WRONG = [
    (("routes", "south", "carrier"), "west", "/routes/south/carrier"),
    (("routes", "south", "countries"), ["XX"], "/routes/south/countries"),
    (("routes", "south", "countries"), [], "/routes/south/countries"),
    (("routes", "south", "prices"), [], "/routes/south/prices"),
    (("routes", "south", "prices"), [{"amount": "-1"}], "/routes/south/prices/0/amount"),
    (("routes", "south", "trafficClasses"), ["advert"], "/routes/south/trafficClasses/0"),
    (("routes", "south", "shifts"), ["fr"], "/routes/south/shifts/0"),
    (("routes", "south", "tps"), 0, "/routes/south/tps"),
    (("routes", "south", "secret"), "x", "/routes/south/secret"),
    (("lists", 0, "primary"), ["nowhere"], "/lists/0"),
    (("lists", 0, "primary"), [], "/lists/0/primary"),
    (("lists", 0, "backup"), ["north-es"], "/lists/0"),
    (("lists", 0, "environment"), "test", "/lists/0"),
    (("lists", 0, "country"), "es", "/lists/0/country"),
    (("lists", 0, "country"), "XX", "/lists/0"),
    (("excluded", "acc_shop"), ["nowhere"], "/excluded/acc_shop"),
]


@pytest.mark.parametrize(("path", "value", "pointer"), WRONG, ids=short)
def test_a_book_that_cannot_be_is_refused_and_changes_nothing(
    path: tuple[Any, ...], value: Any, pointer: str
) -> None:
    front = Front()
    before = front.world.routes.current

    answer = front.call("PUT", ROUTES, body=changed(*path, value=value), key=operator(front))

    assert (answer.status, answer.slug) == (422, "validation-failed")
    assert pointer in [error["pointer"] for error in answer.json["errors"]]
    assert front.world.routes.current is before


def test_one_route_is_put_read_and_removed() -> None:
    front = Front()
    key, one = operator(front), f"{ROUTES}/extra"

    assert front.call("PUT", one, body=ROUTE, key=key).status == 200
    assert front.call("GET", one, key=key).json["prices"] == [{"amount": "0.05"}]
    assert front.call("DELETE", one, key=key).status == 204
    assert front.call("GET", one, key=key).slug == "not-found"
    assert front.call("DELETE", one, key=key).slug == "not-found"


def test_a_route_on_a_list_stays() -> None:
    front = Front()

    answer = front.call("DELETE", f"{ROUTES}/north", key=operator(front))

    assert (answer.status, answer.slug) == (409, "route-in-use")


def test_a_price_that_begins_later_is_charged_later() -> None:
    front = Front()
    later = "2026-01-02T00:00:00Z"
    prices = [{"amount": "0.05"}, {"amount": "0.02", "from": later}]
    front.call("PUT", f"{ROUTES}/north", body={**ROUTE, "prices": prices}, key=operator(front))

    assert front.send().json["price"]["amount"] == "0.05"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 200),
        ({"scopes": frozenset({"operator:routes"})}, 200),
        ({"scopes": frozenset({"account:read"})}, 403),
        ({"expires_at": None}, 403),
        ({"expires_at": DAY * 40_000}, 403),
    ],
)
def test_operators_come_in_with_keys_that_end_soon(fields: dict[str, Any], status: int) -> None:
    front = Front()

    assert front.call("GET", ROUTES, key=operator(front, **fields)).status == status


def test_an_operators_key_ends() -> None:
    front = Front()
    key = operator(front, expires_at=front.world.clock() + SECOND)
    front.world.clock.advance(SECOND)

    assert front.call("GET", ROUTES, key=key).slug == "invalid-credentials"


def test_senders_are_an_accounts_own() -> None:
    front = Front()
    front.open(Account(id="acc_shop", currency="EUR"))
    key = operator(front)

    put = front.call("PUT", SENDERS, body=MADE, key=key)
    own = front.call("GET", "/api/v1/senders", key=front.key_for("acc_shop"))
    others = front.call("GET", "/api/v1/senders")

    assert put.json["senders"] == [
        {
            "name": "ACME",
            "countries": ["ES"],
            "registrations": [],
            "defaultFor": ["*:fr", "ES", "ES:ca"],
        }
    ]
    assert own.json == front.call("GET", SENDERS, key=key).json == put.json
    assert others.json == {"senders": []}


@pytest.mark.parametrize(
    ("sender", "pointer"),
    [
        ({"name": "TwelveLetter"}, "/senders/0/name"),
        ({"name": "ACME", "countries": ["es"]}, "/senders/0/countries/0"),
        ({"name": "ACME", "defaultFor": ["ES:"]}, "/senders/0/defaultFor/0"),
        ({"name": "ACME", "kind": "alphanumeric"}, "/senders/0/kind"),
    ],
)
def test_senders_that_cannot_be(sender: dict[str, Any], pointer: str) -> None:
    front = Front()
    front.open(Account(id="acc_shop", currency="EUR"))

    answer = front.call("PUT", SENDERS, body={"senders": [sender]}, key=operator(front))

    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert front.world.senders.kept == {}


def test_a_sender_stands_once() -> None:
    front = Front()
    front.open(Account(id="acc_shop", currency="EUR"))
    twice = {"senders": [{"name": "ACME"}, {"name": "ACME"}]}

    assert front.call("PUT", SENDERS, body=twice, key=operator(front)).status == 422


def test_an_account_that_is_not_there_has_no_senders() -> None:
    front = Front()

    assert front.call("PUT", SENDERS, body=MADE, key=operator(front)).slug == "not-found"
    assert front.call("GET", SENDERS, key=operator(front)).slug == "not-found"


def test_the_example_is_a_book_that_can_be_loaded() -> None:
    front = Front()
    front.open(Account(id="acc_demo", currency="EUR"))
    client = _Client(front)

    load(client, written(ROOT / "docs/examples/routes.yaml"))  # type: ignore[arg-type]

    book = front.world.routes.current
    assert book.lists_for("acc_demo", Environment.LIVE, "MX", TrafficClass.MARKETING) == Lists(
        primary=("local-b",)
    )
    assert [one.name for one in front.world.senders.of("acc_demo")] == ["ACME", "Relevo"]
    assert book_flaws(book, registry.names(local=True)) == ()


class _Client:
    """The tools' client, over the API in memory with the carriers of a local stage."""

    def __init__(self, front: Front) -> None:
        self.front, self.key = front, operator(front)
        services = front.app.services
        local = replace(services.operator(), carriers=registry.names(local=True))
        self.app = replace(front.app, services=replace(services, operator=lambda: local))

    def call(self, method: str, path: str, body: Any) -> Answer:
        answer = self.front.call(method, path, body=body, key=self.key, app=self.app)
        return Answer(status=answer.status, headers={}, body=answer.json)
