"""Endpoints of customers in DynamoDB: one item an account and environment, circuits beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from relevo import wire
from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, decode, encode
from relevo.aws.dynamo import get_item, put_over
from relevo.domain.endpoint import Circuit, Endpoint, Endpoints, Secret
from relevo.domain.timing import DAY, SECOND, Millis
from relevo.domain.words import Environment
from relevo.ports.basics import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def endpoints_item(endpoints: Endpoints) -> Item:
    """Write them down, without the key; `listening` is for whoever only needs to know that."""
    callbacks = endpoints.callbacks
    return {
        "all": [_endpoint_item(one) for one in endpoints.all],
        **({"callbacks": _endpoint_item(callbacks)} if callbacks else {}),
        "listening": any(one.disabled is None for one in endpoints.all),
        "version": endpoints.version,
        "v": wire.VERSION,
    }


def _endpoint_item(endpoint: Endpoint) -> Item:
    item: Item = {
        "id": endpoint.id,
        "url": endpoint.url,
        "events": list(endpoint.events),
        "disabled": endpoint.disabled,
        "description": endpoint.description,
        "secrets": [[one.value, one.expires_at or 0] for one in endpoint.secrets],
        "createdAt": endpoint.created_at,
        "operators": endpoint.operators or None,
    }
    return {name: value for name, value in item.items() if value is not None}


def _endpoint(item: Mapping[str, Any]) -> Endpoint:
    return Endpoint(
        id=item["id"],
        url=item["url"],
        events=tuple(item["events"]),
        disabled=item.get("disabled"),
        description=item.get("description"),
        secrets=tuple(Secret(value=value, expires_at=at or None) for value, at in item["secrets"]),
        created_at=item["createdAt"],
        operators=item.get("operators", False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoSubscriptions:
    """`kept` is how long a change made elsewhere may go unnoticed by whoever delivers."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    kept: Millis = 5 * SECOND
    _all: Cache[Endpoints] = field(init=False)
    _listening: Cache[bool] = field(init=False)
    _circuits: Cache[Circuit] = field(init=False)

    def __post_init__(self) -> None:
        for name in ("_all", "_listening", "_circuits"):
            object.__setattr__(self, name, Cache(self.clock, self.kept))

    def of(self, account: str, environment: Environment) -> Endpoints:
        found = self._all.get(
            _name(account, environment), lambda: self._stored(account, environment)
        )
        return found or Endpoints(account=account, environment=environment)

    def fresh(self, account: str, environment: Environment) -> Endpoints:
        found = self._stored(account, environment)
        return found or Endpoints(account=account, environment=environment)

    def change(self, new: Endpoints) -> Endpoints:
        stored = replace(new, version=new.version + 1)
        key = keys.endpoints(new.account, new.environment)
        item = {**key, **endpoints_item(stored)}
        put_over(self.client, self.table, item, version=new.version)
        self._all.forget(_name(new.account, new.environment))
        return stored

    def listening(self, account: str, environment: Environment) -> bool:
        """Only a yes is kept, so that a first endpoint is told of the very next message."""
        name = _name(account, environment)
        return bool(self._listening.get(name, lambda: self._listens(account, environment)))

    def circuit(self, lane: str) -> Circuit:
        return self._circuits.get(lane, lambda: self._circuit(lane)) or Circuit()

    def note(self, lane: str, circuit: Circuit) -> None:
        item = {
            **keys.circuit(lane),
            "failures": circuit.failures,
            "openUntil": circuit.open_until,
            "ttl": keys.ttl(self.clock() + DAY),
        }
        self.client.put_item(TableName=self.table, Item=encode(item))
        self._circuits.forget(lane)

    def enlist(self, account: str) -> None:
        self.client.update_item(
            TableName=self.table,
            Key=encode(keys.operators()),
            UpdateExpression="ADD accounts :one",
            ExpressionAttributeValues={":one": {"SS": [account]}},
        )

    def operators(self) -> Collection[str]:
        item = get_item(self.client, self.table, keys.operators())
        return frozenset(item["accounts"]) if item else frozenset()

    def _stored(self, account: str, environment: Environment) -> Endpoints | None:
        item = get_item(self.client, self.table, keys.endpoints(account, environment))
        if item is None:
            return None
        callbacks = item.get("callbacks")
        return Endpoints(
            account=account,
            environment=environment,
            all=tuple(map(_endpoint, item["all"])),
            callbacks=_endpoint(callbacks) if callbacks else None,
            version=item["version"],
        )

    def _listens(self, account: str, environment: Environment) -> bool | None:
        answer: Any = self.client.get_item(
            TableName=self.table,
            Key=encode(keys.endpoints(account, environment)),
            ProjectionExpression="listening",  # `events` has no business with secrets
            ConsistentRead=True,
        )
        return decode(answer.get("Item") or {}).get("listening") or None

    def _circuit(self, lane: str) -> Circuit | None:
        item = get_item(self.client, self.table, keys.circuit(lane), strong=False)
        if item is None:
            return None
        return Circuit(failures=item["failures"], open_until=item["openUntil"])


def _name(account: str, environment: Environment) -> str:
    return f"{account}#{environment.value}"
