"""A message of several parts, of which its carrier speaks one by one."""

from functools import reduce
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.attempt import Attempt, Report, climb
from relevo.domain.words import State
from tests.builders import NOW, an_attempt

TAKEN = an_attempt(1, State.ACCEPTED)
Said = tuple[str, State]


def joined(said: list[Said], total: int) -> Attempt:
    reports = [
        Report(n=1, state=state, at=NOW, part=part, parts=total, reason=state.value)
        for part, state in said
    ]
    return reduce(climb, reports, TAKEN)


@pytest.mark.parametrize(
    ("said", "total", "stands"),
    [
        ([("a", State.DELIVERED)], 1, State.DELIVERED),
        ([("a", State.DELIVERED)], 2, State.SENT),
        ([("a", State.DELIVERED), ("a", State.DELIVERED)], 2, State.SENT),
        ([("a", State.DELIVERED), ("b", State.SENT)], 2, State.SENT),
        ([("a", State.DELIVERED), ("b", State.DELIVERED)], 2, State.DELIVERED),
        ([("a", State.DELIVERED), ("b", State.UNDELIVERED)], 2, State.UNDELIVERED),
        ([("a", State.EXPIRED), ("b", State.REJECTED)], 3, State.REJECTED),
        ([("a", State.FAILED), ("b", State.DELIVERED), ("a", State.DELIVERED)], 2, State.DELIVERED),
    ],
)
def test_a_message_stands_as_its_parts_do(said: list[Said], total: int, stands: State) -> None:
    assert joined(said, total).state is stands


SAID = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from([State.SENT, State.DELIVERED, State.UNDELIVERED, State.EXPIRED]),
)


@given(st.lists(SAID, max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_parts_are_heard_of_changes_nothing(
    said: list[Said], dice: Random
) -> None:
    shuffled = said + said[:2]
    dice.shuffle(shuffled)

    assert joined(shuffled, 3) == joined(said, 3)
