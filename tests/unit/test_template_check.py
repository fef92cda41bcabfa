"""What can be saved as a template, and what is said about the rest."""

from dataclasses import replace

import pytest

from relevo.domain.template_check import check
from relevo.domain.template_findings import Finding, refusal
from relevo.domain.templates import CarrierTemplate, Template, Variable, VariableType
from relevo.domain.words import TrafficClass

GOOD = Template(
    id="order-sent",
    version=1,
    category=TrafficClass.TRANSACTIONAL,
    default_language="es",
    variants={"es": "Hola {{ name }}."},
    variables=(
        Variable(name="name", max_length=40),
        Variable(name="nick", required=False, max_length=20),
        Variable(name="code", type=VariableType.CODE, max_length=8),
        Variable(name="count", type=VariableType.NUMBER),
        Variable(name="spare", type=VariableType.NUMBER, required=False),
        Variable(name="price", type=VariableType.MONEY),
        Variable(name="at", type=VariableType.DATE),
    ),
)


def found(source: str, language: str = "es") -> list[tuple[str, str, int | None]]:
    template = replace(GOOD, default_language=language, variants={language: source})
    return [(finding.slug, finding.code, finding.line) for finding in check(template)]


@pytest.mark.parametrize(
    "source",
    [
        "Hola",
        "{{ name }} {{ code }} {{ count }}",
        "{{ 'literal {{ braces }}' }} {{ 7 }}",
        "{# a note #}{% raw %}{{ not a place }}{% endraw %}",
        "{{ name|upper }}{{ name|lower }}{{ name|title }}{{ name|trim }}",
        "{{ name|truncate(10) }}{{ name|truncate(10, '') }}{{ name|truncate(500, '(...)') }}",
        "{{ at|date }}{{ at|date('short') }}{{ at|date('full') }}",
        "{{ at|time }}{{ at|time('medium') }}",
        "{{ count|number }}{{ count|number(0) }}{{ count|number(6) }}{{ price|money }}",
        "{{ name|phone }}{{ name|spoken }}{{ code|spoken }}{{ name|phone|spoken }}",
        "{{ nick|default('amigo')|upper }}{{ nick|default }}{{ spare|default(0)|number }}",
        "{% if nick is defined %}{{ nick }}{% else %}{{ name }}{% endif %}",
        "{% if nick is none %}{{ name }}{% else %}{{ nick }}{% endif %}",
        "{% if nick is undefined %}{% elif nick == 'a' %}{{ nick }}{% endif %}",
        "{% if not nick is defined or nick == 'a' %}{% else %}{{ nick }}{% endif %}",
        "{% if nick is defined and spare is defined %}{{ nick }}{{ spare }}{% endif %}",
        "{% if nick is defined and nick|upper == 'ANA' %}1{% endif %}",
        "{% if count == 1 %}día{% elif 1 < count <= 3 %}días{% else %}más{% endif %}",
        "{% if 'a' in name and name not in 'abc' and name %}1{% endif %}",
        "{%- if name -%} a {%- endif +%}",
    ],
)
def test_what_a_source_may_say(source: str) -> None:
    assert found(source) == []


