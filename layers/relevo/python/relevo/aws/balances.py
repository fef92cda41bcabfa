"""An account's money: shards of one balance, debited under a condition, credited without one."""

from decimal import Decimal
from typing import Final

from relevo.aws import keys
from relevo.aws.codec import Item, encode
from relevo.aws.dynamo import Request
from relevo.domain.message import Head
from relevo.domain.timing import Millis
from relevo.domain.words import Environment
from relevo.ports.accounts import Account, Debit, InsufficientBalance, SpendCapReached

FIRST: Final = 0
"""The shard that every account has; money that comes back is paid in there."""

NO_DAY: Final = ""


def balance_item(
    account: Account, environment: Environment, shard: int, amount: Decimal, at: Millis
) -> Item:
    """Give a new shard's item; whoever opens an account puts one for each shard."""
    key = keys.balance(account.id, environment, shard)
    money = {"amount": amount, "day": NO_DAY, "spent": Decimal(0)}
    return {**key, **money, "updatedAt": at, "v": 1}


def debit_of(
    table: str, head: Head, debit: Debit, shard: int, *, new_day: bool, at: Millis
) -> Request:
    """Take the price off one shard; the first debit of a day starts the day's spend anew.

    Credit and cap are shared out evenly, so that all shards together can never exceed them.
    """
    account = debit.account
    cap = _cap(account)
    if new_day:
        day, spent = "#day < :today", "#day = :today, spent = :price"
    else:
        # A request that began before midnight counts for the day that has begun since.
        day = "#day >= :today" if cap is None else "#day >= :today AND spent <= :room"
        spent = "spent = spent + :price"
    values = {
        ":price": head.price,
        ":needed": head.price - _credit(account),
        ":today": debit.today,
        ":at": at,
    }
    if cap is not None and not new_day:
        values[":room"] = cap - head.price
    return {
        "TableName": table,
        "Key": encode(keys.balance(account.id, head.environment, shard)),
        "UpdateExpression": f"SET amount = amount - :price, {spent}, updatedAt = :at",
        "ConditionExpression": f"amount >= :needed AND {day}",
        "ExpressionAttributeNames": {"#day": "day"},
        "ExpressionAttributeValues": encode(values),
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def exceeds_cap(head: Head, debit: Debit) -> bool:
    """Whether the price alone is more than a shard may spend in a day."""
    cap = _cap(debit.account)
    return cap is not None and head.price > cap


def refusal_of(balance: Item, head: Head, debit: Debit) -> type[Exception] | None:
    """Say why a shard as it stands cannot pay; None when it can, and only the day was wrong."""
    cap = _cap(debit.account)
    spent = balance["spent"] if balance.get("day", NO_DAY) >= debit.today else 0
    if not balance or balance["amount"] < head.price - _credit(debit.account):
        return InsufficientBalance
    if cap is not None and spent + head.price > cap:
        return SpendCapReached
    return None


def credit_of(table: str, head: Head, amount: Decimal, *, at: Millis) -> Request:
    return {
        "TableName": table,
        "Key": encode(keys.balance(head.account, head.environment, FIRST)),
        "UpdateExpression": "SET updatedAt = :at ADD amount :amount",
        "ExpressionAttributeValues": encode({":at": at, ":amount": amount}),
    }


def _credit(account: Account) -> Decimal:
    return account.credit_limit / account.shards


def _cap(account: Account) -> Decimal | None:
    return None if account.daily_cap is None else account.daily_cap / account.shards
