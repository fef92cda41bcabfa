"""What the use cases need from the world, as protocols; adapters and fakes implement them."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, TypeVar

from relevo.domain.attempt import Attempt, Report
from relevo.domain.breaker import Breaker
from relevo.domain.delivery import Delivery
from relevo.domain.endpoint import Circuit, Endpoints
from relevo.domain.event import Event
from relevo.domain.evidence import Reading
from relevo.domain.frequency import Sent
from relevo.domain.health import Tally, Window
from relevo.domain.lineup import Lineup
from relevo.domain.message import Content, Head
from relevo.domain.outcome import Outcome
from relevo.domain.outlook import CarrierChange, Outlook, Scene
from relevo.domain.pace import Gate
from relevo.domain.routes import Route, RouteBook, RoutePlan
from relevo.domain.segments import Sizing
from relevo.domain.sender import Sender
from relevo.domain.telemetry import Bucket, Grain, Owner
from relevo.domain.templates import Registered, Template
from relevo.domain.timing import MINUTE, Millis
from relevo.domain.voice import Voice
from relevo.domain.words import Environment, TrafficClass

Clock: TypeAlias = Callable[[], Millis]
Draw: TypeAlias = Callable[[int], bytes]
"""Give that many random bytes."""

T = TypeVar("T")


class Conflict(Exception):
    """The stored version is not the one this write started from."""


class WorkflowFailed(Exception):
    """An execution did not succeed; says how, never what was in it."""


class InsufficientBalance(Exception):
    """Balance plus credit does not cover the price."""


class SpendCapReached(Exception):
    """The account's daily cap would be passed."""


Within: TypeAlias = Callable[[Millis, Sequence[Callable[[], object]]], Sequence[bool]]
"""Run tasks side by side for so long; say of each whether it ended well in that time."""


class Parallel(Protocol):
    """Run independent pieces at the same time and give their results in order."""

    def __call__(self, tasks: Sequence[Callable[[], T]]) -> list[T]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message opened for work: its head and content as stored, and whether we may write."""

    head: Head
    content: Content | None
    opted_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: str
    currency: str
    credit_limit: Decimal = Decimal(0)
    daily_cap: Decimal | None = None
    suspended: bool = False
    countries: frozenset[str] | None = None
    senders: frozenset[str] = frozenset()
    voice: Voice = field(default_factory=Voice)
    shards: int = 1
    """Over how many items the balance is spread; money for one message must be on one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Debit:
    """Whose money a new message costs; `today` is the UTC day (ISO) the spend counts for."""

    account: Account
    today: str


class Messages(Protocol):
    def create(self, head: Head, content: Content, debit: Debit) -> Head:
        """Store head and content and debit the price, all or nothing.

        Gives the head now stored under that id: ours, or an earlier one when the id was taken.
        Raises InsufficientBalance, SpendCapReached.
        """
        ...

    def receive(self, head: Head, content: Content, account: Account) -> bool:
        """Store a text that somebody sent to us; False when it was there already."""
        ...

    def get(self, message_id: str) -> Head | None:
        """Read the head as it stands (strongly consistent)."""
        ...

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Head | None]:
        """Read heads; None stands for one that is there and that this code cannot read."""
        ...

    def save(self, old: Head, new: Head) -> None:
        """Write `new` if `old.version` is still stored; raises Conflict."""
        ...

    def settle(self, old: Head, new: Head, amount: Decimal) -> None:
        """Write `new` and add `amount` to the balance, both or neither; raises Conflict."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recent:
    """What was accepted for one recipient of an account lately; `version` is 0 where nothing."""

    entries: tuple[Sent, ...] = ()
    version: int = 0


class Histories(Protocol):
    def recent(self, account: str, environment: Environment, recipient: str) -> Recent:
        """Read the history of a recipient hash (strongly consistent)."""
        ...

    def remember(
        self,
        account: str,
        environment: Environment,
        recipient: str,
        recent: Recent,
        until: Millis,
    ) -> None:
        """Write entries over the version they were read in; raises Conflict."""
        ...


class Place(NamedTuple):
    """Where a message stands in its account's list: by time, then by id."""

    at: Millis
    message_id: str


class Listing(Protocol):
    def newest(
        self, account: Account, environment: Environment, *, since: Millis, before: Place, most: int
    ) -> Sequence[Place]:
        """Give the places before one down to `since`, newest first, at most so many."""
        ...


