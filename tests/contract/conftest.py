"""Every port twice: in memory and over moto; a test that passes on one only has found a drift."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from threading import RLock
from typing import Any

import pytest
from moto import mock_aws

from relevo.aws import keys
from relevo.aws.accounts import DynamoAccounts, account_item, key_item
from relevo.aws.balances import balance_item
from relevo.aws.breakers import DynamoBreakers
from relevo.aws.bulletins import DynamoBulletins
from relevo.aws.clients import Clients
from relevo.aws.codec import decode, encode
from relevo.aws.deliveries import DynamoDeliveries
from relevo.aws.due import DynamoDues
from relevo.aws.exchanges import DynamoExchanges
from relevo.aws.health import DynamoHealth
from relevo.aws.histories import DynamoHistories
from relevo.aws.ledger import DynamoLedger
from relevo.aws.letters import DynamoContents, DynamoLetters
from relevo.aws.lineups import DynamoLineups
from relevo.aws.listing import DynamoListing
from relevo.aws.messages import DynamoMessages
from relevo.aws.opt_outs import DynamoOptOuts
from relevo.aws.orphans import DynamoOrphans
from relevo.aws.pace import DynamoPace
from relevo.aws.patience import Patience
from relevo.aws.queues import SqsAnnouncements, SqsClassQueues, SqsNudges, SqsReceipts
from relevo.aws.routes import DynamoRoutes
from relevo.aws.senders import DynamoSenders
from relevo.aws.subscriptions import DynamoSubscriptions
from relevo.aws.telemetry import DynamoTelemetry
from relevo.aws.templates import DynamoTemplates
from relevo.domain.message import Content
from relevo.domain.routes import RouteBook
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import Account, Accounts, Histories, Key, OptOuts
from relevo.ports.messages import Contents, Dues, Letters, Listing, Messages
from relevo.ports.routing import Breakers, Health, Lineups, Pace, Routes, Senders
from relevo.ports.telemetry import Telemetry
from relevo.ports.templates import Templates
from relevo.ports.webhooks import Bulletins, Deliveries, Subscriptions
from tests.fakes import VirtualClock, World
from tests.integration.shapes import BY_DAY, BY_DAY_KEYS

REGION = "eu-west-1"
IMPATIENT = Patience(turns=4, pause=lambda _: None)
TABLES = {
    "Messages": {"id": "S"},
    "Content": {"id": "S"},
    "Due": {"shard": "N", "at": "S"},
    "Routes": {"pk": "S", "sk": "S"},
    "Accounts": {"pk": "S", "sk": "S"},
    "Ledger": {"id": "S", "sk": "S"},
}
QUEUES = ("otp", "transactional", "marketing", "receipts", "nudge", "webhook", "events-dlq")


class OneAtATime:
    """A client whose calls are atomic, as DynamoDB's are for an item; moto's are not in threads."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._lock = RLock()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.client, name)

        def call(**request: Any) -> Any:
            with self._lock:
                self.calls.append((name, request))
                return method(**request)

        return call


@dataclass
class Side:
    """The ports under test and the few levers a test pulls from outside."""

    clock: VirtualClock
    messages: Messages
    letters: Letters
    contents: Contents
    accounts: Accounts
    dues: Dues
    routes: Routes
    health: Health
    lineups: Lineups
    pace: Pace
    breakers: Breakers
    templates: Templates
    histories: Histories
    senders: Senders
    opt_outs: OptOuts
    listing: Listing
    telemetry: Telemetry
    bulletins: Bulletins
    subscriptions: Subscriptions
    deliveries: Deliveries

    def open(
        self, account: Account, balance: str = "10", env: Environment = Environment.LIVE
    ) -> None:
        raise NotImplementedError

    def opt_out(self, account: str, env: Environment, recipient_hash: str) -> None:
        raise NotImplementedError

    def add_key(self, fingerprint: str, key: Key) -> None:
        raise NotImplementedError

    def configure(self, book: RouteBook) -> None:
        raise NotImplementedError

    def drop_content(self, content: Content) -> None:
        raise NotImplementedError

    def nudges(self) -> list[int]:
        """Give the shards nudged so far."""
        raise NotImplementedError


