"""The whole API over ports in memory: a client with keys, and everything it and the logs saw."""

import base64
import gzip
import json
import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

import jsonschema  # type: ignore[import-untyped]

from relevo.api.address import deployed
from relevo.api.app import App
from relevo.api.auth import Door, Scope
from relevo.api.openapi import document
from relevo.api.operations import Services
from relevo.api.paths import names_in
from relevo.api.portal.assets import addresses
from relevo.api.routes import find
from relevo.api.rows import Operation, Page, Row
from relevo.domain.api_keys import fingerprint, mint
from relevo.domain.egress import NotAllowed
from relevo.domain.routes import Lists, Route, RouteBook
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Key
from relevo.runtime.bootstrap.accept import plays_stop
from relevo.services.accept import Acceptor
from relevo.services.cancel import Canceler
from relevo.services.listing import Lister
from relevo.services.offer import Offers
from relevo.services.operate import Operator
from relevo.services.outlooks import Outlooks
from relevo.services.queries import Reader
from relevo.services.quote import Quoter
from relevo.services.restrain import Restraint
from relevo.services.telemetry import Analyst
from relevo.services.templates import Library
from relevo.services.webhooks import Registrar
from tests.fakes import World

PEPPER = b"pepper"
ID_KEY = b"k" * 32
PRICE = Decimal("0.05")
EVERY_SCOPE = frozenset(scope.value for scope in Scope)
HOST = "api.relevo.test"
SEND = "/api/v1/messages/send"
BALANCE = "/api/v1/account/balance"
TO = "+34600123456"
BODY = {"to": TO, "text": "Hola"}
UNKNOWN = "a" * 26
"""An id of the right shape that no message has."""

TEMPLATES = "/api/v1/templates"
TEMPLATE = {
    "id": "pedido",
    "category": "transactional",
    "defaultLanguage": "es",
    "variables": [{"name": "name"}, {"name": "total", "type": "money"}],
    "variants": {
        "es": "Hola {{ name }}, su pedido suma {{ total | money }}.",
        "en": "Hello {{ name }}, your order comes to {{ total | money }}.",
    },
}
PORTS = (
    *("accounts", "messages", "contents", "routes", "queues"),
    *("templates", "histories", "senders", "listing", "telemetry", "exchanges"),
    *("subscriptions", "deliveries", "bulletins", "announcements"),
)
NAMES = {
    "id": UNKNOWN,
    "messageId": UNKNOWN,
    "templateId": "pedido",
    "version": "1",
    "routeName": "north",
    "accountId": "acc_nobody",
    "endpointId": UNKNOWN,
    "placeId": UNKNOWN,
    "deliveryId": f"1767268800000-{UNKNOWN}",
    "slug": "not-found",
    "asset": addresses()["portal.css"],
}
"""What a test puts in the places of a path that has names in it."""


ROUTE: dict[str, Any] = {
    "carrier": "north",
    "environment": "live",
    "countries": ["ES"],
    "prices": [{"amount": "0.05"}],
    "currency": "EUR",
}

ENDPOINT = {"url": "https://hooks.example.com/relevo", "events": ["message.*"]}
SPAN = {"since": "2026-01-01T00:00:00Z", "until": "2026-01-02T00:00:00Z"}


def outlooks_of(world: World) -> Outlooks:
    return Outlooks(
        health=world.health,
        lineups=world.lineups,
        changed=world.carrier_changes.extend,
        clock=world.clock,
    )


def path_of(row: Row, **named: str) -> str:
    path = row.path
    for name in names_in(path):
        path = path.replace(f"{{{name}}}", {**NAMES, **named}[name])
    return path


def body_of(row: Row) -> dict[str, Any] | None:
    """Give a body that the operation takes, if it takes one."""
    whole = {key: value for key, value in TEMPLATE.items() if key != "id"}
    bodies: dict[str, dict[str, Any]] = {
        "createTemplate": TEMPLATE,
        "changeTemplate": whole,
        "previewTemplate": {},
        "replaceRoutes": {"routes": {}, "lists": []},
        "putRoute": ROUTE,
        "replaceSenders": {"senders": []},
        "createWebhookEndpoint": ENDPOINT,
        "changeWebhookEndpoint": ENDPOINT,
        "replayWebhookDeliveries": SPAN,
    }
    return bodies.get(row.id, BODY) if isinstance(row, Operation) and row.request else None


