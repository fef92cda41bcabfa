"""Accounts, API keys, balances and opt-outs in DynamoDB; keys and accounts kept for 30 s."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from relevo.aws import keys
from relevo.aws.cache import Cache
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import get_item, query
from relevo.domain.timing import SECOND, Millis
from relevo.domain.voice import Voice
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Balance, Key
from relevo.ports.basics import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def key_item(fingerprint: str, key: Key) -> Item:
    """Write an API key down; only what it may do, and its fingerprint as the address."""
    item: Item = {
        **keys.api_key(fingerprint),
        "id": key.id,
        "account": key.account,
        "environment": key.environment.value,
        "scopes": sorted(key.scopes),
        "cidrs": list(key.cidrs),
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
        "v": 1,
    }
    return _filled(item)


def key_from_item(item: Mapping[str, Any]) -> Key:
    return Key(
        id=item["id"],
        account=item["account"],
        environment=Environment(item["environment"]),
        scopes=frozenset(item["scopes"]),
        cidrs=tuple(item["cidrs"]),
        expires_at=item.get("expiresAt"),
        revoked_at=item.get("revokedAt"),
    )


def account_item(account: Account) -> Item:
    item: Item = {
        **keys.account(account.id),
        "id": account.id,
        "currency": account.currency,
        "creditLimit": str(account.credit_limit),
        "dailyCap": None if account.daily_cap is None else str(account.daily_cap),
        "suspended": account.suspended,
        "countries": None if account.countries is None else sorted(account.countries),
        "senders": sorted(account.senders),
        "voice": _voice_item(account.voice),
        "shards": account.shards,
        "v": 1,
    }
    return _filled(item)


def account_from_item(item: Mapping[str, Any]) -> Account:
    cap, countries = item.get("dailyCap"), item.get("countries")
    return Account(
        id=item["id"],
        currency=item["currency"],
        credit_limit=Decimal(item["creditLimit"]),
        daily_cap=None if cap is None else Decimal(cap),
        suspended=item["suspended"],
        countries=None if countries is None else frozenset(countries),
        senders=frozenset(item["senders"]),
        voice=_voice_from_item(item.get("voice", {})),
        shards=item["shards"],
    )


def _voice_item(voice: Voice) -> Item | None:
    item: Item = {
        "language": voice.language,
        "signatures": list(voice.signatures) or None,
        "brand": voice.brand,
        "contact": voice.contact,
        "registrations": sorted(voice.registrations) or None,
        "hosts": sorted(voice.hosts) or None,
    }
    return _filled(item) or None


def _voice_from_item(item: Mapping[str, Any]) -> Voice:
    return Voice(
        language=item.get("language"),
        signatures=tuple(item.get("signatures", ())),
        brand=item.get("brand"),
        contact=item.get("contact"),
        registrations=frozenset(item.get("registrations", ())),
        hosts=frozenset(item.get("hosts", ())),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DynamoAccounts:
    """`fresh` bounds how long a revoked key still opens the door; it must stay below 60 s."""

    client: "DynamoDBClient"
    table: str
    clock: Clock
    fresh: Millis = 30 * SECOND
    _keys: Cache[Key] = field(init=False)
    _accounts: Cache[Account] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_keys", Cache(self.clock, self.fresh))
        object.__setattr__(self, "_accounts", Cache(self.clock, self.fresh))

    def key(self, fingerprint: str) -> Key | None:
        return self._keys.get(fingerprint, lambda: self._key(fingerprint))

    def account(self, account: str) -> Account | None:
        return self._accounts.get(account, lambda: self._account(account))

    def balance(self, account: Account, environment: Environment, *, today: str) -> Balance:
        """Add up all shards as they stand now."""
        request = {
            "TableName": self.table,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": encode(
                {":pk": keys.account(account.id)["pk"], ":sk": keys.balances(environment)}
            ),
            "ConsistentRead": True,
        }
        shards = list(query(self.client, request))
        spent = [Decimal(shard["spent"]) for shard in shards if shard.get("day") == today]
        return Balance(
            amount=sum((Decimal(shard["amount"]) for shard in shards), Decimal(0)),
            currency=account.currency,
            spent_today=sum(spent, Decimal(0)),
            updated_at=max((shard["updatedAt"] for shard in shards), default=0),
        )

    def _key(self, fingerprint: str) -> Key | None:
        item = get_item(self.client, self.table, keys.api_key(fingerprint), strong=False)
        return key_from_item(item) if item else None

    def _account(self, account: str) -> Account | None:
        item = get_item(self.client, self.table, keys.account(account), strong=False)
        return account_from_item(item) if item else None


def _filled(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None}
