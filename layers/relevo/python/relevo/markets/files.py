"""The files: a country's rule sets in order of effect, holidays, and the sources they name."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from relevo.domain.market import (
    ContentRule,
    Frequency,
    Holidays,
    LinkRule,
    OptOut,
    ReceiptRule,
    Registration,
    Rule,
    Rules,
    SenderFormat,
    SenderKind,
    SenderRule,
    TextLimit,
    Window,
)
from relevo.domain.refusal import Words
from relevo.domain.timing import SECOND, Millis
from relevo.markets.reading import Unreadable, days_of, read

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a state of a federation asks beside the federal rules."""

    windows: tuple[Window, ...] = ()
    frequencies: tuple[Frequency, ...] = ()

    @property
    def verified(self) -> bool:
        return all(rule.verified for rule in (*self.windows, *self.frequencies))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a rule was read, and how far its author can be trusted."""

    kind: str
    title: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Era:
    """What holds from `rules.since` until the next era begins; `states` have more to say."""

    rules: Rules
    states: Mapping[str, State]
    subdivisions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Calendar(Rule):
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _RuleSet:
    effective_from: date
    senders: Mapping[SenderKind, SenderRule]
    opt_out: OptOut
    receipts: ReceiptRule
    formats: tuple[SenderFormat, ...] = ()
    registrations: tuple[Registration, ...] = ()
    windows: tuple[Window, ...] = ()
    holidays: _Calendar | None = None
    limits: tuple[TextLimit, ...] = ()
    links: LinkRule | None = None
    content: tuple[ContentRule, ...] = ()
    frequencies: tuple[Frequency, ...] = ()
    states: Mapping[str, State] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    country: str
    zones: tuple[str, ...]
    rule_sets: tuple[dict[str, Any], ...]
    subdivisions: tuple[str, ...] = ()


def eras_of(country: str) -> tuple[Era, ...]:
    """Read a country's file, oldest era first. Raises Unreadable with the path in the file."""
    name = f"{country.lower()}.yaml"
    return eras_from(load(name), name)


def eras_from(document: object, name: str) -> tuple[Era, ...]:
    """Build the eras; a later rule set gives only the sections that it changes, whole."""
    file = read(_File, document, name)
    eras: list[Era] = []
    merged: dict[str, Any] = {}
    for n, changes in enumerate(file.rule_sets):
        merged = merged | changes
        era = _era(file, read(_RuleSet, merged, f"{name}.ruleSets[{n}]"))
        if eras and not eras[-1].rules.since < era.rules.since:
            raise Unreadable(f"{name}.ruleSets[{n}]: not later than the one before it")
        eras.append(era)
    ends = [era.rules.since for era in eras[1:]]
    return tuple(
        replace(era, rules=replace(era.rules, until=until))
        for era, until in zip(eras, [*ends, None], strict=True)
    )


def sources() -> dict[str, Source]:
    """Read what the keys in `source` stand for; nothing on the road needs it."""
    document = load("sources.yaml")
    return {key: read(Source, value, f"sources.yaml.{key}") for key, value in document.items()}


def words() -> Words:
    """Read what answers mean, all languages together."""
    document = load("answers.yaml")
    flat = {what: tuple(w for said in document[what].values() for w in said) for what in document}
    return Words(**flat)


def load(name: str) -> Any:
    # With libyaml a country takes some milliseconds; importing PyYAML takes tens.
    import yaml  # noqa: PLC0415

    return yaml.load((FOLDER / name).read_bytes(), Loader=yaml.CSafeLoader)


def _era(file: _File, rule_set: _RuleSet) -> Era:
    rules = Rules(
        country=file.country,
        zones=file.zones,
        since=_midnight(rule_set.effective_from, file.zones[0]),
        until=None,
        state=None,
        senders=rule_set.senders,
        formats=rule_set.formats,
        registrations=rule_set.registrations,
        windows=rule_set.windows,
        holidays=_holidays(rule_set.holidays),
        opt_out=rule_set.opt_out,
        limits=rule_set.limits,
        links=rule_set.links,
        content=rule_set.content,
        receipts=rule_set.receipts,
        frequencies=rule_set.frequencies,
    )
    subdivisions = frozenset(file.subdivisions)
    if strange := sorted(rule_set.states.keys() - subdivisions):
        raise Unreadable(f"{file.country}: {strange} are not among its subdivisions")
    return Era(rules=rules, states=rule_set.states, subdivisions=subdivisions)


def _midnight(day: date, zone: str) -> Millis:
    return int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp()) * SECOND


def _holidays(rule: _Calendar | None) -> Holidays | None:
    if rule is None:
        return None
    table = load("holidays.yaml")
    if rule.calendar not in table:
        raise Unreadable(f"holidays.yaml: no calendar {rule.calendar}")
    path = f"holidays.yaml.{rule.calendar}"
    years = {
        year: days_of(year, days, f"{path}.{year}") for year, days in table[rule.calendar].items()
    }
    return Holidays(
        calendar=rule.calendar,
        days=frozenset().union(*years.values()),
        years=frozenset(years),
        source=rule.source,
        verified=rule.verified,
        note=rule.note,
    )
