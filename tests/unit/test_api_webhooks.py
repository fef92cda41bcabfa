"""Endpoints as their owners manage them: made, changed, rotated, tested, told again."""

from dataclasses import replace
from typing import Any

import pytest

from relevo.api.routes import table
from relevo.api.rows import Operation
from relevo.domain import delivery as steps
from relevo.domain.delivery import SCHEDULE, Answer, Delivery, State, opened
from relevo.domain.endpoint import MOST, OVERLAP
from relevo.domain.event import TYPES, Event, event_id, of_message
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import Environment
from tests.fakes import NOON, Faulty
from tests.front import ENDPOINT, SPAN, UNKNOWN, Down, Front, body_of, path_of
from tests.front import Answer as Reply

ENDPOINTS = "/api/v1/webhook-endpoints"
LIVE, TEST = Environment.LIVE, Environment.TEST
ROWS = [row for row in table() if isinstance(row, Operation) and row.path.startswith(ENDPOINTS)]


@pytest.fixture
def front() -> Front:
    return Front()


def made(front: Front, **fields: Any) -> dict[str, Any]:
    answer = front.call("POST", ENDPOINTS, body={**ENDPOINT, **fields})
    assert answer.status == 201, answer.body
    return dict(answer.json)


def at(endpoint: dict[str, Any], *rest: str) -> str:
    return "/".join([ENDPOINTS, endpoint["id"], *rest])


def test_an_endpoint_is_made_and_its_secret_shown_once(front: Front) -> None:
    answer = front.call("POST", ENDPOINTS, body={**ENDPOINT, "description": "shop"})
    endpoint = answer.json

    assert answer.headers["Location"] == at(endpoint)
    assert endpoint["secret"].startswith("whsec_")
    assert (endpoint["events"], endpoint["enabled"]) == (["message.*"], True)
    shown = {name: value for name, value in endpoint.items() if name != "secret"}
    assert front.call("GET", at(endpoint)).json == shown
    assert front.call("GET", ENDPOINTS).json == {"data": [shown]}


def test_without_filters_everything_is_told(front: Front) -> None:
    answer = front.call("POST", ENDPOINTS, body={"url": ENDPOINT["url"]})

    assert answer.json["events"] == ["*"]


def test_every_type_of_event_is_a_filter(front: Front) -> None:
    assert made(front, events=[*TYPES])["events"] == [*TYPES]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"url": "http://hooks.example.com/"}, "/url", "invalid-callback-url"),
        ({"url": "https://10.0.0.1/"}, "/url", "invalid-callback-url"),
        ({"url": "https://inside.example.com/"}, "/url", "private-address"),
        ({"url": "https://hooks.example.com:25/"}, "/url", "invalid-callback-url"),
        ({"events": []}, "/events", "too-short"),
        ({"events": ["message.read"]}, "/events/0", "unknown-event"),
        ({"events": ["*"] * 33}, "/events", "too-long"),
        ({"description": ""}, "/description", "string-too-short"),
        ({"secret": "whsec_x"}, "/secret", "extra-forbidden"),
        ({"enabled": "yes"}, "/enabled", "bool-type"),
    ],
    ids=str,
)
def test_what_is_no_endpoint(front: Front, change: dict[str, Any], pointer: str, code: str) -> None:
    answer = front.call("POST", ENDPOINTS, body={**ENDPOINT, **change})

    assert answer.status == 422
    assert [(one["pointer"], one["code"]) for one in answer.json["errors"]] == [(pointer, code)]
    assert front.call("GET", ENDPOINTS).json == {"data": []}


def test_there_is_a_limit(front: Front) -> None:
    for _ in range(MOST):
        made(front)

    answer = front.call("POST", ENDPOINTS, body=ENDPOINT)

    assert (answer.status, answer.slug) == (409, "endpoint-limit-reached")


def test_a_change_replaces_all_but_the_secret(front: Front) -> None:
    endpoint = made(front, description="old")
    change = {"url": "https://other.example.com/", "events": ["consent.changed"]}

    changed = front.call("PUT", at(endpoint), body={**change, "enabled": False}).json

    assert (changed["url"], changed["events"]) == (change["url"], change["events"])
    assert (changed["enabled"], changed["disabledReason"]) == (False, "by-owner")
    assert changed["description"] is None
    assert stored(front).secrets[0].value == endpoint["secret"]
    assert front.call("PUT", at(endpoint), body=change).json["disabledReason"] is None


def stored(front: Front) -> Any:
    return front.world.subscriptions.of("alice", Environment.LIVE).all[0]


def test_a_change_to_a_host_of_the_house_is_refused(front: Front) -> None:
    endpoint = made(front)

    answer = front.call("PUT", at(endpoint), body={"url": "https://inside.example.com/"})

    assert answer.slug == "invalid-callback-url"
    assert stored(front).url == ENDPOINT["url"]


