"""Which sender a message goes out under: the one named, or the market's and language's own."""

from dataclasses import replace
from typing import Any

import pytest

from relevo.domain.routes import Lists
from relevo.domain.sender import Sender, default_sender
from tests.front import Front

SENDERS = (
    Sender(name="+12015550100", countries=frozenset({"US", "CA"}), default_for=frozenset({"US"})),
    Sender(name="ACME", countries=frozenset({"ES", "FR"}), default_for=frozenset({"ES", "*"})),
    Sender(name="ACME Cat", countries=frozenset({"ES"}), default_for=frozenset({"ES:ca"})),
    Sender(name="ACME FR", default_for=frozenset({"*:fr"})),
    Sender(name="25354", countries=frozenset({"ES"})),
)


@pytest.mark.parametrize(
    ("country", "language", "chosen", "note"),
    [
        ("ES", None, "ACME", "the market's"),
        ("ES", "es-ES", "ACME", "no language of its own"),
        ("ES", "ca", "ACME Cat", "by language"),
        ("ES", "ca-ES", "ACME Cat", "which falls back as texts do"),
        ("ES", "fr", "ACME", "the market comes before a language anywhere"),
        ("BE", "fr", "ACME FR", "a language anywhere"),
        ("BE", "nl", None, "ACME does not serve Belgium"),
        ("FR", "de", "ACME", "where it serves, the default of everywhere"),
        ("US", "en", "+12015550100", ""),
        ("CA", "en", None, "allowed there, but no default"),
    ],
)
def test_where_no_sender_is_named(
    country: str, language: str | None, chosen: str | None, note: str
) -> None:
    found = default_sender(SENDERS, country, language)

    assert (found.name if found else None) == chosen, note


def a_front(**known: Any) -> Front:
    front = Front()
    front.world.senders.change("alice", SENDERS)
    if known:
        routes = dict(front.world.routes.current.routes)
        routes["north"] = replace(routes["north"], senders=known)
        front.world.routes.current = replace(front.world.routes.current, routes=routes)
    return front


def test_a_message_that_names_no_sender_gets_the_markets() -> None:
    front = a_front()

    assert front.send().json["from"] == "ACME"
    assert front.send(language="ca").json["from"] == "ACME Cat"
    assert front.send(**{"from": "25354"}).json["from"] == "25354"


@pytest.mark.parametrize("name", ["+12015550100", "Nobody"])
def test_a_sender_of_another_market_or_nobodys_is_not_allowed(name: str) -> None:
    answer = a_front().send(**{"from": name})

    assert (answer.status, answer.slug) == (403, "sender-not-allowed")


def test_another_accounts_sender_is_not_allowed() -> None:
    front = a_front()

    answer = front.send(key=front.key_for("bob"), **{"from": "25354"})

    assert answer.slug == "sender-not-allowed"


def test_a_name_goes_only_over_carriers_that_have_it_registered() -> None:
    front = a_front(ES=frozenset({"Other"}))
    front.world.clock.until(1_795_430_400_000)  # after Spain began to block, 2026-09-15
    quote = front.call(
        "POST", "/api/v1/messages/quote", body={"to": "+34600123456", "text": "Hola"}
    ).json

    assert [route["route"] for route in quote["routes"]] == ["south"]
    assert [(one["route"], one["reason"]) for one in quote["exclusions"]] == [
        ("north", "sender-not-registered")
    ]


def test_before_the_register_began_names_went_anywhere() -> None:
    front = a_front(ES=frozenset())

    assert front.send().json["from"] == "ACME"


def test_without_a_route_that_knows_the_name_nothing_is_promised() -> None:
    front = a_front(ES=frozenset())
    front.world.clock.until(1_795_430_400_000)
    only = {("*", "live", "*", "*"): Lists(primary=("north",))}
    front.world.routes.current = replace(front.world.routes.current, lists=only)

    answer = front.send()

    assert (answer.slug, answer.json["reasons"]) == ("no-route", ["sender-not-registered"])


def test_a_chinese_text_is_from_its_signature() -> None:
    front = a_front()
    voice = replace(front.world.accounts.accounts["alice"].voice, signatures=("探探",))
    front.change("alice", voice=voice)

    answer = front.send(to="+8613123456789", text="验证码1234")

    assert answer.json["from"] == "探探"


def test_a_quote_counts_what_the_sender_is_registered_for() -> None:
    front = a_front()
    front.world.clock.until(1_795_430_400_000)
    body = {"to": "+34600123456", "text": "Hola"}

    def codes() -> set[str]:
        quote = front.call("POST", "/api/v1/messages/quote", body=body).json
        return {violation["code"] for violation in quote["violations"]}

    assert codes() == {"registration-needed:es-alias"}
    filed = replace(SENDERS[1], registrations=frozenset({"es-alias"}))
    front.world.senders.change("alice", (filed, *SENDERS[2:]))
    assert codes() == set()
