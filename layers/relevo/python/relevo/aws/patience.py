"""How often the same call is made again, and how long is waited before."""

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Bounded turns with growing, jittered pauses (seconds) between them."""

    turns: int = 5
    first: float = 0.025
    pause: Callable[[float], None] = time.sleep

    def __iter__(self) -> Iterator[int]:
        for turn in range(self.turns):
            if turn:
                self.pause(random.uniform(0.5, 1) * self.first * 2**turn)
            yield turn


PATIENCE = Patience()
