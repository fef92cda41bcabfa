"""Carry events to endpoints: claim a try, make it, record it, leave what failed to its time."""

import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from relevo.domain.delivery import (
    Answer,
    Delivery,
    State,
    answered,
    begun,
    due_name,
    given_up,
    passed_over,
    put_off,
)
from relevo.domain.endpoint import CALLBACKS, Circuit, Endpoint
from relevo.domain.event import Event, event_id
from relevo.domain.timing import SECOND, Millis
from relevo.ports.basics import Clock, Conflict, Draw, Parallel
from relevo.ports.messages import Dues
from relevo.ports.webhooks import Deliveries, Subscriptions

log = logging.getLogger(__name__)

WITHIN: Final = 15 * SECOND
"""What one exchange may take, as the specification wants it."""

TURN: Final = 10 * SECOND
"""How long a batch stays with one endpoint before the rest of it comes due again."""

GONE: Final = "gone"
OPEN: Final = "circuit-open"

Post: TypeAlias = Callable[[str, Mapping[str, str], str, Millis], Answer]
Sign: TypeAlias = Callable[[str, str, Sequence[str], Millis], Mapping[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A delivery to be tried; `missing` says why it cannot be. `stored` when it is in the log."""

    delivery: Delivery
    event: Event | None = None
    endpoint: Endpoint | None = None
    missing: str | None = None
    stored: bool = True

    @property
    def circuit(self) -> str:
        """Name what fails as one: an endpoint, or the host of a message's own callback."""
        lane = self.delivery.lane
        if self.delivery.endpoint != CALLBACKS or self.endpoint is None:
            return lane
        return f"{lane}#{event_id(urlsplit(self.endpoint.url).netloc.lower())}"

    @property
    def order(self) -> tuple[Millis, int]:
        return self.delivery.at, self.delivery.sequence or 0


@dataclass(slots=True)
class Turn:
    """What a batch does at one endpoint: how that one is doing, what comes due, what went wrong."""

    circuit: Circuit
    ends: Millis
    due: dict[str, Millis]
    failure: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Courier:
    subscriptions: Subscriptions
    deliveries: Deliveries
    dues: Dues
    post: Post
    sign: Sign
    clock: Clock
    draw: Draw
    parallel: Parallel

    def run(self, jobs: Sequence[Job], until: Millis) -> None:
        """Serve all endpoints side by side, each one's deliveries in order.

        Raises the first failure of our own when everything else is done; a customer's is none.
        """
        lanes: defaultdict[str, list[Job]] = defaultdict(list)
        for job in sorted(jobs, key=lambda job: job.order):
            lanes[job.circuit].append(job)
        if not lanes:
            return
        turns = self.parallel(
            [partial(self._turn, name, lane, until) for name, lane in lanes.items()]
        )
        self.dues.put({name: at for turn in turns for name, at in turn.due.items()})
        for turn in turns:
            if turn.failure is not None:
                raise turn.failure

    def _turn(self, name: str, jobs: Sequence[Job], until: Millis) -> Turn:
        turn = Turn(circuit=Circuit(), ends=min(self.clock() + TURN, until - WITHIN), due={})
        try:
            before = turn.circuit = self.subscriptions.circuit(name)
            for job in jobs:
                self._serve(job, turn)
            if turn.circuit != before:
                self.subscriptions.note(name, turn.circuit)
        except Exception as error:  # noqa: BLE001 - the other endpoints' turns must be finished
            turn.failure = error
        return turn

    def _serve(self, job: Job, turn: Turn) -> None:
        now, delivery = self.clock(), job.delivery
        if not delivery.ready(now):
            self._remind(delivery, turn)
        elif job.missing is not None or job.event is None or job.endpoint is None:
            self._store(job, given_up(delivery, job.missing or GONE, now), turn)
        elif turn.circuit.is_open(now):
            self._store(job, passed_over(delivery, OPEN, now, self._chance()), turn)
        elif now > turn.ends:
            self._store(job, put_off(delivery, now), turn)
        else:
            self._try(job, job.event, job.endpoint, turn)

    def _try(self, job: Job, event: Event, endpoint: Endpoint, turn: Turn) -> None:
        claimed = begun(job.delivery, self.draw(8).hex(), self.clock())
        if not self._store(job, claimed, turn):
            return
        answer = self._exchange(event, endpoint)
        now = self.clock()
        turn.circuit = turn.circuit.after(well=answer.well, now=now)
        done = answered(claimed, answer, now, self._chance())
        self._store(replace(job, delivery=claimed, stored=True), done, turn)
        if answer.gone and endpoint.id != CALLBACKS:
            self._disable(event, endpoint)
        log.info(
            "webhook-tried",
            extra={
                "delivery": claimed.id,
                "message_id": claimed.message,
                "endpoint": endpoint.id,
                "n": claimed.begun,
                "status": answer.status,
                "reason": answer.reason,
                "duration": answer.took,
            },
        )

    def _exchange(self, event: Event, endpoint: Endpoint) -> Answer:
        """Sign for the moment of this try: an old signature would be refused as a replay."""
        body, at = event.body(), self.clock()
        headers = self.sign(event.id, body, endpoint.signing(at), at)
        return self.post(endpoint.url, headers, body, WITHIN)

    def _store(self, job: Job, new: Delivery, turn: Turn) -> bool:
        """Write the next step; False when somebody else took one first."""
        try:
            self.deliveries.save(job.delivery if job.stored else None, new)
        except Conflict:
            self._overtaken(job, turn)
            return False
        self._remind(new, turn)
        return True

    def _overtaken(self, job: Job, turn: Turn) -> None:
        """An announcement came again: see that what was made of it before will come due."""
        reference = job.delivery.reference
        stored = self.deliveries.get_many([reference]).get(reference)
        if stored is None or not stored.ready(self.clock()) or job.stored:
            if stored is not None:
                self._remind(stored, turn)
            return
        # Begun by somebody whose lease is over: the try that nobody recorded is made again.
        self._serve(replace(job, delivery=stored, stored=True), turn)

    def _remind(self, delivery: Delivery, turn: Turn) -> None:
        # Written once more where it may have been: a lost item would end the schedule.
        if delivery.state is State.PENDING and delivery.next_at is not None:
            turn.due[due_name(delivery.reference)] = delivery.next_at

    def _disable(self, event: Event, endpoint: Endpoint) -> None:
        """Send nothing more to an endpoint that answered 410, until its owner enables it."""
        known = self.subscriptions.fresh(event.account, event.environment)
        current = known.get(endpoint.id)
        if current is None or current.url != endpoint.url:
            return
        try:
            self.subscriptions.change(known.with_one(replace(current, disabled=GONE)))
        except Conflict:
            # Its owner is changing it at this moment; the next 410 will tell again.
            return
        log.warning("webhook-disabled", extra={"endpoint": endpoint.id, "reason": GONE})

    def _chance(self) -> float:
        return int.from_bytes(self.draw(2), "big") / 65_535