@pytest.mark.parametrize(
    ("source", "code", "why"),
    [
        ("{{ name", "syntax", ""),
        ("{% if name %}", "syntax", ""),
        ("{% nonsense %}", "syntax", ""),
        ("{% trans %}a{% endtrans %}", "syntax", "no extensions"),
        ("{{ name|center(9) }}", "filter-not-allowed", "not on our list"),
        ("{{ name|upper(1) }}", "filter-not-allowed", "takes no argument"),
        ("{{ name|truncate }}", "filter-not-allowed", "needs its length"),
        ("{{ name|truncate(0) }}", "filter-not-allowed", ""),
        ("{{ name|truncate(501) }}", "filter-not-allowed", ""),
        ("{{ name|truncate(true) }}", "filter-not-allowed", "to Python, 1"),
        ("{{ name|truncate(9, '......') }}", "filter-not-allowed", "a long ending"),
        ("{{ name|truncate(length=9) }}", "filter-not-allowed", "arguments have no names"),
        ("{{ name|truncate(count) }}", "filter-not-allowed", "they are written out"),
        ("{{ name|truncate(*name) }}", "filter-not-allowed", ""),
        ("{{ count|number(7) }}", "filter-not-allowed", ""),
        ("{{ at|date('yyyy') }}", "filter-not-allowed", "styles, no patterns"),
        ("{{ at|time('full') }}", "filter-not-allowed", "it would name a zone"),
        ("{{ nick|default(name) }}", "filter-not-allowed", ""),
        ("{% if name is string %}{% endif %}", "test-not-allowed", ""),
        ("{% if name is sameas(1) %}{% endif %}", "test-not-allowed", ""),
        ("{% if 'a' is defined %}{% endif %}", "test-not-allowed", "what else would it be"),
        ("{{ name == 'a' }}", "not-a-value", "a condition is no text"),
        ("{{ name and code }}", "not-a-value", ""),
        ("{{ true }}", "not-a-value", ""),
        ("{{ none }}", "not-a-value", ""),
        ("{{ at }}", "filter-missing", "as a day or as a time?"),
        ("{{ price }}", "filter-missing", ""),
        ("{{ name|money }}", "wrong-kind", ""),
        ("{{ count|upper }}", "wrong-kind", ""),
        ("{{ count|number|number }}", "wrong-kind", "it is a text by then"),
        ("{{ price|default('-')|money }}", "wrong-kind", "the default is no money"),
        ("{{ spare|default('0') }}", "wrong-kind", ""),
        ("{% if count == '1' %}{% endif %}", "wrong-kind", "never true, so a mistake"),
        ("{% if 1 in count %}{% endif %}", "wrong-kind", ""),
        ("{% if at < at %}{% endif %}", "wrong-kind", "a day and an instant do not compare"),
    ],
)
def test_what_it_may_not(source: str, code: str, why: str) -> None:
    assert found(source) == [("template-not-allowed", code, 1)], why


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("{{ nmae }}", "unknown-variable"),
        ("{{ self }}", "unknown-variable"),
        ("{% if nope is defined %}{% endif %}", "unknown-variable"),
        ("{{ nick }}", "unguarded-variable"),
        ("{% if nick %}{% endif %}", "unguarded-variable"),
        ("{% if nick is defined %}{% else %}{{ nick }}{% endif %}", "unguarded-variable"),
        ("{% if nick is defined or name %}{{ nick }}{% endif %}", "unguarded-variable"),
        ("{% if not (nick is none and name) %}{{ nick }}{% endif %}", "unguarded-variable"),
        ("{% if nick is defined %}{% endif %}{{ nick }}", "unguarded-variable"),
        ("{{ nick|upper|default('x') }}", "unguarded-variable"),
    ],
)
def test_variables_that_might_have_no_value(source: str, code: str) -> None:
    assert found(source) == [("template-variable-missing", code, 1)]


def test_a_missing_variable_is_named() -> None:
    [finding] = check(replace(GOOD, variants={"es": "Hola {{ nmae }}"}))

    assert finding.detail == "nmae is not among the variables."


def test_findings_have_their_lines_and_all_are_told() -> None:
    source = "Hola\n{{ nope }}\n{% if name is defined %}\n{{ price }}{% endif %}\n{{ at|upper }}"

    assert [(code, line) for _, code, line in found(source)] == [
        ("unknown-variable", 2),
        ("filter-missing", 4),
        ("wrong-kind", 5),
    ]


@pytest.mark.parametrize(
    ("source", "language", "codes", "why"),
    [
        ("{{ at|date }}", "eu-ES", [], "all languages of Spain"),
        ("{{ at|date }}", "pl", ["no-formats"], "we hold no Polish formats"),
        ("{{ name|phone|upper }}", "pl", [], "which numbers and letters do not need"),
        ("{{ code|spoken }}", "pt-BR", [], ""),
        ("{{ code|spoken }}", "fr", ["no-words"], "we have no French words"),
    ],
)
def test_filters_need_their_language(
    source: str, language: str, codes: list[str], why: str
) -> None:
    assert [code for _, code, _ in found(source, language)] == codes, why


@pytest.mark.parametrize(
    ("source", "slug", "code", "why"),
    [
        ("a" * 2048, None, None, ""),
        ("a" * 2049, "template-limit-exceeded", "source-too-long", ""),
        ("中" * 683, "template-limit-exceeded", "source-too-long", "bytes count"),
        (" \n", "validation-failed", "empty-text", ""),
        ("a\x07", "validation-failed", "forbidden-character", ""),
        ("a\ud800", "validation-failed", "forbidden-character", ""),
        ("{{ '\\ud800' }}", "validation-failed", "forbidden-character", "made by an escape"),
    ],
)
def test_bounds_of_a_source(source: str, slug: str | None, code: str | None, why: str) -> None:
    assert [one[:2] for one in found(source)] == ([(slug, code)] if slug else []), why


NAMED = Variable(name="a")