class InMemory(Side):
    def __init__(self) -> None:
        self.world = world = World()
        super().__init__(
            clock=world.clock,
            messages=world.messages,
            letters=world.letters,
            contents=world.contents,
            accounts=world.accounts,
            dues=world.dues,
            routes=world.routes,
            health=world.health,
            lineups=world.lineups,
            pace=world.pace,
            breakers=world.breakers,
            templates=world.templates,
            histories=world.histories,
            senders=world.senders,
            opt_outs=world.opt_outs,
            listing=world.listing,
            telemetry=world.telemetry,
            bulletins=world.bulletins,
            subscriptions=world.subscriptions,
            deliveries=world.deliveries,
        )

    def open(
        self, account: Account, balance: str = "10", env: Environment = Environment.LIVE
    ) -> None:
        self.world.accounts.accounts[account.id] = account
        self.world.accounts.deposit(account.id, env, Decimal(balance))

    def opt_out(self, account: str, env: Environment, recipient_hash: str) -> None:
        self.world.accounts.opt_outs.add((account, env, recipient_hash))

    def add_key(self, fingerprint: str, key: Key) -> None:
        self.world.accounts.keys[fingerprint] = key

    def configure(self, book: RouteBook) -> None:
        self.world.routes.current = book

    def drop_content(self, content: Content) -> None:
        del self.world.contents[content.id]

    def nudges(self) -> list[int]:
        return list(self.world.dues.nudges)


@dataclass
class Aws:
    """Tables and queues on moto, and adapters over any client that behaves like theirs."""

    clock: VirtualClock
    dynamodb: Any
    sqs: Any
    secrets: Any
    urls: dict[str, str] = field(default_factory=dict)

    def messages(self, client: Any = None, patience: Patience = IMPATIENT) -> DynamoMessages:
        return DynamoMessages(
            client=client or self.dynamodb,
            table="Messages",
            content_table="Content",
            accounts_table="Accounts",
            clock=self.clock,
            patience=patience,
            pick=lambda _: 0,
        )

    def letters(self, client: Any = None) -> DynamoLetters:
        return DynamoLetters(
            client=client or self.dynamodb,
            table="Messages",
            content_table="Content",
            accounts_table="Accounts",
            patience=IMPATIENT,
        )

    def contents(self) -> DynamoContents:
        return DynamoContents(client=self.dynamodb, table="Content")

    def accounts(self) -> DynamoAccounts:
        return DynamoAccounts(client=self.dynamodb, table="Accounts", clock=self.clock)

    def dues(self, client: Any = None) -> DynamoDues:
        return DynamoDues(
            client=client or self.dynamodb,
            table="Due",
            shards=1,
            clock=self.clock,
            nudges=SqsNudges(client=self.sqs, url=self.urls["nudge"]),
            patience=IMPATIENT,
        )

    def routes(self) -> DynamoRoutes:
        return DynamoRoutes(client=self.dynamodb, table="Routes", clock=self.clock)

    def health(self) -> DynamoHealth:
        return DynamoHealth(client=self.dynamodb, table="Routes", clock=self.clock)

    def lineups(self) -> DynamoLineups:
        return DynamoLineups(client=self.dynamodb, table="Routes", clock=self.clock)

    def breakers(self) -> DynamoBreakers:
        return DynamoBreakers(
            client=lambda: self.dynamodb, table="Routes", clock=self.clock, fresh=0
        )

    def pace(self, client: Any = None) -> DynamoPace:
        return DynamoPace(client=lambda: client or self.dynamodb, table="Routes")

    def telemetry(self) -> DynamoTelemetry:
        return DynamoTelemetry(client=self.dynamodb, table="Routes", clock=self.clock)

    def listing(self) -> DynamoListing:
        return DynamoListing(client=self.dynamodb, table="Messages")

    def senders(self) -> DynamoSenders:
        return DynamoSenders(client=self.dynamodb, table="Routes", clock=self.clock)

    def opt_outs(self) -> DynamoOptOuts:
        return DynamoOptOuts(client=self.dynamodb, table="Accounts")

    def histories(self) -> DynamoHistories:
        return DynamoHistories(client=self.dynamodb, table="Accounts")

    def templates(self) -> DynamoTemplates:
        return DynamoTemplates(
            client=self.dynamodb, table="Accounts", clock=self.clock, patience=IMPATIENT
        )

    def orphans(self) -> DynamoOrphans:
        return DynamoOrphans(client=self.dynamodb, table="Messages")

    def ledger(self, *, keep_text: bool) -> DynamoLedger:
        return DynamoLedger(client=self.dynamodb, table="Ledger", keep_text=keep_text)

    def exchanges(self, *, keep_accepted: bool = True, table: str = "Ledger") -> DynamoExchanges:
        return DynamoExchanges(client=self.dynamodb, table=table, keep_accepted=keep_accepted)

    def class_queues(self, client: Any = None) -> SqsClassQueues:
        urls = {kind: self.urls[kind.value] for kind in TrafficClass}
        return SqsClassQueues(client=client or self.sqs, urls=urls)

    def receipts(self) -> SqsReceipts:
        return SqsReceipts(client=self.sqs, url=self.urls["receipts"])

    def bulletins(self) -> DynamoBulletins:
        return DynamoBulletins(
            client=self.dynamodb,
            table="Accounts",
            sqs=self.sqs,
            url=self.urls["webhook"],
            patience=IMPATIENT,
        )

    def subscriptions(self) -> DynamoSubscriptions:
        return DynamoSubscriptions(client=self.dynamodb, table="Accounts", clock=self.clock)

    def deliveries(self) -> DynamoDeliveries:
        return DynamoDeliveries(client=self.dynamodb, table="Ledger", patience=IMPATIENT)

    def announcements(self) -> SqsAnnouncements:
        return SqsAnnouncements(
            client=self.sqs,
            webhook_url=self.urls["webhook"],
            parking_url=self.urls["events-dlq"],
        )

    def put(self, table: str, item: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=table, Item=encode(item))

    def rows(self, table: str) -> list[dict[str, Any]]:
        return [decode(row) for row in self.dynamodb.scan(TableName=table)["Items"]]

    def received(self, queue: str) -> list[dict[str, Any]]:
        """Take everything visible off a queue, with what it was sent with."""
        taken: list[dict[str, Any]] = []
        while found := self._receive(queue):
            taken += found
        return taken

    def bodies(self, queue: str) -> list[Any]:
        return [json.loads(message["Body"]) for message in self.received(queue)]

    def _receive(self, queue: str) -> list[dict[str, Any]]:
        answer = self.sqs.receive_message(
            QueueUrl=self.urls[queue],
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
            VisibilityTimeout=60,
        )
        return list(answer.get("Messages", []))


