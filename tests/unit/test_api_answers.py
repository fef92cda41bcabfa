"""What clients read: status, attempts, route, events, balance, and the headers of every answer."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from relevo.api.views import failure_of, outcome_of
from relevo.domain.attempt import Attempt
from relevo.domain.event import event_id
from relevo.domain.message import Head
from relevo.domain.plan import plan, wish_of
from relevo.domain.status import status_of
from relevo.domain.timing import DAY, SECOND
from relevo.domain.words import Environment, ListName, State, Status
from tests.fakes import NOON
from tests.front import BALANCE, BODY, SEND, TO, UNKNOWN, Front

EVERY_FIELD = {
    "to": "600 123 456",
    "country": "ES",
    "from": "ACME",
    "text": "«Hola» 你好",
    "trafficClass": "marketing",
    "smartEncoding": False,
    "route": "south",
    "onAmbiguous": "resend",
    "receiptDeadlineSeconds": 60,
    "maxPrice": {"amount": "0.40", "currency": "EUR"},
    "sendAt": "2026-01-02T12:00:00+00:00",
    "ttlSeconds": 3600,
    "callbackUrl": "https://example.com/hook",
    "clientReference": "pedido 7",
    "metadata": {"shop": "norte"},
}


@pytest.fixture
def front() -> Front:
    return Front()


def stored(front: Front, message_id: str, **fields: Any) -> Head:
    """Put the head into another state, as the road would."""
    head = replace(front.world.messages.heads[message_id], **fields)
    head = replace(head, status=status_of(head))
    front.world.messages.heads[message_id] = head
    return head


def attempt(n: int, state: State, **fields: Any) -> Attempt:
    base = Attempt(
        n=n,
        route="north",
        carrier="north",
        list=ListName.PRIMARY,
        owner="o",
        claimed_at=NOON + n * SECOND,
        state=state,
        price=Decimal("0.05"),
    )
    return replace(base, **fields)


def test_the_answer_of_send(front: Front) -> None:
    answer = front.send(clientReference="pedido 7")

    id_ = answer.json["id"]
    assert answer.json == {
        "id": id_,
        "status": "accepted",
        "to": TO,
        "from": None,
        "trafficClass": "transactional",
        "encoding": "GSM-7",
        "segments": 1,
        "price": {"amount": "0.05", "currency": "EUR"},
        "createdAt": "2026-01-01T12:00:00.000Z",
        "expiresAt": "2026-01-02T12:00:00.000Z",
        "clientReference": "pedido 7",
        "links": {
            "self": f"/api/v1/messages/{id_}",
            "status": f"/api/v1/messages/{id_}/status",
            "route": f"/api/v1/messages/{id_}/route",
        },
    }
    assert front.world.queues["transactional"].pop() == id_  # type: ignore[index]


def test_every_field_arrives(front: Front) -> None:
    answer = front.send(**EVERY_FIELD)
    head = front.world.messages.heads[answer.json["id"]]
    content = front.world.contents[head.id]

    assert answer.json["status"] == "scheduled"
    assert answer.json["encoding"] == "UCS-2"
    assert answer.json["sendAt"] == "2026-01-02T12:00:00.000Z"
    assert answer.json["expiresAt"] == "2026-01-02T13:00:00.000Z"
    assert (answer.json["from"], answer.json["metadata"]) == ("ACME", {"shop": "norte"})
    assert (head.on_ambiguous, head.receipt_deadline) == ("resend", 60 * SECOND)
    assert (head.pinned, head.max_price) == ("south", Decimal("0.40"))
    assert (content.to, content.text) == (TO, EVERY_FIELD["text"])
    assert content.callback_url == "https://example.com/hook"
    assert len(front.world.queues) == 0


def test_everything_about_a_message(front: Front) -> None:
    sent = front.send(**EVERY_FIELD).json

    told = front.call("GET", sent["links"]["self"]).json

    assert {name: told[name] for name in sent} == sent
    assert told["text"] == EVERY_FIELD["text"]
    assert (told["environment"], told["country"], told["final"]) == ("live", "ES", False)
    assert told["maxPrice"] == {"amount": "0.40", "currency": "EUR"}
    assert told["onAmbiguous"] == "resend"


def test_a_message_outlives_its_content(front: Front) -> None:
    sent = front.send(**EVERY_FIELD).json
    del front.world.contents[sent["id"]]

    told = front.call("GET", sent["links"]["self"]).json

    assert (told["to"], told["clientReference"]) == (None, None)
    assert "text" not in told


def test_the_status_of_a_new_message(front: Front) -> None:
    sent = front.send(clientReference="pedido 7", metadata={"shop": "norte"}).json

    status = front.call("GET", sent["links"]["status"]).json

    assert status == {
        "id": sent["id"],
        "status": "accepted",
        "statusAt": sent["createdAt"],
        "final": False,
        "attempts": [],
        "possibleDuplicate": False,
        "price": sent["price"],
        "clientReference": "pedido 7",
        "metadata": {"shop": "norte"},
    }


def test_the_status_of_a_message_that_failed_over(front: Front) -> None:
    sent = front.send().json
    stored(
        front,
        sent["id"],
        plan=(),
        attempts=(
            attempt(1, State.REFUSED, retryable=True, reason="busy", code="77", ended_at=NOON),
            attempt(2, State.AMBIGUOUS, reason="read-timeout"),
            attempt(
                3,
                State.DELIVERED,
                list=ListName.BACKUP,
                carrier="south",
                accepted_at=NOON + 3500,
                ended_at=NOON + 5000,
                duplicate=True,
            ),
        ),
    )

    status = front.call("GET", sent["links"]["status"]).json

    assert (status["status"], status["final"], status["possibleDuplicate"]) == (
        "delivered",
        True,
        True,
    )
    assert "failure" not in status
    assert [a["outcome"] for a in status["attempts"]] == ["retryable", "ambiguous", "accepted"]
    assert status["attempts"][0]["carrierCode"] == "77"
    assert status["attempts"][2] == {
        "n": 3,
        "carrier": "south",
        "list": "backup",
        "status": "delivered",
        "outcome": "accepted",
        "reason": None,
        "carrierCode": None,
        "submittedAt": "2026-01-01T12:00:03.000Z",
        "acceptedAt": "2026-01-01T12:00:03.500Z",
        "finalAt": "2026-01-01T12:00:05.000Z",
        "price": {"amount": "0.05", "currency": "EUR"},
    }


@pytest.mark.parametrize(
    ("state", "retryable", "outcome"),
    [
        (State.INTENT, False, None),
        (State.AMBIGUOUS, False, "ambiguous"),
        (State.REFUSED, False, "refused"),
        (State.REFUSED, True, "retryable"),
        *((state, False, "accepted") for state in list(State)[3:]),
    ],
)
def test_the_outcome_of_a_submit(state: State, retryable: bool, outcome: str | None) -> None:
    assert outcome_of(attempt(1, state, retryable=retryable)) == outcome


@pytest.mark.parametrize(
    ("fields", "status", "failure"),
    [
        ({}, Status.ACCEPTED, None),
        ({"canceled": True}, Status.CANCELED, None),
        ({"stop": "content-gone"}, Status.FAILED, ("content-gone", None, None)),
        (
            {"attempts": (attempt(1, State.REFUSED, stop=True, reason="unknown", code="4"),)},
            Status.FAILED,
            ("unknown", "north", "4"),
        ),
        (
            {"plan": (), "attempts": (attempt(1, State.UNDELIVERED),)},
            Status.UNDELIVERED,
            ("undelivered", "north", None),
        ),
        (
            {"expired": True, "attempts": (attempt(1, State.REFUSED, reason="busy", code="7"),)},
            Status.EXPIRED,
            ("expired", "north", "7"),
        ),
        (
            {"expired": True, "attempts": (attempt(1, State.ACCEPTED),)},
            Status.UNCONFIRMED,
            None,
        ),
        ({"plan": (), "attempts": (attempt(1, State.DELIVERED),)}, Status.DELIVERED, None),
    ],
    ids=lambda value: str(value)[:24],
)
def test_why_it_failed(
    front: Front,
    fields: dict[str, Any],
    status: Status,
    failure: tuple[str, str | None, str | None] | None,
) -> None:
    head = stored(front, front.send().json["id"], **fields)
    told = failure_of(head)

    assert head.status is status
    assert (told and (told.reason, told.carrier, told.carrier_code)) == failure


def test_the_route_before_it_is_chosen(front: Front) -> None:
    sent = front.send().json

    assert front.call("GET", sent["links"]["route"]).json == {
        "id": sent["id"],
        "decidedAt": None,
        "candidates": [],
        "exclusions": [],
        "health": [],
        "switches": [],
    }


def test_the_route_after_it_was_chosen(front: Front) -> None:
    sent = front.send(route="south").json
    head = front.world.messages.heads[sent["id"]]
    book = front.world.routes.current
    dear = replace(book.routes["north"], price=Decimal(9))
    front.world.routes.current = replace(book, routes={**book.routes, "north": dear})
    front.world.routes.remember("d1", plan(wish_of(head), front.world.routes.book()), NOON)
    stored(
        front,
        sent["id"],
        decision="d1",
        attempts=(
            attempt(1, State.REFUSED, reason="busy"),
            attempt(2, State.SENT, list=ListName.BACKUP, silent=True),
            attempt(3, State.INTENT),
        ),
    )

    route = front.call("GET", sent["links"]["route"]).json

    assert route["decidedAt"] == "2026-01-01T12:00:00.000Z"
    assert route["candidates"] == [
        {
            "route": "south",
            "carrier": "south",
            "list": "backup",
            "position": 1,
            "price": {"amount": "0.05", "currency": "EUR"},
            "score": None,
        }
    ]
    assert route["exclusions"] == [
        {"route": "north", "carrier": "north", "reason": "price-above-max"}
    ]
    assert [(s["afterAttempt"], s["from"], s["to"], s["reason"]) for s in route["switches"]] == [
        (1, "primary", "backup", "busy"),
        (2, "backup", "primary", "silent"),
    ]


def test_a_decision_that_was_forgotten(front: Front) -> None:
    sent = front.send().json
    stored(front, sent["id"], decision="long ago")

    assert front.call("GET", sent["links"]["route"]).json["candidates"] == []


def test_events_are_told_in_order(front: Front) -> None:
    sent = front.send().json
    front.world.clock.advance(SECOND)
    front.call("POST", f"{sent['links']['self']}/cancel")

    events = front.call("GET", f"{sent['links']['self']}/events").json

    assert events["data"] == [
        {
            "id": event_id(sent["id"], 1),
            "sequence": 1,
            "type": "message.accepted",
            "status": "accepted",
            "at": "2026-01-01T12:00:00.000Z",
            "attempt": None,
            "by": "accept",
        },
        {
            "id": event_id(sent["id"], 2),
            "sequence": 2,
            "type": "message.canceled",
            "status": "canceled",
            "at": "2026-01-01T12:00:01.000Z",
            "attempt": None,
            "by": "accept",
        },
    ]


def test_cancel(front: Front) -> None:
    path = f"{front.send().json['links']['self']}/cancel"

    first, again = front.call("POST", path), front.call("POST", path)

    assert (first.status, first.json["status"], first.json["final"]) == (200, "canceled", True)
    assert again.json == first.json


@pytest.mark.parametrize("state", [State.INTENT, State.AMBIGUOUS, State.ACCEPTED, State.DELIVERED])
def test_row_59_what_has_left_is_not_canceled(front: Front, state: State) -> None:
    sent = front.send().json
    stored(front, sent["id"], attempts=(attempt(1, state),))

    answer = front.call("POST", f"{sent['links']['self']}/cancel")

    assert (answer.status, answer.slug) == (409, "not-cancellable")


def test_balance(front: Front) -> None:
    front.change("alice", daily_cap=Decimal(5), credit_limit=Decimal(2))
    front.send()

    answer = front.call("GET", BALANCE)
    front.world.clock.advance(DAY)

    assert answer.json == {
        "balance": {"amount": "9.95", "currency": "EUR"},
        "creditLimit": {"amount": "2", "currency": "EUR"},
        "spentToday": {"amount": "0.05", "currency": "EUR"},
        "dailyCap": {"amount": "5", "currency": "EUR"},
        "updatedAt": "2026-01-01T12:00:00.000Z",
    }
    assert front.call("GET", BALANCE).json["spentToday"]["amount"] == "0"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", BALANCE, 200),
        ("POST", SEND, 400),
        ("GET", f"/api/v1/messages/{UNKNOWN}", 404),
        ("GET", "/nowhere", 404),
        ("GET", SEND, 405),
        ("OPTIONS", SEND, 204),
        ("GET", "/docs", 200),
        ("GET", "/docs/errors/nothing", 404),
    ],
)
def test_headers_of_every_answer(front: Front, method: str, path: str, status: int) -> None:
    answer = front.call(method, path, headers={"X-Correlation-Id": "cart:7.a_b-c"})

    assert answer.status == status
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Correlation-Id"] == "cart:7.a_b-c"
    kept = "no-cache" if path == "/docs" else "no-store"
    assert answer.headers["Cache-Control"] == kept
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("given", ["x" * 129, "a b", "ñ", 'a"b', "a,b"], ids=str)
def test_a_correlation_id_of_another_shape_is_not_echoed(front: Front, given: str) -> None:
    answer = front.call("GET", BALANCE, headers={"X-Correlation-Id": given})

    assert answer.status == 200
    assert "X-Correlation-Id" not in answer.headers


def test_the_request_id_is_the_gateways_or_ours(front: Front) -> None:
    event: dict[str, Any] = {"rawPath": "/", "requestContext": {"requestId": "JKJaXmPLvHcESHA="}}
    named = front.app(event, None)
    hostile = front.app({**event, "requestContext": {"requestId": "+34 600\r\n123"}}, None)

    assert named["headers"]["X-Request-Id"] == "JKJaXmPLvHcESHA="
    assert len(hostile["headers"]["X-Request-Id"]) == 32


def test_one_audit_line_for_each_request(front: Front) -> None:
    key = front.key_for("alice", Environment.TEST)
    sent = front.send(text="sesame", clientReference="cueva", key=key)
    front.call("POST", SEND, body={"text": "sesame"}, key=key)
    front.call("GET", "/+34600123456")

    first, second, third = front.audits
    assert first == (
        "answered",
        {
            "request": sent.headers["X-Request-Id"],
            "operation": "sendMessage",
            "status": 202,
            "account": "alice",
            "key": "key_1",
            "test": True,
            "messages": [sent.json["id"]],
            "duration": 0,
        },
    )
    assert (second[1]["status"], second[1]["problem"]) == (422, "validation-failed")
    assert (third[1]["status"], third[1]["problem"]) == (404, "not-found")
    for canary in ("sesame", "cueva", "600123456", *BODY.values()):
        assert canary not in front.logged


def test_a_send_names_what_smart_encoding_replaced(front: Front) -> None:
    curly = "\u201cHola\u201d\u00a0\u2013 \u00a1\u201cse\u00f1or\u201d!"

    assert front.send(text=curly).json["replaced"] == ["\u201c", "\u201d", "\u00a0", "\u2013"]
    assert "replaced" not in front.send(text=curly, smartEncoding=False).json
    assert "replaced" not in front.send(text="\u201cadi\u00f3s\u201d").json


def test_a_repeated_send_names_the_same_replacements(front: Front) -> None:
    first = front.send(text="\u201cHola\u201d", idem="order-9")
    again = front.send(text="\u201cHola\u201d", idem="order-9")

    assert first.json["replaced"] == again.json["replaced"] == ["\u201c", "\u201d"]