@pytest.mark.parametrize(
    ("template", "pointer", "code", "why"),
    [
        (replace(GOOD, id="Order sent"), "/id", "not-an-id", ""),
        (replace(GOOD, id="a" * 65), "/id", "not-an-id", ""),
        (replace(GOOD, version=0), "/version", "not-a-version", ""),
        (replace(GOOD, default_language="en"), "/defaultLanguage", "no-variant", ""),
        (replace(GOOD, variants={}), "/defaultLanguage", "no-variant", "no variant at all"),
        (
            replace(GOOD, variants={"es": "a", "not a tag": "b"}),
            "/variants",
            "not-a-language",
            "",
        ),
        (replace(GOOD, variants={"es": "a", "ES": "b"}), "/variants", "twice", "which one?"),
        (
            replace(GOOD, variants={"es": "a"} | {f"a{n:02}"[:3]: "b" for n in range(41)}),
            "/variants",
            "too-many",
            "",
        ),
        (
            replace(GOOD, variables=tuple(Variable(name=f"v{n}") for n in range(21))),
            "/variables",
            "too-many",
            "",
        ),
        (replace(GOOD, signature="【探探】"), "/signature", "signature-symbols", ""),
    ],
)
def test_the_rest_of_a_template(template: Template, pointer: str, code: str, why: str) -> None:
    assert (pointer, code) in [(one.pointer, one.code) for one in check(template)], why


@pytest.mark.parametrize(
    ("variable", "pointer"),
    [
        (Variable(name="__class__"), "/variables/1/name"),
        (Variable(name="_a"), "/variables/1/name"),
        (Variable(name="1a"), "/variables/1/name"),
        (Variable(name="año"), "/variables/1/name"),
        (Variable(name="the reader"), "/variables/1/name"),
        (Variable(name="self"), "/variables/1/name"),
        (Variable(name="true"), "/variables/1/name"),
        (Variable(name="a" * 41), "/variables/1/name"),
        (Variable(name="b", max_length=0), "/variables/1/maxLength"),
        (Variable(name="b", max_length=501), "/variables/1/maxLength"),
    ],
)
def test_variables(variable: Variable, pointer: str) -> None:
    template = replace(GOOD, variants={"es": "a"}, variables=(NAMED, variable))

    assert [one.pointer for one in check(template)] == [pointer]


def test_two_variables_of_one_name() -> None:
    template = replace(GOOD, variants={"es": "a"}, variables=(NAMED, NAMED))

    assert [one.code for one in check(template)] == ["twice", "twice"]


@pytest.mark.parametrize(
    ("name", "mapped", "found", "why"),
    [
        (
            "tencent",
            CarrierTemplate(template_id="449739", params=("code", "count")),
            [],
            "in order",
        ),
        (
            "alibaba",
            CarrierTemplate(template_id="SMS_15305", params={"code": "code"}),
            [],
            "by name",
        ),
        ("tencent", CarrierTemplate(template_id="1"), [], "no parameters"),
        ("tencent", CarrierTemplate(template_id=""), ["/carriers/tencent/templateId"], ""),
        ("tencent", CarrierTemplate(template_id="1 2"), ["/carriers/tencent/templateId"], ""),
        ("Ten/cent", CarrierTemplate(template_id="1"), ["/carriers"], ""),
        (
            "tencent",
            CarrierTemplate(template_id="1", params=("nope",)),
            ["/carriers/tencent/params"],
            "no such variable",
        ),
        (
            "tencent",
            CarrierTemplate(template_id="1", params=("nick",)),
            ["/carriers/tencent/params"],
            "an optional one would leave a hole",
        ),
        (
            "alibaba",
            CarrierTemplate(template_id="1", params={"a b": "code"}),
            ["/carriers/alibaba/params"],
            "",
        ),
    ],
)
def test_templates_of_carriers(
    name: str, mapped: CarrierTemplate, found: list[str], why: str
) -> None:
    template = replace(GOOD, carriers={name: mapped})

    assert [one.pointer for one in check(template)] == found, why


def test_nothing_found_is_no_refusal() -> None:
    assert check(GOOD) == ()
    assert refusal(()) is None


def test_the_gravest_finding_names_the_refusal_and_all_are_its_errors() -> None:
    source = "{{ nmae }}\n{{ at|upper }}"

    problem = refusal(check(replace(GOOD, version=0, variants={"es": source})))

    assert problem is not None
    assert problem.slug == "template-not-allowed"
    assert [(flaw.pointer, flaw.detail) for flaw in problem.errors] == [
        ("/version", "Versions count from 1."),
        ("/variants/es", "Line 1: nmae is not among the variables."),
        ("/variants/es", "Line 2: The filter does not take a value of this kind."),
    ]


def test_a_hopeless_template_is_told_twenty_things() -> None:
    findings = check(replace(GOOD, variants={"es": "{{ a.b }}" * 100}))

    assert len(findings) == 20
    assert {type(finding) for finding in findings} == {Finding}
