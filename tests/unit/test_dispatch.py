"""dispatch around its submit: whose intent it is, what forbids sending, what is left behind."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from relevo.domain.message import Content, Head
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Outcome, Refused, Retryable
from relevo.domain.pace import Gate
from relevo.domain.routes import Route, RoutePlan
from relevo.domain.shift_tables import Shift
from relevo.domain.templates import Registered
from relevo.domain.timing import DISPATCH, SECOND, WAITS, Millis
from relevo.domain.words import Environment, OnAmbiguous, State, Status, TrafficClass
from relevo.ports.accounts import Account, Debit
from relevo.ports.carriers import Carrier, Submission
from relevo.services.breaker import Fuses
from relevo.services.dispatch import Dispatcher, Left
from relevo.services.pace import Pacer
from relevo.services.route import Routed
from tests.builders import NOW, a_content, a_head, a_plan, an_attempt
from tests.fakes import Faulty, World, by_name, in_turn

PLAN = a_plan("a", "b")
ACCOUNT = Account(id="acc_test", currency="EUR")


class Scripted:
    """A carrier that answers what it was told to, and counts what it was handed.

    `then` is what it answers from the second submit on.
    """

    def __init__(self, outcome: Outcome | Exception, then: Outcome | None = None) -> None:
        self.outcome, self.then, self.handed = outcome, then, list[Submission]()

    def submit(self, submission: Submission) -> Outcome:
        self.handed.append(submission)
        if self.then is not None and len(self.handed) > 1:
            return self.then
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


class Bench:
    """A dispatcher over memory, one stored message, carriers a and b."""

    def __init__(
        self,
        a: Outcome | Exception,
        b: Outcome | None = None,
        content: Content | None = None,
        *,
        then: Outcome | None = None,
        **head: Any,
    ) -> None:
        self.world: Any = World(start=NOW)
        self.world.accounts.deposit(ACCOUNT.id, Environment.TEST, Decimal(1))
        self.a, self.b = Scripted(a, then), Scripted(b or Accepted())
        self.head = a_head(**head)
        debit = Debit(account=ACCOUNT, today="2027-01-15")
        self.world.messages.create(self.head, content or a_content(), debit)

    def dispatcher(self, **ports: Any) -> Dispatcher:
        parts = {"messages": self.world.messages, "letters": self.world.letters}
        return Dispatcher(
            knows_repeats=lambda route: self.a.then is not None and route.name == "a",
            **{**parts, **ports},
            dues=self.world.dues,
            carrier_of=by_name({"a": self.a, "b": self.b}),
            pacer=Pacer(
                pace=self.world.pace,
                messages=parts["messages"],
                clock=self.world.clock,
                draw=lambda n: b"\7" * n,
                parallel=in_turn,
            ),
            fuses=Fuses(breakers=self.world.breakers, clock=self.world.clock),
            clock=self.world.clock,
            draw=lambda n: b"\7" * n,
            parallel=lambda tasks: [task() for task in tasks],
        )

    def run(
        self,
        head: Head | None = None,
        waits: Millis = WAITS,
        plan: RoutePlan = PLAN,
        **ports: Any,
    ) -> Left:
        routed = Routed(head=head or self.head, plan=plan, decision="d1")
        return self.dispatcher(**ports).dispatch([routed], waits=waits)

    @property
    def stored(self) -> Head:
        return self.world.messages.heads[self.head.id]  # type: ignore[no-any-return]


OUTCOMES = [
    (Accepted(reference="x"), State.ACCEPTED, Status.SENT, 0),
    (Refused(reason="sender-not-registered"), State.REFUSED, Status.QUEUED, 1),
    (Refused(reason="invalid-number", stop=True), State.REFUSED, Status.FAILED, 0),
    (Retryable(reason="throttled", pause=SECOND), State.REFUSED, Status.QUEUED, 1),
    (Ambiguous(reason="read-timeout"), State.AMBIGUOUS, Status.SENDING, 0),
]


@pytest.mark.parametrize(("outcome", "state", "status", "left"), OUTCOMES)
def test_an_answer_is_recorded_and_what_is_left_follows_from_it(
    outcome: Outcome, state: State, status: Status, left: int
) -> None:
    bench = Bench(outcome)

    result = bench.run()

    assert (bench.stored.attempts[0].state, bench.stored.status) == (state, status)
    assert len(result.items) == left
    assert len(bench.a.handed) == 1


def test_a_defect_of_the_adapter_is_ambiguous_because_bytes_may_have_left() -> None:
    bench = Bench(ValueError("boom"))

    bench.run()

    assert bench.stored.attempts[0].state is State.AMBIGUOUS


@pytest.mark.parametrize("policy", list(OnAmbiguous))
def test_a_carrier_that_knows_our_ids_is_asked_once_more_before_anybody_else(
    policy: OnAmbiguous,
) -> None:
    bench = Bench(Ambiguous(reason="read-timeout"), then=Accepted(), on_ambiguous=policy)

    left = bench.run()
    assert (len(left.items), left.wait) == (1, 0)
    left = bench.run(head=left.items[0].head)

    assert [one.reference for one in bench.a.handed] == [f"{bench.head.id}-1"] * 2
    assert (bench.stored.status, len(bench.stored.attempts)) == (Status.SENT, 1)
    assert not bench.stored.possible_duplicate
    assert left.items == []


@pytest.mark.parametrize(
    "then",
    [
        Ambiguous(reason="read-timeout"),
        Refused(reason="sender-not-registered"),
        Refused(reason="invalid-number", stop=True),
        Retryable(reason="throttled", pause=SECOND),
    ],
)
@pytest.mark.parametrize(
    ("policy", "submits"), [(OnAmbiguous.HOLD, 0), (OnAmbiguous.RESEND, 1)], ids=str
)
def test_a_repeat_that_is_not_taken_says_nothing_of_the_first(
    then: Outcome, policy: OnAmbiguous, submits: int
) -> None:
    bench = Bench(Ambiguous(reason="read-timeout"), then=then, on_ambiguous=policy)

    left = bench.run()
    for _ in range(3):
        for routed in left.items:
            left = bench.run(head=routed.head)

    assert (len(bench.a.handed), len(bench.b.handed)) == (2, submits)
    assert bench.stored.attempts[0].state is State.AMBIGUOUS


def test_a_repeat_is_claimed_by_one_of_two_that_want_it() -> None:
    bench = Bench(Ambiguous(reason="read-timeout"), then=Accepted())
    left = bench.run()

    bench.run(head=left.items[0].head)
    bench.run(head=left.items[0].head)

    assert len(bench.a.handed) == 2


def test_who_has_refused_meanwhile_is_not_sent_the_repeat() -> None:
    bench = Bench(Ambiguous(reason="read-timeout"), then=Accepted())
    left = bench.run()
    bench.world.accounts.opt_outs.add(("acc_test", Environment.TEST, bench.head.recipient_hash))

    bench.run(head=left.items[0].head)

    assert len(bench.a.handed) == 1
    assert bench.stored.attempts[0].state is State.AMBIGUOUS


def test_silence_is_not_repeated() -> None:
    silent = an_attempt(1, State.ACCEPTED, silent=True, repeats=1)
    bench = Bench(
        Accepted(),
        then=Accepted(),
        attempts=(silent,),
        plan=("b",),
        on_ambiguous=OnAmbiguous.RESEND,
    )

    bench.run()

    assert (len(bench.a.handed), len(bench.b.handed)) == (0, 1)


def test_a_stale_head_is_not_sent_and_what_is_stored_decides_what_is_left() -> None:
    bench = Bench(Accepted())
    bench.run()

    again = bench.run(head=bench.head)

    assert len(bench.a.handed) == 1
    assert again.items == []


def test_a_claim_whose_answer_was_lost_is_sent_all_the_same() -> None:
    bench = Bench(Accepted())

    def lose(name: str) -> None:
        if name == "save" and bench.a.handed == []:
            raise TimeoutError("answer lost")

    bench.run(messages=Faulty(bench.world.messages, after=lose))

    assert len(bench.a.handed) == 1
    assert bench.stored.status is Status.SENT


def test_claims_that_cannot_be_read_back_are_withdrawn_and_nothing_is_sent() -> None:
    bench = Bench(Accepted())

    def fail(_: str) -> None:
        raise TimeoutError("no answer")

    with pytest.raises(TimeoutError):
        bench.run(letters=Faulty(bench.world.letters, before=fail))

    assert bench.a.handed == []
    assert (bench.stored.attempts, bench.stored.status) == ((), Status.ACCEPTED)


def test_a_recipient_who_opted_out_meanwhile_gets_nothing_from_anybody() -> None:
    bench = Bench(Accepted())
    stop = (ACCOUNT.id, Environment.TEST, bench.head.recipient_hash)
    bench.world.accounts.opt_outs.add(stop)

    left = bench.run()

    assert (bench.a.handed, left.items) == ([], [])
    assert (bench.stored.status, bench.stored.attempts[0].reason) == (Status.FAILED, "opted-out")


def test_content_that_is_gone_ends_the_message() -> None:
    bench = Bench(Accepted())
    bench.world.contents.clear()

    bench.run()

    assert bench.a.handed == []
    assert bench.stored.attempts[0].reason == "content-gone"


def test_a_submit_that_would_outlive_dispatch_is_not_begun() -> None:
    bench = Bench(Accepted())

    def slow(name: str) -> None:
        if name == "read":
            bench.world.clock.advance(DISPATCH)

    left = bench.run(letters=Faulty(bench.world.letters, after=slow))

    assert bench.a.handed == []
    assert bench.stored.attempts == ()
    assert [routed.head.id for routed in left.items] == [bench.head.id]


def test_a_live_message_is_never_claimed_for_a_sandbox_route() -> None:
    bench = Bench(Accepted())
    live = replace(bench.head, environment=Environment.LIVE)

    bench.run(head=live)

    assert bench.a.handed == []
    assert bench.stored.attempts == ()


def test_whatever_is_not_final_leaves_a_due_item_behind() -> None:
    for outcome in (Accepted(), Ambiguous(reason="reset"), Refused(reason="no-route")):
        bench = Bench(outcome, on_ambiguous=OnAmbiguous.HOLD)

        bench.run()

        assert bench.world.dues.waiting(bench.head.id)


def test_a_pause_longer_than_the_execution_may_wait_is_left_to_the_due_item() -> None:
    bench = Bench(Retryable(reason="busy"), Retryable(reason="busy"))
    first = bench.run()

    second = bench.dispatcher().dispatch(first.items, waits=0)

    assert second.items == []
    assert bench.world.dues.waiting(bench.head.id)


def test_nothing_is_submitted_once_the_validity_is_over() -> None:
    bench = Bench(Accepted())

    def slow(name: str) -> None:
        if name == "read":
            bench.world.clock.until(bench.head.expires_at)

    dispatcher = bench.dispatcher(letters=Faulty(bench.world.letters, after=slow))
    dispatcher.dispatch([Routed(head=bench.head, plan=PLAN, decision="d1")], waits=0)

    assert (bench.a.handed, bench.stored.attempts) == ([], ())


def test_a_carrier_nobody_knows_is_refused_for_sure_and_the_next_one_tried() -> None:
    bench = Bench(Accepted())
    dispatcher = replace(bench.dispatcher(), carrier_of=by_name({"b": bench.b}))

    left = dispatcher.dispatch([Routed(head=bench.head, plan=PLAN, decision="d1")], waits=WAITS)

    assert bench.stored.attempts[0].reason == "unknown-carrier"
    assert [routed.head.id for routed in left.items] == [bench.head.id]


FINISHES = [
    # text, smart, tables: what the carrier is handed, and its segments
    ("Su código — 1", True, frozenset(), "Su código — 1", ("UCS-2", 1, None)),
    ("á" * 100, True, frozenset({"pt"}), "á" * 100, ("UCS-2", 2, None)),
    ("á" * 60 + "a" * 30, True, frozenset({"es"}), "á" * 60 + "a" * 30, ("GSM-7", 1, "es")),
    ("“á” " + "a" * 90, True, frozenset({"es"}), '"á" ' + "a" * 90, ("GSM-7", 1, "es")),
    ("“á” " + "a" * 90, False, frozenset({"es"}), "“á” " + "a" * 90, ("UCS-2", 2, None)),
    ("“a” " + "a" * 90, False, frozenset(), "“a” " + "a" * 90, ("UCS-2", 2, None)),
]


@pytest.mark.parametrize(("text", "smart", "tables", "handed", "sizing"), FINISHES)
def test_a_text_is_finished_with_the_tables_of_the_carrier_that_gets_it(
    text: str,
    smart: bool,
    tables: frozenset[Shift],
    handed: str,
    sizing: tuple[str, int, str | None],
) -> None:
    bench = Bench(Accepted(), content=a_content(text=text, smart=smart))
    (first, *_) = PLAN.candidates
    capable = replace(first, route=replace(first.route, shifts=tables))

    bench.run(plan=RoutePlan(candidates=(capable,)))

    (submission,) = bench.a.handed
    size = submission.sizing
    assert submission.text == handed
    assert (size.encoding, size.segments, size.shift) == sizing


def test_a_carrier_is_told_the_template_that_is_registered_with_it() -> None:
    registered = {"a": Registered(template_id="1110", params=("410852", "15"))}
    bench = Bench(Accepted(), content=a_content(registered=registered))

    bench.run()

    assert bench.a.handed[0].registered == registered["a"]


def test_a_carrier_is_told_how_long_the_message_is_still_worth_sending() -> None:
    bench = Bench(Accepted())
    bench.world.clock.advance(90 * SECOND)

    bench.run()

    assert bench.a.handed[0].ttl == bench.head.expires_at - NOW - 90 * SECOND


def test_who_finds_no_room_is_not_claimed_and_waits_for_its_turn() -> None:
    bench = Bench(Accepted())
    bench.world.pace.take(Gate("a/a", TrafficClass.TRANSACTIONAL, 1), 1, NOW, waited=False)
    (first, second) = PLAN.candidates
    limited = replace(first, route=replace(first.route, tps=1))

    left = bench.run(plan=RoutePlan(candidates=(limited, second)))

    assert (bench.a.handed, bench.b.handed, bench.stored.attempts) == ([], [], ())
    assert left.wait == SECOND
    assert [routed.head for routed in left.items] == [bench.stored]


WRONG_KEY = Refused(reason="unknown", cause=Cause.AUTH)


def test_a_refusal_of_ourselves_moves_the_message_on_and_opens_the_breaker() -> None:
    bench = Bench(WRONG_KEY)

    left = bench.run()

    assert bench.world.breakers.known()["a/a"].is_open(bench.world.clock())
    assert (left.wait, [routed.head.plan for routed in left.items]) == (0, [("b",)])


def test_a_message_that_lends_itself_as_a_probe_loses_nothing_by_it() -> None:
    bench = Bench(WRONG_KEY)
    (first, second) = PLAN.candidates

    bench.run(plan=RoutePlan(candidates=(replace(first, trial=True), second)))

    (attempt,) = bench.stored.attempts
    assert (attempt.state, attempt.retryable) == (State.REFUSED, True)


def test_an_answer_is_recorded_before_anybody_hears_of_the_account() -> None:
    bench = Bench(WRONG_KEY)
    seen = list[State]()
    breakers = Faulty(
        bench.world.breakers, before=lambda _: seen.append(bench.stored.attempts[0].state)
    )
    dispatcher = bench.dispatcher()
    fuses = replace(dispatcher.fuses, breakers=breakers)

    routed = Routed(head=bench.head, plan=PLAN, decision="d1")
    replace(dispatcher, fuses=fuses).dispatch([routed], waits=0)

    assert set(seen) == {State.REFUSED}


def test_a_way_out_that_cannot_be_opened_costs_the_route_and_nobody_else() -> None:
    bench = Bench(Accepted())
    other = replace(bench.head, id="o" * 26)
    debit = Debit(account=ACCOUNT, today="2027-01-15")
    bench.world.messages.create(other, replace(a_content(), id=other.id), debit)
    carriers = by_name({"b": bench.b})

    def carrier_of(route: Route) -> Carrier | None:
        if route.name == "a":
            raise ImportError("no such adapter")
        return carriers(route)

    dispatcher = replace(bench.dispatcher(), carrier_of=carrier_of)
    group = [
        Routed(head=bench.head, plan=PLAN, decision="d1"),
        Routed(head=other, plan=a_plan("b"), decision="d1"),
    ]
    left = dispatcher.dispatch(group, waits=WAITS)

    assert bench.stored.attempts[0].state is State.REFUSED
    assert [routed.head.id for routed in left.items] == [bench.head.id]
    assert bench.world.messages.heads[other.id].status is Status.SENT
    assert bench.world.dues.waiting(bench.head.id)


def test_a_text_that_cannot_be_finished_is_known_before_a_byte_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("boom")

    bench = Bench(Accepted(), on_ambiguous=OnAmbiguous.HOLD)
    monkeypatch.setattr("relevo.services.claim.finished", broken)

    bench.run()

    assert (bench.a.handed, bench.stored.attempts[0].state) == ([], State.REFUSED)


def test_who_may_go_at_once_does_not_wait_for_who_may_not() -> None:
    bench = Bench(Refused(reason="no-route"))
    waiting = replace(bench.head, id="w" * 26, not_before=NOW + 4 * SECOND)
    bench.world.messages.heads[waiting.id] = waiting
    group = [Routed(head=one, plan=PLAN, decision="d1") for one in (bench.head, waiting)]

    left = bench.dispatcher().dispatch(group, waits=WAITS)

    assert left.wait == 0
    assert len(left.items) == 2