class Letters(Protocol):
    def read(self, heads: Mapping[str, Head | None], *, opt_outs: bool) -> Mapping[str, Letter]:
        """Open these messages in one consistent read; opt-outs are looked up for known heads."""
        ...


class Contents(Protocol):
    def get(self, message_id: str) -> Content | None: ...

    def get_many(self, message_ids: Collection[str]) -> Mapping[str, Content]:
        """Read contents; those that are gone are left out."""
        ...

    def reword(self, message_id: str, text: str, wording: str) -> None:
        """Replace the text of a stored content, and the wording at its end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePage:
    """Some of a list, and the id after which the next page begins, if there is one."""

    templates: Sequence[Template]
    after: str | None = None


class Templates(Protocol):
    def get(self, account: str, template_id: str, version: int | None = None) -> Template | None:
        """Give the latest version or the one named; a retired template has none.

        May be a few seconds behind a save or a retirement made elsewhere.
        """
        ...

    def latest(self, account: str, template_id: str) -> Template | None:
        """Give the latest version as it stands, retired ones too (strongly consistent)."""
        ...

    def page(self, account: str, *, after: str | None, limit: int) -> TemplatePage:
        """Give the latest versions of all that are not retired, by id."""
        ...

    def save(self, account: str, template: Template) -> None:
        """Store a version that follows the latest one; raises Conflict when it does not."""
        ...

    def retire(self, account: str, template: Template) -> None:
        """Take a template out of use, from this version on; raises Conflict when it changed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    shard: int
    key: str
    ids: tuple[str, ...]
    leased: bool = False

    @property
    def at(self) -> Millis:
        """When it was due, with which keys begin."""
        return int(self.key.partition("#")[0])


class Dues(Protocol):
    def put(self, due: Mapping[str, Millis], *, leased: bool = False) -> None:
        """Remember to look at each message at its time; near ones also send a nudge.

        `leased` marks items that only ask whether whoever took the message is still alive.
        """
        ...

    def due(self, shard: int, now: Millis) -> Sequence[DueItem]:
        """Give items of the shard that have come due, oldest first, a page at a time."""
        ...

    def remove(self, items: Sequence[DueItem]) -> None: ...


class ClassQueues(Protocol):
    def send(self, heads: Sequence[Head]) -> None:
        """Say "look at this message" on the queue of its class."""
        ...


class Workflow(Protocol):
    def run(self, heads: Sequence[Head]) -> None:
        """Start the delivery of these heads and wait until it has ended; raises WorkflowFailed."""
        ...


class Senders(Protocol):
    def of(self, account: str) -> tuple[Sender, ...]:
        """Give an account's senders; some seconds old at most."""
        ...

    def change(self, account: str, senders: Iterable[Sender]) -> None:
        """Make these the account's senders, and no others."""
        ...

    def owners(self, number: str) -> tuple[str, ...]:
        """Give the accounts that have this number as a sender, however it is written."""
        ...


class OptOuts(Protocol):
    def add(
        self, account: str, environment: Environment, recipient: str, at: Millis, *, by: str
    ) -> bool:
        """Remember that a recipient hash said stop, in the message `by`.

        False when another message had said so before.
        """
        ...

    def remove(self, account: str, environment: Environment, recipient: str) -> None: ...


class Routes(Protocol):
    def book(self) -> RouteBook:
        """Give everything configured; some seconds old at most."""
        ...

    def fresh_book(self) -> RouteBook:
        """Read everything configured as it stands now."""
        ...

    def change(self, old: RouteBook, new: RouteBook) -> None:
        """Write what differs between two books, so that no list names a route that is not there."""
        ...

    def remember(
        self, decision: str, plan: RoutePlan, at: Millis, outlook: Outlook | None = None
    ) -> None:
        """Write down what was decided, and the health it was decided on."""
        ...

    def decision(self, decision: str) -> Mapping[str, Any] | None: ...


class Pace(Protocol):
    def take(self, gate: Gate, wanted: int, now: Millis, *, waited: bool) -> int:
        """Count submits at a gate in this second; gives how many of those wanted may go.

        Who has not `waited` gets nothing while others of the class stand in line.
        """
        ...

    def line_up(self, gate: Gate, span: Millis, now: Millis, horizon: Millis) -> Millis | None:
        """Join the line at a gate for `span`; gives where one's place begins.

        None when that would be beyond `horizon`; then the line is left as it is.
        """
        ...


