"""Every port in memory, on a clock that only moves when told; contract tests keep them honest."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from heapq import heappop, heappush
from itertools import count
from threading import RLock
from typing import Any, Generic, TypeVar

from relevo import wire
from relevo.domain.attempt import Attempt, Report
from relevo.domain.breaker import Breaker
from relevo.domain.counting import cohorts_of
from relevo.domain.delivery import Delivery
from relevo.domain.endpoint import Circuit, Endpoints
from relevo.domain.event import Event
from relevo.domain.evidence import REMEMBERED, Cohort, Reading
from relevo.domain.health import WINDOW, Tally, Window
from relevo.domain.lineup import Lineup
from relevo.domain.message import Content, Head, attempt_id
from relevo.domain.outcome import Accepted, Outcome
from relevo.domain.outlook import CarrierChange, Outlook, Scene
from relevo.domain.pace import Gate
from relevo.domain.routes import Route, RouteBook, RoutePlan
from relevo.domain.sender import Sender
from relevo.domain.telemetry import Bucket, Cell, Grain, Owner
from relevo.domain.templates import Template
from relevo.domain.timing import MINUTE, NUDGE_BELOW, SECOND, Millis
from relevo.domain.words import Environment, TrafficClass
from relevo.ports.accounts import (
    Account,
    Balance,
    Debit,
    InsufficientBalance,
    Key,
    Recent,
    SpendCapReached,
)
from relevo.ports.basics import Clock, Conflict
from relevo.ports.carriers import Carrier, CarrierOf, Receipt, Submission
from relevo.ports.messages import DueItem, Letter, Place
from relevo.ports.telemetry import Mark
from relevo.ports.templates import TemplatePage
from relevo.ports.webhooks import Write
from relevo.wire_plans import decision_to_item

T = TypeVar("T")
NOON = 1_767_268_800_000
"""2026-01-01T12:00:00Z, where virtual time begins."""


class VirtualClock:
    """A `Clock` that stands still until it is moved."""

    def __init__(self, start: Millis = NOON) -> None:
        self._now = start

    def __call__(self) -> Millis:
        return self._now

    def now(self) -> Millis:
        return self._now

    def advance(self, span: Millis) -> Millis:
        self._now += span
        return self._now

    def until(self, at: Millis) -> Millis:
        """Move on to `at`; never back."""
        self._now = max(self._now, at)
        return self._now


def in_turn(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """A `Parallel` that runs one after the other."""
    return [task() for task in tasks]


def by_name(carriers: Mapping[str, Carrier]) -> CarrierOf:
    """A `CarrierOf` with one account at each carrier."""
    return lambda route: carriers.get(route.carrier)


class Faulty:
    """Any port with hooks around its methods; a hook that raises is a crash or a lost answer."""

    def __init__(
        self,
        port: object,
        *,
        before: Callable[[str], None] = lambda _: None,
        after: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._port, self._before, self._after = port, before, after

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not callable(method):
            return method

        def call(*args: Any, **named: Any) -> Any:
            self._before(name)
            answer = method(*args, **named)
            self._after(name)
            return answer

        return call


class Timed(Generic[T]):
    """Things that become visible at their virtual time, in the order of that time."""

    def __init__(self) -> None:
        self._heap: list[tuple[Millis, int, T]] = []
        self._order = count()

    def put(self, at: Millis, thing: T) -> None:
        heappush(self._heap, (at, next(self._order), thing))

    def take(self, now: Millis) -> list[T]:
        """Remove and give everything visible at `now`."""
        taken = []
        while self._heap and self._heap[0][0] <= now:
            taken.append(heappop(self._heap)[2])
        return taken

    @property
    def next_at(self) -> Millis | None:
        return self._heap[0][0] if self._heap else None

    def __len__(self) -> int:
        return len(self._heap)

    def __iter__(self) -> Iterator[T]:
        return (thing for _, _, thing in sorted(self._heap, key=lambda row: row[:2]))


@dataclass
class Purse:
    """One account's money in one environment."""

    amount: Decimal = Decimal(0)
    day: str = ""
    spent: Decimal = Decimal(0)
    updated_at: Millis = 0


