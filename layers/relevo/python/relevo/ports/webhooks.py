"""Who wants to be told, what there is to tell, and what became of telling."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from relevo.domain.delivery import Delivery
from relevo.domain.endpoint import Circuit, Endpoints
from relevo.domain.event import Event
from relevo.domain.outlook import CarrierChange
from relevo.domain.timing import Millis
from relevo.domain.words import Environment


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
    """For news that is no transition of a message: a text received, a consent.

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

    def carriers_changed(self, changes: Sequence[CarrierChange]) -> None:
        """Hand over what befell carriers, for all operators who listen."""
        ...

    def park(self, message_id: str, version: int) -> None:
        """Put a record that cannot be handled aside; redrive reads the message again."""
        ...