class OverMoto(Side):
    def __init__(self, aws: Aws) -> None:
        self.aws = aws
        super().__init__(
            clock=aws.clock,
            messages=aws.messages(),
            letters=aws.letters(),
            contents=aws.contents(),
            accounts=aws.accounts(),
            dues=aws.dues(),
            routes=aws.routes(),
            health=aws.health(),
            lineups=aws.lineups(),
            pace=aws.pace(),
            breakers=aws.breakers(),
            templates=aws.templates(),
            histories=aws.histories(),
            senders=aws.senders(),
            opt_outs=aws.opt_outs(),
            listing=aws.listing(),
            telemetry=aws.telemetry(),
            bulletins=aws.bulletins(),
            subscriptions=aws.subscriptions(),
            deliveries=aws.deliveries(),
        )

    def open(
        self, account: Account, balance: str = "10", env: Environment = Environment.LIVE
    ) -> None:
        self.aws.put("Accounts", account_item(account))
        share = Decimal(balance) / account.shards
        for shard in range(account.shards):
            self.aws.put("Accounts", balance_item(account, env, shard, share, self.clock()))

    def opt_out(self, account: str, env: Environment, recipient_hash: str) -> None:
        self.aws.put("Accounts", keys.opt_out(account, env, recipient_hash))

    def add_key(self, fingerprint: str, key: Key) -> None:
        self.aws.put("Accounts", key_item(fingerprint, key))

    def configure(self, book: RouteBook) -> None:
        self.aws.routes().change(RouteBook(routes={}, lists={}), book)

    def drop_content(self, content: Content) -> None:
        self.aws.dynamodb.delete_item(TableName="Content", Key=encode({"id": content.id}))

    def nudges(self) -> list[int]:
        return [body["shard"] for body, _ in nudges_sent(self.aws.sqs)]


def nudges_sent(sqs: Any) -> list[tuple[dict[str, int], int]]:
    """Give body and delay of every nudge; delayed ones cannot be received on a virtual clock."""
    entries: list[dict[str, Any]] = []
    for name, request in sqs.calls:
        if name == "send_message":
            entries.append(request)
        elif name == "send_message_batch":
            entries += request["Entries"]
    return [(json.loads(entry["MessageBody"]), entry["DelaySeconds"]) for entry in entries]


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made-up ones, so that no client goes looking for real ones on the network."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def aws(credentials: None) -> Iterator[Aws]:
    with mock_aws():
        clients = Clients(region=REGION)
        _create_tables(clients.dynamodb)
        urls = {name: clients.sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
        yield Aws(
            clock=VirtualClock(),
            dynamodb=OneAtATime(clients.dynamodb),
            sqs=OneAtATime(clients.sqs),
            secrets=clients.secrets,
            urls=urls,
        )


def _create_tables(client: Any) -> None:
    for name, schema in TABLES.items():
        client.create_table(
            TableName=name,
            AttributeDefinitions=[
                *({"AttributeName": key, "AttributeType": kind} for key, kind in schema.items()),
                *(BY_DAY_KEYS if name == "Messages" else ()),
            ],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(schema, ("HASH", "RANGE"), strict=False)
            ],
            BillingMode="PAY_PER_REQUEST",
            **(BY_DAY if name == "Messages" else {}),
        )


@pytest.fixture(params=["memory", "dynamodb"])
def side(request: pytest.FixtureRequest) -> Side:
    if request.param == "memory":
        return InMemory()
    return OverMoto(request.getfixturevalue("aws"))
