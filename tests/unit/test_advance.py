"""advance joins facts: what is final stays, what was inferred may be corrected, all is told."""

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.facts import Canceled, Ended, Expired, Fact, Postponed, Silent, Unsent
from relevo.domain.message import Head
from relevo.domain.money import owed, settled
from relevo.domain.words import Charge, OnAmbiguous, State, Status
from tests.builders import NOW, a_head, an_attempt


def after(head: Head, *facts: Fact) -> Head:
    for fact in facts:
        head = apply(head, fact, now=NOW, by="test")
    return head


def types(head: Head) -> list[str]:
    return [told.type for told in head.told]


def sent(**changes: object) -> Head:
    return a_head(attempts=(an_attempt(1, State.ACCEPTED),), plan=("b",), version=2, **changes)


def report(state: State, n: int = 1) -> Report:
    return Report(n=n, state=state, at=NOW)


def test_a_fact_that_changes_nothing_gives_the_very_same_head() -> None:
    head = after(sent(), report(State.DELIVERED))

    assert apply(head, report(State.SENT), now=NOW, by="dlr") is head


def test_every_change_raises_the_version_once() -> None:
    assert after(sent(), report(State.DELIVERED)).version == 3


def test_a_bounce_tells_of_the_failed_attempt_and_not_of_the_message() -> None:
    assert types(after(sent(), report(State.UNDELIVERED)))[1:] == ["attempt_failed"]


def test_silence_tells_of_a_failed_attempt_once() -> None:
    head = sent(on_ambiguous=OnAmbiguous.RESEND)

    assert types(after(head, Silent(n=1), Silent(n=1)))[1:] == ["attempt_failed"]


def test_an_inferred_end_is_corrected_by_what_the_carrier_states() -> None:
    head = after(sent(), Expired(), report(State.DELIVERED))

    assert head.status is Status.DELIVERED
    assert types(head)[1:] == ["unconfirmed", "status_corrected"]


def test_a_late_failure_of_the_primary_does_not_fail_a_message_its_backup_still_carries() -> None:
    attempts = (an_attempt(1, State.AMBIGUOUS), an_attempt(2, State.ACCEPTED))
    head = a_head(attempts=attempts, plan=(), on_ambiguous=OnAmbiguous.RESEND)

    assert after(head, report(State.UNDELIVERED, 1)).status is Status.SENT


def test_a_message_is_canceled_only_before_anything_left() -> None:
    refused_once = a_head(attempts=(an_attempt(1, State.REFUSED),), plan=("b",))

    assert after(a_head(), Canceled()).status is Status.CANCELED
    assert after(refused_once, Canceled()).status is Status.CANCELED
    assert after(sent(), Canceled()).status is Status.SENT


def test_only_its_owner_may_take_an_intent_back_and_then_it_was_no_attempt() -> None:
    head = a_head(attempts=(an_attempt(owner="me"),), plan=("b",))

    mine = Unsent(n=1, owner="me", reason="no-time-left", retryable=True)
    theirs = Unsent(n=1, owner="somebody else", reason="no-time-left", retryable=True)

    assert after(head, mine).attempts == ()
    assert after(head, theirs).attempts[0].state is State.INTENT


def test_a_postponed_message_is_scheduled_and_a_broken_one_fails() -> None:
    assert after(a_head(), Postponed(until=NOW + 5)).status is Status.SCHEDULED
    assert after(a_head(), Ended(reason="content-gone")).status is Status.FAILED


def test_a_message_no_carrier_took_is_owed_its_price_exactly_once() -> None:
    head = after(a_head(), Expired())

    assert owed(head) == head.price
    assert owed(settled(head, now=NOW, by="events")) == 0


def test_a_credited_message_that_was_delivered_after_all_is_debited_back() -> None:
    lost = a_head(attempts=(an_attempt(1, State.AMBIGUOUS),), plan=())
    credited = settled(after(lost, Expired()), now=NOW, by="events")

    delivered = after(credited, report(State.DELIVERED))

    assert (credited.charge, owed(delivered)) == (Charge.CREDITED, -delivered.price)
    assert owed(settled(delivered, now=NOW, by="events")) == 0


def test_a_message_some_carrier_took_is_paid_for_however_it_ended() -> None:
    assert owed(after(sent(), report(State.UNDELIVERED), Expired())) == 0


def test_no_such_recipient_stays_true_whatever_else_the_carrier_says_later() -> None:
    refused = Report(n=1, state=State.REFUSED, at=NOW, reason="invalid-number", stop=True)
    head = a_head(attempts=(an_attempt(),), plan=("b",), version=2)

    head = after(head, refused, report(State.UNDELIVERED))

    assert head.status is Status.UNDELIVERED
    assert head.stopped
