"""Which carriers lost the lead, how they are probed, and when they return (pure).

One `Lineup` stands for an environment, a class and a country; all workers share it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil, log
from typing import Final

from relevo.domain.estimate import KNOWN_AFTER, PRIOR_MEAN, Score
from relevo.domain.evidence import GOALS, Cohort, slot_of
from relevo.domain.preference import Option, good_enough, preferred, worth
from relevo.domain.timing import MINUTE, SECOND, Millis
from relevo.domain.words import TrafficClass

GOOD_PROBES: Final = 3
MOST_GOOD_PROBES: Final = 12
LUCK: Final = 0.1
"""Good probes in a row that come by luck more often than this prove nothing."""
PROVEN_WITHIN: Final = 2 * MINUTE
"""For proof no more probes are asked than there are messages in this time, if more than three."""

GAP: Final = 15 * SECOND
LONGEST_GAP: Final = 240 * SECOND
RELAPSE: Final = 15 * MINUTE
"""Losing the lead again so soon after coming back doubles what it takes to return."""

FORGOTTEN: Final = 2 * MINUTE

ONE_IN: Final = 100
"""At most one message in a hundred is a probe, where there are enough of them."""
THIN: Final = 12
THINNEST: Final = 26
"""With little traffic the pause after a failed probe counts messages: 12, 24, 26 of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a carrier that lost the lead stands.

    `estimate` is the worst that was known of it since; `good` probes in a row out of `needed`;
    `failures` in a row before them. `probing` since when a probe is under way, if one is.
    `returned` is set once it is back: then only `losses` are remembered of it.
    """

    since: Millis
    estimate: float
    needed: int = GOOD_PROBES
    losses: int = 1
    good: int = 0
    failures: int = 0
    next_probe: Millis = 0
    probing: Millis | None = None
    first_good: Millis | None = None
    returned: Millis | None = None

    @property
    def out(self) -> bool:
        return self.returned is None

    def busy(self, now: Millis) -> bool:
        """Whether a probe is under way; nobody may be left to settle one that is forgotten."""
        return self.out and self.probing is not None and now - self.probing < FORGOTTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineup:
    """`lead` is the carrier that took most when it was last judged; `version` counts writes."""

    lead: str | None = None
    standings: Mapping[str, Standing] = field(default_factory=dict)
    version: int = 0

    def out(self, carrier: str) -> bool:
        standing = self.standings.get(carrier)
        return standing is not None and standing.out

    def benched(self, carrier: str) -> bool:
        """Whether it is only probed; of several that are out, one may lead all the same."""
        return self.out(carrier) and carrier != self.lead

    def believed(self, carrier: str, score: Score) -> float:
        """One that is out is held to the worst that is known of it."""
        standing = self.standings.get(carrier)
        if standing is None or not standing.out:
            return score.estimate
        return min(standing.estimate, score.estimate)

    @property
    def returns(self) -> dict[str, Millis]:
        """Since when the evidence of those that came back counts."""
        return {
            carrier: standing.first_good or standing.returned
            for carrier, standing in self.standings.items()
            if standing.returned is not None
        }


def judge(
    lineup: Lineup,
    options: Sequence[Option],
    traffic_class: TrafficClass,
    evidence: Mapping[str, Iterable[Cohort]],
    now: Millis,
    pace: float,
) -> Lineup:
    """Give the lineup after what has become known; the very same when nothing changed.

    `options` are the carriers in configured order with what is believed of them; `pace` is how
    many milliseconds lie between two messages.
    """
    standings, judged = dict(lineup.standings), []
    for option in options:
        standing, believed = standings.get(option.name), option.estimate
        if standing is not None and standing.out:
            rows = evidence.get(option.name, ())
            held = _held_to(standing, believed, pace)
            standing = standings[option.name] = _probed(held, rows, traffic_class, now, pace)
            believed = believed if standing.out else PRIOR_MEAN
        # Where everybody is out one of them leads, and stays until another is better by far.
        out = standing is not None and standing.out and option.name != lineup.lead
        judged.append(replace(option, estimate=believed, out=out))
    lead = preferred(judged, traffic_class)[0]
    for loser in _losers(lineup, lead, judged, traffic_class):
        standings[loser.name] = _lost(standings.get(loser.name), loser, now, pace)
    changed = replace(lineup, lead=lead.name, standings=standings)
    return lineup if changed == lineup else changed


def wants_probe(lineup: Lineup, carriers: Iterable[str], now: Millis) -> str | None:
    """Give the carrier that the next message may probe: one at a time, the longest due first."""
    if any(one.busy(now) for one in lineup.standings.values()):
        return None
    due = [
        (one.next_probe, name)
        for name in carriers
        if (one := lineup.standings.get(name)) is not None and one.out and one.next_probe <= now
    ]
    return min(due)[1] if due else None


def probing(lineup: Lineup, carrier: str, now: Millis) -> Lineup:
    """Note that a message goes out as this carrier's probe."""
    standing = replace(lineup.standings[carrier], probing=now)
    return replace(lineup, standings={**lineup.standings, carrier: standing})


