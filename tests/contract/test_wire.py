import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from relevo import wire, wire_plans
from relevo.aws.codec import decode, encode
from relevo.aws.stream import head_of as head_of_record
from relevo.domain.message import Content, Head
from relevo.domain.routes import RoutePlan
from relevo.ports.accounts import Debit
from relevo.ports.carriers import Receipt
from tests.builders import a_change
from tests.contract.builders import TODAY, account_of, content_of, head_of
from tests.contract.conftest import Side
from tests.strategies import contents, heads, plans, receipts


def travelled(item: dict[str, Any]) -> dict[str, Any]:
    """Take a record through everything it passes: a table, a queue, a workflow's state."""
    return dict(json.loads(json.dumps(decode(encode(item)))))


@given(head=heads())
def test_a_head_comes_back_from_everywhere(head: Head) -> None:
    assert wire.head_from_item(travelled(wire.head_to_item(head))) == head


@given(content=contents())
def test_a_content_comes_back_from_everywhere(content: Content) -> None:
    assert wire.content_from_item(travelled(wire.content_to_item(content))) == content


@given(receipt=receipts())
def test_a_receipt_comes_back_from_everywhere(receipt: Receipt) -> None:
    assert wire.receipt_from_item(travelled(wire.receipt_to_item(receipt))) == receipt


@given(plan=plans())
def test_a_plan_comes_back_from_everywhere(plan: RoutePlan) -> None:
    assert wire_plans.plan_from_item(travelled(wire_plans.plan_to_item(plan))) == plan


def test_what_befell_a_carrier_comes_back_from_everywhere() -> None:
    change = a_change()

    there = wire_plans.change_to_item(change)

    assert wire_plans.change_from_item(json.loads(json.dumps(there))) == change


@pytest.mark.parametrize("version", [0, 2, 99])
def test_a_head_of_another_schema_is_refused(version: int) -> None:
    item = {**wire.head_to_item(head_of()), "v": version}

    with pytest.raises(wire.UnknownVersion):
        wire.head_from_item(item)


def test_a_receipt_whose_reference_is_not_ours_is_none() -> None:
    item = {"attempt": "not ours", "carrier": "a", "state": "delivered", "at": 1, "v": 1}

    assert wire.receipt_from_item(item) is None


def test_a_new_head_stays_under_a_kilobyte() -> None:
    head = head_of(plan=("sandbox-a-es", "sandbox-b-es"), sender="ACME-SHOP")

    assert len(json.dumps(wire.head_to_item(head))) < 1024


@given(old=heads(), new=heads())
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_two_versions_differ_in_the_later_is_what_is_stored(
    side: Side, old: Head, new: Head
) -> None:
    account = account_of(id=old.account)
    side.open(account, "100000", old.environment)
    side.messages.create(old, content_of(old), Debit(account=account, today=TODAY))
    kept = side.messages.get(old.id)
    assert kept is not None
    new = replace(new, id=old.id, version=kept.version + 1)

    side.messages.save(kept, new)

    assert side.messages.get(old.id) == new


@given(head=heads())
def test_a_stream_image_is_the_head_that_was_written(head: Head) -> None:
    image = encode({**wire.head_to_item(head), "ttl": 1})

    assert head_of_record({"dynamodb": {"NewImage": image}}) == head


def test_a_deletion_and_an_orphan_are_no_heads() -> None:
    orphan = encode({"id": "orphan#x#y", "kind": "orphan"})

    assert head_of_record({"dynamodb": {}}) is None
    assert head_of_record({"dynamodb": {"NewImage": orphan}}) is None