class Breakers(Protocol):
    def known(self) -> Mapping[str, Breaker]:
        """Give the breakers of carrier accounts that ever opened; some seconds old at most."""
        ...

    def get(self, account: str) -> Breaker | None:
        """Read one as it stands (strongly consistent)."""
        ...

    def save(self, old: Breaker | None, new: Breaker) -> None:
        """Write `new` over the version it was made from; raises Conflict."""
        ...


class Health(Protocol):
    def add(self, tallies: Iterable[Tally]) -> None: ...

    def window(
        self, environment: Environment, traffic_class: TrafficClass, now: Millis
    ) -> Window: ...

    def evidence(self, scene: Scene, now: Millis) -> Reading:
        """Give the cohorts of every carrier over the last hour; the newest are seconds old."""
        ...


class Lineups(Protocol):
    def get(self, scene: Scene) -> Lineup:
        """Give which carriers are out; some seconds old at most."""
        ...

    def save(self, scene: Scene, new: Lineup) -> Lineup:
        """Write over the version it was made from and give it with its own; raises Conflict."""
        ...


CarrierChanged: TypeAlias = Callable[[CarrierChange], None]
"""Hear of each change once, from the worker whose write made it."""


ROUND: Final = 5 * MINUTE
"""How often wider buckets are added up at most, and so how old they may be."""