class InMemoryAccounts:
    def __init__(self) -> None:
        self.keys: dict[str, Key] = {}
        self.accounts: dict[str, Account] = {}
        self.purses: defaultdict[tuple[str, Environment], Purse] = defaultdict(Purse)
        self.opt_outs: set[tuple[str, Environment, str]] = set()

    def key(self, fingerprint: str) -> Key | None:
        return self.keys.get(fingerprint)

    def account(self, account: str) -> Account | None:
        return self.accounts.get(account)

    def balance(self, account: Account, environment: Environment, *, today: str) -> Balance:
        purse = self.purses[account.id, environment]
        return Balance(
            amount=purse.amount,
            currency=account.currency,
            spent_today=purse.spent if purse.day == today else Decimal(0),
            updated_at=purse.updated_at,
        )

    def opted_out(self, account: str, environment: Environment, recipient_hash: str) -> bool:
        return (account, environment, recipient_hash) in self.opt_outs

    def deposit(self, account: str, environment: Environment, amount: Decimal) -> None:
        self.purses[account, environment].amount += amount


class InMemoryContents(dict[str, Content]):
    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Content]:
        return {id_: self[id_] for id_ in message_ids if id_ in self}

    def reword(self, message_id: str, text: str, wording: str) -> None:
        if message_id in self:
            self[message_id] = replace(self[message_id], text=text, wording=wording)


class InMemorySenders:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[Sender, ...]] = {}

    def of(self, account: str) -> tuple[Sender, ...]:
        return self.kept.get(account, ())

    def change(self, account: str, senders: Iterable[Sender]) -> None:
        self.kept[account] = tuple(sorted(senders, key=lambda sender: sender.name))

    def owners(self, number: str) -> tuple[str, ...]:
        wanted = number.removeprefix("+")
        return tuple(
            sorted(
                account
                for account, senders in self.kept.items()
                if wanted.isdigit() and any(s.name.removeprefix("+") == wanted for s in senders)
            )
        )


class InMemoryOptOuts:
    def __init__(self, accounts: InMemoryAccounts) -> None:
        self._said = accounts.opt_outs
        self._by: dict[tuple[str, Environment, str], str] = {}

    def add(
        self, account: str, environment: Environment, recipient: str, at: Millis, *, by: str
    ) -> bool:
        who = (account, environment, recipient)
        self._said.add(who)
        return self._by.setdefault(who, by) == by

    def remove(self, account: str, environment: Environment, recipient: str) -> None:
        self._said.discard((account, environment, recipient))
        self._by.pop((account, environment, recipient), None)


class InMemoryHistories:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, Environment, str], Recent] = {}

    def recent(self, account: str, environment: Environment, recipient: str) -> Recent:
        return self.kept.get((account, environment, recipient), Recent())

    def remember(
        self,
        account: str,
        environment: Environment,
        recipient: str,
        recent: Recent,
        until: Millis,
    ) -> None:
        who = (account, environment, recipient)
        if self.kept.get(who, Recent()).version != recent.version:
            raise Conflict(recipient)
        self.kept[who] = replace(recent, version=recent.version + 1)


class InMemoryTemplates:
    """Every version ever saved, by account and id."""

    def __init__(self) -> None:
        self.saved: dict[tuple[str, str], list[Template]] = {}

    def get(self, account: str, template_id: str, version: int | None = None) -> Template | None:
        latest = self.latest(account, template_id)
        if latest is None or latest.retired or version is None:
            return None if latest is None or latest.retired else latest
        versions = {one.version: one for one in self.saved[account, template_id]}
        return versions.get(version)

    def latest(self, account: str, template_id: str) -> Template | None:
        versions = self.saved.get((account, template_id), [])
        return versions[-1] if versions else None

    def page(self, account: str, *, after: str | None, limit: int) -> TemplatePage:
        names = sorted(name for owner, name in self.saved if owner == account)
        heads = [self.saved[account, name][-1] for name in names if name > (after or "")]
        here = [one for one in heads if not one.retired]
        more = here[limit - 1].id if len(here) > limit else None
        return TemplatePage(templates=here[:limit], after=more)

    def save(self, account: str, template: Template) -> None:
        latest = self.latest(account, template.id)
        if template == latest:
            return
        if template.version != (1 if latest is None else latest.version + 1):
            raise Conflict(template.id)
        self.saved.setdefault((account, template.id), []).append(template)

    def retire(self, account: str, template: Template) -> None:
        latest = self.latest(account, template.id)
        if latest is None or latest.version != template.version:
            raise Conflict(template.id)
        self.saved[account, template.id][-1] = replace(template, retired=True)