def test_a_removed_endpoint_is_gone(front: Front) -> None:
    endpoint = made(front)

    assert front.call("DELETE", at(endpoint)).status == 204
    assert front.call("GET", at(endpoint)).slug == "not-found"
    assert front.call("DELETE", at(endpoint)).slug == "not-found"


def test_f41_a_rotation_shows_the_new_secret_and_lets_the_old_one_sign_for_a_day(
    front: Front,
) -> None:
    endpoint = made(front)

    rotated = front.call("POST", at(endpoint, "rotate-secret")).json

    now = front.world.clock()
    assert stored(front).signing(now) == (rotated["secret"], endpoint["secret"])
    assert rotated["oldSecretUntil"] == "2026-01-02T12:00:00.000Z"
    assert stored(front).signing(now + OVERLAP) == (rotated["secret"],)
    front.world.clock.advance(OVERLAP)
    assert "oldSecretUntil" not in front.call("GET", at(endpoint)).json


def test_callback_urls_have_a_secret_and_a_log_of_their_own(front: Front) -> None:
    place = f"{ENDPOINTS}/callbacks"

    first = front.call("POST", f"{place}/rotate-secret").json
    second = front.call("POST", f"{place}/rotate-secret").json

    assert (first["id"], first["url"]) == ("callbacks", None)
    kept = front.world.subscriptions.of("alice", Environment.LIVE).callbacks
    assert kept is not None
    assert kept.signing(front.world.clock()) == (second["secret"], first["secret"])
    assert front.call("GET", f"{place}/deliveries").json == {"data": [], "nextCursor": None}
    assert front.call("GET", ENDPOINTS).json == {"data": []}
    for method, path in (("GET", place), ("DELETE", place), ("POST", f"{place}/test")):
        assert front.call(method, path).slug == "not-found"


def test_a_test_event_is_kept_and_on_its_way_to_that_endpoint_alone(front: Front) -> None:
    endpoint, _ = made(front), made(front)

    answer = front.call("POST", at(endpoint, "test"))

    assert (answer.status, answer.json["type"]) == (202, "webhook.test")
    [(reference, delivery)] = front.world.deliveries.kept.items()
    assert front.world.announcements.woken == [reference]
    assert delivery.endpoint == endpoint["id"]
    event = front.world.bulletins.kept[answer.json["eventId"]]
    assert event.data == {"endpointId": endpoint["id"]}
    assert front.world.bulletins.queued == []


def a_delivery(front: Front, endpoint: str, number: int = 0, **changes: Any) -> Delivery:
    """Keep a delivery that happened so many minutes ago."""
    event = Event(
        id=event_id("m" * 26, number),
        account="alice",
        environment=Environment.LIVE,
        type="message.sent",
        at=NOON - number * MINUTE,
        data={"messageId": "m" * 26, "sequence": number},
    )
    delivery = replace(opened(event, endpoint, NOON), **changes)
    front.world.deliveries.save(None, delivery)
    return delivery


def test_the_log_says_of_each_try_when_how_long_and_what_came(front: Front) -> None:
    endpoint = made(front)
    delivery = a_delivery(front, endpoint["id"], 1)
    tried = steps.answered(
        steps.begun(delivery, "o", NOON), Answer(status=503, took=41), NOON + 2 * SECOND, 0
    )
    tried = steps.answered(
        steps.begun(tried, "o", NOON), Answer(reason="timeout", took=15_000), NOON + 9 * SECOND, 0
    )
    front.world.deliveries.save(delivery, replace(tried, version=1))

    answer = front.call("GET", at(endpoint, "deliveries"))

    assert answer.json["data"] == [
        {
            "id": delivery.id,
            "eventId": event_id("m" * 26, 1),
            "type": "message.sent",
            "at": "2026-01-01T11:59:00.000Z",
            "messageId": "m" * 26,
            "sequence": 1,
            "status": "pending",
            "attempts": [
                {
                    "n": 1,
                    "at": "2026-01-01T12:00:02.000Z",
                    "statusCode": 503,
                    "reason": None,
                    "durationMs": 41,
                },
                {
                    "n": 2,
                    "at": "2026-01-01T12:00:09.000Z",
                    "statusCode": None,
                    "reason": "timeout",
                    "durationMs": 15_000,
                },
            ],
            "nextAt": "2026-01-01T12:05:09.000Z",
        }
    ]


