"""The deployed system in one process: the real handlers over moto, on a clock that we move.

Queues, stream, minute ticks and the workflow are driven here as AWS drives them: batches of at
most ten, partial batch responses, redelivery, one stream record per write. Each function has the
variables that infrastructure would give it, clients of its own, and only its grants.
"""

import io
import json
import logging
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from types import SimpleNamespace
from typing import Any, Final
from unittest.mock import patch

import time_machine
from botocore.loaders import Loader
from botocore.session import Session
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sqs.models import sqs_backends

from infra import config, grants
from relevo.aws.codec import decode, encode
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from relevo.runtime.bootstrap import parts
from tests.fakes import NOON, in_turn
from tests.integration.asl import TaskFailed, Workflow
from tests.integration.shapes import (
    BY_DAY,
    BY_DAY_KEYS,
    REGION,
    ROOT,
    TABLES,
    WORKFLOW_ARN,
    Call,
    actions_of,
    environment,
    handler_of,
    sqs_record,
    stream_record,
)
from tools import seed

ACCOUNT: Final = Account(id="acc_test", currency="EUR", senders=frozenset({"Relevo"}))
DEPOSIT: Final = Decimal(1_000)
BATCH: Final = 10
PATIENCE: Final = 10_000
"""Deliveries at one virtual moment after which a world is taken to run in circles."""

LOG: Final = logging.getLogger("relevo")
LOADER: Final = Loader()
"""Shared by all sessions, because reading botocore's models takes longer than most tests."""


class Killed(BaseException):
    """What ends a function in mid work; no `except Exception` of its own ever sees it."""


class NotGranted(Exception):
    """A function made a call that its role would not allow; the world's end reports them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run of a function: what it was given and wrote to its log, when it began and ended."""

    function: str
    event: Any
    answer: Any
    log: str
    started: Millis
    ended: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    input: str
    started: Millis
    ended: Millis
    status: str


@dataclass(slots=True, kw_only=True)
class Function:
    name: str
    handler: Callable[[Any, Any], Any]
    env: dict[str, str]
    logs: list[logging.Handler]


Hook = Callable[[Call], None]


