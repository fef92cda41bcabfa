"""The markets' files: they parse, every rule says where it comes from, mistakes name their path."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

import pytest

from relevo import markets
from relevo.domain.gsm import is_gsm
from relevo.domain.market import ELSEWHERE, OptOutBy, Rule, SenderKind, SenderUse
from relevo.domain.market_hours import known_zone
from relevo.domain.timing import DAY
from relevo.markets.files import Era, eras_from, eras_of, load, sources
from relevo.markets.reading import Unreadable
from tools import holiday_table

MARKETS = {"AE", "AR", "BR", "CA", "CL", "CN", "CO", "DE", "EC", "ES", "FR"}
MARKETS |= {"GB", "HK", "IN", "IT", "MX", "PE", "PT", "SG", "TW", "US"}
EVERYWHERE = [*sorted(MARKETS), ELSEWHERE]
ALL_ERAS = [(country, era) for country in EVERYWHERE for era in eras_of(country)]
each_era = pytest.mark.parametrize(("country", "era"), ALL_ERAS)


def rules_in(value: object) -> Iterator[Rule]:
    """Find every rule in an era, however deep."""
    if isinstance(value, Rule):
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from rules_in(getattr(value, field.name))
    elif isinstance(value, dict):
        for item in value.values():
            yield from rules_in(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from rules_in(item)


def test_every_market_has_a_file() -> None:
    assert markets.countries() == MARKETS


@each_era
def test_every_rule_names_known_sources(country: str, era: Era) -> None:
    found, known = list(rules_in(era)), sources()

    assert len(found) >= 3  # a window, an opt-out and receipts are said of every market
    for rule in found:
        assert rule.source, rule
        assert set(rule.source) <= known.keys(), rule


@each_era
def test_what_is_verified_rests_on_more_than_weak_sources(country: str, era: Era) -> None:
    known = sources()
    weak = {"recommendation", "not_researched", "sentdm", "aws_pinpoint_2023"}

    for rule in rules_in(era):
        kinds = {known[key].kind for key in rule.source}
        if rule.verified:
            assert set(rule.source) - weak, rule
            assert kinds - {"public-code", "none", "advice"}, rule


def test_no_source_is_listed_in_vain() -> None:
    used = {key for _, era in ALL_ERAS for rule in rules_in(era) for key in rule.source}

    assert used == sources().keys()


@each_era
def test_the_words_of_an_era_make_sense_together(country: str, era: Era) -> None:
    rules = era.rules

    assert rules.country == country
    assert all(map(known_zone, rules.zones))
    assert all(known_zone(zone) for window in rules.windows for zone in window.zones)
    assert rules.windows, "promotion has hours everywhere, if only by our advice"
    assert len({filed.id for filed in rules.registrations}) == len(rules.registrations)
    for form in rules.formats:
        re.compile(form.pattern)
    for kind, sender in rules.senders.items():
        if sender.use is SenderUse.REGISTERED:
            assert any(kind in filed.kinds for filed in rules.registrations), kind
    if country != ELSEWHERE:
        assert SenderKind.ALPHANUMERIC in rules.senders


@each_era
def test_opt_out_wordings_cost_no_encoding(country: str, era: Era) -> None:
    rule = era.rules.opt_out
    if rule.by is OptOutBy.CARRIER:
        assert not rule.reply
        assert not rule.contact
        return
    assert rule.reply.keys() == rule.contact.keys()
    assert "en" in rule.reply
    assert rule.keywords
    for language, wording in [*rule.reply.items(), *rule.contact.items()]:
        assert is_gsm(wording) or language == "zh", wording  # one á would double the price
        assert country != "EC" or wording.isascii()
    for wording in rule.reply.values():
        assert any(keyword in wording for keyword in rule.keywords), wording
    assert all("{contact}" in wording for wording in rule.contact.values())


@pytest.mark.parametrize("country", EVERYWHERE)
def test_eras_follow_each_other_without_a_gap(country: str) -> None:
    eras = eras_of(country)

    ends = [era.rules.until for era in eras]
    assert ends == [*(era.rules.since for era in eras[1:]), None]


def test_the_holidays_are_those_of_the_package_they_came_from() -> None:
    assert holiday_table.FILE.read_text() == holiday_table.table()


def test_a_year_without_a_table_is_closed() -> None:
    rule = eras_of("CO")[0].rules.holidays

    assert rule is not None
    assert date(2026, 12, 8) in rule  # Immaculate Conception, a Tuesday
    assert date(2026, 12, 9) not in rule
    assert date(2041, 12, 9) in rule


GOOD: dict[str, Any] = {
    "country": "XX",
    "zones": ["Europe/Madrid"],
    "ruleSets": [
        {
            "effectiveFrom": date(2026, 1, 1),
            "senders": {"alphanumeric": {"use": "dynamic", "source": ["a"], "verified": True}},
            "windows": [
                {
                    "days": {"mon-fri": "09:00-21:00"},
                    "basis": "law",
                    "source": ["a"],
                    "verified": True,
                }
            ],
            "optOut": {
                "required": False,
                "reply": {},
                "contact": {},
                "source": ["a"],
                "verified": True,
            },
            "receipts": {"quality": "real", "source": ["a"], "verified": True},
        }
    ],
}


def changed(path: str, value: object) -> dict[str, Any]:
    """Copy GOOD with the value at a dotted path replaced."""

    def put(node: Any, steps: list[str]) -> Any:
        if not steps:
            return value
        step, *rest = steps
        if isinstance(node, list):
            return [put(item, rest) if str(n) == step else item for n, item in enumerate(node)]
        return {**node, step: put(node.get(step, {}), rest)}

    made: dict[str, Any] = put(GOOD, path.split("."))
    return made


def test_the_example_is_good() -> None:
    assert eras_from(GOOD, "xx.yaml")[0].rules.country == "XX"


@pytest.mark.parametrize(
    ("path", "value", "message", "note"),
    [
        ("country", 7, "xx.yaml.country: str wanted", "a wrong type"),
        ("country", False, "xx.yaml.country: str wanted", "Norway: `NO` is false in YAML"),
        ("extra", 1, "xx.yaml: unknown ['extra']", "a key of the file"),
        ("ruleSets.0.window", [], "ruleSets[0]: unknown ['window']", "a misspelt section"),
        ("ruleSets.0.receipts", {}, "receipts: ['source', 'verified', 'quality'] missing", ""),
        ("ruleSets.0.receipts.quality", "good", "receipts.quality: 'good' is none of real", ""),
        ("ruleSets.0.receipts.verified", "yes", "receipts.verified: bool wanted", "in quotes"),
        ("ruleSets.0.receipts.source", "a", "receipts.source: list wanted", "not a list"),
        ("ruleSets.0.senders.fax", {}, "senders: 'fax' is none of alphanumeric", "a kind"),
        ("ruleSets.0.windows.0.days", {}, "windows[0].days: never open", ""),
        ("ruleSets.0.windows.0.days", {"mo": "09:00-21:00"}, "'mo' is no day", ""),
        ("ruleSets.0.windows.0.days", {"mon": "9-21"}, "days.mon: write hours", ""),
        ("ruleSets.0.windows.0.days", {"mon": "21:00-09:00"}, "end after they begin", ""),
        ("ruleSets.0.windows.0.days", {"mon": "09:00-24:30"}, "by 24:00", "past midnight"),
        ("ruleSets.0.windows.0.days", {"mon": 540}, "days.mon: str wanted", "09:00 unquoted"),
        (
            "ruleSets.0.windows.0.days",
            {"mon-fri": "09:00-21:00", "fri": "09:00-12:00"},
            "fri twice",
            "",
        ),
        (
            "ruleSets.0.holidays",
            {"calendar": "XX", "source": ["a"], "verified": True},
            "holidays.yaml: no calendar XX",
            "a calendar nobody generated",
        ),
        (
            "ruleSets",
            [*GOOD["ruleSets"], {"effectiveFrom": date(2025, 1, 1)}],
            "ruleSets[1]: not later",
            "out of order",
        ),
    ],
)
def test_a_mistake_names_its_path(path: str, value: object, message: str, note: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(message)):
        eras_from(changed(path, value), "xx.yaml")


def test_a_later_set_keeps_what_it_does_not_change() -> None:
    later = {
        "effectiveFrom": date(2026, 7, 1),
        "receipts": {"quality": "none", "source": ["b"], "verified": False},
    }
    first, second = eras_from(changed("ruleSets", [*GOOD["ruleSets"], later]), "xx.yaml")

    assert first.rules.until == second.rules.since
    assert (second.rules.since - first.rules.since) // DAY == 180  # midnights, one hour short
    assert second.rules.windows == first.rules.windows
    assert (first.rules.receipts.quality, second.rules.receipts.quality) == ("real", "none")


def test_the_files_are_plain_yaml() -> None:
    assert load("zz.yaml")["country"] == ELSEWHERE