def test_the_log_comes_page_by_page(front: Front) -> None:
    endpoint = made(front)
    for number in range(5):
        a_delivery(front, endpoint["id"], number)

    seen, cursor = [], ""
    for _ in range(3):
        page = front.call("GET", at(endpoint, f"deliveries?limit=2{cursor}")).json
        seen += [one["sequence"] for one in page["data"]]
        cursor = f"&cursor={page['nextCursor']}"

    assert seen == [0, 1, 2, 3, 4]
    assert page["nextCursor"] is None


def test_a_cursor_of_another_log_is_none(front: Front) -> None:
    first, second = made(front), made(front)
    for number in range(3):
        a_delivery(front, first["id"], number)
    page = front.call("GET", at(first, "deliveries?limit=2")).json

    answer = front.call("GET", at(second, f"deliveries?cursor={page['nextCursor']}"))

    assert answer.slug == "invalid-cursor"


def failed(front: Front, endpoint: str, number: int) -> Delivery:
    return a_delivery(front, endpoint, number, state=State.FAILED, begun=len(SCHEDULE), version=20)


def test_a_replay_begins_anew_under_the_same_id(front: Front) -> None:
    endpoint = made(front)
    delivery = failed(front, endpoint["id"], 1)

    answer = front.call("POST", at(endpoint, "deliveries", delivery.id, "replay"))

    assert (answer.status, answer.json["status"]) == (202, "pending")
    assert answer.json["eventId"] == delivery.event
    assert front.world.announcements.woken == [delivery.reference]
    assert front.world.deliveries.kept[delivery.reference].ready(NOON)


def test_a_replay_of_nothing_is_not_found(front: Front) -> None:
    endpoint = made(front)

    answer = front.call("POST", at(endpoint, "deliveries", f"{NOON}-{UNKNOWN}", "replay"))

    assert answer.slug == "not-found"


def test_a_replay_that_the_queue_did_not_take_is_said_and_can_be_asked_for_again(
    front: Front,
) -> None:
    endpoint = made(front)
    delivery = failed(front, endpoint["id"], 1)
    path = at(endpoint, "deliveries", delivery.id, "replay")

    def down(name: str) -> None:
        raise Down

    broken = front.build(announcements=Faulty(front.world.announcements, before=down))
    assert front.call("POST", path, app=broken).status == 503

    assert front.call("POST", path).status == 202
    assert front.world.announcements.woken == [delivery.reference]


def test_a_span_is_replayed_but_for_what_went_well_or_is_on_its_way(front: Front) -> None:
    endpoint = made(front)
    wanted = [failed(front, endpoint["id"], number) for number in (1, 2)]
    failed(front, endpoint["id"], 600)
    a_delivery(front, endpoint["id"], 3)
    a_delivery(front, endpoint["id"], 4, state=State.SUCCEEDED)
    span = {"since": "2026-01-01T11:00:00Z", "until": "2026-01-01T12:00:00Z"}

    answer = front.call("POST", at(endpoint, "replay"), body=span)

    assert (answer.status, answer.json) == (202, {"replayed": 2, "nextCursor": None})
    assert front.world.announcements.woken == [one.reference for one in wanted]
    again = front.call("POST", at(endpoint, "replay"), body={**span, "status": "all"})
    assert again.json["replayed"] == 1


def test_a_long_span_is_replayed_a_hundred_at_a_call(front: Front) -> None:
    endpoint = made(front)
    for number in range(1, 151):
        failed(front, endpoint["id"], number)

    first = front.call("POST", at(endpoint, "replay"), body=SPAN).json
    path = at(endpoint, f"replay?cursor={first['nextCursor']}")
    second = front.call("POST", path, body=SPAN).json

    assert (first["replayed"], second["replayed"], second["nextCursor"]) == (100, 50, None)
    assert len(set(front.world.announcements.woken)) == 150
    other = {**SPAN, "until": "2026-01-03T00:00:00Z"}
    assert front.call("POST", path, body=other).slug == "invalid-cursor"


