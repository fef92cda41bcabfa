"""The dice of one replay: thrown once per message, carrier and try, whatever a policy does."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from tests.simulation.proving.scenario import Scenario

FACES = 5


class Throw(NamedTuple):
    """Uniform shares against the carrier's rates, and a normal deviate for the delay."""

    error: float
    drop: float
    bounce: float
    delay: float
    receipt: float


@dataclass(frozen=True, slots=True)
class Message:
    """An arrival: its number, when it came, and what its recipient is like."""

    n: int
    at: float
    invalid: bool
    off_until: float


class Dice:
    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._seed = seed
        self.messages = _arrivals(scenario, Random(f"arrivals/{seed}"))
        self._carriers = {name: number for number, name in enumerate(scenario.order)}
        self._first: list[array[float]] = []
        for name in scenario.order:
            rng = Random(f"carrier/{self._carriers[name]}/{seed}")
            throws = array("d")
            for _ in self.messages:
                throws.extend((rng.random(), rng.random(), rng.random()))
                throws.append(rng.gauss(0.0, 1.0))
                throws.append(rng.random())
            self._first.append(throws)

    def throw(self, message: int, carrier: str, nth: int) -> Throw:
        """Give the dice of the nth try (from 0) of a message on a carrier."""
        number = self._carriers[carrier]
        if nth == 0:
            begin = message * FACES
            return Throw(*self._first[number][begin : begin + FACES])
        rng = Random(f"{self._seed}/{message}/{number}/{nth}")
        shares = rng.random(), rng.random(), rng.random()
        return Throw(*shares, rng.gauss(0.0, 1.0), rng.random())


def _arrivals(scenario: Scenario, rng: Random) -> Sequence[Message]:
    """Poisson arrivals at a rate that changes, by thinning the highest one."""
    highest = max([scenario.rate, *(change.rate for change in scenario.changes)])
    messages: list[Message] = []
    t = 0.0
    while highest > 0:
        t += rng.expovariate(highest)
        if t >= scenario.duration:
            break
        keep, invalid, off, span = rng.random(), rng.random(), rng.random(), rng.expovariate(1.0)
        if keep * highest >= scenario.rate_at(t):
            continue
        messages.append(
            Message(
                n=len(messages),
                at=t,
                invalid=invalid < scenario.invalid_rate,
                off_until=t + span * scenario.off_mean if off < scenario.off_rate else 0.0,
            )
        )
    return messages
