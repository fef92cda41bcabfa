"""What passes between AWS and the functions: variables, records, calls and what they need."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from moto.core.models import DEFAULT_ACCOUNT_ID

from infra import config, grants

ROOT: Final = Path(__file__).parents[2]
REGION: Final = "eu-west-1"
WORKFLOW_ARN: Final = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT_ID}:stateMachine:delivery"
TABLES: Final = {
    "messages": {"id": "S"},
    "content": {"id": "S"},
    "due": {"shard": "N", "at": "S"},
    "routes": {"pk": "S", "sk": "S"},
    "accounts": {"pk": "S", "sk": "S"},
    "ledger": {"id": "S", "sk": "S"},
}


BY_DAY_KEYS: Final = [
    {"AttributeName": "day", "AttributeType": "S"},
    {"AttributeName": "createdAt", "AttributeType": "N"},
]
BY_DAY: Final = {
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "byDay",
            "KeySchema": [
                {"AttributeName": "day", "KeyType": "HASH"},
                {"AttributeName": "createdAt", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ]
}
"""The list of messages, as infra/constructs/tables.py makes it."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One AWS call of a function, as asked and as answered."""

    function: str
    service: str
    operation: str
    params: dict[str, Any]
    answer: dict[str, Any] = field(default_factory=dict)
    raw: tuple[str, bytes, bytes] = ("", b"", b"")
    """Target, body and answer as they went over the wire."""


def environment(name: str, stage: config.StageConfig, urls: dict[str, str]) -> dict[str, str]:
    """What infra/stacks/service_stack.py gives this function, and nothing else."""
    granted = grants.GRANTS[name]
    env = {"STAGE": stage.name, "POWERTOOLS_SERVICE_NAME": name, "POWERTOOLS_LOG_LEVEL": "INFO"}
    env |= {grants.environment_name("table", table): table for table in granted.tables}
    env |= {grants.environment_name("queue", queue): urls[queue] for queue in granted.sends}
    for secret in granted.secrets:
        env[grants.environment_name("secret", secret)] = f"relevo/{stage.name}/{secret}"
    if "due" in granted.tables:
        env["DUE_SHARDS"] = str(stage.due_shards)
    if "BatchWriteItem" in granted.tables.get("ledger", ()):
        env["KEEP_ACCEPTED_EXCHANGES"] = "yes" if stage.keep_accepted_exchanges else "no"
    if granted.starts_workflow:
        env["WORKFLOW_ARN"] = WORKFLOW_ARN
    return env


def handler_of(name: str) -> Callable[[Any, Any], Any]:
    path = ROOT / "functions" / name / "handler.py"
    spec = importlib.util.spec_from_file_location(f"handler_of_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    handler: Callable[[Any, Any], Any] = module.handler
    return handler


def sqs_record(message: dict[str, Any], queue: str) -> dict[str, Any]:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{queue}",
    }


def stream_record(record: dict[str, Any]) -> dict[str, Any]:
    change = record["dynamodb"]
    kept = {
        name: change[name]
        for name in ("Keys", "NewImage", "OldImage", "SequenceNumber")
        if name in change
    }
    return {
        "eventID": record["eventID"],
        "eventName": record["eventName"],
        "eventSource": "aws:dynamodb",
        "dynamodb": {**kept, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    }


_TRANSACTED: Final = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def actions_of(call: Call) -> Iterator[tuple[str, str]]:
    """Give the tables a call touches, with the actions IAM asks for; other services have none."""
    if call.service != "dynamodb":
        return
    match call.operation:
        case "TransactWriteItems":
            for action in call.params["TransactItems"]:
                ((kind, request),) = action.items()
                yield request["TableName"], _TRANSACTED[kind]
        case "BatchGetItem" | "BatchWriteItem":
            yield from ((table, call.operation) for table in call.params["RequestItems"])
        case operation:
            yield call.params["TableName"], operation