@dataclass(kw_only=True)
class System:
    """What runs; hooks around AWS calls may look or raise: a fault before, a lost answer after."""

    traveller: time_machine.Traveller
    stage: config.StageConfig
    twice: bool = False
    stream_batch: int = 25
    singly: str = ""
    """A queue whose messages come one by one, all of them before anything else happens."""

    functions: dict[str, Function] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    invocations: list[Invocation] = field(default_factory=list)
    executions: list[Execution] = field(default_factory=list)
    before: list[Hook] = field(default_factory=list)
    after: list[Hook] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    api_key: str = ""

    def __post_init__(self) -> None:
        session: Any = Session()
        self.dynamodb: Any = session.create_client("dynamodb", region_name=REGION)
        self.streams: Any = session.create_client("dynamodbstreams", region_name=REGION)
        self.sqs: Any = session.create_client("sqs", region_name=REGION)
        self.secrets: Any = session.create_client("secretsmanager", region_name=REGION)
        self._next_tick = self.now() + MINUTE
        self._iterator: str | None = None
        self._wire: tuple[str, bytes] = ("", b"")

    # --- time

    def now(self) -> Millis:
        return parts.now()

    def pause(self, span: Millis) -> None:
        """Let virtual time pass with everything else going on, as a sleeping function does."""
        if span > 0:
            self.run(self.now() + span)

    def run(self, until: Millis, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Do everything that falls due until then, in order."""
        while not stop():
            self.settle()
            at = self._next_event(until)
            if at is None or stop():
                break
            self._move(at)
        if not stop():
            self._move(until)
            self.settle()

    def settle(self) -> None:
        """Do everything that can be done at this moment."""
        for _ in range(PATIENCE):
            if not (self._tick() | self._pump_stream() | self._pump_queues()):
                return
        raise AssertionError("the world runs in circles")

    def _move(self, at: Millis) -> None:
        if at > self.now():
            self.traveller.move_to(at / SECOND)

    def _next_event(self, until: Millis) -> Millis | None:
        times = [at for at in (*self._queue_times(), self._tick_at()) if at is not None]
        near = [at for at in times if self.now() < at <= until]
        return min(near, default=None)

    def _queue_times(self) -> Iterator[Millis]:
        """When messages that are delayed or in flight become visible (moto: strictly after)."""
        for name in self.functions_of_queues():
            for message in self._backend(name)._messages:
                at = max(message.visible_at + 1, message.delayed_until)
                yield int(-(-at // 1))

    def _tick_at(self) -> Millis | None:
        """The first whole minute after which something is due; ticks between would find nothing."""
        dues = [row["at"]["S"] for row in self.scan_raw("due")]
        if not dues:
            return None
        due = int(min(dues).partition("#")[0])
        return max(self._next_tick, -(-due // MINUTE) * MINUTE)

    # --- what wakes functions

    def _tick(self) -> bool:
        if self.now() < self._next_tick:
            return False
        self._next_tick = (self.now() // MINUTE + 1) * MINUTE
        self.invoke("watch", {"source": "aws.events", "detail-type": "Scheduled Event"})
        return True

    def functions_of_queues(self) -> dict[str, str]:
        return {
            queue: name for name, granted in grants.GRANTS.items() for queue in granted.consumes
        }

    def _pump_queues(self) -> bool:
        busy = False
        for queue, name in self.functions_of_queues().items():
            while self._backend(queue).messages:
                self._deliver(queue, name)
                busy = True
                if queue != self.singly:
                    break
        return busy

    def _deliver(self, queue: str, name: str) -> None:
        """Hand over one batch; only what the function does not name as failed is deleted."""
        taken = self.sqs.receive_message(
            QueueUrl=self.urls[queue],
            MaxNumberOfMessages=1 if queue == self.singly else BATCH,
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        if not taken:
            return
        event = {"Records": [sqs_record(message, queue) for message in taken]}
        for _ in range(1 + self.twice):
            try:
                answer = self.invoke(name, event)
            except TaskFailed:
                return
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in taken:
            if message["MessageId"] not in failed:
                self.sqs.delete_message(
                    QueueUrl=self.urls[queue], ReceiptHandle=message["ReceiptHandle"]
                )

    def _pump_stream(self) -> bool:
        records = self._records()
        if records:
            event = {"Records": records}
            for _ in range(1 + self.twice):
                self.invoke("events", event)
        return bool(records)

    def _records(self) -> list[dict[str, Any]]:
        if self._iterator is None:
            self._iterator = self._first_iterator()
        answer = self.streams.get_records(ShardIterator=self._iterator, Limit=self.stream_batch)
        self._iterator = answer["NextShardIterator"]
        return [stream_record(record) for record in answer["Records"]]

    def _first_iterator(self) -> str:
        (stream,) = self.streams.list_streams(TableName="messages")["Streams"]
        arn = stream["StreamArn"]
        (shard,) = self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
        answer = self.streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )
        return str(answer["ShardIterator"])

    # --- functions

    def invoke(self, name: str, event: Any) -> Any:
        """Run a function as Lambda does: JSON in, JSON out, its own variables and log."""
        function = self.functions[name]
        event, started = json.loads(json.dumps(event)), self.now()
        log = io.StringIO()
        answer: Any = None
        try:
            with patch.dict(os.environ, function.env), self._logging(function, log):
                answer = function.handler(event, self._context(name))
        except (Exception, Killed) as error:
            log.write(f"[ERROR] {type(error).__name__}\n")
            raise TaskFailed(type(error).__name__) from error
        finally:
            self.invocations.append(
                Invocation(
                    function=name,
                    event=event,
                    answer=answer,
                    log=log.getvalue(),
                    started=started,
                    ended=self.now(),
                )
            )
        return json.loads(json.dumps(answer))

    def _context(self, name: str) -> Any:
        ends = self.now() + self.stage.timeout(name) * SECOND
        return SimpleNamespace(
            function_name=name, get_remaining_time_in_millis=lambda: max(ends - self.now(), 0)
        )

    @contextmanager
    def _logging(self, function: Function, log: io.StringIO) -> Iterator[None]:
        before = LOG.handlers
        LOG.handlers = function.logs
        streams = [handler.setStream(log) for handler in _streams(function.logs)]
        try:
            yield
        finally:
            LOG.handlers = before
            for handler, stream in zip(_streams(function.logs), streams, strict=True):
                if stream is not None:
                    handler.setStream(stream)

    def load(self, name: str) -> None:
        """Import a function's own file afresh, with nothing cached from another function."""
        env = environment(name, self.stage, self.urls)
        parts.settings.cache_clear()
        parts.clients.cache_clear()
        LOG.handlers = []
        with patch.dict(os.environ, env):
            session: Any = parts.clients()._session
            session.register("before-parameter-build", partial(self._before, name))
            session.register("before-call.stepfunctions.StartSyncExecution", self._start)
            session.register("before-send", self._sent)
            session.register("response-received", self._received)
            session.register("after-call", partial(self._after, name))
            handler = handler_of(name)
        self.functions[name] = Function(
            name=name, handler=handler, env=env, logs=list(LOG.handlers)
        )
        LOG.handlers = []

    # --- AWS calls

    def _before(
        self, name: str, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any
    ) -> None:
        call = Call(
            function=name,
            service=model.service_model.service_name,
            operation=model.name,
            params=params,
        )
        for table, action in actions_of(call):
            if action not in grants.GRANTS[name].tables.get(table, ()):
                self.denied.append(f"{name}: {action} on {table}")
                raise NotGranted(self.denied[-1])
        self.calls.append(call)
        context["call"] = call
        for hook in self.before:
            hook(call)

    def _after(self, name: str, parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        call = context["call"]
        call.answer = parsed
        for hook in self.after:
            hook(call)

    def _sent(self, request: Any, **_: Any) -> None:
        target = request.headers.get("X-Amz-Target", b"")
        self._wire = (target.decode() if isinstance(target, bytes) else target, request.body)

    def _received(self, response_dict: Any, context: dict[str, Any], **_: Any) -> None:
        if response_dict is not None:
            context["call"].raw = (*self._wire, response_dict["body"])

    def _start(self, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Answer StartSyncExecution by running our own file; twice, if everything comes twice."""
        given = json.loads(params["body"])["input"]
        for _turn in range(1 + self.twice):
            status, error = self._execute(given)
        parsed = {"executionArn": WORKFLOW_ARN, "status": status, **error}
        return SimpleNamespace(status_code=200, headers={}), parsed

    def _execute(self, given: str) -> tuple[str, dict[str, str]]:
        started, status, error = self.now(), "SUCCEEDED", {}
        tasks = {
            "${RouteArn}": partial(self.invoke, "route"),
            "${DispatchArn}": partial(self.invoke, "dispatch"),
        }
        definition = json.loads((ROOT / "infra/workflows/delivery.asl.json").read_text())
        flow = Workflow(
            definition=definition,
            tasks=tasks,
            wait=lambda seconds: self.pause(round(seconds * SECOND)),
        )
        try:
            flow.run(json.loads(given))
        except TaskFailed as failure:
            status, error = "FAILED", {"error": failure.name}
        ended = Execution(input=given, started=started, ended=self.now(), status=status)
        self.executions.append(ended)
        return status, error

    # --- the outside world

    def http(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Call the API as the HTTP API does (payload 2.0); give status and body."""
        answer = self.invoke("accept", self.request(method, path, body, **headers))
        return answer["statusCode"], json.loads(answer["body"] or "null")

    def request(self, method: str, path: str, body: Any = None, **headers: str) -> dict[str, Any]:
        request_id = secrets.token_hex(8)
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {
                "authorization": f"Bearer {self.api_key}",
                "content-type": "application/json",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
            "requestContext": {
                "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
                "requestId": request_id,
            },
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }

    @property
    def place(self) -> seed.Place:
        return seed.Place(
            dynamodb=self.dynamodb,
            secrets=self.secrets,
            outputs={"RoutesTable": "routes", "AccountsTable": "accounts"},
            stage=self.stage.name,
        )

    def comes_in(
        self,
        environment: Environment,
        scopes: frozenset[str] = seed.SCOPES,
        ends_in: Millis | None = None,
    ) -> None:
        """Call from now on with a fresh key of the account."""
        self.api_key = seed.issue_key(
            self.place, ACCOUNT.id, environment, scopes=scopes, ends_in=ends_in
        )

    def send(self, to: str, text: str = "Hola", **fields: Any) -> str:
        """Have a message accepted; give its id."""
        status, answer = self.http(
            "POST", "/api/v1/messages/send", {"to": to, "text": text, **fields}
        )
        assert status == 202, answer
        return str(answer["id"])

    def status(self, message_id: str) -> dict[str, Any]:
        code, answer = self.http("GET", f"/api/v1/messages/{message_id}/status")
        assert code == 200, answer
        return dict(answer)

    def events(self, message_id: str) -> list[dict[str, Any]]:
        _, answer = self.http("GET", f"/api/v1/messages/{message_id}/events")
        return list(answer["data"] if "data" in answer else answer["events"])

    def until_final(self, *ids: str, within: Millis) -> None:
        """Run until these messages are final, or time is up."""
        self.run(self.now() + within, stop=lambda: all(self.head(id_)["final"] for id_ in ids))

    def head(self, message_id: str) -> dict[str, Any]:
        """Give the stored item, with whether its status is a final one."""
        key = encode({"id": message_id})
        item = decode(self.dynamodb.get_item(TableName="messages", Key=key)["Item"])
        return {**item, "final": item["status"] in FINAL}

    def submits(self, message_id: str) -> list[str]:
        """Give the carriers that were handed this message, in order."""
        rows = [row for row in self.rows("ledger") if row["id"] == message_id]
        return [row["carrier"] for row in sorted(rows, key=lambda row: (row["at"], row["sk"]))]

    def balance(self) -> Decimal:
        rows = [row for row in self.rows("accounts") if row["sk"].startswith("balance#test")]
        return sum((Decimal(row["amount"]) for row in rows), Decimal(0))

    def put(self, queue: str, body: str) -> None:
        self.sqs.send_message(QueueUrl=self.urls[queue], MessageBody=body)

    def waiting(self, queue: str) -> list[str]:
        """Give the bodies on a queue, visible or not."""
        return [message.body for message in self._backend(queue)._messages]

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [decode(row) for row in self.scan_raw(table)]

    def scan_raw(self, table: str) -> list[dict[str, Any]]:
        return list(self.dynamodb.scan(TableName=table)["Items"])

    def _backend(self, queue: str) -> Any:
        return sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[queue]

    @property
    def log(self) -> str:
        return "".join(invocation.log for invocation in self.invocations)


FINAL: Final = frozenset(
    {"delivered", "undelivered", "failed", "expired", "rejected", "canceled", "unconfirmed"}
)


@contextmanager
def deployed(
    *, twice: bool = False, stage: config.StageConfig = config.DEV, stream_batch: int = 25
) -> Iterator[System]:
    """Create tables, queues and secrets, load every function, open an account with a test key."""
    with ExitStack() as stack:
        stack.enter_context(patch.dict(os.environ, _CREDENTIALS))
        os.environ.pop("AWS_ENDPOINT_URL", None)
        os.environ.pop("AWS_PROFILE", None)
        stack.enter_context(mock_aws())
        stack.enter_context(patch("botocore.session.create_loader", lambda _: LOADER))
        traveller = stack.enter_context(time_machine.travel(NOON / SECOND, tick=False))
        system = System(traveller=traveller, stage=stage, twice=twice, stream_batch=stream_batch)
        stack.enter_context(patch.object(parts, "pause", system.pause))
        # moto's tables are not safe in threads, and virtual time has only one hand.
        stack.enter_context(patch.object(parts, "side_by_side", in_turn))
        stack.callback(parts.settings.cache_clear)
        stack.callback(parts.clients.cache_clear)
        stack.callback(setattr, LOG, "handlers", LOG.handlers)
        _create(system)
        for name in grants.FUNCTIONS:
            system.load(name)
        _open(system)
        yield system
        assert system.denied == []


_CREDENTIALS: Final = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    # Streams of moto have no endpoint that carries an account id.
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
}


def _create(system: System) -> None:
    for name, schema in TABLES.items():
        _create_table(system.dynamodb, name, schema)
    consumers = system.functions_of_queues()
    for name in (f"{queue}-dlq" for queue in consumers):
        system.urls[name] = system.sqs.create_queue(QueueName=name)["QueueUrl"]
    for name, consumer in consumers.items():
        attributes = {
            "VisibilityTimeout": str(system.stage.visibility(consumer)),
            "RedrivePolicy": json.dumps(
                {
                    "deadLetterTargetArn": (
                        f"arn:aws:sqs:{REGION}:{DEFAULT_ACCOUNT_ID}:{name}-dlq"
                    ),
                    "maxReceiveCount": system.stage.max_receive_count,
                }
            ),
        }
        answer = system.sqs.create_queue(QueueName=name, Attributes=attributes)
        system.urls[name] = answer["QueueUrl"]
    for name, secret in (("pepper", "p" * 32), ("id-key", "k" * 32), ("carriers", "{}")):
        system.secrets.create_secret(Name=f"relevo/{system.stage.name}/{name}", SecretString=secret)


def _create_table(client: Any, name: str, schema: dict[str, str]) -> None:
    kinds = [{"AttributeName": key, "AttributeType": kind} for key, kind in schema.items()]
    if name == "messages":
        kinds += BY_DAY_KEYS
    roles = zip(schema, ("HASH", "RANGE"), strict=False)
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    client.create_table(
        TableName=name,
        AttributeDefinitions=kinds,
        KeySchema=[{"AttributeName": key, "KeyType": role} for key, role in roles],
        BillingMode="PAY_PER_REQUEST",
        **({"StreamSpecification": stream, **BY_DAY} if name == "messages" else {}),
    )


def _open(system: System) -> None:
    seed.lay_routes(system.place, ACCOUNT.currency)
    seed.open_account(system.place, ACCOUNT, DEPOSIT)
    system.comes_in(Environment.TEST)


def _streams(handlers: Sequence[logging.Handler]) -> list[logging.StreamHandler[Any]]:
    return [handler for handler in handlers if isinstance(handler, logging.StreamHandler)]
