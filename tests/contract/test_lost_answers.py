"""What an SDK retry, a conflict or a half-done batch does to the adapters over DynamoDB."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from relevo.aws.dynamo import Unprocessed
from relevo.aws.patience import Patience
from relevo.domain.message import Head
from relevo.domain.words import Charge, Environment
from relevo.ports.accounts import Account, Debit, InsufficientBalance, SpendCapReached
from relevo.ports.basics import Conflict
from tests.contract.builders import TODAY, account_of, attempt_of, content_of, head_of
from tests.contract.conftest import Aws, OverMoto
from tests.contract.test_accounts import KEY
from tests.fakes import NOON

ACME = account_of()


class Meddled:
    """A client one of whose methods is somebody else's."""

    def __init__(self, client: Any, **methods: Callable[..., Any]) -> None:
        self._client, self._methods = client, methods

    def __getattr__(self, name: str) -> Any:
        return self._methods.get(name) or getattr(self._client, name)


def twice(method: Callable[..., Any]) -> Callable[..., Any]:
    """Do as an SDK does when the first answer never came: the same call again."""

    def call(**request: Any) -> Any:
        method(**request)
        return method(**request)

    return call


def failing(error: Exception, times: int, method: Callable[..., Any]) -> Callable[..., Any]:
    left = [error] * times

    def call(**request: Any) -> Any:
        if left:
            raise left.pop()
        return method(**request)

    return call


def cancelled(*codes: str) -> ClientError:
    answer: Any = {
        "Error": {"Code": "TransactionCanceledException", "Message": "cancelled"},
        "CancellationReasons": [{"Code": code} for code in codes],
    }
    return ClientError(answer, "TransactWriteItems")


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "UpdateItem")


def stored(aws: Aws, account: Account = ACME, balance: str = "1", **fields: Any) -> Head:
    OverMoto(aws).open(account, balance)
    head = head_of(**fields)
    return aws.messages().create(head, content_of(head), Debit(account=account, today=TODAY))


def credited(head: Head) -> Head:
    return replace(head, charge=Charge.CREDITED, version=head.version + 1)


def claimed(head: Head) -> Head:
    return replace(head, attempts=(attempt_of(),), version=head.version + 1)


def money(aws: Aws, account: Account = ACME) -> Decimal:
    return aws.accounts().balance(account, Environment.LIVE, today=TODAY).amount


def test_a_create_the_sdk_sent_twice_succeeds_and_costs_once(aws: Aws) -> None:
    OverMoto(aws).open(ACME, "1")
    client = Meddled(aws.dynamodb, transact_write_items=twice(aws.dynamodb.transact_write_items))
    head = head_of()

    made = aws.messages(client).create(head, content_of(head), Debit(account=ACME, today=TODAY))

    assert made == head
    assert money(aws) == Decimal("0.95")


def test_a_save_the_sdk_sent_twice_succeeds(aws: Aws) -> None:
    old = stored(aws)
    client = Meddled(aws.dynamodb, update_item=twice(aws.dynamodb.update_item))

    aws.messages(client).save(old, claimed(old))

    assert aws.messages().get(old.id) == claimed(old)


def test_a_settlement_the_sdk_sent_twice_pays_once(aws: Aws) -> None:
    old = stored(aws)
    client = Meddled(aws.dynamodb, transact_write_items=twice(aws.dynamodb.transact_write_items))

    aws.messages(client).settle(old, credited(old), old.price)

    assert aws.messages().get(old.id) == credited(old)
    assert money(aws) == 1


def test_a_save_whose_answer_was_lost_can_simply_be_asked_for_again(aws: Aws) -> None:
    old = stored(aws)
    answers = iter([True])

    def lost_once(**request: Any) -> Any:
        answer = aws.dynamodb.update_item(**request)
        if next(answers, False):
            raise ReadTimeoutError(endpoint_url="https://dynamodb")
        return answer

    messages = aws.messages(Meddled(aws.dynamodb, update_item=lost_once))
    with pytest.raises(ReadTimeoutError):
        messages.save(old, claimed(old))

    messages.save(old, claimed(old))

    assert messages.get(old.id) == claimed(old)


def test_another_owners_claim_of_the_same_version_is_not_taken_for_ours(aws: Aws) -> None:
    old = stored(aws)
    theirs = replace(old, attempts=(attempt_of(owner="other"),), version=2)
    aws.messages().save(old, theirs)

    with pytest.raises(Conflict):
        aws.messages().save(old, claimed(old))


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_create_waits_out_conflicts_with_growing_pauses(aws: Aws, reason: str) -> None:
    OverMoto(aws).open(ACME, "1")
    error = cancelled("None", "None", reason)
    client = Meddled(
        aws.dynamodb,
        transact_write_items=failing(error, 2, aws.dynamodb.transact_write_items),
    )
    pauses: list[float] = []
    messages = aws.messages(client, Patience(pause=pauses.append))
    head = head_of()

    assert messages.create(head, content_of(head), Debit(account=ACME, today=TODAY)) == head

    assert len(pauses) == 2
    assert pauses[0] < pauses[1] < 0.5


