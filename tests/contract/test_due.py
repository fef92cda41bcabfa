from relevo.domain.timing import HOUR, MINUTE, SECOND
from tests.contract.conftest import Side
from tests.fakes import NOON


def ids_due(side: Side, now: int) -> list[str]:
    return [id_ for item in side.dues.due(0, now) for id_ in item.ids]


def test_nothing_comes_due_before_its_time_nor_a_second_after(side: Side) -> None:
    side.dues.put({"m": NOON + 1_500})

    assert ids_due(side, NOON + 1_499) == []
    assert ids_due(side, NOON + 2_500) == ["m"]


def test_a_whole_second_comes_due_exactly(side: Side) -> None:
    side.dues.put({"m": NOON + SECOND})

    assert ids_due(side, NOON + SECOND - 1) == []
    assert ids_due(side, NOON + SECOND) == ["m"]


def test_the_oldest_comes_first(side: Side) -> None:
    side.dues.put({"late": NOON + 3 * SECOND, "early": NOON + SECOND})
    side.dues.put({"between": NOON + 2 * SECOND})

    assert ids_due(side, NOON + HOUR) == ["early", "between", "late"]


def test_messages_due_in_the_same_second_share_an_item(side: Side) -> None:
    side.dues.put({f"m{number}": NOON + number for number in range(1, 11)})

    assert len(side.dues.due(0, NOON + HOUR)) == 1


def test_an_item_holds_at_most_25_ids_and_none_is_lost(side: Side) -> None:
    side.dues.put({f"m{number}": NOON for number in range(60)})

    items = side.dues.due(0, NOON)

    assert sorted(len(item.ids) for item in items) == [10, 25, 25]
    assert {id_ for item in items for id_ in item.ids} == {f"m{n}" for n in range(60)}


def test_items_come_a_page_at_a_time(side: Side) -> None:
    side.dues.put({f"m{number}": NOON + number * SECOND for number in range(40)})

    first = side.dues.due(0, NOON + HOUR)
    side.dues.remove(first)
    second = side.dues.due(0, NOON + HOUR)

    assert [len(first), len(second)] == [25, 15]
    assert ids_due(side, NOON + HOUR)[0] == "m25"


def test_removing_takes_only_those_items(side: Side) -> None:
    side.dues.put({"old": NOON})
    old = side.dues.due(0, NOON)
    side.dues.put({"old": NOON + MINUTE, "other": NOON})

    side.dues.remove(old)
    side.dues.remove(old)

    assert ids_due(side, NOON) == ["other"]
    assert ids_due(side, NOON + MINUTE) == ["other", "old"]


def test_a_later_item_written_before_the_old_is_removed_survives_a_crash_between(
    side: Side,
) -> None:
    side.dues.put({"m": NOON})
    old = side.dues.due(0, NOON)

    side.dues.put({"m": NOON + MINUTE})

    assert ids_due(side, NOON) == ["m"]
    side.dues.remove(old)
    assert ids_due(side, NOON + MINUTE) == ["m"]


def test_the_same_message_may_wait_for_two_things(side: Side) -> None:
    side.dues.put({"m": NOON})
    side.dues.put({"m": NOON})

    assert ids_due(side, NOON) == ["m", "m"]


def test_near_items_send_a_nudge_and_far_ones_none(side: Side) -> None:
    side.dues.put({"far": NOON + HOUR})
    assert side.nudges() == []

    side.dues.put({"near": NOON + 20 * SECOND})
    assert side.nudges() == [0]


def test_putting_nothing_writes_nothing(side: Side) -> None:
    side.dues.put({})
    side.dues.remove([])

    assert side.nudges() == []
    assert ids_due(side, NOON + HOUR) == []


def test_other_shards_are_not_shown(side: Side) -> None:
    side.dues.put({"m": NOON})

    assert list(side.dues.due(1, NOON)) == []
