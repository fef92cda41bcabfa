"""The valve: silence counts while receipts reach us at all, and within a budget."""

import pytest

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.facts import Silent
from relevo.domain.health import WINDOW, Window, tallies_of, valve
from relevo.domain.words import OnAmbiguous, State
from tests.builders import NOW, a_head, an_attempt

ROWS = [
    # accepted, receipts, silences -> may one more count?
    (0, 0, 0, True),  # nothing known: one message alone is not an outage
    (5, 0, 0, True),
    (6, 0, 0, False),  # everybody silent at once is our own outage
    (1000, 0, 0, False),
    (6, 1, 0, True),
    (20, 10, 4, True),
    (20, 10, 5, False),  # the floor of five is used up
    (1000, 900, 199, True),
    (1000, 900, 200, False),  # the share of one in five is used up
]


@pytest.mark.parametrize(("accepted", "receipts", "silences", "opens"), ROWS)
def test_the_valve(accepted: int, receipts: int, silences: int, opens: bool) -> None:
    window = Window(accepted=accepted, receipts=receipts, silences=silences)

    assert valve(window) is opens


LATER = NOW + 20_000
HEARING = [
    # accepted in five minutes, receipts from and to -> nobody heard of, though many should be?
    (300, (NOW - 90, NOW), True),
    (300, (NOW - 90, NOW + 1), False),
    (300, (LATER, LATER + 90), False),
    (300, (LATER + 1, LATER + 90), True),  # it began again too late to say anything of this one
    (300, (NOW - 90, LATER + 90), False),
    (75, (NOW - 90, NOW), False),  # five were submitted since: too few to tell
    (76, (NOW - 90, NOW), True),
]


@pytest.mark.parametrize(("accepted", "stretch", "deaf"), HEARING)
def test_no_receipt_of_anybody_in_the_time_of_a_submit_is_an_outage_of_ours(
    accepted: int, stretch: tuple[int, int], deaf: bool
) -> None:
    window = Window(accepted=accepted, receipts=accepted, hearing=(stretch,))

    assert window.deaf(NOW, LATER, LATER) is deaf
    assert window.deaf(NOW, LATER, LATER + WINDOW)


@pytest.mark.parametrize(("silences", "opens"), [(4, True), (5, False), (100, False)])
def test_while_we_are_deaf_a_few_find_out_whether_it_is_us(silences: int, opens: bool) -> None:
    assert valve(Window(accepted=1000, receipts=900, silences=silences), deaf=True) is opens


@pytest.mark.parametrize(
    ("state", "what"),
    [
        (State.ACCEPTED, "accepted"),
        (State.REFUSED, "refused"),
        (State.DELIVERED, "receipt"),
        (State.UNDELIVERED, "receipt"),
    ],
)
def test_what_a_write_made_known_is_counted_once(state: State, what: str) -> None:
    head = a_head(attempts=(an_attempt(),), plan=("b",), version=2)

    head = apply(head, Report(n=1, state=state, at=NOW), now=NOW, by="dlr")

    assert [(tally.carrier, tally.what, tally.count) for tally in tallies_of(head)] == [
        ("a", what, 1)
    ]


def test_a_silence_is_counted_as_one() -> None:
    accepted = an_attempt(1, State.ACCEPTED)
    head = a_head(attempts=(accepted,), plan=("b",), on_ambiguous=OnAmbiguous.RESEND)

    head = apply(head, Silent(n=1), now=NOW, by="watch")

    assert [tally.what for tally in tallies_of(head)] == ["silence"]


def test_a_write_that_told_nothing_counts_nothing() -> None:
    assert list(tallies_of(a_head())) == []
