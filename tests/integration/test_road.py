"""The road of a message through the real handlers, and what must hold when parts of it fail."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from relevo import wire
from relevo.domain.timing import HOUR, MINUTE, SECOND
from tests.integration.harness import BATCH, Killed, System
from tests.integration.shapes import Call

NUMBER = "+34612345678"
CANARY_NUMBER = "612987654"
CANARY_TEXT = "k4narienvogel"


def test_a_message_is_delivered(system: System) -> None:
    id_ = system.send(NUMBER)
    assert system.status(id_)["status"] == "accepted"

    system.run(system.now() + 2 * SECOND)

    status = system.status(id_)
    assert (status["status"], status["final"]) == ("delivered", True)
    assert system.submits(id_) == ["sandbox-a"]
    assert [event["type"] for event in system.events(id_)] == [
        "message.accepted",
        "message.sent",
        "message.delivered",
    ]
    assert [execution.status for execution in system.executions] == ["SUCCEEDED"]


def test_a_full_batch_is_one_execution(system: System) -> None:
    ids = [system.send(f"+3461234567{i}") for i in range(BATCH)]

    system.until_final(*ids, within=10 * SECOND)

    (execution,) = system.executions
    assert {head["id"] for head in json.loads(execution.input)["heads"]} == set(ids)
    assert [system.status(id_)["status"] for id_ in ids] == ["delivered"] * BATCH


def test_everything_twice_is_one_submit_one_debit_and_no_gap(everything_twice: System) -> None:
    system = everything_twice
    before = system.balance()

    ids = [system.send(f"+3461234567{i}") for i in range(BATCH)]
    debited = before - system.balance()
    system.until_final(*ids, within=10 * SECOND)
    system.run(system.now() + 3 * MINUTE)

    assert len(system.executions) > 1
    for id_ in ids:
        assert system.submits(id_) == ["sandbox-a"]
        sequences = [event["sequence"] for event in system.events(id_)]
        assert sequences == [1, 2, 3]
    assert before - system.balance() == debited == len(ids) * _price(system, ids[0])


def test_everything_twice_credits_a_refused_message_once(everything_twice: System) -> None:
    system = everything_twice
    before = system.balance()

    id_ = system.send("+34612345004")
    system.until_final(id_, within=MINUTE)
    system.run(system.now() + 3 * MINUTE)

    assert system.status(id_)["status"] == "failed"
    assert system.balance() == before


@pytest.mark.parametrize("body", ["", "{", "[]", '{"ids": 7}', '{"id": "x"}'])
def test_a_poison_record_fails_alone(system: System, body: str) -> None:
    ids = [system.send(f"+3461234567{i}") for i in range(BATCH - 1)]
    system.put("transactional", body or " ")

    system.until_final(*ids, within=10 * SECOND)

    assert {system.status(id_)["status"] for id_ in ids} == {"delivered"}
    assert system.waiting("transactional") == [body or " "]


def test_a_poison_record_ends_in_the_dead_letter_queue(system: System) -> None:
    system.put("transactional", "{")

    system.run(system.now() + 60 * MINUTE)

    assert system.waiting("transactional") == []
    assert system.waiting("transactional-dlq") == ["{"]


def test_a_poison_receipt_fails_alone(system: System) -> None:
    system.put("receipts", "{")
    id_ = system.send(NUMBER)

    system.until_final(id_, within=10 * SECOND)

    assert system.status(id_)["status"] == "delivered"
    assert system.waiting("receipts") == ["{"]


def test_an_unreadable_image_is_parked_and_holds_up_nobody(system: System) -> None:
    id_ = system.send(NUMBER)
    _rewrite(system, id_, "SET v = :v", {":v": {"N": "99"}})
    other = system.send("+34612345679")

    system.until_final(other, within=10 * SECOND)

    assert system.status(other)["status"] == "delivered"
    parked = [json.loads(body) for body in system.waiting("events-dlq")]
    assert {"id": id_, "version": 1} in parked


def test_a_message_that_could_not_be_queued_is_delivered_by_its_due_item(system: System) -> None:
    system.before.append(_no_queue)
    id_ = system.send(NUMBER)
    system.before.clear()

    system.run(system.now() + 30 * SECOND)
    assert system.status(id_)["status"] == "accepted"
    system.until_final(id_, within=3 * MINUTE)

    assert system.status(id_)["status"] == "delivered"
    assert system.submits(id_) == ["sandbox-a"]


def test_a_lost_answer_of_the_claim_changes_nothing(system: System) -> None:
    lost: list[Call] = []

    def lose(call: Call) -> None:
        if (call.function, call.operation) == ("dispatch", "UpdateItem") and len(lost) < BATCH:
            lost.append(call)
            raise EndpointConnectionError(endpoint_url="dynamodb")

    system.after.append(lose)
    ids = [system.send(f"+3461234567{i}") for i in range(BATCH)]
    system.until_final(*ids, within=10 * SECOND)

    assert len(lost) == BATCH
    assert [system.submits(id_) for id_ in ids] == [["sandbox-a"]] * BATCH


def test_a_dispatch_killed_in_mid_submit_is_one_submit_under_hold(system: System) -> None:
    def die(call: Call) -> None:
        if (call.function, call.operation) == ("dispatch", "SendMessage"):
            raise Killed

    system.before.append(die)
    id_ = system.send(NUMBER, ttlSeconds=60)
    system.run(system.now() + SECOND)
    system.before.clear()
    assert system.status(id_)["status"] == "sending"
    system.run(system.now() + 2 * MINUTE)

    assert system.status(id_)["status"] == "unconfirmed"
    assert system.submits(id_) == ["sandbox-a"]


@pytest.mark.parametrize("reference", ["aaaaaaaaaaaaaaaaaaaaaaaaaa-1", "{known}-2", "{known}-99"])
def test_a_receipt_for_an_unknown_attempt_is_kept(system: System, reference: str) -> None:
    id_ = system.send(NUMBER)
    system.until_final(id_, within=10 * SECOND)
    attempt = reference.format(known=id_)

    system.put("receipts", json.dumps(_receipt(attempt)))
    system.run(system.now() + SECOND)

    (orphan,) = [row for row in system.rows("messages") if row.get("kind") == "orphan"]
    assert orphan["attempt"] == attempt
    assert system.waiting("receipts") == []
    assert system.status(id_)["status"] == "delivered"


def test_number_and_text_stay_in_the_content_table(system: System) -> None:
    for tail in ("654", "001", "003", "004"):
        number = f"+34{CANARY_NUMBER[:6]}{tail}"
        system.send(number, f"{CANARY_TEXT} {tail}", callbackUrl="https://example.com/hook")
    system.http(
        "POST", "/api/v1/messages/send", {"to": f"+34{CANARY_NUMBER}x", "text": CANARY_TEXT}
    )
    system.run(system.now() + 2 * MINUTE)

    for place, found in _everything_but_content(system).items():
        assert CANARY_NUMBER[:6] not in found, place
        assert CANARY_TEXT not in found, place
    assert CANARY_TEXT in json.dumps(system.scan_raw("content"))


def test_nothing_is_written_to_the_standard_streams(
    system: System, capfd: pytest.CaptureFixture[str]
) -> None:
    id_ = system.send(NUMBER, CANARY_TEXT)
    system.until_final(id_, within=10 * SECOND)

    assert "".join(capfd.readouterr()) == ""


def _no_queue(call: Call) -> None:
    if (call.function, call.operation) == ("accept", "SendMessage"):
        raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")


def _price(system: System, id_: str) -> Any:
    return wire.head_from_item(
        {k: v for k, v in system.head(id_).items() if k not in ("final", "ttl")}
    ).price


def _receipt(attempt: str) -> dict[str, Any]:
    return {"attempt": attempt, "carrier": "sandbox-a", "state": "delivered", "at": 1, "v": 1}


def _rewrite(system: System, id_: str, expression: str, values: dict[str, Any]) -> None:
    """Put a record of another schema in a message's place, as a bad deployment would."""
    system.dynamodb.update_item(
        TableName="messages",
        Key={"id": {"S": id_}},
        UpdateExpression=expression,
        ExpressionAttributeValues=values,
    )


