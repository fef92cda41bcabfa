"""`make account`: open an account in a deployed stage and print its API keys, this one time.

Works on the stage that your AWS credentials and region lead to, or AWS_ENDPOINT_URL.
"""

import argparse
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from relevo.aws import keys
from relevo.aws.accounts import account_from_item
from relevo.aws.codec import Item, decode, encode
from relevo.carriers.registry import SANDBOX_PRIMARY
from relevo.domain.voice import Voice
from relevo.domain.words import Environment
from relevo.ports.accounts import Account
from tools import say, seed

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
CURRENCY = re.compile(r"[A-Z]{3}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--deposit", type=money, default=Decimal(100))
    parser.add_argument("--senders", type=names, default=(), help="comma-separated")
    parser.add_argument("--signatures", type=names, default=(), help="of China, usual one first")
    parser.add_argument("--language", help="of texts and templates that name none, like es-MX")
    parser.add_argument("--brand", help="the name by which texts name their sender")
    parser.add_argument("--contact", help="number or link that takes refusals of promotion")
    asked = parser.parse_args()
    if not NAME.fullmatch(asked.name) or not CURRENCY.fullmatch(asked.currency):
        say.fail("give a name of a-z, 0-9 and -: make account STAGE=dev NAME=shop CURRENCY=EUR")
    wanted = Account(
        id=f"acc_{asked.name}",
        currency=asked.currency,
        daily_cap=asked.deposit,
        senders=frozenset(asked.senders),
        voice=Voice(
            language=asked.language,
            signatures=asked.signatures,
            brand=asked.brand,
            contact=asked.contact,
        ),
    )
    try:
        place = place_of(asked.stage)
        account = opened(place, wanted, asked.deposit)
        issued = {one: seed.issue_key(place, account.id, one) for one in Environment}
    except (BotoCoreError, ClientError) as error:
        say.fail(f"AWS did not do it: {error}")
    tell(place, issued)


def names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise argparse.ArgumentTypeError("a deposit is an amount like 100 or 99.50")
    return amount


def place_of(stage: str) -> seed.Place:
    """The stage as its stacks describe themselves."""
    cloudformation = boto3.client("cloudformation")
    outputs: dict[str, str] = {}
    for part in ("Data", "Service"):
        (stack,) = cloudformation.describe_stacks(StackName=f"Relevo-{stage}-{part}")["Stacks"]
        outputs |= {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}
    return seed.Place(
        dynamodb=boto3.client("dynamodb"),
        secrets=boto3.client("secretsmanager"),
        outputs=outputs,
        stage=stage,
    )


def opened(place: seed.Place, wanted: Account, deposit: Decimal) -> Account:
    """Lay the sandbox's routes and open the account; one that is open stays as it is."""
    known = read(place, "AccountsTable", keys.account(wanted.id))
    account = account_from_item(known) if known else wanted
    laid = read(place, "RoutesTable", keys.route(SANDBOX_PRIMARY))
    if laid is None:
        seed.lay_routes(place, account.currency)
    elif laid["currency"] != account.currency:
        # Laid again in another currency they would fit no account opened before.
        say.fail(f"the sandbox's routes are priced in {laid['currency']}; open the account in it.")
    seed.open_account(place, account, deposit)  # again after a crash: what is there stays
    if known is None:
        say.line(f"{account.id} is open: {deposit} {account.currency} live, as much for tests.")
    else:
        say.line(f"{account.id} was open already and stays as it is; these are further keys.")
    return account


def read(place: seed.Place, table: str, key: Item) -> Item | None:
    answer = place.dynamodb.get_item(
        TableName=place.outputs[table], Key=encode(key), ConsistentRead=True
    )
    return decode(answer["Item"]) if "Item" in answer else None


def tell(place: seed.Place, issued: Mapping[Environment, str]) -> None:
    for environment, key in issued.items():
        say.line(f"  {environment.value}  {key}")
    say.line("Nobody can read these keys again: put them where you keep secrets.")
    if place.stage != "local":
        say.line(f"API: {place.outputs['ApiUrl']}")


if __name__ == "__main__":
    main()
