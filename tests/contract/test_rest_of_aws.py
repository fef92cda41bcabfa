import json
from typing import Any

import pytest

from relevo.aws.clients import Clients
from relevo.aws.patience import Patience
from relevo.aws.secrets import Secrets
from relevo.aws.workflow import ExpressWorkflow
from relevo.domain.attempt import Report
from relevo.domain.message import attempt_id
from relevo.domain.segments import measure
from relevo.domain.words import State, TrafficClass
from relevo.ports.carriers import Receipt, Submission
from relevo.ports.messages import WorkflowFailed
from tests.contract.builders import TEXT, head_of
from tests.contract.conftest import Aws
from tests.fakes import NOON

NUMBER = "+34600000001"
SUBMISSION = Submission(
    reference=attempt_id(head_of().id, 1),
    to=NUMBER,
    country="ES",
    text=TEXT,
    sizing=measure(TEXT),
    sender=None,
    within=3_000,
    ttl=600_000,
    traffic_class=TrafficClass.OTP,
)


class Executions:
    """Step Functions as far as it is called: every start ends as told."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer
        self.started: list[dict[str, Any]] = []

    def start_sync_execution(self, **request: Any) -> Any:
        self.started.append(request)
        return self.answer


def test_the_workflow_gets_heads_and_nothing_else() -> None:
    client = Executions(status="SUCCEEDED")

    ExpressWorkflow(client=client, arn="arn:delivery").run([head_of(1), head_of(2)])  # type: ignore[arg-type]

    (request,) = client.started
    state = json.loads(request["input"])
    assert request["stateMachineArn"] == "arn:delivery"
    assert list(state) == ["heads"]
    assert [head["id"] for head in state["heads"]] == [head_of(1).id, head_of(2).id]


def test_a_workflow_that_fails_says_how_but_not_with_what() -> None:
    client = Executions(status="FAILED", error="Lambda.Unknown", cause=f"payload {NUMBER}")

    with pytest.raises(WorkflowFailed) as failure:
        ExpressWorkflow(client=client, arn="arn").run([head_of()])  # type: ignore[arg-type]

    assert str(failure.value) == "FAILED Lambda.Unknown"


def test_an_orphan_keeps_the_receipt_apart_from_messages_for_a_week(aws: Aws) -> None:
    report = Report(n=1, state=State.DELIVERED, at=NOON)
    aws.orphans().keep(Receipt(message_id="m", carrier="c", report=report), NOON)
    aws.orphans().keep(Receipt(message_id="m", carrier="c", report=report), NOON)

    rows = aws.rows("Messages")
    assert len(rows) == 2
    assert all(row["id"].startswith("orphan#m-1#") for row in rows)
    assert {(row["kind"], row["state"], row["carrier"]) for row in rows} == {
        ("orphan", "delivered", "c")
    }
    assert {row["ttl"] for row in rows} == {NOON // 1000 + 7 * 86_400}


def test_a_stray_is_kept_beside_orphans(aws: Aws) -> None:
    aws.orphans().keep_stray("twilio", {"carrierId": "SM1", "code": "30003"}, NOON)

    (row,) = aws.rows("Messages")
    assert row["id"].startswith("orphan#twilio#")
    assert (row["carrier"], row["carrierId"], row["kind"]) == ("twilio", "SM1", "orphan")


def an_exchange(reference: str, at: int, outcome: str = "accepted") -> dict[str, Any]:
    return {"reference": reference, "at": at, "outcome": outcome, "status": None, "reply": [1.5]}


def test_exchanges_are_kept_for_a_week_and_found_by_message_in_order(aws: Aws) -> None:
    exchanges = aws.exchanges()
    for number, at in (("2", NOON + 5), ("1", NOON)):
        exchanges.note(an_exchange(f"m-{number}", at))
    exchanges.note(an_exchange("other-1", NOON))
    assert aws.rows("Ledger") == []

    exchanges.flush()

    assert exchanges.of("m") == [an_exchange("m-1", NOON), an_exchange("m-2", NOON + 5)]
    assert {row["ttl"] for row in aws.rows("Ledger")} <= {
        NOON // 1000 + d for d in (604800, 604801)
    }


def test_where_writes_are_dear_only_what_was_not_taken_is_kept(aws: Aws) -> None:
    exchanges = aws.exchanges(keep_accepted=False)
    exchanges.note(an_exchange("m-1", NOON))
    exchanges.note(an_exchange("m-2", NOON + 1, "ambiguous"))

    exchanges.flush()

    assert exchanges.of("m") == [an_exchange("m-2", NOON + 1, "ambiguous")]


def test_records_that_cannot_be_written_stop_nobody(aws: Aws) -> None:
    exchanges = aws.exchanges(table="NoSuchTable")
    exchanges.note(an_exchange("m-1", NOON))

    exchanges.flush()
    exchanges.flush()

    assert aws.rows("Ledger") == []


@pytest.mark.parametrize(("keep_text", "text"), [(False, None), (True, TEXT)])
def test_the_ledger_counts_submits_without_their_number(
    aws: Aws, keep_text: bool, text: str | None
) -> None:
    ledger = aws.ledger(keep_text=keep_text)
    ledger.note(SUBMISSION, "sandbox-a", NOON)
    ledger.note(SUBMISSION, "sandbox-a", NOON)

    rows = aws.rows("Ledger")
    assert [(row["id"], row["reference"]) for row in rows] == [
        (head_of().id, SUBMISSION.reference)
    ] * 2
    assert all(row.get("text") == text for row in rows)
    assert NUMBER not in str(rows)


def test_a_secret_is_read_again_after_five_minutes(aws: Aws) -> None:
    aws.secrets.create_secret(Name="relevo/test/pepper", SecretString="one")
    secrets = Secrets(client=aws.secrets, clock=aws.clock)
    assert secrets.key("relevo/test/pepper") == b"one"
    aws.secrets.put_secret_value(SecretId="relevo/test/pepper", SecretString='{"a": 2}')

    assert secrets.text("relevo/test/pepper") == "one"
    aws.clock.advance(300_000)
    assert secrets.fields("relevo/test/pepper") == {"a": 2}


@pytest.mark.usefixtures("credentials")
def test_clients_give_up_soon_and_start_a_workflow_at_most_once() -> None:
    clients = Clients(region="eu-west-1")
    configs: list[Any] = [clients.dynamodb.meta.config, clients.sqs.meta.config]
    stepfunctions: Any = clients.stepfunctions.meta.config

    for config in configs:
        assert config.retries == {"total_max_attempts": 2, "mode": "standard"}
        assert (config.connect_timeout, config.read_timeout) == (0.5, 1)
    assert stepfunctions.retries["total_max_attempts"] == 1
    assert stepfunctions.read_timeout > 50


@pytest.mark.usefixtures("credentials")
def test_what_fails_open_is_asked_once_and_not_for_long() -> None:
    config: Any = Clients(region="eu-west-1").hasty.meta.config

    assert config.retries == {"total_max_attempts": 1, "mode": "standard"}
    assert max(config.connect_timeout, config.read_timeout) <= 0.25


@pytest.mark.usefixtures("credentials")
def test_only_the_local_stage_gives_up_the_host_prefix() -> None:
    aws: Any = Clients(region="eu-west-1").stepfunctions.meta.config
    local: Any = Clients(region="eu-west-1", local=True).stepfunctions.meta.config

    assert (aws.inject_host_prefix, local.inject_host_prefix) == (True, False)


@pytest.mark.usefixtures("credentials")
def test_clients_are_made_once() -> None:
    clients = Clients(region="eu-west-1")

    assert clients.dynamodb is clients.dynamodb


def test_patience_is_bounded_and_its_pauses_grow() -> None:
    pauses: list[float] = []

    assert list(Patience(turns=5, first=0.1, pause=pauses.append)) == [0, 1, 2, 3, 4]

    assert len(pauses) == 4
    assert pauses == sorted(pauses)
    assert pauses[-1] <= 1.6
