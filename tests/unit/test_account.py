"""`make account`: opens once, never overwrites, issues keys that fit what is stored."""

from collections.abc import Iterator
from decimal import Decimal

import boto3
import pytest
from moto import mock_aws

from relevo.aws import keys
from relevo.aws.accounts import key_from_item
from relevo.aws.balances import FIRST
from relevo.domain.api_keys import fingerprint
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from tools import seed
from tools.account import opened, read

EUR = Account(id="acc_shop", currency="EUR", daily_cap=Decimal(100), senders=frozenset({"Shop"}))
USD = Account(id="acc_store", currency="USD")
BALANCE = keys.balance(EUR.id, Environment.TEST, FIRST)


@pytest.fixture
def place() -> Iterator[seed.Place]:
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        for table in ("Accounts", "Routes"):
            dynamodb.create_table(
                TableName=table,
                KeySchema=[
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "sk", "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": "pk", "AttributeType": "S"},
                    {"AttributeName": "sk", "AttributeType": "S"},
                ],
                BillingMode="PAY_PER_REQUEST",
            )
        secrets = boto3.client("secretsmanager")
        secrets.create_secret(Name="relevo/dev/pepper", SecretString="salt")
        outputs = {"AccountsTable": "Accounts", "RoutesTable": "Routes"}
        yield seed.Place(dynamodb=dynamodb, secrets=secrets, outputs=outputs, stage="dev")


def test_an_open_account_keeps_its_settings_and_its_money(place: seed.Place) -> None:
    opened(place, EUR, Decimal(100))

    again = opened(place, Account(id=EUR.id, currency="EUR"), Decimal(5))

    assert again == EUR
    assert (read(place, "AccountsTable", BALANCE) or {})["amount"] == 100


def test_on_aws_only_the_sandbox_has_routes(place: seed.Place) -> None:
    opened(place, EUR, Decimal(100))

    names = {row["sk"]["S"] for row in place.dynamodb.scan(TableName="Routes")["Items"]}
    assert names == {"sandbox-a", "sandbox-b", "*#test#*#*"}


def test_a_second_currency_would_break_the_first_ones_routes(place: seed.Place) -> None:
    opened(place, EUR, Decimal(100))

    with pytest.raises(SystemExit):
        opened(place, USD, Decimal(100))

    assert read(place, "AccountsTable", keys.account(USD.id)) is None


def test_a_key_is_stored_as_its_fingerprint_only(place: seed.Place) -> None:
    key = seed.issue_key(place, EUR.id, Environment.TEST)

    stored = read(place, "AccountsTable", keys.api_key(fingerprint(key, b"salt")))
    assert stored is not None
    assert (key_from_item(stored).account, key_from_item(stored).environment) == (EUR.id, "test")
    assert key not in str(place.dynamodb.scan(TableName="Accounts")["Items"])
