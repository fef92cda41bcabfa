from dataclasses import replace

import pytest

from relevo.domain.endpoint import Circuit, Endpoint, Endpoints, Secret, mint_secret
from relevo.domain.timing import SECOND
from relevo.domain.words import Environment
from relevo.ports.basics import Conflict
from tests.contract.conftest import Aws, Side
from tests.fakes import NOON

LIVE, TEST = Environment.LIVE, Environment.TEST


def an_endpoint(letter: str = "a", **changes: object) -> Endpoint:
    endpoint = Endpoint(
        id=letter * 26,
        url="https://hooks.example.com/",
        events=("message.*", "consent.changed"),
        secrets=(
            Secret(value=mint_secret(b"2" * 32)),
            Secret(value=mint_secret(b"1" * 32), expires_at=NOON),
        ),
        created_at=NOON,
    )
    return replace(endpoint, **changes)  # type: ignore[arg-type]


def nothing() -> Endpoints:
    return Endpoints(account="acc_test", environment=LIVE)


def test_an_account_begins_with_none(side: Side) -> None:
    assert side.subscriptions.of("acc_test", LIVE) == nothing()
    assert side.subscriptions.fresh("acc_test", LIVE) == nothing()
    assert not side.subscriptions.listening("acc_test", LIVE)


def test_what_was_written_is_read_back_as_it_was(side: Side) -> None:
    many = nothing().with_one(an_endpoint()).with_one(an_endpoint("c", disabled="gone"))
    many = many.with_one(an_endpoint("callbacks", id="callbacks", url="", description="all"))

    stored = side.subscriptions.change(many)

    assert stored == replace(many, version=1)
    assert side.subscriptions.fresh("acc_test", LIVE) == stored
    assert side.subscriptions.of("acc_test", LIVE) == stored


def test_environments_and_accounts_are_kept_apart(side: Side) -> None:
    side.subscriptions.change(nothing().with_one(an_endpoint()))

    assert side.subscriptions.fresh("acc_test", TEST).all == ()
    assert side.subscriptions.fresh("acc_other", LIVE).all == ()
    assert not side.subscriptions.listening("acc_test", TEST)


def test_only_an_endpoint_that_is_enabled_listens(side: Side) -> None:
    stored = side.subscriptions.change(nothing().with_one(an_endpoint(disabled="by-owner")))
    assert not side.subscriptions.listening("acc_test", LIVE)

    side.subscriptions.change(stored.with_one(an_endpoint()))

    assert side.subscriptions.listening("acc_test", LIVE)


def test_a_first_endpoint_is_heard_of_at_once_and_the_last_one_for_seconds_more(
    aws: Aws,
) -> None:
    events, accept = aws.subscriptions(), aws.subscriptions()
    assert not events.listening("acc_test", LIVE)
    stored = accept.change(nothing().with_one(an_endpoint()))
    assert events.listening("acc_test", LIVE)

    accept.change(stored.without("a" * 26))
    assert events.listening("acc_test", LIVE)
    aws.clock.advance(10 * SECOND)

    assert not events.listening("acc_test", LIVE)


def test_whoever_asks_only_that_is_sent_no_secret(aws: Aws) -> None:
    aws.subscriptions().change(nothing().with_one(an_endpoint()))
    aws.dynamodb.calls.clear()

    aws.subscriptions().listening("acc_test", LIVE)

    [(_, request)] = aws.dynamodb.calls
    assert request["ProjectionExpression"] == "listening"


def test_two_changes_of_one_version_are_a_conflict(side: Side) -> None:
    first = side.subscriptions.change(nothing().with_one(an_endpoint()))
    side.subscriptions.change(first.with_one(an_endpoint("c")))

    with pytest.raises(Conflict):
        side.subscriptions.change(first.with_one(an_endpoint("e")))
    with pytest.raises(Conflict):
        side.subscriptions.change(nothing().with_one(an_endpoint("e")))

    assert [one.id[0] for one in side.subscriptions.fresh("acc_test", LIVE).all] == ["a", "c"]


def test_our_own_write_whose_answer_was_lost_is_no_conflict(side: Side) -> None:
    change = nothing().with_one(an_endpoint())
    first = side.subscriptions.change(change)

    assert side.subscriptions.change(change) == first


def test_operators_are_remembered_once_each(side: Side) -> None:
    assert list(side.subscriptions.operators()) == []

    for account in ("acc_a", "acc_b", "acc_a"):
        side.subscriptions.enlist(account)

    assert sorted(side.subscriptions.operators()) == ["acc_a", "acc_b"]


def test_circuits(side: Side) -> None:
    side.subscriptions.note("lane", Circuit(failures=3, open_until=NOON + SECOND))

    assert side.subscriptions.circuit("lane") == Circuit(failures=3, open_until=NOON + SECOND)
    assert side.subscriptions.circuit("other") == Circuit()


def test_a_change_elsewhere_is_noticed_within_seconds(aws: Aws) -> None:
    mine, other = aws.subscriptions(), aws.subscriptions()
    stored = other.change(nothing().with_one(an_endpoint()))
    assert mine.of("acc_test", LIVE) == stored

    changed = other.change(stored.with_one(an_endpoint(disabled="gone")))
    assert mine.of("acc_test", LIVE) == stored
    aws.clock.advance(5 * SECOND)

    assert mine.of("acc_test", LIVE) == changed
