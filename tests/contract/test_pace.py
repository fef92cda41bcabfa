"""What a carrier's account takes in a second, counted by all workers together."""

from concurrent.futures import ThreadPoolExecutor

from relevo.domain.timing import SECOND
from relevo.domain.words import TrafficClass
from tests.contract.conftest import Side
from tests.fakes import NOON

OTP, MARKETING = TrafficClass.OTP, TrafficClass.MARKETING
FAR = NOON + 600 * SECOND


def test_a_second_is_filled_and_no_further(side: Side) -> None:
    taken = [side.pace.take("twilio/es", 10, 4, NOON + late) for late in (0, 300, 999)]

    assert taken == [4, 4, 2]
    assert side.pace.take("twilio/es", 10, 1, NOON + 999) == 0
    assert side.pace.take("twilio/es", 10, 4, NOON + SECOND) == 4


def test_more_than_a_second_holds_is_granted_as_far_as_it_goes(side: Side) -> None:
    assert side.pace.take("twilio/es", 3, 10, NOON) == 3


def test_room_is_left_for_those_with_a_higher_ceiling(side: Side) -> None:
    assert side.pace.take("twilio/es", 7, 10, NOON) == 7
    assert side.pace.take("twilio/es", 7, 1, NOON) == 0
    assert side.pace.take("twilio/es", 10, 10, NOON) == 3


def test_accounts_do_not_share(side: Side) -> None:
    assert side.pace.take("twilio/es", 1, 1, NOON) == 1
    assert side.pace.take("twilio/mx", 1, 1, NOON) == 1


def test_workers_side_by_side_never_take_more_than_there_is(side: Side) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: side.pace.take("twilio/es", 20, 3, NOON), range(16)))

    assert sum(taken) <= 20
    # A worker that loses the last places twice goes without; the second is never left half empty.
    assert sum(taken) >= 20 - 3


def test_a_line_grows_behind_those_who_stand_in_it(side: Side) -> None:
    begins = [side.pace.line_up("twilio/es", OTP, 500, NOON, FAR) for _ in range(3)]

    assert begins == [NOON, NOON + 500, NOON + 1000]
    assert side.pace.line_up("twilio/es", MARKETING, 500, NOON, FAR) == NOON


def test_a_line_that_everybody_left_begins_now(side: Side) -> None:
    side.pace.line_up("twilio/es", OTP, 500, NOON, FAR)

    assert side.pace.line_up("twilio/es", OTP, 500, NOON + 60 * SECOND, FAR) == NOON + 60 * SECOND


def test_a_line_longer_than_one_can_wait_is_not_joined(side: Side) -> None:
    side.pace.line_up("twilio/es", OTP, 20 * SECOND, NOON, FAR)

    assert side.pace.line_up("twilio/es", OTP, 500, NOON, NOON + 10 * SECOND) is None
    assert side.pace.line_up("twilio/es", OTP, 500, NOON, FAR) == NOON + 20 * SECOND


def test_nobody_lines_up_for_less_than_a_moment(side: Side) -> None:
    assert side.pace.line_up("twilio/es", OTP, 500, NOON, NOON - 1) is None
