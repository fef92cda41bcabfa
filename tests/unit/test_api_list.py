"""GET /api/v1/messages: filters, pages, cursors that belong to their list, and nobody else's."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relevo.domain.timing import DAY, SECOND
from relevo.domain.words import Environment
from tests.front import Front

LIST = "/api/v1/messages"


def listed(front: Front, key: str = "", **query: Any) -> Any:
    return front.call("GET", f"{LIST}?{urlencode(query)}", key=key)


def ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json["data"]]


def sent(front: Front, count: int, **fields: Any) -> list[str]:
    """Send so many a second apart; newest first."""
    found = []
    for _ in range(count):
        front.world.clock.advance(SECOND)
        found.append(front.send(**fields).json["id"])
    return found[::-1]


def test_the_newest_come_first_a_page_at_a_time() -> None:
    front = Front()
    messages = sent(front, 5)

    first = listed(front, limit=2)
    second = listed(front, limit=2, cursor=first.json["nextCursor"])
    third = listed(front, limit=2, cursor=second.json["nextCursor"])

    assert ids(first) + ids(second) + ids(third) == messages
    assert third.json["nextCursor"] is None


def test_an_account_sees_its_own_in_its_environment() -> None:
    front = Front()
    (own,) = sent(front, 1)
    sent(front, 1, key=front.key_for("bob"))
    sent(front, 1, key=front.key_for("alice", Environment.TEST))

    assert ids(listed(front)) == [own]


FILTERS = [
    ({"trafficClass": "otp"}, {"trafficClass": "otp"}),
    ({"to": "+34600999888"}, {"to": "+34600999888"}),
    ({"from": "ACME"}, {"from": "ACME"}),
    ({"sendAt": "2026-02-01T00:00:00Z"}, {"status": "scheduled"}),
]


@pytest.mark.parametrize(("fields", "query"), FILTERS)
def test_filters(fields: dict[str, Any], query: dict[str, str]) -> None:
    front = Front()
    sent(front, 3)
    (wanted,) = sent(front, 1, **fields)
    sent(front, 3)

    assert ids(listed(front, **query)) == [wanted]


def test_times_are_taken_with_their_zone() -> None:
    front = Front()
    (first,) = sent(front, 1)
    front.world.clock.advance(DAY)
    (second,) = sent(front, 1)

    assert ids(listed(front, since="2026-01-02T00:00:00Z")) == [second]
    assert ids(listed(front, until="2026-01-02T01:00:00+01:00")) == [first]
    unescaped = front.call("GET", f"{LIST}?until=2026-01-02T01:00:00+01:00")
    assert ids(unescaped) == [first]


def test_a_rare_message_is_found_page_by_page() -> None:
    front = Front()
    (wanted,) = sent(front, 1, **{"from": "ACME"})
    sent(front, 30)

    found, cursor, pages = list[str](), None, 0
    while pages == 0 or cursor:
        query: dict[str, Any] = {"from": "ACME", "limit": 1}
        if cursor:
            query["cursor"] = cursor
        answer = listed(front, **query)
        found, cursor, pages = found + ids(answer), answer.json["nextCursor"], pages + 1

    assert found == [wanted]
    assert pages <= 2


def test_the_text_is_shown_only_with_its_scope() -> None:
    front = Front()
    sent(front, 1, text="secreto")
    narrow = front.key_for("alice", scopes=frozenset({"messages:read"}))

    assert listed(front).json["data"][0]["text"] == "secreto"
    assert "secreto" not in listed(front, key=narrow).body


def test_a_cursor_belongs_to_its_list() -> None:
    front = Front()
    sent(front, 3)
    cursor = listed(front, limit=1).json["nextCursor"]

    assert listed(front, limit=2, cursor=cursor).status == 200
    for wrong in (
        {"cursor": cursor, "status": "accepted"},
        {"cursor": cursor, "to": "+34600123456"},
        {"cursor": cursor[:-2]},
        {"cursor": "A" * 40},
    ):
        answer = listed(front, **wrong)
        assert (answer.status, answer.slug) == (400, "invalid-cursor")
    assert listed(front, key=front.key_for("bob"), cursor=cursor).slug == "invalid-cursor"
    test = front.key_for("alice", Environment.TEST)
    assert listed(front, key=test, cursor=cursor).slug == "invalid-cursor"


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ({"status": "gone"}, "validation-failed"),
        ({"trafficClass": "advert"}, "validation-failed"),
        ({"since": "yesterday"}, "validation-failed"),
        ({"until": "2026-01-01T00:00:00"}, "validation-failed"),
        ({"since": "2026-02-01T00:00:00Z"}, "validation-failed"),
        ({"since": "1999-01-01T00:00:00Z"}, "validation-failed"),
        ({"limit": "0"}, "validation-failed"),
        ({"to": "482913"}, "unsupported-destination"),
        ({"to": "+999123"}, "invalid-recipient"),
    ],
)
def test_queries_that_cannot_be(query: dict[str, str], slug: str) -> None:
    front = Front()
    with front.listening():
        answer = listed(front, **query)

    assert (answer.status, answer.slug) == (422, slug)
    assert quote(next(iter(query.values()))) not in front.logged or "limit" in query


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 5), st.lists(st.booleans()))
@settings(max_examples=40, deadline=None)
def test_every_message_is_listed_once_whatever_arrives_meanwhile(
    gaps: list[int], limit: int, arrivals: list[bool]
) -> None:
    front = Front()
    messages = []
    for gap in gaps:
        front.world.clock.advance(gap)
        messages.append(front.send().json["id"])

    found, cursor, first = list[str](), None, True
    news = iter(arrivals)
    while first or cursor:
        answer = listed(front, limit=limit, **({"cursor": cursor} if cursor else {}))
        found, cursor, first = found + ids(answer), answer.json["nextCursor"], False
        if next(news, False):
            front.world.clock.advance(1)
            front.send()

    assert sorted(found) == sorted(messages)
