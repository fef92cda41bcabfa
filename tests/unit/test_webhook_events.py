"""Events, their filters, secrets, circuits and schedules: what is told, to whom, how often."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo import wire
from relevo.domain import delivery as deliveries
from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.delivery import SCHEDULE, Answer, Delivery, State, opened
from relevo.domain.endpoint import (
    LONGEST_BREAK,
    OVERLAP,
    TRIPS,
    Circuit,
    Endpoint,
    Secret,
    known_filter,
    mint_secret,
    rotated,
    takes,
)
from relevo.domain.event import TYPES, event_id, moment, of_message
from relevo.domain.idempotency import is_id
from relevo.domain.message import Head
from relevo.domain.timing import DAY, HOUR, SECOND
from relevo.domain.words import State as AttemptState
from relevo.domain.words import Status
from tests.builders import NOW, a_content, a_head, an_attempt
from tests.strategies import heads


def bounced() -> Head:
    sent = a_head(attempts=(an_attempt(1, AttemptState.ACCEPTED),), plan=("b",), version=3)
    report = Report(n=1, state=AttemptState.UNDELIVERED, at=NOW, reason="handset-off")
    return apply(sent, report, now=NOW, by="dlr")


def test_an_event_id_repeats_and_looks_like_every_id() -> None:
    head = a_head()

    assert event_id(head.id, 1) == event_id(head.id, 1)
    assert is_id(event_id(head.id, 1))
    assert len({event_id(one, n) for one in (head.id, "n" * 26) for n in (1, 2, 11)}) == 6


def test_a_late_announcement_tells_the_truth_of_its_sequence() -> None:
    head = bounced()
    late = apply(
        head, Report(n=1, state=AttemptState.DELIVERED, at=NOW + SECOND), now=NOW, by="dlr"
    )
    [failed] = [told for told in late.told if told.type == "attempt_failed"]

    before = of_message(head, head.told[-1], None)
    after = of_message(late, failed, None)

    assert late.status is Status.DELIVERED
    assert after == before
    assert after.data["status"] == "queued"
    assert (after.data["carrier"], after.data["reason"]) == ("a", "handset-off")


@pytest.mark.parametrize("skew", [-6 * HOUR, 0, 6 * HOUR])
def test_f37_events_stand_in_our_order_and_at_our_time_whatever_a_carriers_clock_says(
    skew: int,
) -> None:
    head = a_head(attempts=(an_attempt(),), version=3)
    for late, state in enumerate((AttemptState.ACCEPTED, AttemptState.DELIVERED)):
        stated = Report(n=1, state=state, at=NOW + skew * (1 - 2 * late))
        head = apply(head, stated, now=NOW + late * SECOND, by="dlr")

    events = [of_message(head, told, None) for told in head.told]

    assert [event.data["sequence"] for event in events] == [1, 2, 3]
    assert [event.at for event in events] == [NOW, NOW, NOW + SECOND]
    assert [event.data["status"] for event in events] == ["accepted", "sent", "delivered"]


def test_a_correction_says_what_the_message_became() -> None:
    ended = replace(bounced(), plan=())
    ended = apply(ended, Report(n=1, state=AttemptState.REJECTED, at=NOW), now=NOW, by="dlr")
    corrected = apply(ended, Report(n=1, state=AttemptState.DELIVERED, at=NOW), now=NOW, by="dlr")

    event = of_message(corrected, corrected.told[-1], None)

    assert (event.type, event.data["status"]) == ("message.status_corrected", "delivered")


def test_a_body_is_thin_and_echoes_what_the_client_gave() -> None:
    content = a_content(client_reference="order 7", metadata=(("shop", "3"),))

    event = of_message(bounced(), bounced().told[-1], content)

    assert event.body() == (
        '{"type":"message.attempt_failed","timestamp":"2027-01-15T08:00:00.000Z","data":'
        '{"messageId":"mmmmmmmmmmmmmmmmmmmmmmmmmm","sequence":2,"status":"queued","attempt":1,'
        '"carrier":"a","reason":"handset-off","clientReference":"order 7",'
        '"metadata":{"shop":"3"}}}'
    )


@given(heads())
def test_no_body_holds_a_number_or_a_text(head: Head) -> None:
    content = a_content(to="+34699888777", text="canary of the text")

    said = "".join(of_message(head, told, content).body() for told in head.told)

    assert "34699888777" not in said
    assert "canary" not in said


@given(heads())
def test_sequences_are_gap_free_and_survive_the_table(head: Head) -> None:
    stored = wire.head_from_item(wire.head_to_item(head))

    assert stored.told == head.told
    assert [told.sequence for told in head.told] == list(range(1, len(head.told) + 1))


def test_rows_of_before_and_of_later_versions_are_read() -> None:
    item = wire.head_to_item(a_head())
    item["told"] = [
        ["accepted", 0, "accept", NOW, 1],
        ["attempt_failed", 1, "dlr", NOW, 2, "queued", "handset-off", "of a later version"],
        ["attempt_failed", 1, "dlr", NOW, 3],
    ]

    told = wire.head_from_item(item).told

    assert [one.status_then for one in told] == [Status.ACCEPTED, Status.QUEUED, None]
    assert told[1].reason == "handset-off"


def test_a_scheduled_message_is_told_as_scheduled() -> None:
    item = wire.head_to_item(a_head())
    item["told"] = [["accepted", 0, "accept", NOW, 1, "scheduled"]]

    assert wire.head_from_item(item).told[0].status_then is Status.SCHEDULED


def test_the_time_is_written_to_the_millisecond() -> None:
    assert moment(NOW + 7) == "2027-01-15T08:00:00.007Z"


@pytest.mark.parametrize(
    ("pattern", "type_", "taken"),
    [
        ("*", "message.sent", True),
        ("message.*", "message.sent", True),
        ("message.*", "consent.changed", False),
        ("message.sent", "message.sent", True),
        ("message.sent", "message.sent_twice", False),
        ("message", "message.sent", False),
    ],
)
def test_filters(pattern: str, type_: str, taken: bool) -> None:
    assert takes(pattern, type_) is taken


@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        *((type_, True) for type_ in TYPES),
        *(("*", True), ("message.*", True), ("consent.*", True), ("carrier.*", True)),
        *(("", False), ("mess*", False), ("message.", False), ("sms.*", False), ("**", False)),
    ],
)
def test_a_filter_that_matches_nothing_is_not_one(pattern: str, known: bool) -> None:
    assert known_filter(pattern) is known


def an_endpoint(**changes: Any) -> Endpoint:
    endpoint = Endpoint(
        id="e" * 26,
        url="https://hooks.example.com/",
        secrets=(Secret(value=mint_secret(b"1" * 32)),),
        created_at=NOW,
    )
    return replace(endpoint, **changes)


def test_f41_both_secrets_sign_for_a_day_and_never_three() -> None:
    first, second, third = (mint_secret(sign * 32) for sign in (b"1", b"2", b"3"))

    once = rotated(an_endpoint(), second, NOW)
    twice = rotated(once, third, NOW + HOUR)

    assert once.signing(NOW) == (second, first)
    assert once.signing(NOW + OVERLAP) == (second,)
    assert twice.signing(NOW + HOUR) == (third, second)


def test_a_disabled_endpoint_wants_nothing() -> None:
    assert not an_endpoint(disabled="gone").wants("message.sent")


def test_a_circuit_opens_at_the_third_failure_and_closes_at_one_success() -> None:
    circuit = Circuit()
    for _ in range(TRIPS - 1):
        circuit = circuit.after(well=False, now=NOW)
    assert not circuit.is_open(NOW)

    circuit = circuit.after(well=False, now=NOW)
    assert circuit.is_open(NOW)
    for _ in range(50):
        circuit = circuit.after(well=False, now=NOW)

    assert circuit.open_until == NOW + LONGEST_BREAK
    assert circuit.after(well=True, now=NOW) == Circuit()


def a_delivery() -> Delivery:
    return opened(of_message(a_head(), a_head().told[0], None), "e" * 26, NOW)


def pauses(chance: float, answer: Answer) -> list[int]:
    """Fail until it is given up; give the pauses in between."""
    delivery, now, waits = a_delivery(), NOW, []
    while delivery.state is State.PENDING:
        delivery = deliveries.answered(deliveries.begun(delivery, "o", now), answer, now, chance)
        if delivery.next_at is not None:
            waits.append(delivery.next_at - now)
            now = delivery.next_at
    assert delivery.state is State.FAILED
    assert len(delivery.tries) == len(waits) + 1
    return waits


def test_the_schedule_is_the_one_of_the_contract() -> None:
    assert pauses(0, Answer(status=500)) == list(SCHEDULE[1:])
    assert sum(SCHEDULE) == 272_105 * SECOND


@given(st.floats(0, 1))
def test_jitter_only_ever_adds(chance: float) -> None:
    for wait, base in zip(pauses(chance, Answer(status=500)), SCHEDULE[1:], strict=True):
        assert base <= wait <= base * 1.1 + 1


@given(st.integers(0, 10**9))
def test_a_customer_may_ask_for_more_patience_but_not_for_less_nor_for_ever(asked: int) -> None:
    for made in range(1, len(SCHEDULE)):
        wait = deliveries.pause(made, 0, asked)

        assert wait is not None
        assert max(SCHEDULE[made], min(asked, DAY)) == wait


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, State.SUCCEEDED),
        (204, State.SUCCEEDED),
        (299, State.SUCCEEDED),
        (301, State.PENDING),
        (308, State.PENDING),
        (400, State.PENDING),
        (410, State.FAILED),
        (429, State.PENDING),
        (500, State.PENDING),
        (199, State.PENDING),
        (None, State.PENDING),
    ],
)
def test_what_an_answer_means(status: int | None, state: State) -> None:
    claimed = deliveries.begun(a_delivery(), "o", NOW)

    assert deliveries.answered(claimed, Answer(status=status), NOW, 0).state is state


def test_nobody_begins_what_another_is_at_until_the_lease_is_over() -> None:
    claimed = deliveries.begun(a_delivery(), "o", NOW)

    assert a_delivery().ready(NOW)
    assert not claimed.ready(NOW + deliveries.LEASE - 1)
    assert claimed.ready(NOW + deliveries.LEASE)


def test_a_replay_starts_the_schedule_anew_and_keeps_id_and_log() -> None:
    delivery = a_delivery()
    for _ in SCHEDULE:
        delivery = deliveries.answered(
            deliveries.begun(delivery, "o", NOW), Answer(status=500), NOW, 0
        )
    again = deliveries.replayed(delivery, NOW + DAY)
    failed = deliveries.answered(
        deliveries.begun(again, "o", NOW + DAY), Answer(status=500), NOW + DAY, 0
    )

    assert delivery.state is State.FAILED
    assert failed.next_at == NOW + DAY + SCHEDULE[1]
    assert (failed.id, failed.event) == (delivery.id, delivery.event)
    assert [one.n for one in failed.tries] == list(range(1, len(SCHEDULE) + 2))


def test_what_is_put_off_for_days_is_given_up() -> None:
    waiting = deliveries.put_off(a_delivery(), NOW)
    late = deliveries.put_off(waiting, NOW + deliveries.LONGEST_LIFE + 1)

    assert (waiting.state, waiting.begun) == (State.PENDING, 0)
    assert (late.state, late.tries[-1].reason) == (State.FAILED, "too-late")


def test_references_are_read_back_and_nothing_else_is() -> None:
    delivery = a_delivery()

    assert deliveries.split_reference(delivery.reference) == (delivery.lane, delivery.id)
    for other in ("", "x", delivery.id, delivery.lane, f"{delivery.reference}/x", "a/b"):
        assert deliveries.split_reference(other) is None