def _everything_but_content(system: System) -> dict[str, str]:
    sent = [
        call.params
        for call in system.calls
        if call.operation in ("SendMessage", "SendMessageBatch")
    ]
    tables = ("messages", "due", "routes", "accounts", "ledger")
    workers = [i for i in system.invocations if i.function != "accept"]
    return {
        "logs": system.log,
        "queues": json.dumps(sent),
        "workflow inputs": "".join(execution.input for execution in system.executions),
        "events and answers of the workers": json.dumps(
            [[invocation.event, invocation.answer] for invocation in workers]
        ),
        **{table: json.dumps(system.scan_raw(table)) for table in tables},
    }


def test_promotion_waits_for_the_hours_of_its_market(system: System) -> None:
    # New Year's Day at seven in Bogotá: a holiday; the next working day opens at seven.
    id_ = system.send("+573211234678", trafficClass="marketing", ttlSeconds=172_800)
    code = system.send("+573211234679", trafficClass="otp")
    system.run(system.now() + MINUTE)
    waiting, sent = system.status(id_), system.status(code)

    system.run(system.now() + 24 * HOUR + MINUTE)

    assert (waiting["status"], sent["status"]) == ("scheduled", "delivered")
    status = system.status(id_)
    assert status["status"] == "delivered"
    assert status["attempts"][0]["submittedAt"].startswith("2026-01-02T12:00:")
