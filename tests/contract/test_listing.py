"""The list of messages: newest first, every one once, an account and environment at a time."""

from dataclasses import replace

from relevo.domain.timing import DAY, HOUR
from relevo.domain.words import Environment
from relevo.ports.accounts import Debit
from relevo.ports.messages import Place
from tests.contract.builders import TODAY, account_of, content_of, head_of, message_id
from tests.contract.conftest import Side
from tests.fakes import NOON

ACME = account_of(shards=3)
LAST = Place(NOON + 40 * DAY, "~")


def created(side: Side, number: int, at: int, **fields: object) -> Place:
    head = head_of(number, created_at=at, **fields)
    account = replace(ACME, id=head.account)
    side.open(account, "100", head.environment)
    side.messages.create(head, content_of(head), Debit(account=account, today=TODAY))
    return Place(at, head.id)


def walked(side: Side, *, since: int = 0, most: int = 2) -> list[Place]:
    """Go through the list page by page."""
    found: list[Place] = []
    before = LAST
    since = max(since, NOON - 10 * DAY)
    while True:
        page = side.listing.newest(ACME, Environment.LIVE, since=since, before=before, most=most)
        found += page
        if len(page) < most:
            return found
        before = page[-1]


def test_all_days_come_newest_first(side: Side) -> None:
    times = [NOON - 2 * DAY, NOON, NOON - HOUR, NOON - 1, NOON - 3 * DAY]
    places = [created(side, number, at) for number, at in enumerate(times, start=1)]

    assert walked(side) == sorted(places, reverse=True)


def test_messages_of_one_millisecond_come_once_each_however_pages_fall(side: Side) -> None:
    places = [created(side, number, NOON) for number in range(1, 8)]

    for most in (1, 2, 3, 7, 20):
        assert walked(side, most=most) == sorted(places, reverse=True)


def test_what_is_older_than_since_is_left_out(side: Side) -> None:
    new = created(side, 1, NOON)
    created(side, 2, NOON - 1)

    assert walked(side, since=NOON) == [new]


def test_accounts_and_environments_have_lists_of_their_own(side: Side) -> None:
    ours = created(side, 1, NOON)
    created(side, 2, NOON, account="other")
    created(side, 3, NOON, environment=Environment.TEST)

    assert walked(side) == [ours]


def test_a_message_that_arrives_meanwhile_moves_nothing(side: Side) -> None:
    old = [created(side, number, NOON + number) for number in range(1, 5)]
    first = side.listing.newest(ACME, Environment.LIVE, since=NOON, before=LAST, most=2)
    created(side, 9, NOON + DAY)

    rest = side.listing.newest(ACME, Environment.LIVE, since=NOON, before=first[-1], most=9)

    assert [*first, *rest] == sorted(old, reverse=True)


def test_contents_are_read_together(side: Side) -> None:
    created(side, 1, NOON)
    created(side, 2, NOON)

    found = side.contents.get_many([message_id(number) for number in (1, 2, 3)])

    assert found.keys() == {message_id(1), message_id(2)}
