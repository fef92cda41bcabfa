"""What health says of the carriers of one environment, class and country, for `plan` (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from relevo.domain.circuit import Circuit, judge
from relevo.domain.estimate import KNOWN_AFTER, UNSEEN, Score, scores
from relevo.domain.evidence import Cohort, known_until, pace
from relevo.domain.preference import Option
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, TrafficClass


class Scene(NamedTuple):
    """Where carriers are compared with each other."""

    environment: Environment
    traffic_class: TrafficClass
    country: str


class Configured(NamedTuple):
    """A carrier in its place of the configured order, at its price."""

    carrier: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`probe` is the carrier that this one decision is to try out, if any."""

    at: Millis
    scores: Mapping[str, Score] = field(default_factory=dict)
    circuit: Circuit = field(default_factory=Circuit)
    probe: str | None = None

    def score(self, carrier: str) -> Score:
        return self.scores.get(carrier, UNSEEN)

    def option(self, name: str, carrier: str, price: Decimal) -> Option:
        believed = self.circuit.believed(carrier, self.score(carrier))
        return Option(name=name, estimate=believed, price=price, out=self.circuit.benched(carrier))


def outlook(
    circuit: Circuit,
    configured: Sequence[Configured],
    traffic_class: TrafficClass,
    evidence: Mapping[str, Iterable[Cohort]],
    now: Millis,
) -> Outlook:
    """Score the carriers, and judge which of them are out; `circuit` is what stood before.

    `now` is when the evidence was read.
    """
    known = {carrier: evidence.get(carrier, ()) for carrier, _ in configured}
    spacing = pace(known, now)
    until = known_until(known, now - KNOWN_AFTER, spacing) + KNOWN_AFTER
    scored = scores(traffic_class, known, until, circuit.returns)
    seen = Outlook(at=now, scores=scored, circuit=circuit)
    options = [seen.option(carrier, carrier, price) for carrier, price in configured]
    if not options:
        return seen
    judged = judge(circuit, options, traffic_class, known, now, spacing)
    return Outlook(at=now, scores=scored, circuit=judged)
