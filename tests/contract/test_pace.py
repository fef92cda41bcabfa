"""What a carrier's account takes in a second, counted by all workers together."""

from concurrent.futures import ThreadPoolExecutor

from relevo.domain.pace import Gate
from relevo.domain.timing import SECOND
from relevo.domain.words import TrafficClass
from tests.contract.conftest import Side
from tests.fakes import NOON

OTP, MARKETING = TrafficClass.OTP, TrafficClass.MARKETING
FAR = NOON + 600 * SECOND


def gate(tps: int = 10, kind: TrafficClass = OTP, account: str = "twilio/es") -> Gate:
    return Gate(account=account, traffic_class=kind, tps=tps)


def took(side: Side, gate: Gate, wanted: int, now: int = NOON, *, waited: bool = False) -> int:
    return side.pace.take(gate, wanted, now, waited=waited)


def test_a_second_is_filled_and_no_further(side: Side) -> None:
    taken = [took(side, gate(10), 4, NOON + late) for late in (0, 300, 999)]

    assert taken == [4, 4, 2]
    assert took(side, gate(10), 1, NOON + 999) == 0
    assert took(side, gate(10), 4, NOON + SECOND) == 4
    assert took(side, gate(10), 4, NOON + SECOND) == 4


def test_more_than_a_second_holds_is_granted_as_far_as_it_goes(side: Side) -> None:
    assert took(side, gate(3), 10) == 3


def test_room_is_left_for_those_with_a_higher_ceiling(side: Side) -> None:
    assert took(side, gate(10, MARKETING), 10) == 7
    assert took(side, gate(10, MARKETING), 1) == 0
    assert took(side, gate(10, OTP), 10) == 3


def test_accounts_do_not_share(side: Side) -> None:
    assert took(side, gate(1), 1) == 1
    assert took(side, gate(1, account="twilio/mx"), 1) == 1


def test_workers_side_by_side_never_take_more_than_there_is(side: Side) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: took(side, gate(20), 3), range(16)))

    # Whoever loses each of its tries goes without; the second is never left half empty.
    assert 10 < sum(taken) <= 20


def test_a_line_grows_behind_those_who_stand_in_it(side: Side) -> None:
    begins = [side.pace.line_up(gate(), 500, NOON, FAR) for _ in range(3)]

    assert begins == [NOON, NOON + 500, NOON + 1000]
    assert side.pace.line_up(gate(kind=MARKETING), 500, NOON, FAR) == NOON


def test_who_comes_new_takes_no_place_from_who_stands_in_line(side: Side) -> None:
    side.pace.line_up(gate(), 3 * SECOND, NOON, FAR)

    for now in (NOON, NOON + 2 * SECOND):
        assert took(side, gate(), 4, now) == 0
        assert took(side, gate(), 4, now, waited=True) == 4
        assert took(side, gate(kind=MARKETING), 1, now) == 1
    assert took(side, gate(), 4, NOON + 3 * SECOND) == 4


def test_a_line_that_everybody_left_begins_now(side: Side) -> None:
    side.pace.line_up(gate(), 500, NOON, FAR)

    assert side.pace.line_up(gate(), 500, NOON + 60 * SECOND, FAR) == NOON + 60 * SECOND


def test_a_line_longer_than_one_can_wait_is_not_joined(side: Side) -> None:
    side.pace.line_up(gate(), 20 * SECOND, NOON, FAR)

    assert side.pace.line_up(gate(), 500, NOON, NOON + 10 * SECOND) is None
    assert side.pace.line_up(gate(), 500, NOON, FAR) == NOON + 20 * SECOND


def test_nobody_lines_up_for_less_than_a_moment(side: Side) -> None:
    assert side.pace.line_up(gate(), 500, NOON, NOON - 1) is None


def test_a_worker_whose_clock_is_behind_counts_in_the_later_second(side: Side) -> None:
    took(side, gate(3), 2, NOON + SECOND)

    assert took(side, gate(3), 2, NOON) == 1