OPENAPI = document()


class Down(Exception):
    """What the adapters' libraries raise when AWS does not answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def slug(self) -> str | None:
        return self.json["code"] if self.status >= 400 else None

    @property
    def anonymous(self) -> str:
        """The body without what names the request."""
        return self.body.replace(self.headers["X-Request-Id"], "")


def book(*environments: Environment) -> RouteBook:
    """Give two routes and their lists for each environment."""
    names = {Environment.LIVE: ("north", "south"), Environment.TEST: ("sandbox-a", "sandbox-b")}
    chosen = environments or tuple(Environment)
    routes = {
        name: Route(
            name=name,
            carrier=name,
            environment=env,
            price=PRICE,
            currency="EUR",
            senders={"*": frozenset({"*"})},
        )
        for env in chosen
        for name in names[env]
    }
    lists = {
        ("*", env.value, "*", "*"): Lists(primary=names[env][:1], backup=names[env][1:])
        for env in chosen
    }
    return RouteBook(routes=routes, lists=lists)


def short(value: object) -> str:
    """Name a test by the beginning of its value."""
    return ascii(value)[:40]


def http_event(
    method: str,
    path: str,
    *,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    source_ip: str = "203.0.113.7",
) -> dict[str, Any]:
    """Build what the HTTP API sends: payload 2.0, bytes as base64."""
    encoded = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return {
        "version": "2.0",
        "rawPath": path.partition("?")[0],
        "rawQueryString": path.partition("?")[2],
        "headers": dict(headers or {}),
        "requestContext": {
            "requestId": secrets.token_urlsafe(12),
            "domainName": HOST,
            "http": {"method": method, "path": path, "sourceIp": source_ip},
        },
        "body": text,
        "isBase64Encoded": encoded,
    }


@dataclass
class Front:
    """Accounts `alice` and `bob` with money in both environments; `key` is alice's, live."""

    world: World = field(default_factory=lambda: World(book=book()))
    audits: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    records: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("alice", "bob"):
            self.open(Account(id=name, currency="EUR", senders=frozenset({"ACME"})))
        self.key = self.key_for("alice")
        self.app = self.build()

    @staticmethod
    def check(url: str) -> None:
        """What looking a host up says: one name of the house among public ones."""
        if "inside" in url:
            raise NotAllowed("private-address")

    def build(self, **faulty: Any) -> App:
        """Wire the app; ports given by name stand in for those of the world."""
        world: Any = self.world
        port: dict[str, Any] = {name: faulty.get(name, getattr(world, name)) for name in PORTS}
        offers = Offers(**{name: port[name] for name in ("templates", "senders", "routes")})
        acceptor = Acceptor(
            messages=port["messages"],
            contents=port["contents"],
            offers=offers,
            queues=port["queues"],
            clock=world.clock,
            draw=secrets.token_bytes,
            restraint=Restraint(histories=port["histories"]),
            id_key=lambda: ID_KEY,
            plays_stop=plays_stop,
        )
        reading = {name: port[name] for name in ("accounts", "messages", "contents", "routes")}
        return App(
            door=Door(accounts=port["accounts"], pepper=lambda: PEPPER, clock=world.clock),
            services=Services(
                acceptor=acceptor,
                canceler=Canceler(messages=port["messages"], clock=world.clock),
                reader=Reader(**reading, clock=world.clock),
                lister=Lister(
                    **{name: port[name] for name in ("listing", "messages", "contents")},
                    clock=world.clock,
                ),
                quoter=lambda: Quoter(
                    offers=offers, outlooks=outlooks_of(world), clock=world.clock
                ),
                library=lambda: Library(templates=port["templates"], clock=world.clock),
                analyst=lambda: Analyst(telemetry=port["telemetry"], clock=world.clock),
                operator=lambda: Operator(
                    **{name: port[name] for name in ("routes", "senders", "accounts", "exchanges")},
                    carriers={"north", "south", "sandbox-a", "sandbox-b"},
                ),
                registrar=lambda: Registrar(
                    **{
                        name: port[name]
                        for name in ("subscriptions", "deliveries", "bulletins", "announcements")
                    },
                    check=self.check,
                    clock=world.clock,
                    draw=secrets.token_bytes,
                ),
                id_key=lambda: ID_KEY,
            ),
            audit=lambda what, **details: self.audits.append((what, details)),
            address=deployed,
            unavailable=lambda error: isinstance(error, Down),
            clock=world.clock,
            draw=secrets.token_bytes,
        )

    def open(self, account: Account, balance: Decimal = Decimal(10)) -> None:
        self.world.accounts.accounts[account.id] = account
        for env in Environment:
            self.world.accounts.deposit(account.id, env, balance)

    def change(self, account: str, **fields: Any) -> None:
        accounts = self.world.accounts.accounts
        accounts[account] = replace(accounts[account], **fields)

    def key_for(
        self, account: str, environment: Environment = Environment.LIVE, **fields: Any
    ) -> str:
        """Mint and store a key; `fields` are those of the record."""
        key = mint(environment, secrets.token_bytes(32))
        record = Key(
            id=f"key_{len(self.world.accounts.keys)}",
            account=account,
            environment=environment,
            scopes=EVERY_SCOPE,
        )
        self.world.accounts.keys[fingerprint(key, PEPPER)] = replace(record, **fields)
        return key

    def call(
        self,
        method: str,
        path: str,
        *,
        body: str | bytes | Mapping[str, Any] | None = None,
        key: str | None = "",
        headers: Mapping[str, str] | None = None,
        source_ip: str = "203.0.113.7",
        app: App | None = None,
    ) -> Answer:
        """Call as alice unless another key, or None, is given; the answer fits OpenAPI."""
        written = json.dumps(body) if isinstance(body, Mapping) else body
        token = self.key if key == "" else key
        sent = {"authorization": f"Bearer {token}"} if token else {}
        if method in ("POST", "PUT"):
            sent["content-type"] = "application/json"
        sent |= headers or {}
        sent = {name: value for name, value in sent.items() if value}
        event = http_event(method, path, body=written, headers=sent, source_ip=source_ip)
        answer = read_answer((app or self.app)(event, None))
        check_documented(method, path, answer)
        return answer

    def send(self, **fields: Any) -> Answer:
        """Send a message; `idem` is its Idempotency-Key, `key` the API key."""
        key, idem = fields.pop("key", ""), fields.pop("idem", None)
        headers = {} if idem is None else {"idempotency-key": idem}
        return self.call("POST", SEND, body={**BODY, **fields}, key=key, headers=headers)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Collect every log record of `relevo`, whatever the logging set-up is."""
        handler = logging.Handler(logging.DEBUG)
        handler.emit = lambda record: self.records.append(  # type: ignore[method-assign]
            {**record.__dict__, "said": record.getMessage()}
        )
        logger = logging.getLogger("relevo")
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)

    @property
    def logged(self) -> str:
        return repr((self.audits, self.records))


def read_answer(answer: Mapping[str, Any]) -> Answer:
    body = answer["body"]
    if answer["isBase64Encoded"]:
        body = gzip.decompress(base64.b64decode(body)).decode()
    return Answer(status=answer["statusCode"], headers=answer["headers"], body=body)


def check_documented(method: str, path: str, answer: Answer) -> None:
    """What an operation answers is what openapi.json says it answers."""
    found = find(path.partition("?")[0])
    row = found.rows.get(method) if found else None
    if row is None or (isinstance(row, Page) and not row.listed):
        return
    described = OPENAPI["paths"][row.path][method.lower()]["responses"][str(answer.status)]
    if "$ref" in described:
        described = OPENAPI["components"]["responses"][described["$ref"].rpartition("/")[2]]
    if "content" not in described:
        assert answer.body == ""
        return
    media = answer.headers["Content-Type"].partition(";")[0]
    schema = described["content"][media]["schema"]
    if media.endswith("json"):
        rooted = {**schema, "components": OPENAPI["components"]}
        jsonschema.Draft202012Validator(rooted).validate(answer.json)
