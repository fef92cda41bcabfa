"""Money, keys, idempotency, schedules and cancelling, through the deployed API."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.conftest import ACCOUNT, Running
from tools import places, routes

TO = "+34612345678"


def test_the_same_key_and_body_is_one_message_charged_once(running: Running) -> None:
    body = {"to": TO, "text": "Una sola vez"}
    header = {"Idempotency-Key": "pedido-4711"}

    first = running.sandbox.call("POST", "/api/v1/messages/send", body, header)
    paid = running.balance()
    again = running.sandbox.call("POST", "/api/v1/messages/send", body, header)

    assert (first.status, again.status) == (202, 202)
    assert again.body["id"] == first.body["id"]
    assert again.headers["idempotent-replayed"] == "true"
    assert running.balance() == paid


def test_another_body_under_the_same_key_is_refused(running: Running) -> None:
    header = {"Idempotency-Key": "pedido-4712"}
    running.sandbox.call("POST", "/api/v1/messages/send", {"to": TO, "text": "uno"}, header)

    other = running.sandbox.call("POST", "/api/v1/messages/send", {"to": TO, "text": "dos"}, header)

    assert (other.status, other.body["code"]) == (422, "idempotency-key-reused")


def test_a_scheduled_message_leaves_at_its_time(running: Running) -> None:
    at = datetime.now(UTC) + timedelta(seconds=6)

    id_ = running.send(TO, sendAt=at.isoformat())
    before = running.sandbox.status(id_)
    status = running.ended([id_], within=60)[id_]

    assert before["status"] == "scheduled"
    assert status["status"] == "delivered"
    assert datetime.fromisoformat(status["attempts"][0]["submittedAt"]) >= at


def test_a_canceled_message_is_credited_and_never_sent(running: Running) -> None:
    before = running.balance()
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    id_ = running.send(TO, sendAt=at)

    canceled = running.sandbox.call("POST", f"/api/v1/messages/{id_}/cancel")

    assert (canceled.status, canceled.body["status"]) == (200, "canceled")
    assert running.submits(id_) == []
    assert running.balance_becomes(before)


def test_a_delivered_message_cannot_be_canceled(running: Running) -> None:
    id_ = running.send(TO)
    running.ended([id_], within=30)

    answer = running.sandbox.call("POST", f"/api/v1/messages/{id_}/cancel")

    assert (answer.status, answer.body["code"]) == (409, "not-cancellable")


def test_the_live_key_does_not_see_what_the_sandbox_key_sent(running: Running) -> None:
    id_ = running.send(TO)

    assert running.live.call("GET", f"/api/v1/messages/{id_}/status").status == 404


def test_messages_are_listed_newest_first_page_by_page(running: Running) -> None:
    sent = [running.send("+34612771678", **{"from": "Relevo"}) for _ in range(3)]

    found, cursor = list[str](), ""
    for _ in range(20):
        query = f"?to=%2B34612771678&limit=2{cursor}"
        page = running.sandbox.call("GET", f"/api/v1/messages{query}").body
        found += [one["id"] for one in page["data"]]
        if not page["nextCursor"]:
            break
        cursor = f"&cursor={page['nextCursor']}"

    assert found == sent[::-1]


def test_an_operator_loads_routes_from_the_example_and_senders_with_them(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.stack.load", lambda: running.stack)
    client = routes.operator("local")
    before = client.call("GET", "/api/v1/routes").body
    document = routes.written(places.ROOT / "docs/examples/routes.yaml")
    document["senders"] = {ACCOUNT.id: [{"name": "Relevo", "defaultFor": ["FR"]}]}

    routes.load(client, dict(document))
    after = client.call("GET", "/api/v1/routes").body
    client.call("PUT", "/api/v1/routes", before)  # other tests want the other routes

    assert after["routes"].keys() == document["routes"].keys()
    assert {(one["country"], one["trafficClass"]) for one in after["lists"]} >= {
        ("MX", "marketing")
    }
    answer = running.sandbox.send(to="+33612345678", text="Bonjour")
    assert (answer.status, answer.body["from"]) == (202, "Relevo")
