"""What health says of the carriers of one environment, class and country, for `plan` (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from relevo.domain.estimate import KNOWN_AFTER, UNSEEN, Score, scores
from relevo.domain.evidence import Cohort, known_until, pace
from relevo.domain.lineup import Lineup, judge
from relevo.domain.preference import Option
from relevo.domain.timing import Millis
from relevo.domain.words import Environment, TrafficClass


class Scene(NamedTuple):
    """Where carriers are compared with each other."""

    environment: Environment
    traffic_class: TrafficClass
    country: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierChange:
    """A carrier lost the lead (`out`), with what is believed of it since, or came back."""

    scene: Scene
    carrier: str
    out: bool
    lead: str
    at: Millis
    estimate: float | None = None


class Configured(NamedTuple):
    """A carrier in its place of the configured order, at its price."""

    carrier: str
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """`probe` is the carrier that this one decision is to try out, if any."""

    at: Millis
    scores: Mapping[str, Score] = field(default_factory=dict)
    lineup: Lineup = field(default_factory=Lineup)
    probe: str | None = None

    def score(self, carrier: str) -> Score:
        return self.scores.get(carrier, UNSEEN)

    def option(self, name: str, carrier: str, price: Decimal) -> Option:
        believed = self.lineup.believed(carrier, self.score(carrier))
        return Option(name=name, estimate=believed, price=price, out=self.lineup.benched(carrier))


def outlook(
    lineup: Lineup,
    configured: Sequence[Configured],
    traffic_class: TrafficClass,
    evidence: Mapping[str, Iterable[Cohort]],
    now: Millis,
) -> Outlook:
    """Score the carriers, and judge which of them are out; `lineup` is what stood before.

    `now` is when the evidence was read.
    """
    known = {carrier: evidence.get(carrier, ()) for carrier, _ in configured}
    spacing = pace(known, now)
    until = known_until(known, now - KNOWN_AFTER, spacing) + KNOWN_AFTER
    scored = scores(traffic_class, known, until, lineup.returns)
    seen = Outlook(at=now, scores=scored, lineup=lineup)
    options = [seen.option(carrier, carrier, price) for carrier, price in configured]
    if not options:
        return seen
    judged = judge(lineup, options, traffic_class, known, now, spacing)
    return Outlook(at=now, scores=scored, lineup=judged)


def changes(scene: Scene, before: Lineup, looked: Outlook) -> list[CarrierChange]:
    """Give what befell carriers between a lineup and the judgement that followed it."""
    return [
        CarrierChange(
            scene=scene,
            carrier=carrier,
            out=standing.out,
            lead=looked.lineup.lead or "",
            at=looked.at,
            estimate=standing.estimate if standing.out else None,
        )
        for carrier, standing in looked.lineup.standings.items()
        if standing.out != before.out(carrier)
    ]
