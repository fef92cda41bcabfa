"""Templates and values written to harm: refused or harmless, and never at a cost."""

import tracemalloc
from collections.abc import Iterator, Mapping
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.domain.problem import Problem
from relevo.domain.template_check import check
from relevo.domain.template_findings import Finding
from relevo.domain.template_render import render
from relevo.domain.template_source import compiled
from relevo.domain.templates import MAX_OUTPUT, Template, Variable, VariableType
from relevo.domain.words import TrafficClass

# Generous: answers take about a millisecond and some kilobytes, the attacks seconds and gigabytes.
SECONDS = 1.0
BYTES = 8_000_000

NAMES = tuple(Variable(name=name) for name in "ab")
TEMPLATE = Template(
    id="attacked",
    version=1,
    category=TrafficClass.MARKETING,
    default_language="en",
    variants={"en": "a"},
    variables=NAMES,
)


@pytest.fixture
def within_bounds() -> Iterator[None]:
    compiled("the first one pays for importing")
    compiled.cache_clear()
    tracemalloc.start()
    began = process_time()
    yield
    spent, (_, peak) = process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert spent < SECONDS
    assert peak < BYTES


ATTACKS = [
    # out of the sandbox
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ a.__class__ }}",
    "{{ a['__class__'] }}",
    "{{ a|attr('__class__') }}",
    "{{ a.upper.__globals__ }}",
    "{{ '{0.__class__}'.format(a) }}",
    "{{ '{0.__class__}'|format(a) }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ joiner }}",
    "{{ request }}",
    "{{ config }}",
    "{{ loop }}",
    "{{ caller() }}",
    "{{ varargs }}",
    "{{ context }}",
    "{{ environment }}",
    "{{ [].append }}",
    "{{ dict }}",
    # work without end
    "{{ 'a' * 10**9 }}",
    "{{ 10 ** 10 ** 9 }}",
    "{{ 9**9**9**9 }}",
    "{{ '%999999999d' % 1 }}",
    "{{ '{:999999999}'.format(1) }}",
    "{{ a ~ a ~ a }}",
    "{{ a + a }}",
    "{{ a|center(500000000) }}",
    "{{ a|indent(100000000) }}",
    "{{ a|replace('', 'aaaaaaaaaa')|replace('', 'aaaaaaaaaa') }}",
    "{{ a|wordwrap(1) }}",
    "{{ a|list|tojson|urlize }}",
    "{{ a|map('upper')|join }}",
    "{{ a|truncate(999999999) }}",
    "{{ a|number(999999999) }}",
    "{{ lipsum(n=100000) }}",
    "{{ range(100000)|list }}",
    "{{ range(99999999999) }}",
    "{% for x in range(99999) %}{% for y in range(99999) %}a{% endfor %}{% endfor %}",
    "{% for x in a recursive %}{{ loop(a) }}{% endfor %}",
    "{% set n = namespace(s='a') %}{% for i in a %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
    "{% set a = a ~ a %}{{ a }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% call(x) m() %}{% endcall %}",
    "{% filter upper %}a{% endfilter %}",
    "{% with x = a %}{{ x }}{% endwith %}",
    "{% block b %}{{ self.b() }}{% endblock %}",
    "{% autoescape true %}a{% endautoescape %}",
    # other files
    "{% include 'a' %}",
    "{% import 'a' as b %}",
    "{% from 'a' import b %}",
    "{% extends 'a' %}",
    # other values than text
    "{{ [a, b] }}",
    "{{ (a, b) }}",
    "{{ {'a': b} }}",
    "{{ a[0] }}",
    "{{ a[::-1] }}",
    "{{ -1 }}",
    "{{ a if b else a }}",
    "{% if a in [b] %}{% endif %}",
    "{% do a %}",
    "{% debug %}",
    # deep, long and broken
    "{{ " + "(" * 1000 + "a" + ")" * 1000 + " }}",
    "{{ " + "(" * 2000,
    "{{ " + "[" * 2000,
    "{{ " + "-" * 2000 + "1 }}",
    "{{ " + "not " * 500 + "a }}",
    "{% if " + "not " * 500 + "a %}{% endif %}",
    "{% if " + "a and " * 300 + "a %}{% endif %}",
    "{{ a" + "|upper" * 300 + " }}",
    "{% if a %}" * 100 + "{% endif %}" * 100,
    "{% if a %}" * 200,
    "{{ a" + ".a" * 900 + " }}",
    "{{ " + "9" * 2000 + " ** 2 }}",
    "{{" * 1000,
    "{%" * 1000,
    "{#" * 1000,
    "{{ '" + "a" * 2000,
    "{{ '" + "\\" * 2000,
    "{{ '\\N{" + "A" * 1000 + "}' }}",
    "{% raw %}" * 200,
    "a" * 1_000_000,
    "{{ a }}" * 100_000,
]


