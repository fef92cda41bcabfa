"""Breakers of carrier accounts, shared by all workers."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from relevo.domain.breaker import Breaker, probed
from relevo.domain.outcome import Cause
from relevo.ports.basics import Conflict
from tests.contract.conftest import Side
from tests.fakes import NOON

OPEN = Breaker(account="twilio/es", cause=Cause.AUTH, until=NOON, trips=2, version=3)


def test_nothing_is_known_of_an_account_that_always_worked(side: Side) -> None:
    assert side.breakers.known() == {}
    assert side.breakers.get("twilio/es") is None


def test_what_one_worker_opens_all_see(side: Side) -> None:
    other = replace(OPEN, account="infobip/infobip", cause=Cause.NO_CREDIT, probing=True)
    side.breakers.save(None, OPEN)
    side.breakers.save(None, other)

    assert side.breakers.get("twilio/es") == OPEN
    assert side.breakers.known() == {"twilio/es": OPEN, "infobip/infobip": other}


def test_a_write_that_started_from_something_else_is_refused(side: Side) -> None:
    side.breakers.save(None, OPEN)

    with pytest.raises(Conflict):
        side.breakers.save(None, OPEN)
    with pytest.raises(Conflict):
        side.breakers.save(replace(OPEN, version=2), replace(OPEN, version=3, trips=9))
    assert side.breakers.get("twilio/es") == OPEN


def test_f28_of_many_workers_one_gets_the_probe(side: Side) -> None:
    side.breakers.save(None, OPEN)

    def win(_: int) -> bool:
        try:
            side.breakers.save(OPEN, probed(OPEN, NOON))
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        wins = list(pool.map(win, range(24)))

    assert wins.count(True) == 1