class Mark(NamedTuple):
    """A bucket that has to be added up in the round that begins at `due`."""

    due: Millis
    owner: Owner
    grain: Grain
    at: Millis

    @classmethod
    def of(cls, owner: Owner, grain: Grain, at: Millis, now: Millis) -> "Mark":
        """Mark the bucket that holds `at` for the round after now."""
        return cls((now // ROUND + 1) * ROUND, owner, grain, at // grain.span * grain.span)


class Telemetry(Protocol):
    def add(self, counted: Mapping[Owner, Iterable[Bucket]]) -> None:
        """Add to the minutes, and mark the hours that have to be added up anew."""
        ...

    def put(self, owner: Owner, grain: Grain, buckets: Iterable[Bucket]) -> None:
        """Replace buckets by what they come to now."""
        ...

    def series(self, owner: Owner, grain: Grain, since: Millis, until: Millis) -> Sequence[Bucket]:
        """Give the buckets from `since` until before `until`, in one query."""
        ...

    def mark(self, owner: Owner, grain: Grain, at: Millis) -> None: ...

    def marks(self, now: Millis) -> Sequence[Mark]:
        """Give what was marked for a round that has come, oldest first."""
        ...

    def unmark(self, marks: Iterable[Mark]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """An API key as stored: never the key itself."""

    id: str
    account: str
    environment: Environment
    scopes: frozenset[str]
    cidrs: tuple[str, ...] = ()
    expires_at: Millis | None = None
    revoked_at: Millis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    amount: Decimal
    currency: str
    spent_today: Decimal
    updated_at: Millis


class Accounts(Protocol):
    def key(self, fingerprint: str) -> Key | None: ...

    def account(self, account: str) -> Account | None: ...

    def balance(self, account: Account, environment: Environment, *, today: str) -> Balance: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One attempt as a carrier gets it: `reference` is our attempt id, `within` the wall clock.

    `text` is finished for this carrier and needs `sizing`; a template-only carrier is told
    `registered` instead. `ttl` is what is left of the message's validity.
    """

    reference: str
    to: str
    country: str
    text: str
    sizing: Sizing
    sender: str | None
    within: Millis
    ttl: Millis
    traffic_class: TrafficClass
    receipt_deadline: Millis | None = None
    registered: Registered | None = None


class Carrier(Protocol):
    def submit(self, submission: Submission) -> Outcome:
        """Hand the message over once; never raises for what a carrier may answer."""
        ...


CarrierOf: TypeAlias = Callable[[Route], Carrier | None]
"""Give the carrier at the end of a route; None where this stage has none of that name."""


class Lookup(Protocol):
    def __call__(self, route: Route, head: Head, attempt: Attempt, to: str) -> Sequence[Report]:
        """Ask a carrier what became of an attempt; nothing where it cannot be asked or say."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A carrier's later word on one attempt, in our vocabulary."""

    message_id: str
    carrier: str
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class InboundText:
    """A text that somebody sent to a number of ours, let in and read.

    `key` is what its carrier calls it, if anything; `owner` the account that all texts of the
    line are for. `refuses` is the carrier's own word, `answered` that it has confirmed itself.
    `part` is the carrier's name of a longer text, which part of it this is (1 …), of how many.
    """

    carrier: str
    line: str
    key: str | None
    sender: str = field(repr=False)
    recipient: str | None = field(repr=False)
    text: str = field(repr=False)
    owner: str | None = None
    refuses: bool = False
    answered: bool = False
    part: tuple[str, int, int] | None = None


class Receipts(Protocol):
    def send(self, receipt: Receipt, delay: Millis = 0) -> None:
        """Put a receipt on the receipts queue, to be taken in after `delay`."""
        ...

    def send_all(self, receipts: Sequence[Receipt]) -> None:
        """Put receipts on the queue, to be taken in at once."""
        ...


class Orphans(Protocol):
    def keep(self, receipt: Receipt, at: Millis) -> None:
        """Keep a receipt whose message we do not know, for seven days."""
        ...

    def keep_stray(self, carrier: str, said: Mapping[str, str], at: Millis) -> None:
        """Keep what a carrier said that names no attempt of ours or says nothing of it."""
        ...


class SubmitLedger(Protocol):
    def note(self, submission: Submission, carrier: str, at: Millis) -> None:
        """Write down that a sandbox carrier was handed this attempt."""
        ...


class Exchanges(Protocol):
    def of(self, message_id: str) -> Sequence[Mapping[str, Any]]:
        """Give what passed between us and carriers over a message, redacted, in order."""
        ...


class Subscriptions(Protocol):
    """Who wants to be told: an account's endpoints, and how each has been doing."""

    def of(self, account: str, environment: Environment) -> Endpoints:
        """Give an account's endpoints; some seconds old at most."""
        ...

    def fresh(self, account: str, environment: Environment) -> Endpoints:
        """Read an account's endpoints as they stand now."""
        ...

    def change(self, new: Endpoints) -> Endpoints:
        """Write them over the version they were read in, and give them as stored.

        Raises Conflict.
        """
        ...

    def listening(self, account: str, environment: Environment) -> bool:
        """Say whether any endpoint takes anything; true for some seconds longer than it is."""
        ...

    def circuit(self, lane: str) -> Circuit:
        """Give how an endpoint has been doing; some seconds old at most."""
        ...

    def note(self, lane: str, circuit: Circuit) -> None: ...

    def enlist(self, account: str) -> None:
        """Remember an account of operators: it is told what carriers do, which is everybody's."""
        ...

    def operators(self) -> Collection[str]:
        """Give the accounts that were enlisted."""
        ...


class Deliveries(Protocol):
    def get_many(self, references: Collection[str]) -> Mapping[str, Delivery]:
        """Read deliveries by their references (strongly consistent)."""
        ...

    def save(self, old: Delivery | None, new: Delivery) -> None:
        """Write `new` if `old` is still stored, or nothing without one; raises Conflict."""
        ...

    def newest(
        self, lane: str, *, since: Millis, before: str | None, most: int
    ) -> Sequence[Delivery]:
        """Give an endpoint's deliveries down to `since`, before an id or moment, newest first."""
        ...


class Bulletins(Protocol):
    """For news that is no transition of a message: a text received, a consent, a carrier's state.

    Whoever knows of it makes an `Event` (its id by `event_id`, after what it is of, so that the
    same news told twice is one event), with ids in its data, never a number or a text, and
    announces it after the fact is stored. It reaches every endpoint that takes its type.
    """

    def keep(self, event: Event) -> None:
        """Keep the event without telling anybody yet."""
        ...

    def announce(self, event: Event) -> None:
        """Keep the event and have it delivered; raises when that is not certain."""
        ...

    def get_many(self, event_ids: Collection[str]) -> Mapping[str, Event]:
        """Read what was announced; what is no longer kept is left out."""
        ...


class Write(NamedTuple):
    """A write of a head that told something; the head keeps what."""

    message: str
    version: int
    account: str


class Announcements(Protocol):
    def publish(self, writes: Sequence[Write]) -> None:
        """Hand over which writes told something that somebody listens for."""
        ...

    def wake(self, references: Sequence[str]) -> None:
        """Say that these deliveries have come due."""
        ...

    def carrier_changed(self, change: CarrierChange) -> None:
        """Hand over what befell a carrier, for all operators who listen."""
        ...

    def park(self, message_id: str, version: int) -> None:
        """Put a record that cannot be handled aside; redrive reads the message again."""
        ...
