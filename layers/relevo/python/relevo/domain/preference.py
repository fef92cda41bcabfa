"""Which carrier goes first: the configured one, unless another is clearly better (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from relevo.domain.words import TrafficClass

CLEARLY: Final = 0.05
"""By so much another must be better: points of probability, or share of the price per delivered."""

BY_FAR: Final = 0.2
"""The same between one that is out and the rest: what is known of it is little and old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way a message could go; `out` while its carrier is only probed."""

    name: str
    estimate: float
    price: Decimal
    out: bool = False


def preferred(options: Sequence[Option], traffic_class: TrafficClass) -> list[Option]:
    """Order options given in configured order: each place goes to the first that is good enough."""
    left, ordered = list(options), []
    while left:
        chosen = _first(left, traffic_class)
        left.remove(chosen)
        ordered.append(chosen)
    return ordered


def worth(option: Option, traffic_class: TrafficClass) -> float:
    """What the class values: the chance of success, for marketing the price of one."""
    if traffic_class is TrafficClass.MARKETING:
        return float(option.price) / max(option.estimate, 0.001)
    return option.estimate


def good_enough(
    value: float, best: float, traffic_class: TrafficClass, *, margin: float = CLEARLY
) -> bool:
    if traffic_class is TrafficClass.MARKETING:
        return value <= best * (1 + margin)
    return value >= best - margin


def _first(options: Sequence[Option], traffic_class: TrafficClass) -> Option:
    """One that is out is taken only where everything else is by far worse than it was."""
    values = {option.name: worth(option, traffic_class) for option in options}
    pick = min if traffic_class is TrafficClass.MARKETING else max
    pool = [option for option in options if not option.out] or list(options)
    best = pick(values[option.name] for option in pool)
    if not good_enough(best, pick(values.values()), traffic_class, margin=BY_FAR):
        pool, best = list(options), pick(values.values())
    return next(o for o in pool if good_enough(values[o.name], best, traffic_class))
