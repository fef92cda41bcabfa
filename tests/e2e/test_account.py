"""Money, keys, idempotency, schedules and cancelling, through the deployed API."""

from datetime import UTC, datetime, timedelta

from tests.e2e.conftest import Running

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
