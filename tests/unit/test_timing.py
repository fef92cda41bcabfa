"""The ladder of time-outs holds: each rung ends before the one that waits for it."""

import pytest

from relevo.aws.clients import ATTEMPTS, CONNECT, HASTY, READ, WORKFLOW_READ
from relevo.domain import timing
from relevo.domain.timing import SECOND, backoff
from relevo.domain.words import TrafficClass
from relevo.services.dispatch import RECORDING


def test_a_submit_ends_within_dispatch_and_leaves_time_to_record_it() -> None:
    assert min(timing.SUBMIT.values()) > timing.CONNECT
    assert max(timing.SUBMIT.values()) + RECORDING < timing.DISPATCH


def test_a_dispatch_that_still_runs_is_never_taken_for_dead() -> None:
    assert timing.DISPATCH < timing.LEASE


def test_a_workflow_ends_before_render_gives_up_on_it() -> None:
    rounds = timing.DISPATCH_ROUNDS * timing.DISPATCH

    assert rounds + timing.WAITS + timing.ROUTE < timing.WORKFLOW
    assert timing.WORKFLOW < timing.RENDER
    assert timing.WORKFLOW < WORKFLOW_READ * SECOND
    assert 6 * timing.RENDER <= timing.VISIBILITY


def test_recording_an_answer_fits_into_the_time_kept_for_it() -> None:
    assert ATTEMPTS * (CONNECT + READ) * SECOND <= RECORDING


def test_a_submit_begun_after_slow_claims_still_ends_in_time() -> None:
    # Claim and read back, each lost once and repeated, may leave no time: then nothing is sent.
    claim_and_read = 2 * ATTEMPTS * (CONNECT + READ) * SECOND

    assert claim_and_read + timing.SUBMIT[TrafficClass.OTP] + RECORDING <= timing.DISPATCH


def test_asking_for_room_first_leaves_time_to_claim_and_to_record() -> None:
    # A count in three tries, a place in line in two; a count that is slow is not asked again.
    room = (1 + 2) * (HASTY + HASTY) * SECOND
    claim_and_read = 2 * ATTEMPTS * (CONNECT + READ) * SECOND

    assert room + claim_and_read + RECORDING <= timing.DISPATCH


def test_otp_is_given_less_time_than_the_others() -> None:
    assert timing.SUBMIT[TrafficClass.OTP] < timing.SUBMIT[TrafficClass.MARKETING]


@pytest.mark.parametrize(
    ("round_", "seconds"), [(1, 1), (2, 2), (3, 4), (4, 8), (11, 1024), (12, 1800), (40, 1800)]
)
def test_pauses_between_rounds_double_up_to_half_an_hour(round_: int, seconds: int) -> None:
    assert backoff(round_) == seconds * SECOND
