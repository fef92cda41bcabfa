"""One replay: every message of a scenario under one policy, on virtual time.

What happens to a message after its first submit is decided by the code that decides it in
production: `next_step`, `look`, `apply` and the valve. Policies differ in their plans alone.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from heapq import heappop, heappush
from math import exp
from typing import Any, Protocol

from relevo.domain.advance import apply
from relevo.domain.attempt import Report
from relevo.domain.health import Window, valve
from relevo.domain.look import Later, Queue, Record, look, silence_of
from relevo.domain.message import Head
from relevo.domain.order import DEFAULT_TTL, RECEIPT_DEADLINE
from relevo.domain.routes import Candidate, RoutePlan
from relevo.domain.steps import Submit, Wait, claimed, next_step
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, OnAmbiguous, State
from tests.simulation.proving.dice import Dice, Message
from tests.simulation.proving.scenario import TO_FIRST_SUBMIT, Scenario

EPOCH: Millis = 1_800_000_000_000
AFTER_BOUNCE = 1.0
RECEIPT = 0.3
UNTIL_TOLD = 5.0
"""An outcome may influence plans so long after it is known."""
TICK = 5.0
WINDOW = 300.0


def millis(t: float) -> Millis:
    return EPOCH + round(t * 1000)


class Policy(Protocol):
    """`fails_over` by our rules; `redraws` after a submit error; `learns` from what is told."""

    name: str
    fails_over: bool
    redraws: bool
    learns: bool

    def plan(self, t: float, message: Message) -> RoutePlan: ...

    def told(self, t: float, news: "News") -> None: ...


@dataclass(frozen=True, slots=True)
class News:
    """What became known of a submit: `accepted`, `refused`, `delivered`, `bounced`, `excused`."""

    what: str
    carrier: str
    submitted: float
    known: float


@dataclass(slots=True)
class Journey:
    message: Message
    plan: RoutePlan
    first: str
    submits: list[tuple[str, float]] = field(default_factory=list)
    handsets: list[float] = field(default_factory=list)
    cost: float = 0.0
    head: Head | None = None
    tries: int = 0


@dataclass
class Road:
    scenario: Scenario
    dice: Dice
    policy: Policy

    def __post_init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._ticks: dict[str, Counter[int]] = {
            what: Counter() for what in ("accepted", "receipts", "silences")
        }
        self._past: tuple[int, Window] | None = None
        self._first_steps: dict[int, tuple[RoutePlan, Submit]] = {}
        kind = self.scenario.traffic_class
        deadline = RECEIPT_DEADLINE[kind]
        self.ttl = DEFAULT_TTL[kind] / 1000
        self.silence = deadline / 1000 if deadline and self.scenario.resend else None
        self._head = Head(
            id="m",
            account="acc_proving",
            environment=Environment.LIVE,
            traffic_class=kind,
            country="ES",
            recipient_hash="r",
            encoding="GSM-7",
            segments=1,
            price=Decimal(0),
            currency="EUR",
            max_price=Decimal(1000),
            on_ambiguous=OnAmbiguous.RESEND if self.scenario.resend else OnAmbiguous.HOLD,
            receipt_deadline=deadline,
            created_at=EPOCH,
            expires_at=EPOCH,
            request_id="0",
            body_digest="d",
        )

    def run(self) -> list[Journey]:
        journeys = []
        for message in self.dice.messages:
            t = message.at + TO_FIRST_SUBMIT
            self._until(t)
            journeys.append(self._begin(message, t))
        self._until(float("inf"))
        return journeys

    def _until(self, t: float) -> None:
        heap = self._heap
        while heap and heap[0][0] <= t:
            at, _, act, args = heappop(heap)
            act(at, *args)

    def _at(self, t: float, act: Callable[..., None], *args: object) -> None:
        self._count += 1
        heappush(self._heap, (t, self._count, act, args))

    def _begin(self, message: Message, t: float) -> Journey:
        plan = self.policy.plan(t, message)
        step = self._first_step(plan)
        journey = Journey(message, plan, step.candidate.route.carrier)
        self._submit(journey, step.candidate, t)
        return journey

    def _first_step(self, plan: RoutePlan) -> Submit:
        """The same new head and the same plan want the same: ask once."""
        known = self._first_steps.get(id(plan))
        if known is None or known[0] is not plan:
            head = replace(self._head, expires_at=EPOCH + 1000)
            step = next_step(head, plan, EPOCH)
            assert isinstance(step, Submit)
            known = self._first_steps[id(plan)] = (plan, step)
        return known[1]

    def _submit(self, journey: Journey, candidate: Candidate, t: float) -> None:
        carrier = candidate.route.carrier
        message = journey.message
        nth = sum(other == carrier for other, _ in journey.submits)
        journey.submits.append((carrier, t))
        journey.tries += 1
        n = journey.tries
        traits = self.scenario.traits(carrier, t)
        throw = self.dice.throw(message.n, carrier, nth)
        if throw.error < traits.error_rate:
            known = t + traits.error_latency_s
            self._tell("refused", journey, carrier, t, known)
            if self.policy.fails_over or self.policy.redraws:
                self._at(known, self._refused, journey, n)
            return
        accepted = t + traits.latency_s
        journey.cost += traits.price
        self._tell("accepted", journey, carrier, t, accepted)
        self._ticks["accepted"][int(accepted // TICK)] += 1
        end = t + traits.median_s * exp(traits.sigma * throw.delay)
        receipt: float | None = None
        what = "delivered"
        if message.invalid:
            receipt, what = end, "excused"
        elif throw.drop < traits.drop_rate:
            what = "dropped"
        elif throw.bounce < traits.bounce_rate:
            receipt, what = end, "bounced"
        else:
            end = max(end, message.off_until)
            journey.handsets.append(end)
            receipt = None if throw.receipt < traits.receipt_loss else end
        if receipt is not None:
            receipt += RECEIPT + traits.receipt_lag_s
            self._tell(what, journey, carrier, t, receipt)
            self._ticks["receipts"][int(receipt // TICK)] += 1
        if self.policy.fails_over:
            self._follow(journey, n, accepted, receipt, what)

    def _follow(
        self, journey: Journey, n: int, accepted: float, receipt: float | None, what: str
    ) -> None:
        """Schedule only what can change something: a first submit that goes well needs nothing."""
        silent_at = None if self.silence is None else accepted + self.silence
        if (receipt is not None and (what != "delivered" or n > 1 or journey.head is not None)) or (
            receipt is not None and silent_at is not None and receipt > silent_at
        ):
            self._at(receipt, self._received, journey, n, what)
        if n > 1:
            self._at(accepted, self._accepted, journey, n)
        if silent_at is not None and (receipt is None or receipt > silent_at):
            self._at(silent_at, self._looked, journey)

    def _tell(
        self, what: str, journey: Journey, carrier: str, submitted: float, known: float
    ) -> None:
        # A copy sent after a silence says more of its recipient than of its carrier.
        copy = journey.head is not None and journey.head.attempts[-1].duplicate
        if self.policy.learns and not copy:
            news = News(what, carrier, submitted, known)
            self._at(known + UNTIL_TOLD, self._told, news)

    def _told(self, t: float, news: News) -> None:
        self.policy.told(t, news)

    # What follows goes through the production code; a head is made when it is first needed.

    def _head_of(self, journey: Journey) -> Head:
        if journey.head is None:
            created = millis(journey.message.at)
            head = replace(
                self._head, created_at=created, expires_at=created + round(self.ttl * 1000)
            )
            carrier, at = journey.submits[0]
            head = claimed(
                head, self._first_step(journey.plan), owner="o", now=millis(at), by="dispatch"
            )
            journey.head = head
            throw = self.dice.throw(journey.message.n, carrier, 0)
            traits = self.scenario.traits(carrier, at)
            if throw.error >= traits.error_rate:
                self._accepted(at + traits.latency_s, journey, 1)
        return journey.head

    def _join(self, journey: Journey, report: Report) -> Head:
        head = apply(self._head_of(journey), report, now=report.at, by="proving")
        journey.head = head
        return head

    def _accepted(self, t: float, journey: Journey, n: int) -> None:
        self._join(journey, Report(n=n, state=State.ACCEPTED, at=millis(t)))

    def _refused(self, t: float, journey: Journey, n: int) -> None:
        if self.policy.redraws and not self.policy.fails_over:
            pause = 0.0 if n == 1 else 300.0
            if t + pause < journey.message.at + self.ttl and n < 50:
                self._at(t + pause, self._redrawn, journey)
            return
        report = Report(n=n, state=State.REFUSED, at=millis(t), reason="error", retryable=True)
        self._join(journey, report)
        self._next(t, journey)

    def _redrawn(self, t: float, journey: Journey) -> None:
        journey.plan = self.policy.plan(t, journey.message)
        self._submit(journey, journey.plan.candidates[0], t)

    def _received(self, t: float, journey: Journey, n: int, what: str) -> None:
        state = State.DELIVERED if what == "delivered" else State.UNDELIVERED
        self._join(journey, Report(n=n, state=state, at=millis(t), stop=what == "excused"))
        if what == "bounced":
            self._at(t + AFTER_BOUNCE, self._replanned, journey)

    def _looked(self, t: float, journey: Journey) -> None:
        """What `watch` does when a message comes due, its facts recorded one by one."""
        while True:
            now = millis(t)
            head = self._head_of(journey)
            match look(head, now, silence_counts=self._counts(head, now, t)):
                case Record(fact=fact):
                    journey.head = apply(head, fact, now=now, by="watch")
                    if not head.expired and not journey.head.expired:
                        self._ticks["silences"][int(t // TICK)] += 1
                case Queue():
                    self._replanned(t, journey)
                    return
                case Later(at=at) if journey.head is not None and not journey.head.final:
                    self._at((at - EPOCH) / 1000, self._looked, journey)
                    return
                case _:
                    return

    def _counts(self, head: Head, now: Millis, t: float) -> bool:
        """What `watch` says of a silence, whose own wait decides whether we heard anybody."""
        missed = silence_of(head, now)
        if missed is None:
            return False
        window = self._window(t)
        return valve(window, deaf=window.deaf(*missed, now))

    def _window(self, t: float) -> Window:
        """Ticks that are over change no more: their sums are kept until the next is over."""
        last = int(t // TICK)
        if self._past is None or self._past[0] != last:
            self._past = (last, self._window_before(last))
        window = self._past[1]
        return replace(window, silences=window.silences + self._ticks["silences"][last])

    def _window_before(self, last: int) -> Window:
        ticks = range(last - int(WINDOW // TICK), last)
        sums = {what: sum(counts[tick] for tick in ticks) for what, counts in self._ticks.items()}
        heard = [tick for tick in ticks if self._ticks["receipts"][tick]]
        return Window(
            accepted=sums["accepted"],
            receipts=sums["receipts"],
            silences=sums["silences"],
            hearing=tuple((millis(tick * TICK), millis((tick + 1) * TICK)) for tick in heard),
        )

    def _replanned(self, t: float, journey: Journey) -> None:
        if not self._head_of(journey).final:
            journey.plan = self.policy.plan(t, journey.message)
            self._next(t, journey)

    def _next(self, t: float, journey: Journey) -> None:
        head = self._head_of(journey)
        match next_step(head, journey.plan, millis(t)):
            case Submit() as step:
                journey.head = claimed(head, step, owner="o", now=millis(t), by="dispatch")
                self._submit(journey, step.candidate, t)
            case Wait(until=until) if until < head.expires_at:
                self._at((until - EPOCH) / 1000 + 0.001, self._replanned, journey)
            case _:
                pass
