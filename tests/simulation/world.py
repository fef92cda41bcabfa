"""The whole road in one process: real services, ports in memory, dice for all that can fail."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from relevo.carriers.sandbox import Row
from relevo.domain.attempt import Report
from relevo.domain.message import Content, Head, split_attempt_id
from relevo.domain.order import Order
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Outcome, Refused, Retryable
from relevo.domain.outlook import CarrierChange
from relevo.domain.problem import Problem
from relevo.domain.routes import Lists, Route, RouteBook
from relevo.domain.timing import DAY, DISPATCH, LEASE, MINUTE, SECOND, WAITS, Millis
from relevo.domain.words import Environment, OnAmbiguous, State, TrafficClass
from relevo.ports.accounts import Account
from relevo.ports.carriers import Receipt, Submission
from relevo.services.accept import Acceptor
from relevo.services.ask import Asker
from relevo.services.breaker import Fuses
from relevo.services.cancel import Canceler
from relevo.services.dispatch import Dispatcher
from relevo.services.events import Publisher
from relevo.services.offer import Offers
from relevo.services.outlooks import Outlooks
from relevo.services.pace import Pacer
from relevo.services.receive import Receiver
from relevo.services.render import Renderer
from relevo.services.restrain import Restraint
from relevo.services.route import Router
from relevo.services.watch import Incomplete, Watcher
from tests.fakes import (
    Faulty,
    InMemoryAccounts,
    InMemoryAnnouncements,
    InMemoryBreakers,
    InMemoryClassQueues,
    InMemoryContents,
    InMemoryDues,
    InMemoryHealth,
    InMemoryHistories,
    InMemoryLetters,
    InMemoryLineups,
    InMemoryMessages,
    InMemoryOrphans,
    InMemoryPace,
    InMemoryReceipts,
    InMemoryRoutes,
    InMemorySenders,
    InMemorySubscriptions,
    InMemoryTelemetry,
    InMemoryTemplates,
    InMemoryWorkflow,
    ScriptedLookup,
    VirtualClock,
    by_name,
    in_turn,
)

PRICE = Decimal("0.05")
DEPOSIT = Decimal(1000)
ACCOUNT = Account(id="acc_model", currency="EUR", senders=frozenset({"ACME"}))
CARRIERS = ("north", "south", "east")
KNOWS_REPEATS = "north"
"""This carrier gives one handset one text for an id, however often it is handed over."""


class EverybodyListens(InMemorySubscriptions):
    """So that the checks see every event announced."""

    def listening(self, account: str, environment: Environment) -> bool:
        return True


class Crash(BaseException):
    """The worker is gone: nothing after this line ran."""


class Glitch(Exception):
    """A call failed, or its answer was lost after it took effect."""


def book(tps: Mapping[str, int], environment: Environment) -> RouteBook:
    routes = {
        name: Route(
            name=name,
            carrier=name,
            environment=environment,
            price=PRICE,
            currency="EUR",
            tps=tps.get(name),
        )
        for name in CARRIERS
    }
    lists = Lists(primary=("north",), backup=("south", "east"))
    return RouteBook(routes=routes, lists={("*", environment.value, "*", "*"): lists})


@dataclass
class Submit:
    """What a carrier really got, and what it really did with it."""

    reference: str
    carrier: str
    at: Millis
    outcome: Outcome
    bounced_at: Millis | None = None

    @property
    def message_id(self) -> str:
        named = split_attempt_id(self.reference)
        assert named
        return named[0]


@dataclass
class Faults:
    """Chances of each kind of trouble; all zero is a calm day. `of` names carriers' behaviours.

    Only what is live is routed by health.
    """

    crash: float = 0.0
    glitch: float = 0.0
    interleave: float = 0.0
    twice: float = 0.0
    slow: Millis = 0
    behaviours: Sequence[str] = ("delivers",)
    of: Mapping[str, Sequence[str]] = field(default_factory=dict)
    tps: Mapping[str, int] = field(default_factory=dict)
    environment: Environment = Environment.TEST


@dataclass
class DiceCarrier:
    """Behaves as the dice say; its ledger is the truth that the checker trusts."""

    name: str
    world: "World"

    def submit(self, submission: Submission) -> Outcome:
        world = self.world
        row = world.behaviour(self.name, submission)
        if self.name == KNOWS_REPEATS and submission.reference in world.handed:
            world.repeats.append(submission.reference)
            world.point("carrier.submit")
            return Accepted(reference="known") if row.receipts else row.answer
        entry = Submit(submission.reference, self.name, world.clock(), row.answer)
        world.ledger.append(entry)
        for state, delay in row.receipts:
            self._receipt(entry, state, delay)
        try:
            world.point("carrier.submit")
        except Glitch:
            entry.outcome = Ambiguous(reason="answer-lost")
            raise
        world.clock.advance(row.reply_after)
        return row.answer

    def _receipt(self, entry: Submit, state: State, delay: Millis) -> None:
        named = split_attempt_id(entry.reference)
        assert named
        at = self.world.clock() + delay
        if state is State.UNDELIVERED:
            entry.bounced_at = at
        report = Report(n=named[1], state=state, at=at)
        receipt = Receipt(message_id=named[0], carrier=self.name, report=report)
        self.world.receipts.send(receipt, delay)


BEHAVIOURS: dict[str, Row] = {
    "delivers": Row(),
    "silent": Row(receipts=()),
    "bounces": Row(receipts=((State.UNDELIVERED, SECOND),)),
    "refuses": Row(answer=Refused(reason="no-route"), receipts=()),
    "no-subscriber": Row(answer=Refused(reason="unknown-subscriber", stop=True), receipts=()),
    "wrong-key": Row(answer=Refused(reason="unknown", cause=Cause.AUTH), receipts=()),
    "much-later": Row(answer=Retryable(reason="throttled", pause=30 * SECOND), receipts=()),
    "later": Row(answer=Retryable(reason="busy"), receipts=()),
    "throttles": Row(answer=Retryable(reason="throttled", pause=SECOND), receipts=()),
    "hangs-taken": Row(
        answer=Ambiguous(reason="read-timeout"),
        receipts=((State.DELIVERED, 10 * SECOND),),
        reply_after=3 * SECOND,
    ),
    "hangs-not-taken": Row(answer=Ambiguous(reason="read-timeout"), receipts=()),
    "early-receipt": Row(receipts=((State.DELIVERED, 0),), reply_after=SECOND),
    "disorder": Row(receipts=((State.DELIVERED, SECOND), (State.SENT, 2 * SECOND))),
    "no-subscriber-then-bounce": Row(
        answer=Refused(reason="unknown-subscriber", stop=True),
        receipts=((State.UNDELIVERED, SECOND),),
    ),
    "very-late": Row(receipts=((State.DELIVERED, 50 * SECOND),)),
    "bounce-then-delivered": Row(
        receipts=((State.UNDELIVERED, SECOND), (State.DELIVERED, 30 * SECOND))
    ),
}


@dataclass
class World:
    seed: int
    faults: Faults = field(default_factory=Faults)
    depth: int = 0
    ledger: list[Submit] = field(default_factory=list)
    repeats: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.clock = VirtualClock()
        self.accounts = InMemoryAccounts()
        self.accounts.deposit(ACCOUNT.id, self.faults.environment, DEPOSIT)
        self.contents = InMemoryContents()
        self.messages = InMemoryMessages(self.contents, self.accounts, self.clock)
        self.letters = InMemoryLetters(self.messages, self.contents, self.accounts)
        self.dues = InMemoryDues(self.clock, shards=2)
        self.queues = InMemoryClassQueues()
        self.routes = InMemoryRoutes(book(self.faults.tps, self.faults.environment))
        self.health = InMemoryHealth()
        self.changes: list[CarrierChange] = []
        self.pace = InMemoryPace()
        self.breakers = InMemoryBreakers()
        self.receipts = InMemoryReceipts(self.clock)
        self.orphans = InMemoryOrphans()
        self.telemetry = InMemoryTelemetry(self.clock)
        self.templates = InMemoryTemplates()
        self.histories = InMemoryHistories()
        self.senders = InMemorySenders()
        self.announcements = InMemoryAnnouncements()
        self.workflow = InMemoryWorkflow(self._deliver)
        self.streamed = 0
        self._wire()

    def _wire(self) -> None:
        port = self._faulty
        messages, dues, queues = port(self.messages), port(self.dues), port(self.queues)
        letters, routes = port(self.letters), port(self.routes)
        shared: dict[str, Any] = {"clock": self.clock}
        fuses = Fuses(breakers=port(self.breakers), clock=self.clock)
        self.acceptor = Acceptor(
            messages=messages,
            contents=self.contents,
            offers=Offers(templates=self.templates, senders=self.senders, routes=routes),
            queues=queues,
            draw=self.dice.randbytes,
            restraint=Restraint(histories=self.histories),
            id_key=lambda: b"k" * 32,
            plays_stop=lambda *_: False,
            **shared,
        )
        self.canceler = Canceler(messages=messages, **shared)
        self.renderer = Renderer(
            letters=letters,
            messages=messages,
            contents=self.contents,
            dues=dues,
            workflow=self.workflow,
            opening=self.opening,
            wording=lambda *_: None,
            **shared,
        )
        outlooks = Outlooks(
            health=port(self.health),
            lineups=port(InMemoryLineups()),
            changed=self.changes.extend,
            **shared,
        )
        self.router = Router(
            routes=routes, outlooks=outlooks, fuses=fuses, draw=self.dice.randbytes, **shared
        )
        self.dispatcher = Dispatcher(
            knows_repeats=lambda route: route.carrier == KNOWS_REPEATS,
            messages=messages,
            letters=letters,
            dues=dues,
            carrier_of=by_name({name: DiceCarrier(name, self) for name in CARRIERS}),
            fuses=fuses,
            pacer=Pacer(
                pace=port(self.pace),
                messages=messages,
                draw=self.dice.randbytes,
                parallel=in_turn,
                **shared,
            ),
            draw=self.dice.randbytes,
            parallel=in_turn,
            **shared,
        )
        self.receiver = Receiver(messages=messages, orphans=self.orphans, **shared)
        asker = Asker(
            messages=messages,
            contents=self.contents,
            routes=routes,
            lookup=ScriptedLookup(),
            **shared,
        )
        self.watcher = Watcher(
            messages=messages,
            dues=dues,
            queues=queues,
            health=self.health,
            asker=asker,
            announcements=self.announcements,
            **shared,
        )
        self.publisher = Publisher(
            messages=messages,
            dues=dues,
            queues=queues,
            health=self.health,
            telemetry=self.telemetry,
            announcements=self.announcements,
            subscriptions=EverybodyListens(),
            **shared,
        )

    def _faulty(self, port: object) -> Any:
        return Faulty(port, before=self.point, after=self.point)

    @staticmethod
    def opening(head: Head, content: Content, now: Millis) -> Millis:
        """A market where promotion may only leave in the second half of every minute."""
        begins = now // MINUTE * MINUTE + MINUTE // 2
        return max(now, begins)

    def point(self, _: str) -> None:
        """A place that takes its time, where the world may go wrong or others run in between."""
        self.clock.advance(self.dice.randrange(self.faults.slow + 1))
        if self.dice.random() < self.faults.crash:
            raise Crash
        if self.dice.random() < self.faults.glitch:
            raise Glitch
        if self.depth < 2 and self.dice.random() < self.faults.interleave:
            self.depth += 1
            try:
                self.step()
            finally:
                self.depth -= 1

    @property
    def handed(self) -> set[str]:
        return {submit.reference for submit in self.ledger}

    def behaviour(self, carrier: str, submission: Submission) -> Row:
        """The dice of (message, carrier, attempt), the same however often it is asked."""
        dice = Random(f"{self.seed}/{submission.reference}/{carrier}")
        return BEHAVIOURS[dice.choice(self.faults.of.get(carrier, self.faults.behaviours))]

    # Steps of the world: each is one invocation of one function, which may die in its middle.

    def accept(self, order: Order) -> str | None:
        try:
            done = self.acceptor.accept(ACCOUNT, self.faults.environment, order)
        except (Crash, Glitch, Problem):
            return None
        self.accepted.append(done.head.id)
        return done.head.id

    def step(self) -> None:
        """Do one thing that the real world could do next."""
        self.dice.choice(
            (
                self.queue,
                self.queue,
                self.stream,
                self.redrive,
                self.receive,
                self.watch,
                self.pass_time,
            )
        )()

    def queue(self) -> None:
        queue = self.dice.choice([*self.queues.queues.values()])
        batch = [queue.popleft() for _ in range(min(len(queue), 10))]
        if not batch:
            return
        alive = self._survives(lambda: self.renderer.render(batch))
        if not alive or self._again():
            queue.extend(batch)

    def _deliver(self, heads: Sequence[Head]) -> None:
        self._execute(heads)
        if self._again():
            self._execute(heads)

    def _execute(self, heads: Sequence[Head]) -> None:
        """What the state machine does with one execution; a dead task ends it."""
        for group in self.router.route(heads):
            items, waited = list(group), 0
            for _ in range(3):
                left = self.dispatcher.dispatch(items, waits=WAITS - waited)
                items, waited = list(left.items), waited + left.wait
                if not items:
                    break
                self.clock.advance(left.wait)

    def stream(self) -> None:
        start = self.streamed
        images = self.messages.images[start : start + 10]
        if not images:
            return
        alive = self._survives(lambda: self.publisher.publish(images))
        if alive and not self._again():
            self.streamed = max(self.streamed, start + len(images))

    def redrive(self) -> None:
        """The parking queue comes back to events; what fails again stays in it."""
        parked, self.announcements.parked = self.announcements.parked, []
        for write in parked:
            if not self._survives(partial(self.publisher.redrive, [write])) or self._again():
                self.announcements.parked.append(write)

    def receive(self) -> None:
        for receipt in self.receipts.take(self.clock()):
            alive = self._survives(partial(self.receiver.receive, receipt))
            if not alive or self._again():
                self.receipts.send(receipt, SECOND)

    def watch(self) -> None:
        until = self.clock() + 10 * MINUTE
        self._survives(lambda: self.watcher.watch(self.dues.shards, until=until))

    def pass_time(self) -> None:
        self.clock.advance(self.dice.choice((100, SECOND, 5 * SECOND, LEASE)))

    def cancel(self, message_id: str) -> None:
        head = self.messages.heads[message_id]
        with suppress(Problem):
            self._survives(lambda: self.canceler.cancel(head))

    def settle_down(self) -> None:
        """No more faults: let time run until every message must have ended."""
        self.faults = replace(self.faults, crash=0, glitch=0, interleave=0, twice=0)
        end = max((h.expires_at for h in self.messages.heads.values()), default=0) + 5 * MINUTE
        while self.clock() < end:
            for act in (self.stream, self.redrive, self.receive, self.watch, self._all_queues):
                act()
            if not self._busy():
                self.clock.until(min(self._next_at(), end))
        while self.streamed < len(self.messages.images) or self.announcements.parked:
            self.stream()
            self.redrive()

    def flow(self, until: Millis) -> None:
        """Let time run on a calm day: everything is done when it comes."""
        while True:
            for act in (self.stream, self.redrive, self.receive, self.watch, self._all_queues):
                act()
            if self._busy():
                continue
            if self._next_at() > until:
                break
            self.clock.until(self._next_at())
        self.clock.until(until)

    def _all_queues(self) -> None:
        for queue in self.queues.queues.values():
            batch = [queue.popleft() for _ in range(min(len(queue), 10))]
            if batch:
                self.renderer.render(batch)

    def _busy(self) -> bool:
        return bool(len(self.queues)) or self.streamed < len(self.messages.images)

    def _next_at(self) -> Millis:
        times = [at for at in (self.dues.next_at, self.receipts.next_at) if at is not None]
        return max(min(times, default=self.clock() + DAY), self.clock() + 1)

    def _again(self) -> bool:
        return self.dice.random() < self.faults.twice

    @staticmethod
    def _survives(invocation: Callable[[], object]) -> bool:
        try:
            invocation()
        except (Crash, Glitch, Incomplete):
            return False
        return True


def order(
    now: Millis,
    *,
    traffic_class: TrafficClass = TrafficClass.TRANSACTIONAL,
    on_ambiguous: OnAmbiguous | None = None,
    ttl: Millis = 10 * MINUTE,
    send_at: Millis | None = None,
    key: str | None = None,
    to: str = "+34612345678",
) -> Order:
    return Order(
        to=to,
        country=None,
        text="Hola",
        traffic_class=traffic_class,
        body_digest="d" * 22,
        expires_at=(send_at or now) + ttl,
        on_ambiguous=on_ambiguous,
        send_at=send_at,
        key=key,
    )


def ended(submit: Submit, now: Millis) -> bool:
    """Whether this submit was, by `now`, provably not taken or finally refused."""
    if isinstance(submit.outcome, Refused | Retryable):
        return True
    return submit.bounced_at is not None and submit.bounced_at <= now


def may_follow(head: Head, earlier: Submit, later: Submit) -> bool:
    """Whether the owner allowed `later` although `earlier` had been handed over."""
    if ended(earlier, later.at):
        return True
    if head.on_ambiguous is not OnAmbiguous.RESEND:
        return False
    if isinstance(earlier.outcome, Accepted) and head.receipt_deadline:
        # Silence, or a sender that died between the call and the record.
        return later.at >= earlier.at + min(head.receipt_deadline, LEASE - DISPATCH)
    return True