def test_conflicts_without_end_are_raised_not_waited_for(aws: Aws) -> None:
    error = cancelled("TransactionConflict", "None", "None")
    client = Meddled(aws.dynamodb, transact_write_items=failing(error, 99, lambda **_: None))
    head = head_of()

    with pytest.raises(ClientError, match="TransactionCanceled"):
        aws.messages(client).create(head, content_of(head), Debit(account=ACME, today=TODAY))


def test_a_save_waits_out_a_transaction_on_its_item(aws: Aws) -> None:
    old = stored(aws)
    error = refused("TransactionConflictException")
    client = Meddled(aws.dynamodb, update_item=failing(error, 2, aws.dynamodb.update_item))

    aws.messages(client).save(old, claimed(old))

    assert aws.messages().get(old.id) == claimed(old)


def test_a_missing_grant_is_raised_as_it_is(aws: Aws) -> None:
    old = stored(aws)
    error = refused("AccessDeniedException")
    client = Meddled(aws.dynamodb, update_item=failing(error, 1, aws.dynamodb.update_item))

    with pytest.raises(ClientError, match="AccessDenied"):
        aws.messages(client).save(old, claimed(old))


def test_a_save_writes_only_what_changed(aws: Aws) -> None:
    old = stored(aws)
    aws.dynamodb.calls.clear()

    aws.messages().save(old, replace(old, canceled=True, version=2))

    ((name, request),) = aws.dynamodb.calls
    written = set(request["ExpressionAttributeNames"].values())
    assert (name, written) == ("update_item", {"canceled", "version"})


def test_the_items_outlive_the_message_by_their_retention(aws: Aws) -> None:
    head = stored(aws)
    aws.messages().save(head, claimed(head))
    day = 86_400

    assert aws.rows("Messages")[0]["ttl"] == head.expires_at // 1000 + 30 * day
    assert aws.rows("Content")[0]["ttl"] == head.expires_at // 1000 + 7 * day


def test_no_text_and_no_number_is_in_the_messages_table(aws: Aws) -> None:
    head = stored(aws)
    content = content_of(head)

    assert content.to not in str(aws.rows("Messages"))
    assert content.text not in str(aws.rows("Messages"))


def test_another_shard_pays_when_the_first_cannot(aws: Aws) -> None:
    account = account_of(shards=3)
    stored(aws, account, "0.15")
    for number in (2, 3):
        _again(aws, account, number)

    assert money(aws, account) == 0
    with pytest.raises(InsufficientBalance):
        _again(aws, account, 4)


def _again(aws: Aws, account: Account, number: int) -> Head:
    head = head_of(number)
    return aws.messages().create(head, content_of(head), Debit(account=account, today=TODAY))


def test_the_shards_together_keep_the_cap(aws: Aws) -> None:
    account = account_of(shards=2, daily_cap=Decimal("0.10"))
    stored(aws, account, "10")
    _again(aws, account, 2)

    with pytest.raises(SpendCapReached):
        _again(aws, account, 3)


def test_a_batch_read_asks_again_for_what_was_left_aside(aws: Aws) -> None:
    head = stored(aws)
    left_aside = [True]

    def half(**request: Any) -> Any:
        if left_aside:
            left_aside.pop()
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
        return aws.dynamodb.batch_get_item(**request)

    client = Meddled(aws.dynamodb, batch_get_item=half)

    assert aws.messages(client).get_many([head.id]) == {head.id: head}


def test_a_batch_read_that_never_ends_is_an_error_not_a_gap(aws: Aws) -> None:
    def never(**request: Any) -> Any:
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    client = Meddled(aws.dynamodb, batch_get_item=never)

    with pytest.raises(Unprocessed):
        aws.messages(client).get_many(["m"])
    with pytest.raises(Unprocessed):
        aws.letters(client).read({"m": None}, opt_outs=False)


def test_due_items_that_were_left_aside_are_written_again(aws: Aws) -> None:
    left_aside = [True]

    def half(**request: Any) -> Any:
        if left_aside:
            left_aside.pop()
            return {"UnprocessedItems": request["RequestItems"]}
        return aws.dynamodb.batch_write_item(**request)

    client = Meddled(aws.dynamodb, batch_write_item=half)
    aws.dues(client).put({"a": NOON, "b": NOON + 5_000})

    assert len(aws.rows("Due")) == 2


def test_due_items_that_stay_aside_are_an_error_because_they_are_the_guarantee(aws: Aws) -> None:
    client = Meddled(
        aws.dynamodb, batch_write_item=lambda **r: {"UnprocessedItems": r["RequestItems"]}
    )

    with pytest.raises(Unprocessed):
        aws.dues(client).put({"a": NOON, "b": NOON + 5_000})


def test_a_revoked_key_is_forgotten_within_a_minute(aws: Aws) -> None:
    side, accounts = OverMoto(aws), aws.accounts()
    side.add_key("f1", KEY)
    assert accounts.key("f1") == KEY

    side.add_key("f1", replace(KEY, revoked_at=NOON))
    aws.clock.advance(31_000)

    assert accounts.key("f1") == replace(KEY, revoked_at=NOON)


def test_a_key_is_read_once_in_a_while(aws: Aws) -> None:
    accounts = aws.accounts()
    assert accounts.key("f1") is None
    OverMoto(aws).add_key("f1", KEY)
    aws.dynamodb.calls.clear()

    assert [accounts.key("f1") for _ in range(3)] == [KEY] * 3

    assert len(aws.dynamodb.calls) == 1
