"""The checker: what must hold of any history, read off ledger, heads, images and balance."""

from itertools import groupby

from relevo.domain.breaker import opens
from relevo.domain.message import Head
from relevo.domain.outcome import Ambiguous, Retryable
from relevo.domain.timing import LEASE, MINUTE
from relevo.domain.words import MAX_ATTEMPTS, Charge, State, Status
from tests.simulation.world import ACCOUNT, DEPOSIT, Submit, World, may_follow


def check(world: World) -> None:
    """Assert every invariant; `settle_down` has let the world run dry."""
    heads = world.messages.heads
    for head in heads.values():
        assert_ended(head)
        assert_no_intent_outlives_its_lease(head)
        assert_told_without_gaps(head)
        assert_money_follows_carriers(head)
    for id_ in heads:
        assert_history(world, id_)
    for id_, submits in _by_message(world.ledger):
        assert_submits_allowed(heads[id_], submits)
    assert_repeats_are_few(world)
    assert_all_that_was_told_is_published(world)
    assert_nothing_promised_is_missing(world)
    assert_balance_adds_up(world)


def assert_ended(head: Head) -> None:
    assert head.final, f"{head.id} is forgotten in {head.status}"


def assert_no_intent_outlives_its_lease(head: Head) -> None:
    # Once another attempt has delivered, nobody need ask what became of this one.
    for attempt in head.attempts:
        if attempt.state is State.INTENT and head.status is not Status.DELIVERED:
            assert attempt.claimed_at + LEASE + MINUTE > head.expires_at


def assert_told_without_gaps(head: Head) -> None:
    assert [told.sequence for told in head.told] == list(range(1, len(head.told) + 1))
    assert [told.version for told in head.told] == sorted(told.version for told in head.told)


def assert_money_follows_carriers(head: Head) -> None:
    keeps = head.taken or head.status is Status.DELIVERED
    if head.charge is Charge.DEBITED:
        assert keeps, f"{head.id} ended {head.status} and was not credited"
    else:
        assert head.status is not Status.DELIVERED, f"{head.id} delivered for nothing"


def assert_history(world: World, id_: str) -> None:
    images = [image for image in world.messages.images if image.id == id_]
    assert [image.version for image in images] == list(range(1, len(images) + 1))
    delivered = False
    for image in images:
        assert not delivered or image.status is Status.DELIVERED, f"{id_} undid delivered"
        delivered = image.status is Status.DELIVERED


def assert_submits_allowed(head: Head, submits: list[Submit]) -> None:
    references = [submit.reference for submit in submits]
    assert len(set(references)) == len(references), f"{head.id}: an attempt left twice"
    assert len(submits) <= MAX_ATTEMPTS[head.traffic_class]
    assert all(attempt.claimed_at < head.expires_at for attempt in head.attempts)
    stops = [a.ended_at for a in head.attempts if a.stop and a.ended_at is not None]
    assert all(a.claimed_at <= min(stops) for a in head.attempts if stops), "sent after a stop"
    for i, later in enumerate(submits):
        for earlier in submits[:i]:
            assert may_follow(head, earlier, later), f"{head.id}: sent twice without leave"
            again = earlier.carrier == later.carrier
            lent = opens(earlier.outcome)  # it tried an account that was out of service
            assert not again or lent or isinstance(earlier.outcome, Retryable | Ambiguous)


def assert_repeats_are_few(world: World) -> None:
    assert len(set(world.repeats)) == len(world.repeats), "an attempt was repeated twice"
    assert set(world.repeats) <= world.handed


def assert_all_that_was_told_is_published(world: World) -> None:
    published = set(world.announcements.published)
    for head in world.messages.heads.values():
        assert {(head.id, told.version) for told in head.told} <= published


def assert_nothing_promised_is_missing(world: World) -> None:
    assert set(world.accepted) <= set(world.messages.heads)


def assert_balance_adds_up(world: World) -> None:
    purse = world.accounts.purses[ACCOUNT.id, world.faults.environment]
    owing = sum(
        head.price for head in world.messages.heads.values() if head.charge is Charge.DEBITED
    )
    assert purse.amount == DEPOSIT - owing


def _by_message(ledger: list[Submit]) -> list[tuple[str, list[Submit]]]:
    ordered = sorted(ledger, key=lambda submit: submit.message_id)
    return [(id_, list(rows)) for id_, rows in groupby(ordered, lambda s: s.message_id)]
