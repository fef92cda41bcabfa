"""Roles against a table written out by hand: a grant is added in two places or not at all."""

from typing import Any

import pytest

from tests.infra.conftest import Synthesised, named

KEY = {"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
RECEIVE = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
}
HEADS = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"}
DUE = {"dynamodb:BatchWriteItem", "dynamodb:PutItem"}
SEND = {"sqs:SendMessage"}
# The emulator asks for an action of its own for a batch; AWS knows no such action.
SEND_LOCALLY = SEND | {"sqs:SendMessageBatch"}
SEND_SIDS = {f"Send{q}" for q in ("Otp", "Transactional", "Marketing", "Receipts", "Nudge")}
SEND_SIDS |= {"SendWebhook", "SendEventsDlq"}
SECRET = {"secretsmanager:GetSecretValue"}
ALWAYS = {"Logs": LOGS, "KeyData": KEY}

ALLOWED: dict[str, dict[str, set[str]]] = {
    "accept": {
        **ALWAYS,
        "KeyContent": KEY,
        "TableAccounts": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
            "dynamodb:UpdateItem",
        },
        "TableRoutes": {"dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:Query"},
        "TableMessages": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        },
        "TableContent": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"},
        "TableLedger": {"dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:Query"},
        "IndexMessages": {"dynamodb:Query"},
        "SendWebhook": SEND,
        "SendOtp": SEND,
        "SendTransactional": SEND,
        "SendMarketing": SEND,
        "SecretPepper": SECRET,
        "SecretIdKey": SECRET,
    },
    "render": {
        **ALWAYS,
        "KeyContent": KEY,
        "TableMessages": HEADS,
        "TableContent": HEADS,
        "TableDue": DUE,
        "SendNudge": SEND,
        "Workflow": {"states:StartSyncExecution"},
        "ReceiveOtp": RECEIVE,
        "ReceiveTransactional": RECEIVE,
        "ReceiveMarketing": RECEIVE,
    },
    "route": {
        **ALWAYS,
        "TableRoutes": {
            "dynamodb:BatchGetItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "SendWebhook": SEND,
    },
    "dispatch": {
        **ALWAYS,
        "KeyContent": KEY,
        "TableMessages": HEADS,
        "TableContent": {"dynamodb:BatchGetItem"},
        "TableAccounts": {"dynamodb:BatchGetItem"},
        "TableDue": DUE,
        "TableLedger": {"dynamodb:BatchWriteItem", "dynamodb:PutItem"},
        "TableRoutes": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "Texts": {"sms-voice:SendTextMessage"},
        "SendNudge": SEND,
        "SendReceipts": SEND,
        "SecretCarriers": SECRET,
    },
    "dlr": {
        **ALWAYS,
        "KeyContent": KEY,
        "TableMessages": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "TableContent": {"dynamodb:GetItem", "dynamodb:PutItem"},
        "TableAccounts": {
            "dynamodb:DeleteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:UpdateItem",
        },
        "TableRoutes": {"dynamodb:Query"},
        "SendReceipts": SEND,
        "SendTransactional": SEND,
        "ReceiveReceipts": RECEIVE,
        "SecretCarriers": SECRET,
        "SecretIdKey": SECRET,
    },
    "watch": {
        **ALWAYS,
        "KeyContent": KEY,
        "TableContent": {"dynamodb:GetItem"},
        "TableDue": {
            "dynamodb:BatchWriteItem",
            "dynamodb:DeleteItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "TableMessages": HEADS,
        "TableRoutes": {
            "dynamodb:BatchWriteItem",
            "dynamodb:GetItem",
            "dynamodb:PutItem",
            "dynamodb:Query",
        },
        "TableAccounts": {"dynamodb:UpdateItem"},
        "SendOtp": SEND,
        "SendTransactional": SEND,
        "SendMarketing": SEND,
        "SendNudge": SEND,
        "SendWebhook": SEND,
        "ReceiveNudge": RECEIVE,
        "SecretCarriers": SECRET,
    },
    "events": {
        **ALWAYS,
        "TableMessages": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "TableAccounts": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "TableRoutes": {"dynamodb:PutItem", "dynamodb:UpdateItem"},
        "TableDue": DUE,
        "SendOtp": SEND,
        "SendTransactional": SEND,
        "SendMarketing": SEND,
        "SendNudge": SEND,
        "SendWebhook": SEND,
        "SendEventsDlq": SEND,
        "ReceiveEventsDlq": RECEIVE,
        "SendFailedBatches": SEND,
        "Stream": {
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:ListStreams",
        },
    },
    "notify": {
        **ALWAYS,
        "KeyContent": KEY,
        "TableMessages": {"dynamodb:BatchGetItem"},
        "TableContent": {"dynamodb:BatchGetItem"},
        "TableAccounts": {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:PutItem"},
        "TableLedger": {"dynamodb:BatchGetItem", "dynamodb:PutItem"},
        "TableDue": DUE,
        "SendNudge": SEND,
        "ReceiveWebhook": RECEIVE,
    },
}


def statements(stage: Synthesised, function: str) -> list[dict[str, Any]]:
    policies = stage.of_type("AWS::IAM::Policy")
    ours = [p for name, p in policies.items() if name.startswith(f"{function}Role")]
    assert len(ours) == 1
    found: list[dict[str, Any]] = ours[0]["Properties"]["PolicyDocument"]["Statement"]
    return found


def actions(statement: dict[str, Any]) -> set[str]:
    listed = statement["Action"]
    return {listed} if isinstance(listed, str) else set(listed)


@pytest.mark.parametrize("function", ALLOWED)
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    stage: Synthesised, function: str
) -> None:
    granted = {one["Sid"]: actions(one) for one in statements(stage, function)}
    allowed = dict(ALLOWED[function])
    if stage.stage == "local":
        allowed |= {sid: SEND_LOCALLY for sid in allowed if sid in SEND_SIDS}

    assert granted == allowed


@pytest.mark.parametrize("function", ALLOWED)
def test_a_statement_names_the_one_thing_it_is_about(stage: Synthesised, function: str) -> None:
    for one in statements(stage, function):
        resource = named(one["Resource"])
        assert resource != '"*"'
        assert one["Effect"] == "Allow"
        for kind in ("Table", "Send", "Receive", "Key"):
            if one["Sid"].startswith(kind):
                assert one["Sid"].removeprefix(kind).lower() in resource.lower()


def test_keys_are_used_by_way_of_services_only(stage: Synthesised) -> None:
    for function in ALLOWED:
        for one in statements(stage, function):
            if one["Sid"].startswith("Key"):
                assert "kms:ViaService" in named(one["Condition"])


def test_roles_carry_no_managed_policy(stage: Synthesised) -> None:
    for role in stage.of_type("AWS::IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]


def test_the_workflow_may_call_route_and_dispatch(stage: Synthesised) -> None:
    (statement, _logs) = statements(stage, "Delivery")

    assert actions(statement) == {"lambda:InvokeFunction"}
    assert len(statement["Resource"]) == 2
    assert "routeLive" in named(statement["Resource"])
    assert "dispatchLive" in named(statement["Resource"])
