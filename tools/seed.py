"""Open accounts and lay down routes: straight into the tables, as an administrator."""

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from relevo.aws.accounts import account_item, key_item
from relevo.aws.balances import balance_item
from relevo.aws.codec import Item, encode
from relevo.aws.routes import lists_item, route_item
from relevo.carriers.registry import LOCAL_LIVE, SANDBOX_BACKUP, SANDBOX_PRIMARY
from relevo.domain.api_keys import fingerprint, mint
from relevo.domain.routes import ANY, Lists, Route
from relevo.domain.timing import Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Key

if TYPE_CHECKING:
    from tools.stack import Stack

SANDBOX_PRICE: Final = Decimal("0.045")
SCOPES: Final = frozenset(
    {
        "messages:send",
        "messages:read",
        "messages:content",
        "account:read",
        "templates:*",
        "webhooks:*",
    }
)
Client = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to write: a DynamoDB and a Secrets Manager client, table names, the stage's name."""

    dynamodb: Client
    secrets: Client
    outputs: Mapping[str, str]
    stage: str

    def put(self, table: str, items: Iterable[Item]) -> None:
        for item in items:
            self.dynamodb.put_item(TableName=self.outputs[table], Item=encode(item))


def lay_routes(place: Place, currency: str) -> None:
    """Write the sandbox's routes and lists, and in the local stage those that only look live."""
    pairs = {Environment.TEST: (SANDBOX_PRIMARY, SANDBOX_BACKUP)}
    if place.stage == "local":
        pairs[Environment.LIVE] = LOCAL_LIVE
    for environment, (primary, backup) in pairs.items():
        routes = [_route(name, environment, currency) for name in (primary, backup)]
        lists = Lists(primary=(primary,), backup=(backup,))
        place.put("RoutesTable", map(route_item, routes))
        place.put("RoutesTable", [lists_item((ANY, environment.value, ANY, ANY), lists)])


def _route(name: str, environment: Environment, currency: str) -> Route:
    return Route(
        name=name,
        carrier=name,
        environment=environment,
        price=SANDBOX_PRICE,
        currency=currency,
        # What is not sent for real needs no registration.
        senders={ANY: frozenset({ANY})},
    )


def open_account(place: Place, account: Account, deposit: Decimal) -> None:
    """Write the account with a balance in each environment; an open one keeps its money."""
    place.put("AccountsTable", [account_item(account)])
    now = _now()
    for environment in Environment:
        for shard in range(account.shards):
            share = deposit / account.shards
            _put_new(place, balance_item(account, environment, shard, share, now))


def issue_key(
    place: Place,
    account: str,
    environment: Environment,
    *,
    scopes: frozenset[str] = SCOPES,
    ends_in: Millis | None = None,
) -> str:
    """Write a new key's fingerprint down and give the key: the only time it can be read."""
    key = mint(environment, secrets.token_bytes(32))
    pepper = place.secrets.get_secret_value(SecretId=f"relevo/{place.stage}/pepper")
    written = key_item(
        fingerprint(key, pepper["SecretString"].encode()),
        Key(
            id=f"key_{secrets.token_hex(6)}",
            account=account,
            environment=environment,
            scopes=scopes,
            expires_at=None if ends_in is None else _now() + ends_in,
        ),
    )
    place.put("AccountsTable", [written])
    return key


def local_place(stack: "Stack") -> Place:
    """The running local stage, as its administrator."""
    return Place(
        dynamodb=stack.client("dynamodb"),
        secrets=stack.client("secretsmanager"),
        outputs=stack.outputs,
        stage="local",
    )


def _now() -> Millis:
    return time.time_ns() // 1_000_000


def _put_new(place: Place, item: Item) -> None:
    try:
        place.dynamodb.put_item(
            TableName=place.outputs["AccountsTable"],
            Item=encode(item),
            ConditionExpression="attribute_not_exists(pk)",
        )
    except place.dynamodb.exceptions.ConditionalCheckFailedException:
        return
