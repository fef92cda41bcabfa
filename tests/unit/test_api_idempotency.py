"""One key, one message: replays, other bodies, races, and a world that changed in between."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from relevo.domain.routes import RouteBook
from relevo.domain.timing import DAY, HOUR
from relevo.domain.words import Environment
from tests.front import BALANCE, BODY, PRICE, SEND, TO, Front

LATER = "2026-01-01T13:00:00Z"


@pytest.fixture
def front() -> Front:
    return Front()


def spent(front: Front) -> Decimal:
    return Decimal(front.call("GET", BALANCE).json["spentToday"]["amount"])


def test_the_same_request_again_gives_the_same_message(front: Front) -> None:
    first = front.send(idem="order-1")
    again = front.send(idem="order-1")

    assert (first.status, again.status) == (202, 202)
    assert again.json == first.json
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert spent(front) == PRICE


@pytest.mark.parametrize(
    "body",
    [
        '{"text": "Hola", "to": "+34600123456"}',
        '{ "to":"\\u002b34600123456",\n"text":"H\\u006fla" }',
    ],
)
def test_how_the_body_is_written_does_not_count(front: Front, body: str) -> None:
    first = front.send(idem="order-1")
    again = front.call("POST", SEND, body=body, headers={"Idempotency-Key": '"order-1"'})

    assert again.json["id"] == first.json["id"]


@pytest.mark.parametrize(
    "fields", [{"text": "Adios"}, {"to": "+34600123457"}, {"clientReference": "x"}], ids=str
)
def test_another_body_is_refused(front: Front, fields: dict[str, Any]) -> None:
    front.send(idem="order-1")

    assert front.send(idem="order-1", **fields).slug == "idempotency-key-reused"
    assert spent(front) == PRICE


def test_no_key_no_promise(front: Front) -> None:
    assert front.send().json["id"] != front.send().json["id"]


def test_a_key_belongs_to_an_account_in_an_environment(front: Front) -> None:
    keys = [
        front.key,
        front.key_for("alice", Environment.TEST),
        front.key_for("bob"),
        front.key_for("bob", Environment.TEST),
    ]

    ids = {front.send(idem="order-1", key=key).json["id"] for key in keys}

    assert len(ids) == len(keys)
    assert front.send(idem="order-1", key=front.key_for("alice")).json["id"] in ids


def broke(front: Front) -> None:
    front.world.accounts.deposit("alice", Environment.LIVE, Decimal(-100))


def capped(front: Front) -> None:
    front.change("alice", daily_cap=Decimal(0))


def abroad(front: Front) -> None:
    front.change("alice", countries=frozenset({"FR"}))


def anonymous(front: Front) -> None:
    front.change("alice", senders=frozenset())


def nowhere(front: Front) -> None:
    front.world.routes.current = RouteBook(routes={}, lists={})


def a_day_passes(front: Front) -> None:
    front.world.clock.advance(DAY)


SCHEDULED = {"sendAt": LATER, "from": "ACME"}
ENDING = {"expiresAt": LATER, "from": "ACME"}
CHANGES = [
    (broke, SCHEDULED, "spend-limit-reached"),
    (capped, SCHEDULED, "spend-limit-reached"),
    (abroad, SCHEDULED, "destination-not-enabled"),
    (anonymous, SCHEDULED, "sender-not-allowed"),
    (nowhere, SCHEDULED, "no-route"),
    (a_day_passes, SCHEDULED, "invalid-schedule"),
    (a_day_passes, ENDING, "validation-failed"),
]


@pytest.mark.parametrize(("change", "fields", "slug"), CHANGES)
def test_a_key_is_older_than_what_changed_since(
    front: Front, change: Callable[[Front], None], fields: dict[str, Any], slug: str
) -> None:
    first = front.send(idem="order-1", **fields)
    change(front)

    again = front.send(idem="order-1", **fields)

    assert (again.status, again.headers.get("Idempotent-Replayed")) == (202, "true")
    assert again.json == first.json
    assert front.send(idem="order-1", **fields, text="x").slug == "idempotency-key-reused"
    assert front.send(idem="order-2", **fields).slug == slug
    assert front.send(**fields).slug == slug


def test_a_refusal_burns_no_key(front: Front) -> None:
    broke(front)
    assert front.send(idem="order-1").status == 402
    front.world.accounts.deposit("alice", Environment.LIVE, Decimal(100))

    answer = front.send(idem="order-1")

    assert answer.status == 202
    assert "Idempotent-Replayed" not in answer.headers


def test_a_replay_shows_the_message_as_it_is_now(front: Front) -> None:
    first = front.send(idem="order-1")
    front.call("POST", f"{first.json['links']['self']}/cancel")

    assert front.send(idem="order-1").json["status"] == "canceled"


def test_a_replay_outlives_the_content(front: Front) -> None:
    first = front.send(idem="order-1", to="600 123 456", country="ES")
    del front.world.contents[first.json["id"]]

    again = front.send(idem="order-1", to="600 123 456", country="ES")

    assert (again.status, again.json["to"]) == (202, TO)


def test_many_at_once_make_one_message(front: Front) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: front.send(idem="order-1"), range(40)))

    assert {answer.status for answer in answers} == {202}
    assert len({answer.json["id"] for answer in answers}) == 1
    replayed = Counter("Idempotent-Replayed" in answer.headers for answer in answers)
    assert replayed == {False: 1, True: 39}
    assert spent(front) == PRICE
    assert len(front.world.queues) == 1


def test_many_bodies_at_once_make_one_message(front: Front) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: front.send(idem="order-1", text=str(n)), range(40)))

    assert Counter(answer.status for answer in answers) == {202: 1, 422: 39}
    assert spent(front) == PRICE


def test_a_message_ends_when_its_first_acceptance_said(front: Front) -> None:
    first = front.send(idem="order-1", ttlSeconds=3600)
    front.world.clock.advance(HOUR // 2)

    assert front.send(idem="order-1", ttlSeconds=3600).json["expiresAt"] == first.json["expiresAt"]
    assert front.call("POST", SEND, body=BODY).json["expiresAt"] != first.json["expiresAt"]
