"""Missing receipts: carriers that can be asked are asked, seldom, and believed like receipts."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.carriers.values import Inquiry, Notice
from relevo.domain.asking import AGAIN, PATIENCE, ask_at, next_ask
from relevo.domain.attempt import Report
from relevo.domain.message import Head, attempt_id
from relevo.domain.routes import RouteBook
from relevo.domain.timing import (
    DAY,
    HOUR,
    LEASE,
    MINUTE,
    RECEIPTS_TAKEN_AFTER_END,
    SECOND,
    Millis,
)
from relevo.domain.words import OnAmbiguous, State, Status
from relevo.runtime.lookups import Lookups
from relevo.services.ask import TAKES, Asker
from relevo.services.watch import Watcher
from tests.builders import NOW, a_content, a_head, a_route, an_attempt
from tests.fakes import World

CLAIMED = NOW + SECOND
FIRST = CLAIMED + PATIENCE
DELIVERED = Report(n=1, state=State.DELIVERED, at=NOW)


def waiting(state: State = State.ACCEPTED, **changes: Any) -> Head:
    """A message with one attempt that nobody has told the end of."""
    of_attempt = {"lookup": True, **changes.pop("attempt", {})}
    attempt = an_attempt(1, state, **of_attempt)
    return a_head(**{"attempts": (attempt,), "plan": (), **changes})


class Bench:
    """`watch` works through what has come due at an instant."""

    def __init__(self, head: Head) -> None:
        self.world: Any = World(start=NOW, book=RouteBook(routes={"a": a_route("a")}, lists={}))
        self.world.messages.heads[head.id] = head
        self.world.contents[head.id] = a_content()
        self.id = head.id
        self.world.dues.put({head.id: NOW})

    @property
    def head(self) -> Head:
        return self.world.messages.heads[self.id]  # type: ignore[no-any-return]

    @property
    def asked(self) -> int:
        return len(self.world.lookup.asked)

    def says(self, *reports: Report) -> None:
        self.world.lookup.said[attempt_id(self.id, 1)] = reports

    def watch(self, at: Millis, *, time: Millis = MINUTE) -> None:
        self.world.clock.until(at)
        asker = Asker(
            **{name: getattr(self.world, name) for name in ("messages", "contents", "routes")},
            lookup=self.world.lookup,
            clock=self.world.clock,
        )
        ports = {
            name: getattr(self.world, name)
            for name in ("messages", "dues", "queues", "health", "announcements")
        }
        watcher = Watcher(**ports, asker=asker, clock=self.world.clock)
        watcher.watch(self.world.dues.shards, until=self.world.clock() + time)

    def live(self) -> list[Millis]:
        """Look whenever something comes due, to the end; give when the carrier was asked."""
        times = []
        while (due := self.world.dues.next_at) is not None:
            before = self.asked
            self.watch(due)
            times += [self.world.clock()] * (self.asked - before)
        return times


def test_a_missing_receipt_is_asked_for_and_believed() -> None:
    bench = Bench(waiting())
    bench.says(DELIVERED)

    bench.watch(FIRST - SECOND)
    assert bench.asked == 0
    bench.watch(FIRST)

    assert bench.world.lookup.asked == [(attempt_id(bench.id, 1), "+34612345678")]
    assert bench.head.status is Status.DELIVERED
    assert bench.head.told[-1].by == "watch"


def test_what_nobody_knows_is_asked_about_sooner() -> None:
    bench = Bench(waiting(State.AMBIGUOUS))
    bench.says(Report(n=1, state=State.ACCEPTED, at=NOW, reference="SM1"))

    bench.watch(CLAIMED + LEASE)

    assert (bench.head.status, bench.head.attempts[0].reference) == (Status.SENT, "SM1")


def test_an_answer_that_comes_before_silence_counts_saves_a_second_text() -> None:
    bench = Bench(waiting(on_ambiguous=OnAmbiguous.RESEND, plan=("b",)))
    bench.says(DELIVERED)

    bench.watch(FIRST)

    assert bench.head.status is Status.DELIVERED
    assert not bench.head.attempts[0].silent
    assert not len(bench.world.queues)


def test_a_message_that_ended_unconfirmed_is_corrected_when_its_carrier_knows_more() -> None:
    bench = Bench(waiting())
    ends = bench.head.expires_at
    bench.watch(ends)
    statuses = [bench.head.status]

    bench.says(DELIVERED)
    bench.watch(CLAIMED + HOUR)

    assert [*statuses, bench.head.status] == [Status.UNCONFIRMED, Status.DELIVERED]
    assert bench.head.told[-1].type == "status_corrected"


def test_a_carrier_is_asked_at_growing_ages_and_then_no_more() -> None:
    bench = Bench(waiting(expires_at=NOW + DAY))

    times = bench.live()

    assert [time - CLAIMED for time in times] == [PATIENCE, *AGAIN]
    assert bench.head.status is Status.UNCONFIRMED
    assert not bench.world.dues.items


def test_nobody_is_asked_after_receipts_are_no_longer_taken() -> None:
    late = {"accepted_at": NOW + 20 * SECOND}
    bench = Bench(waiting(expires_at=NOW + 10 * SECOND, attempt=late))

    times = bench.live()

    assert max(times) <= bench.head.expires_at + RECEIPTS_TAKEN_AFTER_END
    assert len(times) == len(AGAIN)


@pytest.mark.parametrize(
    "head",
    [
        waiting(attempt={"lookup": False}),
        waiting(State.DELIVERED),
        waiting(State.UNDELIVERED),
        waiting(State.REFUSED),
        waiting(State.INTENT),
    ],
    ids=["cannot be asked", "delivered", "bounced", "refused", "not known to have left"],
)
def test_nobody_is_asked_without_need(head: Head) -> None:
    assert next_ask(head) is None


def test_a_route_without_receipts_is_asked_after_a_minute() -> None:
    head = waiting(attempt={"receipts": False})

    assert ask_at(head, head.attempts[0]) == CLAIMED + MINUTE


def test_a_longer_deadline_of_the_owners_comes_first() -> None:
    head = waiting(receipt_deadline=HOUR)

    assert ask_at(head, head.attempts[0]) == CLAIMED + HOUR


def test_a_carrier_that_cannot_be_reached_is_asked_again_later() -> None:
    bench = Bench(waiting(expires_at=NOW + DAY))
    bench.world.lookup.said[attempt_id(bench.id, 1)] = TimeoutError("away")

    bench.watch(FIRST)
    assert (bench.asked, bench.head.status) == (1, Status.SENT)
    bench.says(DELIVERED)
    bench.watch(CLAIMED + AGAIN[0])

    assert bench.head.status is Status.DELIVERED


def test_what_does_not_fit_into_this_run_is_asked_in_the_next() -> None:
    bench = Bench(waiting(expires_at=NOW + DAY))
    bench.says(DELIVERED)

    bench.watch(FIRST, time=TAKES - 1)
    assert bench.asked == 0
    bench.watch(FIRST + MINUTE + SECOND)

    assert bench.head.status is Status.DELIVERED


def test_without_its_content_a_message_cannot_be_asked_about() -> None:
    bench = Bench(waiting(expires_at=NOW + DAY))
    bench.world.contents.clear()

    bench.watch(FIRST)

    assert (bench.asked, bench.head.attempts[0].asks) == (0, 1)


@given(
    st.sampled_from([State.AMBIGUOUS, State.ACCEPTED, State.SENT]),
    st.integers(10 * SECOND, 72 * HOUR),
    st.booleans(),
)
def test_however_a_message_lives_it_is_asked_about_seldom_and_left_alone_in_the_end(
    state: State, validity: Millis, receipts: bool
) -> None:
    bench = Bench(waiting(state, expires_at=NOW + validity, attempt={"receipts": receipts}))

    times = bench.live()

    assert len(times) <= len(AGAIN) + 1
    assert times == sorted(set(times))
    assert bench.head.final
    assert not bench.world.dues.items


ROUTE = a_route("a", carrier="twilio")


def looked_up(*notices: Notice, carrier_id: str | None = "SM1") -> list[tuple[State, str | None]]:
    """Ask about attempt 1 with a carrier that answers so; give what is believed."""
    seen: list[Inquiry] = []

    def ask(adapter: str, account: str, inquiry: Inquiry) -> list[Notice]:
        assert (adapter, account) == ("twilio", "twilio")
        seen.append(inquiry)
        return list(notices)

    head = waiting(attempt={"reference": carrier_id})
    reports = Lookups(ask=ask, clock=lambda: NOW)(ROUTE, head, head.attempts[0], "+34612345678")
    [inquiry] = seen
    assert (inquiry.reference, inquiry.to) == (attempt_id(head.id, 1), "+34612345678")
    return [(report.state, report.reference) for report in reports]


def test_only_what_names_the_very_attempt_is_believed() -> None:
    mine = Notice(state=State.DELIVERED, carrier_id="SM1")
    other = Notice(state=State.DELIVERED, carrier_id="SM2")
    named = replace(other, reference=attempt_id("m" * 26, 1))
    named_otherwise = replace(mine, reference=attempt_id("m" * 26, 2))
    unknown = replace(mine, state=None)

    said = looked_up(mine, other, named, named_otherwise, unknown)

    assert said == [(State.DELIVERED, "SM1"), (State.DELIVERED, "SM2")]


def test_texts_of_others_to_the_same_number_say_nothing_of_an_attempt_without_an_id() -> None:
    assert looked_up(Notice(state=State.DELIVERED, carrier_id="SM2"), carrier_id=None) == []
    assert looked_up(Notice(state=State.DELIVERED), carrier_id=None) == []


@pytest.mark.parametrize("carrier", ["sandbox-a", "kannel", "aws-eum"])
def test_carriers_that_cannot_be_asked_are_left_alone(carrier: str) -> None:
    head = waiting()
    lookups = Lookups(ask=lambda *_: pytest.fail("asked"), clock=lambda: NOW)

    assert lookups(a_route("a", carrier=carrier), head, head.attempts[0], "+34612345678") == []
