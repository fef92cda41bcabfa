"""quote works an order out as send would, and leaves nothing behind."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from relevo.domain.words import Environment
from tests.front import Front

QUOTE = "/api/v1/messages/quote"
BODY = {"to": "+34612345678", "text": "Su pedido sale hoy"}


def quoted(front: Front, **fields: Any) -> Any:
    answer = front.call("POST", QUOTE, body={**BODY, **fields})
    assert answer.status == 200, answer.json
    return answer.json


def test_a_quote_names_text_size_price_and_routes_in_order() -> None:
    answer = quoted(Front())

    assert answer["text"] == BODY["text"]
    assert (answer["encoding"], answer["segments"], answer["units"]) == ("GSM-7", 1, 18)
    assert answer["price"] == {"amount": "0.05", "currency": "EUR"}
    assert [(r["route"], r["list"], r["position"]) for r in answer["routes"]] == [
        ("north", "primary", 1),
        ("south", "backup", 2),
    ]


def test_a_quote_stores_charges_and_queues_nothing() -> None:
    front = Front()
    before = front.world.accounts.purses["alice", Environment.LIVE].amount

    quoted(front)

    assert front.world.messages.heads == {}
    assert front.world.accounts.purses["alice", Environment.LIVE].amount == before
    assert len(front.world.queues) == 0


def test_a_send_costs_what_its_quote_said() -> None:
    front = Front()
    long = "Ñandú " * 60

    expected = quoted(front, text=long)
    sent = front.call("POST", "/api/v1/messages/send", body={**BODY, "text": long}).json

    assert {name: sent[name] for name in ("encoding", "segments", "price")} == {
        name: expected[name] for name in ("encoding", "segments", "price")
    }


def test_smart_encoding_says_what_it_replaced_and_can_be_switched_off() -> None:
    front, curly = Front(), "\u201cHola\u201d"

    smart = quoted(front, text=curly)
    plain = quoted(front, text=curly, smartEncoding=False)

    assert (smart["text"], smart["encoding"]) == ('"Hola"', "GSM-7")
    assert smart["replaced"] == ["\u201c", "\u201d"]
    assert (plain["text"], plain["encoding"], plain["replaced"]) == (curly, "UCS-2", [])


def test_without_a_route_the_reasons_are_the_answer() -> None:
    front = Front()
    book = front.world.routes.current
    dear = {name: replace(route, price=Decimal(9)) for name, route in book.routes.items()}
    front.world.routes.current = replace(book, routes=dear)

    answer = quoted(front, maxPrice={"amount": "0.10", "currency": "EUR"})

    assert (answer["price"], answer["routes"]) == (None, [])
    assert {e["reason"] for e in answer["exclusions"]} == {"price-above-max"}


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "+34"}, "invalid-recipient"),
        ({"from": "Somebody"}, "sender-not-allowed"),
        ({"text": "x" * 1600}, "content-too-long"),
        ({"templateId": "welcome", "text": None}, "template-not-found"),
    ],
)
def test_what_send_would_refuse_a_quote_refuses(fields: dict[str, Any], code: str) -> None:
    answer = Front().call("POST", QUOTE, body={**BODY, **fields})

    assert (answer.status, answer.json["code"]) in {(422, code), (403, code)}


VIOLATIONS = [
    # A Chinese text begins with its signature.
    ({"to": "+8613123456789"}, "signature-missing"),
    # Nobody hears an answer to a name, and the account has no number for refusals.
    ({"trafficClass": "marketing", "from": "ACME"}, "opt-out-missing"),
]


@pytest.mark.parametrize(("fields", "code"), VIOLATIONS)
def test_a_quote_names_the_market_rules_a_message_breaks(fields: dict[str, Any], code: str) -> None:
    answer = quoted(Front(), **fields)

    assert code in {violation["code"] for violation in answer["violations"]}


def test_a_quote_for_the_night_says_that_promotion_will_wait() -> None:
    night = {"trafficClass": "marketing", "sendAt": "2026-01-02T02:00:00+01:00"}

    codes = {violation["code"] for violation in quoted(Front(), **night)["violations"]}

    assert "outside-window" in codes
