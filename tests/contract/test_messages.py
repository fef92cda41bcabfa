from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from threading import Barrier

import pytest

from relevo.domain.message import Head
from relevo.domain.words import Charge, Environment, Status
from relevo.ports.accounts import Debit, InsufficientBalance, SpendCapReached
from relevo.ports.basics import Conflict
from tests.contract.builders import (
    NEXT_NOON,
    TODAY,
    TOMORROW,
    account_of,
    attempt_of,
    content_of,
    head_of,
)
from tests.contract.conftest import Side

ACME = account_of()
TODAYS = Debit(account=ACME, today=TODAY)


def created(side: Side, head: Head, debit: Debit = TODAYS) -> Head:
    return side.messages.create(head, content_of(head), debit)


def balance(side: Side, today: str = TODAY) -> tuple[Decimal, Decimal]:
    found = side.accounts.balance(ACME, Environment.LIVE, today=today)
    return found.amount, found.spent_today


def later(head: Head, **changes: object) -> Head:
    return replace(head, version=head.version + 1, **changes)  # type: ignore[arg-type]


def outcome(write: Callable[[], object]) -> str:
    try:
        write()
    except Conflict:
        return "conflict"
    return "written"


def test_a_created_message_can_be_read_and_is_paid_for(side: Side) -> None:
    side.open(ACME, "1")
    head = head_of(plan=("a", "b"), sender="ACME")

    assert created(side, head) == head

    assert side.messages.get(head.id) == head
    assert side.contents.get(head.id) == content_of(head)
    assert balance(side) == (Decimal("0.95"), Decimal("0.05"))


def test_an_unknown_message_is_none(side: Side) -> None:
    assert side.messages.get(head_of().id) is None


def test_creating_the_same_id_twice_gives_the_first_and_costs_once(side: Side) -> None:
    side.open(ACME, "1")
    first = created(side, head_of(request_id="first"))

    second = created(side, head_of(request_id="second", sender="other"))

    assert second == first
    assert balance(side) == (Decimal("0.95"), Decimal("0.05"))


def test_a_text_that_came_to_us_is_stored_once_and_costs_nothing(side: Side) -> None:
    head = replace(head_of(), inbound=True, price=Decimal(0), status=Status.RECEIVED)
    side.open(ACME, "1")

    assert side.messages.receive(head, content_of(head), ACME)
    assert not side.messages.receive(head, content_of(head, text="Other"), ACME)

    assert side.messages.get(head.id) == head
    assert side.contents.get(head.id) == content_of(head)
    assert balance(side) == (Decimal(1), Decimal(0))


def test_creating_again_gives_the_message_as_it_has_become(side: Side) -> None:
    side.open(ACME)
    head = created(side, head_of())
    side.messages.save(head, later(head, canceled=True))

    assert created(side, head_of()) == later(head, canceled=True)


def test_a_taken_id_wins_over_an_empty_balance(side: Side) -> None:
    side.open(ACME, "0.05")
    head = created(side, head_of())

    assert created(side, head_of(request_id="second")) == head


def test_an_insufficient_balance_changes_nothing(side: Side) -> None:
    side.open(ACME, "0.04")
    head = head_of()

    with pytest.raises(InsufficientBalance):
        created(side, head)

    assert side.messages.get(head.id) is None
    assert side.contents.get(head.id) is None
    assert balance(side) == (Decimal("0.04"), Decimal(0))


def test_an_account_without_a_balance_cannot_send(side: Side) -> None:
    with pytest.raises(InsufficientBalance):
        created(side, head_of())


def test_credit_covers_what_the_balance_does_not(side: Side) -> None:
    side.open(ACME, "0")
    debit = replace(TODAYS, account=account_of(credit_limit=Decimal("0.05")))
    created(side, head_of(1), debit)

    with pytest.raises(InsufficientBalance):
        created(side, head_of(2), debit)

    assert balance(side)[0] == Decimal("-0.05")


def test_the_balance_can_be_spent_to_the_last_unit(side: Side) -> None:
    side.open(ACME, "0.05")

    created(side, head_of())

    assert balance(side)[0] == 0


def test_the_daily_cap_stops_spending_and_changes_nothing(side: Side) -> None:
    side.open(ACME)
    debit = replace(TODAYS, account=account_of(daily_cap=Decimal("0.12")))
    for number in (1, 2):
        created(side, head_of(number), debit)

    with pytest.raises(SpendCapReached):
        created(side, head_of(3), debit)

    assert side.messages.get(head_of(3).id) is None
    assert balance(side) == (Decimal("9.90"), Decimal("0.10"))


def test_a_message_dearer_than_the_whole_cap_is_refused_on_a_new_day_too(side: Side) -> None:
    side.open(ACME)

    with pytest.raises(SpendCapReached):
        created(side, head_of(), replace(TODAYS, account=account_of(daily_cap=Decimal("0.01"))))


