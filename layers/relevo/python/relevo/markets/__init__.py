"""The rules of every market as dated data: one YAML file per country, read when first asked for.

Importing this reads nothing, and not PyYAML either; a country costs a millisecond or two, once.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from relevo.domain.market import ELSEWHERE, Rules
from relevo.domain.market_hours import opens
from relevo.domain.refusal import Words
from relevo.domain.timing import Millis
from relevo.domain.words import TrafficClass
from relevo.markets.files import Era, eras_of, words


@cache
def countries() -> frozenset[str]:
    """Name the countries that have rules of their own."""
    names = {path.stem.upper() for path in Path(__file__).parent.glob("??.yaml")}
    return frozenset(names - {ELSEWHERE})


def rules(country: str, at: Millis, *, state: str | None = None) -> Rules:
    """Give what holds in a country at an instant; elsewhere, our advice for anywhere.

    In a federation a known `state` adds its own rules to the federal ones; an unknown one
    adds every verified state's, because a number's area code is no address.
    """
    eras = _eras(country if country in countries() else ELSEWHERE)
    # Before the oldest rule set nothing better is known than that one.
    era = next((era for era in reversed(eras) if era.rules.since <= at), eras[0])
    added = [
        extra
        for name, extra in era.states.items()
        if (extra.verified if state is None else name == state)
    ]
    windows = (window for extra in added for window in extra.windows)
    frequencies = (limit for extra in added for limit in extra.frequencies)
    return replace(
        era.rules,
        country=country,
        state=state,
        windows=(*era.rules.windows, *windows),
        frequencies=(*era.rules.frequencies, *frequencies),
    )


def states(country: str) -> frozenset[str]:
    """Name the states that a recipient in this country may be said to live in."""
    return _eras(country)[-1].subdivisions if country in countries() else frozenset()


def opening(
    country: str,
    zones: Sequence[str],
    at: Millis,
    *,
    state: str | None = None,
    traffic_class: TrafficClass = TrafficClass.MARKETING,
) -> Millis | None:
    """Give the earliest instant at which the rules then in force let the message go.

    As `opens`, which knows one era only: the law may change before the window opens.
    """
    moment = at
    while True:
        era = rules(country, moment, state=state)
        found = opens(era, zones, moment, traffic_class)
        if era.until is None or (found is not None and found < era.until):
            return found
        moment = max(moment, era.until)


@cache
def answer_words() -> Words:
    """Give what answers mean in every language."""
    return words()


@cache
def _eras(country: str) -> tuple[Era, ...]:
    return eras_of(country)
