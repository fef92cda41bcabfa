"""Turn the table of grants into statements of a function's own role."""

from aws_cdk import Aws, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from infra.config import StageConfig
from infra.constructs.relevo_function import RelevoFunction
from infra.constructs.secrets import secret_name
from infra.grants import Grants
from infra.stacks.data_stack import DataStack, pascal

# What DynamoDB and SQS ask of the caller for items and messages under a customer-managed key.
USE_OF_KEY = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
RECEIVE = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ReceiveMessage",
)
READ_STREAM = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


def permit(
    function: RelevoFunction, *, granted: Grants, data: DataStack, stage: StageConfig
) -> None:
    """One statement per table, queue and secret, named after it."""
    queues = {**data.queues.all, **data.queues.parked}
    send = ["sqs:SendMessage", *(stage.local.send_actions if stage.local else ())]
    for table, actions in granted.tables.items():
        wanted = [f"dynamodb:{action}" for action in actions]
        function.allow(f"Table{pascal(table)}", wanted, data.tables.all[table].table_arn)
    for table, index in granted.indices.items():
        where = f"{data.tables.all[table].table_arn}/index/{index}"
        function.allow(f"Index{pascal(table)}", ["dynamodb:Query"], where)
    for queue in granted.sends:
        function.allow(f"Send{pascal(queue)}", send, queues[queue].queue_arn)
    for queue in granted.consumes:
        function.allow(f"Receive{pascal(queue)}", RECEIVE, queues[queue].queue_arn)
    for secret in granted.secrets:
        _read_secret(function, secret, secret_name(stage.name, secret))
    if granted.reads_stream:
        stream = data.tables.all["messages"].table_stream_arn
        function.allow("Stream", READ_STREAM, str(stream))
        failed = data.queues.failed_batches.queue_arn
        function.allow("SendFailedBatches", ["sqs:SendMessage"], failed)
    if granted.sends_texts:
        # Any identity of our own account: which one a route uses is data.
        own = f"arn:{Aws.PARTITION}:sms-voice:*:{Aws.ACCOUNT_ID}:*"
        function.allow("Texts", ["sms-voice:SendTextMessage"], own)
    _use_keys(function, granted, data)


def _read_secret(function: RelevoFunction, secret: str, name: str) -> None:
    """By name: the ARN ends in six signs that nobody knows before the secret exists."""
    known = secretsmanager.Secret.from_secret_name_v2(function, f"Secret{pascal(secret)}", name)
    arn = f"{known.secret_arn}-??????"
    function.allow(f"Secret{pascal(secret)}", ["secretsmanager:GetSecretValue"], arn)


def _use_keys(function: RelevoFunction, granted: Grants, data: DataStack) -> None:
    """Keys only by way of the services that hold our data, never directly."""
    through = []
    if granted.tables:
        through.append("dynamodb")
    if granted.sends or granted.consumes:
        through.append("sqs")
    if granted.secrets:
        through.append("secretsmanager")
    _use_key(function, "KeyData", data.keys.data, through)
    if "content" in granted.tables:
        _use_key(function, "KeyContent", data.keys.content, ["dynamodb"])


def _use_key(function: RelevoFunction, sid: str, key: kms.IKey, services: list[str]) -> None:
    via = [f"{service}.{Aws.REGION}.{Stack.of(function).url_suffix}" for service in services]
    conditions: dict[str, object] = {"StringEquals": {"kms:ViaService": via}}
    function.allow(sid, USE_OF_KEY, key.key_arn, conditions=conditions)
