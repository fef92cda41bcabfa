"""What simulated carriers do unasked: the last digits of a number choose, as in the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from tools.simulator.server import Fault, Part, Step
from tools.simulator.wire import Taken

TAIL: Final = 3
SOON: Final = 0.5
GOOD: Final = Part(receipts=(Step(word="sent", after=0.2), Step(word="delivered", after=SOON)))
LATE: Final = Part(fault=Fault.HANG, receipts=(Step(word="delivered", after=10),))
NO_INTERIM: Final = frozenset({"tencent", "alibaba", "alibaba-intl"})
"""Carriers that say nothing before the end."""

TROUBLE: Final[Mapping[str, Part]] = {
    "001": Part(fault=Fault.THROTTLED),
    "002": Part(),
    "003": Part(receipts=(Step(word="undelivered", after=SOON),)),
    "005": LATE,
    "006": Part(receipts=(Step(word="delivered", after=SOON, times=2), Step(word="sent"))),
    "012": Part(fault=Fault.RESET),
    "013": Part(fault=Fault.GARBAGE),
    "014": Part(fault=Fault.AUTH),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    """`troubled` are the carriers that fail; the others deliver whatever they are given."""

    troubled: frozenset[str]
    callbacks: Mapping[str, str]

    def __call__(self, carrier: str, taken: Taken) -> Part:
        part = TROUBLE.get(taken.to[-TAIL:], GOOD) if carrier in self.troubled else GOOD
        steps = part.receipts
        if carrier in NO_INTERIM:
            steps = tuple(step for step in steps if step.word != "sent")
        return replace(part, receipts=steps, callback=self.callbacks.get(carrier, ""))