class InMemoryMessages:
    """Heads and money; `images` is the stream: every head ever written, in order."""

    def __init__(
        self, contents: InMemoryContents, accounts: InMemoryAccounts, clock: Clock
    ) -> None:
        self.heads: dict[str, Head] = {}
        self.images: list[Head] = []
        self._contents, self._accounts, self._clock = contents, accounts, clock
        self._lock = RLock()

    def create(self, head: Head, content: Content, debit: Debit) -> Head:
        with self._lock:
            if head.id in self.heads:
                return self.heads[head.id]
            self._debit(head, debit)
            self._contents[head.id] = content
            return self._write(head)

    def receive(self, head: Head, content: Content, account: Account) -> bool:
        with self._lock:
            if head.id in self.heads:
                return False
            self._contents[head.id] = content
            self._write(head)
            return True

    def get(self, message_id: str) -> Head | None:
        return self.heads.get(message_id)

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Head | None]:
        return {key: self.heads[key] for key in message_ids if key in self.heads}

    def save(self, old: Head, new: Head) -> None:
        with self._lock:
            if self._ours(old, new):
                self._write(new)

    def settle(self, old: Head, new: Head, amount: Decimal) -> None:
        with self._lock:
            if self._ours(old, new):
                purse = self._accounts.purses[old.account, old.environment]
                purse.amount += amount
                purse.updated_at = self._clock()
                self._write(new)

    def _ours(self, old: Head, new: Head) -> bool:
        """Say whether there is still something to write; what we wrote before is a success."""
        stored = self.heads.get(old.id)
        if stored == new:
            return False
        if stored is None or stored.version != old.version:
            raise Conflict(old.id)
        return True

    def _write(self, head: Head) -> Head:
        self.heads[head.id] = head
        self.images.append(head)
        return head

    def _debit(self, head: Head, debit: Debit) -> None:
        account = debit.account
        purse = self._accounts.purses[account.id, head.environment]
        same_day = purse.day >= debit.today
        spent = purse.spent if same_day else Decimal(0)
        if purse.amount + account.credit_limit < head.price:
            raise InsufficientBalance(account.id)
        if account.daily_cap is not None and spent + head.price > account.daily_cap:
            raise SpendCapReached(account.id)
        purse.amount -= head.price
        purse.day = max(purse.day, debit.today)
        purse.spent = spent + head.price
        purse.updated_at = self._clock()


class InMemoryListing:
    def __init__(self, messages: InMemoryMessages) -> None:
        self._messages = messages

    def newest(
        self, account: Account, environment: Environment, *, since: Millis, before: Place, most: int
    ) -> Sequence[Place]:
        places = (
            Place(head.created_at, head.id)
            for head in self._messages.heads.values()
            if (head.account, head.environment) == (account.id, environment)
        )
        found = sorted((one for one in places if since <= one.at and one < before), reverse=True)
        return found[:most]


class InMemoryLetters:
    def __init__(
        self, messages: InMemoryMessages, contents: InMemoryContents, accounts: InMemoryAccounts
    ) -> None:
        self._messages, self._contents, self._accounts = messages, contents, accounts

    def read(self, heads: Mapping[str, Head | None], *, opt_outs: bool) -> Mapping[str, Letter]:
        stored = {id_: head for id_, head in self._messages.get_many(heads).items() if head}
        return {
            message_id: Letter(
                head=head,
                content=self._contents.get(message_id),
                opted_out=opt_outs and self._opted_out(heads[message_id]),
            )
            for message_id, head in stored.items()
        }

    def _opted_out(self, known: Head | None) -> bool:
        return known is not None and self._accounts.opted_out(
            known.account, known.environment, known.recipient_hash
        )