@pytest.mark.usefixtures("within_bounds")
@pytest.mark.parametrize("source", ATTACKS, ids=lambda source: source[:40])
def test_an_attack_is_refused_when_it_is_saved(source: str) -> None:
    found = check(replace(TEMPLATE, variants={"en": source}))

    assert found
    assert all(finding.slug.startswith("template-") for finding in found)
    assert all(len(finding.detail) < 200 for finding in found)


@pytest.mark.usefixtures("within_bounds")
@pytest.mark.parametrize("source", ATTACKS, ids=lambda source: source[:40])
def test_one_that_was_saved_all_the_same_is_not_rendered(source: str) -> None:
    with pytest.raises(Problem) as refusal:
        render(replace(TEMPLATE, variants={"en": source}), "en", {"a": "a", "b": "b"})

    assert refusal.value.slug.startswith("template-")


@pytest.mark.usefixtures("within_bounds")
@pytest.mark.parametrize(
    "source",
    [
        "{{ a }}" * 292,
        "{{ a|upper|lower|title|trim|truncate(500) }}" * 46,
        "{{ a|default('" + "x" * 1900 + "') }}",
        "{{ a|spoken }}" * 140,
        "{{ a|phone }}" * 150,
        "{% if a in b %}{{ b }}{% endif %}" * 60,
        "{%if a%}" + "{%elif a%}" * 200 + "{%endif%}{{ a }}",
        "{{ " + "'a' " * 500 + "}}",
    ],
    ids=lambda source: source[:40],
)
def test_the_costliest_templates_that_are_allowed(source: str) -> None:
    values = {"a": "ß" * 500, "b": "ß" * 500}

    assert all(finding.code != "too-deep" for finding in _found(source))
    assert _rendered(source, values)


def _found(source: str) -> tuple[Finding, ...]:
    return check(replace(TEMPLATE, variants={"en": source}))


def _rendered(source: str, values: Mapping[str, object]) -> str:
    """Give the text, which is within its bound, or the slug of a refusal."""
    template = replace(TEMPLATE, variants={"en": source})
    try:
        text = render(template, "en", values).text
    except Problem as refusal:
        return refusal.slug
    assert len(text) <= MAX_OUTPUT
    return text


HOSTILE = [
    "{{ 7 * 7 }}",
    "{{ a }}",
    "{{ b }}",
    "{% for x in range(9) %}a{% endfor %}",
    "{# gone? #}",
    "{% raw %}",
    "%(a)s {0.__class__} ${a}",
    "<b>&amp;</b>",
    "{{ '",
    "}}",
]


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("source", ["{{ a }}{{ b }}", "{{ a|trim }}{{ b|default('') }}"])
def test_a_value_is_text_and_never_a_template(source: str, value: str) -> None:
    template = replace(TEMPLATE, variants={"en": source})

    assert render(template, "en", {"a": value, "b": "b"}).text == f"{value}b"


def test_a_rendered_text_is_not_rendered_again() -> None:
    template = replace(TEMPLATE, variants={"en": "{{ a }}{{ b }}"})

    assert render(template, "en", {"a": "{", "b": "{ 7*7 }}"}).text == "{{ 7*7 }}"


PIECES = st.sampled_from(
    [
        *("{{", "}}", "{%", "%}", "{#", "#}", "(", ")", "[", "]", "|", ".", ",", "=="),
        *("a", "b", "'a'", "1", "999999999", "*", "**", "~", "+", "-", "<", "in", "is"),
        *("if", "else", "elif", "endif", "for", "not", "and", "or", "set", "macro", "call"),
        *("defined", "none", "upper", "truncate", "default", "date", "spoken"),
    ]
)


@given(st.lists(PIECES, max_size=40).map(" ".join))
def test_any_source_is_refused_or_renders_within_bounds(source: str) -> None:
    findings = _found(source)
    rendered = _rendered(source, {"a": "{{ b }}", "b": "b" * 500})

    if any(finding.slug == "template-not-allowed" for finding in findings):
        return
    assert findings or rendered != "template-not-allowed"


@given(st.text(max_size=500), st.text(max_size=500))
def test_values_come_out_as_they_went_in(a: str, b: str) -> None:
    assert _rendered("{{ a }}|{{ b }}", {"a": a, "b": b}) in {
        f"{a}|{b}",
        "validation-failed",
        "template-limit-exceeded",
    }


@pytest.mark.usefixtures("within_bounds")
@pytest.mark.parametrize("type_", VariableType)
@pytest.mark.parametrize(
    "value",
    [10**4000, "9" * 100_000, {"amount": "9" * 100_000, "currency": "EUR"}, "[" * 100_000],
    ids=["integer", "digits", "money", "brackets"],
)
def test_huge_values_are_refused_unread(type_: VariableType, value: object) -> None:
    template = replace(TEMPLATE, variables=(Variable(name="a", type=type_),))

    with pytest.raises(Problem):
        render(template, "en", {"a": value})
