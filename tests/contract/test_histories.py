"""What was accepted for a recipient lately: written only over the version it was read in."""

from dataclasses import replace

import pytest

from relevo.domain.frequency import Sent
from relevo.domain.timing import DAY
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import Recent
from relevo.ports.basics import Conflict
from tests.contract.conftest import Side
from tests.fakes import NOON

LIVE = Environment.LIVE
CODE = Sent(NOON, "m1", TrafficClass.OTP, "探探", "login")
NOTICE = Sent(NOON + 1, "m2", TrafficClass.TRANSACTIONAL)


def remember(side: Side, recent: Recent) -> None:
    side.histories.remember("acme", LIVE, "hash", recent, NOON + DAY)


def test_nothing_is_known_of_a_stranger(side: Side) -> None:
    assert side.histories.recent("acme", LIVE, "hash") == Recent()


def test_what_is_remembered_comes_back_for_this_recipient_alone(side: Side) -> None:
    remember(side, Recent(entries=(CODE, NOTICE)))

    assert side.histories.recent("acme", LIVE, "hash") == Recent(entries=(CODE, NOTICE), version=1)
    assert side.histories.recent("acme", Environment.TEST, "hash") == Recent()
    assert side.histories.recent("other", LIVE, "hash") == Recent()


def test_a_history_that_changed_meanwhile_is_a_conflict(side: Side) -> None:
    remember(side, Recent(entries=(CODE,)))
    known = side.histories.recent("acme", LIVE, "hash")
    remember(side, replace(known, entries=(CODE, NOTICE)))

    for stale in (known, Recent()):
        with pytest.raises(Conflict):
            remember(side, replace(stale, entries=()))

    assert side.histories.recent("acme", LIVE, "hash").entries == (CODE, NOTICE)