class InMemoryDues:
    """Due items by shard; `nudges` holds the shards to look at, in virtual time."""

    def __init__(self, clock: Clock, *, shards: int = 1, nudging: bool = True) -> None:
        self.items: dict[tuple[int, str], DueItem] = {}
        self.nudges: Timed[int] = Timed()
        self._clock, self._shards, self._nudging = clock, shards, nudging
        self._turn = count()

    def put(self, due: Mapping[str, Millis], *, leased: bool = False) -> None:
        seconds: defaultdict[int, list[str]] = defaultdict(list)
        for message_id, at in due.items():
            seconds[-(-at // SECOND) * SECOND].append(message_id)
        for at, ids in sorted(seconds.items()):
            for start in range(0, len(ids), 25):
                self._put(at, tuple(ids[start : start + 25]), leased=leased)

    def due(self, shard: int, now: Millis) -> Sequence[DueItem]:
        end = f"{now + 1:015d}"
        keys = sorted(key for number, key in self.items if number == shard and key < end)
        return [self.items[shard, key] for key in keys[:25]]

    def remove(self, items: Sequence[DueItem]) -> None:
        for item in items:
            self.items.pop((item.shard, item.key), None)

    @property
    def shards(self) -> range:
        return range(self._shards)

    @property
    def next_at(self) -> Millis | None:
        """When the earliest item of all shards comes due; for harnesses."""
        times = [int(key.partition("#")[0]) for _, key in self.items]
        return min(times, default=None)

    def waiting(self, message_id: str) -> bool:
        """Say whether anything will look at this message; for harnesses."""
        return any(message_id in item.ids for item in self.items.values())

    def _put(self, at: Millis, ids: tuple[str, ...], *, leased: bool) -> None:
        shard = at // SECOND % self._shards
        item = DueItem(shard=shard, key=f"{at:015d}#{next(self._turn):08x}", ids=ids, leased=leased)
        self.items[item.shard, item.key] = item
        if self._nudging and at - self._clock() < NUDGE_BELOW:
            self.nudges.put(at, item.shard)


class InMemoryClassQueues:
    """A deque of message ids for each class."""

    def __init__(self) -> None:
        self.queues: dict[TrafficClass, deque[str]] = {kind: deque() for kind in TrafficClass}

    def __getitem__(self, traffic_class: TrafficClass) -> deque[str]:
        return self.queues[traffic_class]

    def send(self, heads: Sequence[Head]) -> None:
        for head in heads:
            self.queues[head.traffic_class].append(head.id)

    def __len__(self) -> int:
        return sum(map(len, self.queues.values()))


class InMemoryWorkflow:
    """Remembers what was started; a harness gives `then` to have it delivered."""

    def __init__(self, then: Callable[[Sequence[Head]], None] = lambda _: None) -> None:
        self.runs: list[list[Head]] = []
        self.then = then

    def run(self, heads: Sequence[Head]) -> None:
        self.runs.append(list(heads))
        # Heads travel as JSON in workflow state; what does not survive that must not be relied on.
        self.then([wire.head_from_item(wire.head_to_item(head)) for head in heads])


class InMemoryRoutes:
    def __init__(self, book: RouteBook | None = None) -> None:
        self.current = book or RouteBook(routes={}, lists={})
        self.decisions: dict[str, dict[str, Any]] = {}

    def book(self) -> RouteBook:
        return self.current

    def fresh_book(self) -> RouteBook:
        return self.current

    def change(self, old: RouteBook, new: RouteBook) -> None:
        # What nobody changed stays as it is, whoever changed it since.
        for part in ("routes", "lists", "excluded"):
            before, after = getattr(old, part), getattr(new, part)
            now = dict(getattr(self.current, part))
            now.update({key: after[key] for key in after if before.get(key) != after[key]})
            kept = {key: now[key] for key in now if key in after or key not in before}
            self.current = replace(self.current, **{part: kept})

    def remember(
        self, decision: str, plan: RoutePlan, at: Millis, outlook: Outlook | None = None
    ) -> None:
        self.decisions[decision] = {**decision_to_item(plan, outlook), "at": at}

    def decision(self, decision: str) -> Mapping[str, Any] | None:
        return self.decisions.get(decision)


class InMemoryHealth:
    def __init__(self) -> None:
        self.counts: Counter[tuple[Environment, TrafficClass, str, str, int, str]] = Counter()
        self.heard: dict[tuple[Environment, TrafficClass, str, str, int], list[Millis]] = {}

    def add(self, tallies: Iterable[Tally]) -> None:
        for tally in tallies:
            key = (tally.environment, tally.traffic_class, tally.carrier, tally.country)
            self.counts[*key, tally.minute, tally.what] += tally.count
            if tally.what == "receipt" and tally.at:
                self.heard.setdefault((*key, tally.minute), []).append(tally.at)

    def window(self, environment: Environment, traffic_class: TrafficClass, now: Millis) -> Window:
        minute = now // MINUTE
        recent = range(minute - WINDOW // MINUTE + 1, minute + 1)
        sums: Counter[str] = Counter()
        for (env, kind, _, _, at, what), number in self.counts.items():
            if (env, kind) == (environment, traffic_class) and at in recent:
                sums[what] += number
        hearing = [
            (ats[0], ats[-1])
            for (env, kind, _, _, at), ats in self.heard.items()
            if (env, kind) == (environment, traffic_class) and at in recent
        ]
        return Window(
            accepted=sums["accepted"],
            receipts=sums["receipt"],
            silences=sums["silence"],
            hearing=tuple(sorted(hearing)),
        )

    def evidence(self, scene: Scene, now: Millis) -> Reading:
        minutes: dict[tuple[str, int], dict[str, int]] = {}
        for (env, kind, carrier, country, at, what), number in self.counts.items():
            if (env, kind, country) == scene and now - REMEMBERED < (at + 1) * MINUTE:
                minutes.setdefault((carrier, at), {})[what] = number
        cohorts: dict[str, list[Cohort]] = {}
        for (carrier, at), counts in minutes.items():
            cohorts.setdefault(carrier, []).extend(cohorts_of(at, counts))
        return Reading(at=now, cohorts=cohorts)


class InMemoryLineups:
    def __init__(self) -> None:
        self.known: dict[Scene, Lineup] = {}
        self._lock = RLock()

    def get(self, scene: Scene) -> Lineup:
        return self.known.get(scene, Lineup())

    def save(self, scene: Scene, new: Lineup) -> Lineup:
        with self._lock:
            if self.get(scene).version != new.version:
                raise Conflict(str(scene))
            self.known[scene] = replace(new, version=new.version + 1)
            return self.known[scene]


class InMemoryPace:
    def __init__(self) -> None:
        self.used: Counter[tuple[str, int]] = Counter()
        self.lines: dict[tuple[str, TrafficClass], Millis] = {}
        self._lock = RLock()

    def take(self, gate: Gate, wanted: int, now: Millis, *, waited: bool) -> int:
        with self._lock:
            if not waited and self.lines.get(gate[:2], 0) > now:
                return 0
            latest = max((at for who, at in self.used if who == gate.account), default=0)
            second = (gate.account, max(now // SECOND, latest))
            granted = max(min(wanted, gate.most - self.used[second]), 0)
            self.used[second] += granted
            return granted

    def line_up(self, gate: Gate, span: Millis, now: Millis, horizon: Millis) -> Millis | None:
        with self._lock:
            begins = max(self.lines.get(gate[:2], 0), now)
            if begins > horizon:
                return None
            self.lines[gate[:2]] = begins + span
            return begins


class InMemoryBreakers:
    def __init__(self) -> None:
        self.kept: dict[str, Breaker] = {}
        self._lock = RLock()

    def known(self) -> Mapping[str, Breaker]:
        return dict(self.kept)

    def get(self, account: str) -> Breaker | None:
        return self.kept.get(account)

    def save(self, old: Breaker | None, new: Breaker) -> None:
        with self._lock:
            stored = self.kept.get(new.account)
            if (stored and stored.version) != (old and old.version):
                raise Conflict(new.account)
            self.kept[new.account] = new


class InMemoryTelemetry:
    def __init__(self, clock: Clock) -> None:
        self.buckets: dict[tuple[Owner, Grain, Millis, Cell], Counter[str]] = {}
        self.marked: set[Mark] = set()
        self._clock = clock

    def add(self, counted: Mapping[Owner, Iterable[Bucket]]) -> None:
        for owner, buckets in counted.items():
            for at, cell, counts in buckets:
                self.mark(owner, Grain.HOUR, at)
                self.buckets.setdefault((owner, Grain.MINUTE, at, cell), Counter()).update(counts)

    def put(self, owner: Owner, grain: Grain, buckets: Iterable[Bucket]) -> None:
        for at, cell, counts in buckets:
            self.buckets[owner, grain, at, cell] = Counter(counts)

    def series(self, owner: Owner, grain: Grain, since: Millis, until: Millis) -> Sequence[Bucket]:
        return [
            Bucket(at, cell, counts)
            for (whose, wide, at, cell), counts in sorted(
                self.buckets.items(), key=lambda row: (row[0][2], row[0][3])
            )
            if (whose, wide) == (owner, grain) and since <= at < until
        ]

    def mark(self, owner: Owner, grain: Grain, at: Millis) -> None:
        self.marked.add(Mark.of(owner, grain, at, self._clock()))

    def marks(self, now: Millis) -> Sequence[Mark]:
        return sorted(mark for mark in self.marked if mark.due <= now)

    def unmark(self, marks: Iterable[Mark]) -> None:
        self.marked -= set(marks)


class InMemoryReceipts(Timed[Receipt]):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def send(self, receipt: Receipt, delay: Millis = 0) -> None:
        self.put(self._clock() + delay, receipt)

    def send_all(self, receipts: Sequence[Receipt]) -> None:
        for receipt in receipts:
            self.send(receipt)


@dataclass
class InMemoryOrphans:
    kept: list[tuple[Receipt, Millis]] = field(default_factory=list)
    strays: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def keep(self, receipt: Receipt, at: Millis) -> None:
        self.kept.append((receipt, at))

    def keep_stray(self, carrier: str, said: Mapping[str, str], at: Millis) -> None:
        self.strays.append((carrier, said))


@dataclass
class InMemoryLedger:
    notes: list[tuple[Submission, str, Millis]] = field(default_factory=list)

    def note(self, submission: Submission, carrier: str, at: Millis) -> None:
        self.notes.append((submission, carrier, at))


@dataclass
class InMemoryExchanges:
    """What `flush` would have written, by message."""

    kept: list[Mapping[str, Any]] = field(default_factory=list)

    def of(self, message_id: str) -> Sequence[Mapping[str, Any]]:
        mine = [one for one in self.kept if one["reference"].startswith(message_id)]
        return sorted(mine, key=lambda one: one["at"])


@dataclass
class InMemoryAnnouncements:
    published: list[tuple[str, int]] = field(default_factory=list)
    parked: list[tuple[str, int]] = field(default_factory=list)
    woken: list[str] = field(default_factory=list)
    changes: list[CarrierChange] = field(default_factory=list)

    def publish(self, writes: Sequence[Write]) -> None:
        self.published.extend((write.message, write.version) for write in writes)

    def wake(self, references: Sequence[str]) -> None:
        self.woken.extend(references)

    def carriers_changed(self, changes: Sequence[CarrierChange]) -> None:
        self.changes.extend(changes)

    def park(self, message_id: str, version: int) -> None:
        self.parked.append((message_id, version))


class InMemorySubscriptions:
    def __init__(self) -> None:
        self.kept: dict[tuple[str, Environment], Endpoints] = {}
        self.circuits: dict[str, Circuit] = {}
        self.enlisted: set[str] = set()

    def of(self, account: str, environment: Environment) -> Endpoints:
        nothing = Endpoints(account=account, environment=environment)
        return self.kept.get((account, environment), nothing)

    fresh = of

    def change(self, new: Endpoints) -> Endpoints:
        who = (new.account, new.environment)
        stored = replace(new, version=new.version + 1)
        before = self.of(*who)
        if before != stored and before.version != new.version:
            raise Conflict(new.account)
        self.kept[who] = stored
        return stored

    def listening(self, account: str, environment: Environment) -> bool:
        return any(one.disabled is None for one in self.of(account, environment).all)

    def circuit(self, lane: str) -> Circuit:
        return self.circuits.get(lane, Circuit())

    def note(self, lane: str, circuit: Circuit) -> None:
        self.circuits[lane] = circuit

    def enlist(self, account: str) -> None:
        self.enlisted.add(account)

    def operators(self) -> Collection[str]:
        return frozenset(self.enlisted)


class InMemoryDeliveries:
    """Deliveries by reference."""

    def __init__(self) -> None:
        self.kept: dict[str, Delivery] = {}
        self._lock = RLock()

    def get_many(self, references: Collection[str]) -> Mapping[str, Delivery]:
        return {one: self.kept[one] for one in references if one in self.kept}

    def save(self, old: Delivery | None, new: Delivery) -> None:
        with self._lock:
            stored = self.kept.get(new.reference)
            if stored == new:
                return
            if (stored and stored.version) != (old and old.version):
                raise Conflict(new.id)
            self.kept[new.reference] = new

    def newest(
        self, lane: str, *, since: Millis, before: str | None, most: int
    ) -> Sequence[Delivery]:
        mine = [one for one in self.kept.values() if one.lane == lane]
        found = [one for one in mine if f"{since:013d}" <= one.id < (before or "~")]
        return sorted(found, key=lambda one: one.id, reverse=True)[:most]


@dataclass
class InMemoryBulletins:
    """What was announced, by id, and the ids in the order of their announcement."""

    kept: dict[str, Event] = field(default_factory=dict)
    queued: list[str] = field(default_factory=list)

    def keep(self, event: Event) -> None:
        self.kept[event.id] = event

    def announce(self, event: Event) -> None:
        self.keep(event)
        self.queued.append(event.id)

    def get_many(self, event_ids: Collection[str]) -> Mapping[str, Event]:
        return {one: self.kept[one] for one in event_ids if one in self.kept}


class ScriptedCarrier:
    """Answers with its script in order, then with `otherwise`; an exception in it is raised."""

    def __init__(
        self,
        name: str,
        script: Iterable[Outcome | Exception] = (),
        otherwise: Callable[[Submission], Outcome] | None = None,
    ) -> None:
        self.name = name
        self.script = deque(script)
        self.submissions: list[Submission] = []
        self._otherwise = otherwise or (lambda s: Accepted(reference=f"{name}:{s.reference}"))

    def submit(self, submission: Submission) -> Outcome:
        self.submissions.append(submission)
        if not self.script:
            return self._otherwise(submission)
        answer = self.script.popleft()
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class ScriptedLookup:
    """Carriers that are asked: `said` by attempt id; an exception in it is raised."""

    said: dict[str, Sequence[Report] | Exception] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, route: Route, head: Head, attempt: Attempt, to: str) -> Sequence[Report]:
        reference = attempt_id(head.id, attempt.n)
        self.asked.append((reference, to))
        said = self.said.get(reference, ())
        if isinstance(said, Exception):
            raise said
        return said


class ScriptedCarriers(dict[str, Carrier]):
    """Carriers by name; one that nobody scripted accepts everything."""

    def __missing__(self, name: str) -> Carrier:
        self[name] = ScriptedCarrier(name)
        return self[name]


class World:
    """One of each, wired together: what a model test or a simulation starts from."""

    def __init__(
        self, *, start: Millis = NOON, shards: int = 1, book: RouteBook | None = None
    ) -> None:
        self.clock = VirtualClock(start)
        self.accounts = InMemoryAccounts()
        self.contents = InMemoryContents()
        self.templates = InMemoryTemplates()
        self.histories = InMemoryHistories()
        self.senders = InMemorySenders()
        self.opt_outs = InMemoryOptOuts(self.accounts)
        self.messages = InMemoryMessages(self.contents, self.accounts, self.clock)
        self.listing = InMemoryListing(self.messages)
        self.letters = InMemoryLetters(self.messages, self.contents, self.accounts)
        self.dues = InMemoryDues(self.clock, shards=shards)
        self.queues = InMemoryClassQueues()
        self.workflow = InMemoryWorkflow()
        self.routes = InMemoryRoutes(book)
        self.health = InMemoryHealth()
        self.lineups = InMemoryLineups()
        self.carrier_changes: list[CarrierChange] = []
        self.pace = InMemoryPace()
        self.breakers = InMemoryBreakers()
        self.telemetry = InMemoryTelemetry(self.clock)
        self.receipts = InMemoryReceipts(self.clock)
        self.exchanges = InMemoryExchanges()
        self.orphans = InMemoryOrphans()
        self.ledger = InMemoryLedger()
        self.announcements = InMemoryAnnouncements()
        self.bulletins = InMemoryBulletins()
        self.subscriptions = InMemorySubscriptions()
        self.deliveries = InMemoryDeliveries()
        self.carriers = ScriptedCarriers()
        self.lookup = ScriptedLookup()