@pytest.mark.parametrize(
    "span",
    [
        {},
        {"since": SPAN["since"]},
        {"since": SPAN["until"], "until": SPAN["since"]},
        {"since": "2025-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
        {**SPAN, "status": "pending"},
        {**SPAN, "since": "yesterday"},
    ],
    ids=str,
)
def test_what_is_no_span(front: Front, span: dict[str, str]) -> None:
    assert front.call("POST", at(made(front), "replay"), body=span).status == 422


def call(front: Front, row: Operation, named: dict[str, str], key: str) -> Reply:
    path = path_of(row, **named)
    return front.call(row.method, path, body=body_of(row), key=key)


@pytest.mark.parametrize("row", [row for row in ROWS if "{" in row.path], ids=lambda row: row.id)
def test_what_belongs_to_another_account_or_environment_does_not_exist(
    front: Front, row: Operation
) -> None:
    endpoint = made(front)
    delivery = failed(front, endpoint["id"], 1)
    named = dict.fromkeys(("endpointId", "placeId"), endpoint["id"])
    named["deliveryId"] = delivery.id
    nothing = front.call("GET", "/api/v1/no/such/thing").anonymous

    for key in (front.key_for("bob"), front.key_for("alice", Environment.TEST)):
        answer = call(front, row, named, key)
        assert (answer.status, answer.anonymous) == (404, nothing)

    assert front.world.announcements.woken == []
    assert call(front, row, named, front.key).status < 300


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_reading_and_writing_have_scopes_of_their_own(front: Front, row: Operation) -> None:
    reads = row.method == "GET"
    wrong = "webhooks:write" if reads else "webhooks:read"

    refused = call(front, row, {}, front.key_for("alice", scopes=frozenset({wrong})))
    family = call(front, row, {}, front.key_for("alice", scopes=frozenset({"webhooks:*"})))

    assert refused.slug == "insufficient-scope"
    assert family.slug != "insufficient-scope"


OPERATES = frozenset({"webhooks:*", "operator:routes"})


@pytest.mark.parametrize(
    ("scopes", "ends_in", "environment", "events", "enlisted"),
    [
        (OPERATES, 15 * MINUTE, LIVE, ["carrier.*"], True),
        ({"webhooks:write", "operator:*"}, MINUTE, LIVE, ["*"], True),
        (OPERATES, 15 * MINUTE, LIVE, ["message.*"], False),
        (OPERATES, 15 * MINUTE, TEST, ["carrier.*"], False),
        (OPERATES, 16 * MINUTE, LIVE, ["carrier.*"], False),  # no operator's key lives so long
        (OPERATES, None, LIVE, ["carrier.*"], False),
        ({"webhooks:write"}, MINUTE, LIVE, ["carrier.state_changed"], False),
    ],
)
def test_only_operators_hear_of_carriers(
    front: Front,
    scopes: set[str],
    ends_in: Millis | None,
    environment: Environment,
    events: list[str],
    enlisted: bool,
) -> None:
    ends = None if ends_in is None else front.world.clock() + ends_in
    key = front.key_for("alice", environment, scopes=frozenset(scopes), expires_at=ends)

    made_ = front.call("POST", ENDPOINTS, body={**ENDPOINT, "events": ["consent.*"]}, key=key)
    assert front.world.subscriptions.operators() == frozenset()
    front.call("PUT", at(made_.json), body={**ENDPOINT, "events": events}, key=key)

    assert front.world.subscriptions.operators() == (frozenset({"alice"} if enlisted else ()))


def test_an_endpoint_is_its_last_authors(front: Front) -> None:
    operator = front.key_for("alice", scopes=OPERATES, expires_at=front.world.clock() + 15 * MINUTE)
    endpoint = front.call("POST", ENDPOINTS, body=ENDPOINT, key=operator).json
    first = stored(front)

    front.call("PUT", at(endpoint), body=ENDPOINT)

    assert (first.operators, stored(front).operators) == (True, False)


def test_an_endpoint_whose_account_cannot_be_enlisted_is_not_made(
    front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = front.world.clock() + 15 * MINUTE
    key = front.key_for("alice", scopes=OPERATES, expires_at=ends)
    monkeypatch.setattr(front.world.subscriptions, "enlist", down)

    answer = front.call("POST", ENDPOINTS, body={**ENDPOINT, "events": ["*"]}, key=key)

    assert answer.status == 503
    assert front.world.subscriptions.kept == {}


def down(_: str) -> None:
    raise Down


def test_no_secret_is_logged(front: Front) -> None:
    with front.listening():
        endpoint = made(front)
        rotated = front.call("POST", at(endpoint, "rotate-secret")).json

    assert endpoint["secret"] not in front.logged
    assert rotated["secret"] not in front.logged


def test_the_ids_of_a_messages_events_are_those_that_are_delivered(front: Front) -> None:
    sent = front.send().json
    head = front.world.messages.heads[sent["id"]]

    events = front.call("GET", f"{sent['links']['self']}/events").json["data"]

    assert [one["id"] for one in events] == [of_message(head, head.told[0], None).id]


def test_the_head_says_that_a_callback_is_wanted(front: Front) -> None:
    plain, called = front.send().json, front.send(callbackUrl="https://example.com/x").json

    heads = front.world.messages.heads
    assert not heads[plain["id"]].callback
    assert heads[called["id"]].callback


def test_a_scheduled_message_is_told_as_scheduled(front: Front) -> None:
    later = "2026-01-02T12:00:00Z"
    sent = front.send(sendAt=later).json

    [event] = front.call("GET", f"{sent['links']['self']}/events").json["data"]

    assert (event["type"], event["status"]) == ("message.accepted", "scheduled")
