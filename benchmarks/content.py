"""Microseconds of what content costs, each beside the bare call of the library it stands on."""

import timeit
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import median
from typing import Final

import phonenumbers
from jinja2 import Environment

from relevo import markets
from relevo.api.schemas import read
from relevo.api.template_requests import CreateTemplate
from relevo.domain.compose import Composition, compose
from relevo.domain.market_check import draft_of, violations
from relevo.domain.market_hours import opens
from relevo.domain.order import Filling, Order
from relevo.domain.phone import parse_recipient
from relevo.domain.segments import measure
from relevo.domain.template_render import render
from relevo.domain.templates import Template
from relevo.domain.voice import Voice
from relevo.domain.words import TrafficClass
from tools.demo_templates import demo_templates

ROUNDS: Final = 15
CALLS: Final = 300
NOW: Final = 1_795_430_400_000
TO: Final = "+34612345678"
VALUES: Final[Mapping[str, object]] = {"code": "410852", "minutes": 15}
VOICE: Final = Voice(language="es", signatures=("UC浏览器",))
ORDER: Final = Order(
    to=TO,
    country=None,
    filling=Filling(template_id="uc-browser-code", variables=VALUES),
    language="es-ES",
    traffic_class=TrafficClass.OTP,
    body_digest="",
)
HEADS: Final = ("work", "µs", "the bare call", "µs")


def table_rows() -> tuple[list[tuple[str, ...]], float]:
    """Measure everything in turns; give the table, and compose ÷ (Jinja and parsing)."""
    ours, bare = _ours(), _bare()
    timed = _medians({**ours, **bare})
    rows: list[tuple[str, ...]] = [
        (name, f"{timed[name]:.1f}", beside, f"{timed[beside]:.1f}" if beside else "")
        for name, beside in BESIDE.items()
    ]
    return rows, timed[COMPOSE] / (timed["Jinja render"] + timed["phonenumbers parse"])


COMPOSE: Final = "recipient and compose, warm template"
BESIDE: Final[Mapping[str, str]] = {
    "parse a recipient": "phonenumbers parse",
    "render, warm template": "Jinja render",
    "encode: size of 80 characters in GSM-7": "",
    "encode: size of 80 characters in UCS-2": "",
    "rules: every breach of a text in Spain": "",
    "rules: window in Spain": "",
    COMPOSE: "",
    "the same, known to two template-only carriers": "",
}


def _medians(work: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Interleave the rounds, so that a busy moment is not one row's alone."""
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, call in work.items():
            taken[name].append(timeit.timeit(call, number=CALLS) / CALLS * 1e6)
    return {name: median(times) for name, times in taken.items()}


def _ours() -> dict[str, Callable[[], object]]:
    mapped, rules = _template(), markets.rules("ES", NOW)
    template = replace(mapped, carriers={})
    draft = draft_of(ORDER, _compose(template, "ES"), VOICE, at=NOW, zones=rules.zones)
    marketing = TrafficClass.MARKETING
    return {
        "parse a recipient": lambda: parse_recipient(TO),
        "render, warm template": lambda: render(template, "es-ES", VALUES, country="ES"),
        "encode: size of 80 characters in GSM-7": lambda: measure("Su clave es 4" * 6),
        "encode: size of 80 characters in UCS-2": lambda: measure("Su código es " * 6),
        "rules: every breach of a text in Spain": lambda: violations(rules, draft),
        "rules: window in Spain": lambda: opens(rules, rules.zones, NOW, marketing),
        COMPOSE: lambda: _compose(template, parse_recipient(TO).country),
        "the same, known to two template-only carriers": lambda: _compose(
            mapped, parse_recipient(TO).country
        ),
    }


def _bare() -> dict[str, Callable[[], object]]:
    source = Environment(autoescape=False).from_string(_template().variants["es"])  # noqa: S701
    return {
        "phonenumbers parse": lambda: phonenumbers.parse(TO, None),
        "Jinja render": lambda: source.render(VALUES),
    }


def _compose(template: Template, country: str) -> Composition:
    return compose(ORDER, country, VOICE, template=template)


def _template() -> Template:
    written = demo_templates()[0]
    return read(CreateTemplate, written).template(written["id"])
