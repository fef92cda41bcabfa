"""What routing knows: routes and senders, pace, breakers, health, and who leads."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeAlias

from relevo.domain.breaker import Breaker
from relevo.domain.evidence import Reading
from relevo.domain.health import Tally, Window
from relevo.domain.lineup import Lineup
from relevo.domain.outlook import CarrierChange, Outlook, Scene
from relevo.domain.pace import Gate
from relevo.domain.routes import RouteBook, RoutePlan
from relevo.domain.sender import Sender
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, TrafficClass


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


CarriersChanged: TypeAlias = Callable[[Sequence[CarrierChange]], None]
"""Hear of changes from the worker whose write made them; of some never, if that one dies."""
