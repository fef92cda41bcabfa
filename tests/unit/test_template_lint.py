"""What saving a template says about the price of its variants."""

from dataclasses import replace

import pytest

from relevo.domain.problem import Problem
from relevo.domain.template_lint import Lint, lint
from relevo.domain.templates import Template, Variable, VariableType
from relevo.domain.words import TrafficClass

CODED = Template(
    id="login",
    version=1,
    category=TrafficClass.OTP,
    default_language="es",
    variants={"es": "a"},
    variables=(Variable(name="code", type=VariableType.CODE, max_length=4),),
)


def of(source: str, language: str = "es", **samples: object) -> Lint:
    names = tuple(Variable(name=name) for name in samples)
    template = replace(
        CODED,
        default_language=language,
        variants={language: source},
        variables=(*CODED.variables, *names),
    )
    [found] = lint(template, samples)
    return found


@pytest.mark.parametrize(
    ("language", "source", "encoding", "segments", "culprits", "as_gsm", "why"),
    [
        ("es", "Su clave es {{ code }}", "GSM-7", 1, "", None, "nothing to say"),
        ("es", "¿Añade é, ñ, ü, ¡y Ñ?", "GSM-7", 1, "", None, "letters that GSM-7 has"),
        (
            "es",
            "Tu código: {{ code }}" + "a" * 60,
            "UCS-2",
            2,
            "ó",
            1,
            "one accent, twice the price",
        ),
        ("es", "Código: está aquí", "UCS-2", 1, "óáí", 1, "dearer only when longer"),
        ("es", "áéáé" + "a" * 200, "UCS-2", 4, "á", 2, "each culprit once, é is none"),
        ("pt", "Seu código não é esse: ação", "UCS-2", 1, "óãç", 1, "in order of appearance"),
        ("pt-BR", "Olá" + "a" * 300, "UCS-2", 5, "á", 2, "regions too"),
        ("fr", "Reçu 😀", "UCS-2", 1, "ç😀", 1, "an emoji is one too"),
        ("zh-CN", "验证码{{ code }}", "UCS-2", 1, "", None, "no surprise in Chinese"),
        ("es", "“Hola” – dijo…", "GSM-7", 1, "", None, "smart encoding sees to these"),
    ],
)
def test_what_a_variant_costs(
    language: str,
    source: str,
    encoding: str,
    segments: int,
    culprits: str,
    as_gsm: int | None,
    why: str,
) -> None:
    found = of(source, language)

    assert (found.language, found.encoding, found.segments) == (language, encoding, segments), why
    assert (found.culprits, found.as_gsm) == (tuple(culprits), as_gsm), why


def test_without_smart_encoding_typographic_signs_are_culprits() -> None:
    [found] = lint(replace(CODED, variants={"es": "“Hola”"}), smart=False)

    assert (found.text, found.encoding, found.culprits) == ("“Hola”", "UCS-2", ("“", "”"))


def test_every_variant_is_looked_at_in_order() -> None:
    template = replace(CODED, variants={"es": "código", "en": "code", "pt": "não"})

    assert [(one.language, one.culprits) for one in lint(template)] == [
        ("es", ("ó",)),
        ("en", ()),
        ("pt", ("ã",)),
    ]


def test_samples_are_the_customers_or_made_up_by_type() -> None:
    assert of("{{ name }} {{ code }}", name="Íñigo").text == "Íñigo 4108"
    assert of("{{ name }}", name="Íñigo").culprits == ("Í",)


def test_the_sample_day_is_the_one_that_costs_most() -> None:
    dated = (Variable(name="at", type=VariableType.DATE),)
    template = replace(CODED, variants={"es": "{{ at|date('full') }}"}, variables=dated)

    [found] = lint(template)

    assert (found.text, found.culprits) == ("sábado, 5 de septiembre de 2026", ("á",))


def test_the_signature_is_part_of_the_price() -> None:
    template = replace(CODED, variants={"zh": "中" * 65}, default_language="zh")

    assert [one.segments for one in lint(template)] == [1]
    assert [one.segments for one in lint(template, signature="好店好店")] == [2]


def test_samples_that_do_not_fit_are_refused() -> None:
    with pytest.raises(Problem) as refusal:
        lint(CODED, {"code": 1})

    assert refusal.value.slug == "validation-failed"
