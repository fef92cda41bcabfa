"""Webhooks through the real handlers, from the first write to a customer's server."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from infra import config
from relevo.aws.health import DynamoHealth
from relevo.domain.health import Tally
from relevo.domain.timing import HOUR, MINUTE, SECOND
from relevo.domain.words import Environment, TrafficClass
from tests.integration.harness import System, deployed
from tests.integration.receiver import Receiver, receiving
from tools.seed import SCOPES

TO = "+34612345678"
ENDPOINTS = "/api/v1/webhook-endpoints"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as one:
        yield one


def listen(system: System, receiver: Receiver, **fields: Any) -> dict[str, Any]:
    status, made = system.http("POST", ENDPOINTS, {"url": receiver.url, **fields})
    assert status == 201, made
    return dict(made)


def delivered(system: System, **fields: Any) -> str:
    message_id = system.send(TO, **fields)
    system.until_final(message_id, within=MINUTE)
    system.run(system.now() + 2 * SECOND)
    return message_id


@pytest.mark.parametrize("twice", [False, True], ids=["once", "everything twice"])
def test_every_event_arrives_once_verified_and_in_sequence(twice: bool, receiver: Receiver) -> None:
    with deployed(stage=config.LOCAL, twice=twice) as system:
        endpoint = listen(system, receiver)
        message_id = delivered(system, clientReference="order 7")

        events = system.events(message_id)
        for heard in receiver.heard:
            said = Webhook(endpoint["secret"]).verify(heard.body, heard.headers)
            assert said["data"]["messageId"] == message_id
            assert said["data"]["clientReference"] == "order 7"
        assert sorted(receiver.ids) == sorted(one["id"] for one in events)
        sequences = sorted(json.loads(one.body)["data"]["sequence"] for one in receiver.heard)
        assert sequences == list(range(1, len(events) + 1))
        types = {json.loads(one.body)["type"] for one in receiver.heard}
        assert {"message.accepted", "message.sent", "message.delivered"} == types


def test_an_outage_is_over_in_the_end_with_the_same_ids(receiver: Receiver) -> None:
    with deployed(stage=config.LOCAL) as system:
        listen(system, receiver)
        back = system.now() + HOUR
        receiver.answer = lambda _: 200 if system.now() >= back else 503
        message_id = delivered(system)

        system.run(system.now() + 12 * HOUR)

        events = {one["id"] for one in system.events(message_id)}
        assert set(receiver.ids) == events
        _, log = system.http("GET", f"{ENDPOINTS}/{_only(system)}/deliveries")
        assert {one["status"] for one in log["data"]} == {"succeeded"}
        assert {one["eventId"] for one in log["data"]} == events
        assert all(len(one["attempts"]) >= 4 for one in log["data"])
        tries = Counter(receiver.ids)
        requests = {
            one["eventId"]: sum(t["statusCode"] is not None for t in one["attempts"])
            for one in log["data"]
        }
        assert tries == requests
        assert "webhook:" not in str(system.rows("due"))


def _only(system: System) -> str:
    _, listed = system.http("GET", ENDPOINTS)
    [endpoint] = listed["data"]
    return str(endpoint["id"])


def test_a_callback_of_one_message_hears_of_that_one_alone(receiver: Receiver) -> None:
    with deployed(stage=config.LOCAL) as system:
        _, place = system.http("POST", f"{ENDPOINTS}/callbacks/rotate-secret")
        called = delivered(system, callbackUrl=receiver.url)
        delivered(system)

        assert {one["id"] for one in system.events(called)} == set(receiver.ids)
        for heard in receiver.heard:
            Webhook(place["secret"]).verify(heard.body, heard.headers)


def test_a_test_event_and_a_replay_go_the_same_road(receiver: Receiver) -> None:
    with deployed(stage=config.LOCAL) as system:
        endpoint = listen(system, receiver)
        at = f"{ENDPOINTS}/{endpoint['id']}"

        _, sent = system.http("POST", f"{at}/test")
        system.settle()
        system.http("POST", f"{at}/deliveries/{sent['id']}/replay")
        system.settle()

        assert receiver.ids == [sent["eventId"]] * 2
        said = Webhook(endpoint["secret"]).verify(receiver.heard[1].body, receiver.heard[1].headers)
        assert said["type"] == "webhook.test"


def test_no_number_and_no_text_leaves_but_ids(receiver: Receiver) -> None:
    bodies: list[str] = []
    with deployed(stage=config.LOCAL) as system:
        system.before.append(
            lambda call: bodies.append(str(call.params)) if call.service == "sqs" else None
        )
        listen(system, receiver)
        delivered(system, text="canary of the text")

        everything = "".join(bodies) + system.log + "".join(one.body for one in receiver.heard)
        stored = str(system.rows("ledger")) + str(system.rows("due"))
        assert "612345678" not in everything
        assert "canary" not in everything
        assert "/hooks" not in "".join(bodies) + system.log + stored
        assert "whsec_" not in "".join(bodies) + system.log + stored


def fall_silent(system: System, carrier: str) -> None:
    """Count a minute of codes in Spain, ten each five seconds, of which none arrived."""
    health = DynamoHealth(client=system.dynamodb, table="routes", clock=system.now)
    for ago in range(0, 60, 5):
        at = system.now() - ago * SECOND
        tally = Tally(
            environment=Environment.LIVE,
            traffic_class=TrafficClass.OTP,
            carrier=carrier,
            country="ES",
            minute=at // MINUTE,
            what=f"{at % MINUTE // (5 * SECOND)}t",
            count=10,
        )
        health.add([tally])


def test_operators_are_told_that_a_carrier_fell_silent(receiver: Receiver) -> None:
    with deployed(stage=config.LOCAL) as system:
        system.comes_in(Environment.LIVE, SCOPES | {"operator:routes"}, ends_in=15 * MINUTE)
        listen(system, receiver, events=["carrier.*"])

        fall_silent(system, "local-a")
        system.send(TO, trafficClass="otp")
        system.run(system.now() + 5 * SECOND)

        [told] = [json.loads(one.body) for one in receiver.heard]
        assert told["type"] == "carrier.state_changed"
        assert told["data"] | {"estimatePercent": 0} == {
            "carrier": "local-a",
            "state": "out",
            "trafficClass": "otp",
            "country": "ES",
            "lead": "local-b",
            "estimatePercent": 0,
        }
        assert 0 <= told["data"]["estimatePercent"] < 90


def test_where_nobody_listens_notify_is_never_woken() -> None:
    with deployed() as system:
        delivered(system)

        assert [one for one in system.invocations if one.function == "notify"] == []