def _losers(
    lineup: Lineup,
    lead: Option,
    options: Sequence[Option],
    traffic_class: TrafficClass,
) -> list[Option]:
    """Those that would come before the lead, or had it, and are clearly worse than it."""
    names = [option.name for option in options]
    earlier = {*names[: names.index(lead.name)], lineup.lead} - {lead.name}
    best = worth(lead, traffic_class)
    return [
        option
        for option in options
        if option.name in earlier
        and not lineup.out(option.name)
        and not good_enough(worth(option, traffic_class), best, traffic_class)
    ]


def _lost(known: Standing | None, option: Option, now: Millis, pace: float) -> Standing:
    again = known is not None and now - (known.returned or known.since) < RELAPSE
    losses = known.losses + 1 if known is not None and again else 1
    return Standing(
        since=now,
        estimate=option.estimate,
        needed=_needed(option.estimate, losses, pace),
        losses=losses,
        next_probe=now + _gap(losses - 1, pace),
    )


def _held_to(standing: Standing, believed: float, pace: float) -> Standing:
    """Note where it is now known to be worse than it was."""
    if believed >= standing.estimate:
        return standing
    needed = _needed(believed, standing.losses, pace)
    return replace(standing, estimate=believed, needed=needed)


def _needed(worst: float, losses: int, pace: float) -> int:
    """How many good probes in a row: twice as many each loss, and more than luck would give.

    With little traffic a wrong return costs few messages, and proof would cost many minutes.
    """
    proof = ceil(log(LUCK) / log(min(max(worst, 0.001), 0.999)))
    affordable = max(GOOD_PROBES, round(PROVEN_WITHIN / pace))
    return min(max(GOOD_PROBES << (losses - 1), min(proof, affordable)), MOST_GOOD_PROBES)


def _gap(failures: int, pace: float) -> Millis:
    """How long to wait with the next probe after so many failed ones in a row."""
    doubled = min(GAP << min(failures, 10), LONGEST_GAP)
    rare = min(pace * ONE_IN, LONGEST_GAP)
    thin = pace * min(THIN << min(failures, 10), THINNEST)
    return round(max(doubled, rare, thin))


def _probed(
    standing: Standing,
    rows: Iterable[Cohort],
    traffic_class: TrafficClass,
    now: Millis,
    pace: float,
) -> Standing:
    """Settle the probe under way, if what became of it is known by now."""
    if standing.probing is None:
        return standing
    begun = slot_of(standing.probing)
    since = [row for row in rows if row.at + row.span > begun]
    good = sum(row.timely for row in since)
    bad = sum(row.refused + row.failed for row in since)
    patience = min(GOALS[traffic_class].within, PATIENCE) + KNOWN_AFTER + SECOND
    overdue = now - standing.probing > patience
    if not (good or bad or overdue):
        return standing
    if overdue and not good and not bad and not any(row.submits for row in since):
        return replace(standing, probing=None, next_probe=now)
    if bad or not good:
        failures = standing.failures + 1
        gap = _gap(failures + standing.losses - 1, pace)
        return replace(
            standing, probing=None, good=0, failures=failures, first_good=None, next_probe=now + gap
        )
    return _one_more(standing, now, pace)


PATIENCE: Final = 60 * SECOND
"""Probes of the slower classes are judged by then, though their goal is further away."""


def _one_more(standing: Standing, now: Millis, pace: float) -> Standing:
    good, begun = standing.good + 1, standing.probing or now
    since = standing.first_good or slot_of(begun)
    kept = replace(standing, probing=None, good=good, failures=0, first_good=since)
    if good >= standing.needed:
        return replace(kept, returned=now)
    return replace(kept, next_probe=begun + round(max(GAP, min(pace * ONE_IN, MINUTE))))