def test_the_spend_starts_again_on_a_new_day(side: Side) -> None:
    side.open(ACME)
    capped = account_of(daily_cap=Decimal("0.05"))
    created(side, head_of(1), Debit(account=capped, today=TODAY))
    side.clock.until(NEXT_NOON)

    created(side, head_of(2), Debit(account=capped, today=TOMORROW))

    assert balance(side, TOMORROW) == (Decimal("9.90"), Decimal("0.05"))


def test_the_environments_pay_from_different_balances(side: Side) -> None:
    side.open(ACME, "1", Environment.TEST)

    with pytest.raises(InsufficientBalance):
        created(side, head_of(environment=Environment.LIVE))


def test_saving_the_next_version_stores_every_change(side: Side) -> None:
    side.open(ACME)
    old = created(side, head_of(plan=("a", "b"), not_before=1, stop="x"))
    new = later(
        old,
        plan=(),
        not_before=None,
        stop=None,
        attempts=(attempt_of(price=Decimal("0.01")),),
        status=Status.SENDING,
    )

    side.messages.save(old, new)

    assert side.messages.get(old.id) == new


def test_a_save_that_started_from_an_older_version_is_a_conflict(side: Side) -> None:
    side.open(ACME)
    first = created(side, head_of())
    second = later(first, canceled=True)
    side.messages.save(first, second)

    with pytest.raises(Conflict):
        side.messages.save(first, later(first, expired=True))

    assert side.messages.get(first.id) == second


def test_saving_what_was_never_created_is_a_conflict(side: Side) -> None:
    with pytest.raises(Conflict):
        side.messages.save(head_of(), later(head_of(), canceled=True))

    assert side.messages.get(head_of().id) is None


def test_of_saves_at_the_same_time_exactly_one_wins(side: Side) -> None:
    side.open(ACME)
    old = created(side, head_of())
    start = Barrier(4)

    def claim(number: int) -> str:
        new = later(old, attempts=(attempt_of(owner=f"owner-{number}"),))
        start.wait()
        return outcome(lambda: side.messages.save(old, new))

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(claim, range(4)))

    stored = side.messages.get(old.id)
    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "written"]
    assert stored is not None
    assert stored.attempts[0].owner == f"owner-{outcomes.index('written')}"


def test_the_same_save_again_is_recognised_as_our_own(side: Side) -> None:
    side.open(ACME)
    old = created(side, head_of())
    new = later(old, attempts=(attempt_of(),))

    side.messages.save(old, new)
    side.messages.save(old, new)

    assert side.messages.get(old.id) == new


def test_settling_writes_the_mark_and_the_money(side: Side) -> None:
    side.open(ACME, "1")
    old = created(side, head_of())
    new = later(old, charge=Charge.CREDITED)

    side.messages.settle(old, new, old.price)

    assert side.messages.get(old.id) == new
    assert balance(side)[0] == 1


def test_settling_from_an_older_version_changes_neither(side: Side) -> None:
    side.open(ACME, "1")
    old = created(side, head_of())
    now_stored = later(old, canceled=True)
    side.messages.save(old, now_stored)

    with pytest.raises(Conflict):
        side.messages.settle(old, later(old, charge=Charge.CREDITED), old.price)

    assert side.messages.get(old.id) == now_stored
    assert balance(side)[0] == Decimal("0.95")


def test_settling_the_same_again_pays_once(side: Side) -> None:
    side.open(ACME, "1")
    old = created(side, head_of())
    new = later(old, charge=Charge.CREDITED)

    side.messages.settle(old, new, old.price)
    side.messages.settle(old, new, old.price)

    assert balance(side)[0] == 1


def test_many_are_read_at_once_and_unknown_ones_left_out(side: Side) -> None:
    side.open(ACME, "100")
    heads = [created(side, head_of(number)) for number in range(1, 121)]

    found = side.messages.get_many({head.id for head in heads} | {head_of(999).id})

    assert dict(found) == {head.id: head for head in heads}


def test_nothing_is_read_for_no_ids(side: Side) -> None:
    assert dict(side.messages.get_many([])) == {}


def test_a_text_gets_another_wording_and_keeps_everything_else(side: Side) -> None:
    side.open(ACME)
    head = created(side, head_of())
    known = side.contents.get(head.id)
    assert known is not None

    side.contents.reword(head.id, "Rebajas\nResponde BAJA", "Responde BAJA")

    changed = replace(known, text="Rebajas\nResponde BAJA", wording="Responde BAJA")
    assert side.contents.get(head.id) == changed


def test_a_content_that_is_gone_is_not_made_anew(side: Side) -> None:
    side.contents.reword(head_of().id, "Rebajas", "Responde BAJA")

    assert side.contents.get(head_of().id) is None
