"""Rendering: the text of each language, exactly; and what template-only carriers are told."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo.api.schemas import read
from relevo.api.template_requests import CreateTemplate
from relevo.domain.problem import Problem
from relevo.domain.segments import measure
from relevo.domain.template_check import check
from relevo.domain.template_render import render
from relevo.domain.template_source import compiled
from relevo.domain.templates import CarrierTemplate, Registered, Template, Variable, VariableType
from relevo.domain.words import TrafficClass
from tools.demo_templates import demo_templates

DEMO = {one["id"]: read(CreateTemplate, one).template(one["id"]) for one in demo_templates()}
VALUES: Mapping[str, Any] = {
    "name": "ana",
    "total": {"amount": "1234.5", "currency": "EUR"},
    "at": "2026-09-05T20:30:00Z",
    "shop": "+34912345678",
    "count": 2,
}
SENT = Template(
    id="order-sent",
    version=3,
    category=TrafficClass.TRANSACTIONAL,
    default_language="en",
    variants={
        "es": "{{ name|title }}: {{ total|money }}, el {{ at|date('long') }} a las {{ at|time }}. "
        "{{ shop|phone }}",
        "en": "{{ name|title }}: {{ total|money }}, {{ at|date('long') }} at {{ at|time }}. "
        "{{ shop|phone }}",
        "zh-CN": "{{ name }},{{ at|date }} {{ total|money }}",
    },
    variables=(
        Variable(name="name", max_length=40),
        Variable(name="total", type=VariableType.MONEY),
        Variable(name="at", type=VariableType.DATE),
        Variable(name="shop", max_length=20),
        Variable(name="count", type=VariableType.NUMBER),
        Variable(name="note", required=False),
    ),
    signature="好店",
)


@pytest.mark.parametrize(
    ("id_", "values", "text"),
    [
        (
            "uc-browser-code",
            {"code": "410852", "minutes": 15},
            "【UC浏览器】验证码:410852。请不要把验证码泄露给其他人!15分钟内有效。",
        ),
        (
            "tantan-signup",
            {"code": "178604"},
            "【探探】验证码178604,您正在注册成为新用户,感谢您的支持!",
        ),
    ],
)
def test_the_two_samples_come_out_to_the_sign(
    id_: str, values: dict[str, object], text: str
) -> None:
    for language in ("zh-CN", "zh", "zh-Hans", "fr", None):
        assert render(DEMO[id_], language, values).text == text
    assert render(DEMO[id_], "zh-CN", values, country="CN").text == text


@pytest.mark.parametrize("id_", DEMO)
@pytest.mark.parametrize("language", ["es-ES", "es-MX", "en"])
def test_the_demo_in_other_languages_is_one_cheap_segment(id_: str, language: str) -> None:
    values = {"code": "410852", "minutes": 15}
    schema = {one.name for one in DEMO[id_].variables}
    given_ = {name: value for name, value in values.items() if name in schema}

    rendered = render(DEMO[id_], language, given_, country=language[-2:].upper())

    assert "410852" in rendered.text
    assert "【" not in rendered.text
    assert (measure(rendered.text).encoding, measure(rendered.text).segments) == ("GSM-7", 1)


@pytest.mark.parametrize(
    ("language", "account", "zone", "country", "shown", "text", "why"),
    [
        (
            "es-ES",
            None,
            "Europe/Madrid",
            "ES",
            "es",
            "Ana: 1.234,50 €, el 5 de septiembre de 2026 a las 22:30. 912 34 56 78",
            "in Spain",
        ),
        (
            "es-MX",
            None,
            "America/Mexico_City",
            "MX",
            "es",
            "Ana: EUR1,234.50, el 5 de septiembre de 2026 a las 2:30 p.m.. +34 912 34 56 78",
            "the same variant, for a Mexican",
        ),
        (
            "es-ES",
            None,
            None,
            None,
            "es",
            "Ana: 1.234,50 €, el 5 de septiembre de 2026 a las 20:30. 912 34 56 78",
            "the language names the country, nobody the zone",
        ),
        (
            "fr",
            "en-GB",
            "Europe/London",
            "GB",
            "en",
            "Ana: €1,234.50, 5 September 2026 at 21:30. +34 912 34 56 78",
            "the account's language",
        ),
        (
            None,
            None,
            "Asia/Tokyo",
            None,
            "en",
            "Ana: €1,234.50, September 6, 2026 at 5:30 AM. +34 912 34 56 78",
            "the template's",
        ),
        (
            "zh-Hans",
            None,
            "Asia/Shanghai",
            "CN",
            "zh-CN",
            "【好店】ana,2026年9月6日 €1,234.50",
            "signed, because it is Chinese",
        ),
        (
            "en",
            None,
            "Asia/Shanghai",
            "CN",
            "en",
            "【好店】Ana: €1,234.50, September 6, 2026 at 4:30 AM. +34 912 34 56 78",
            "signed, because it goes to China",
        ),
    ],
)
def test_a_text_is_made_for_its_reader(
    language: str | None,
    account: str | None,
    zone: str | None,
    country: str | None,
    shown: str,
    text: str,
    why: str,
) -> None:
    assert check(SENT) == ()

    rendered = render(SENT, language, VALUES, account_language=account, zone=zone, country=country)

    assert (rendered.language, rendered.text) == (shown, text), why


def test_the_accounts_registered_signature_goes_before_the_templates() -> None:
    assert render(SENT, "zh", VALUES, signature="新店").text.startswith("【新店】ana")
    assert render(SENT, "es", VALUES, signature="新店").text.startswith("Ana")


def test_a_signature_in_the_source_is_not_repeated() -> None:
    template = replace(SENT, variants={"zh": "【好店】{{ name }}"}, default_language="zh")

    assert render(template, "zh", VALUES).text == "【好店】ana"


OPTIONAL = replace(
    SENT, variants={"en": "Hi{% if note is none %}!{% else %}, {{ note }}{% endif %} {{ count }}"}
)


@pytest.mark.parametrize(
    ("note", "text"), [({}, "Hi! 2"), ({"note": None}, "Hi! 2"), ({"note": "you"}, "Hi, you 2")]
)
def test_an_optional_variable(note: dict[str, object], text: str) -> None:
    assert render(OPTIONAL, "en", {**VALUES, **note}).text == text


def test_a_number_without_a_filter_is_written_plainly() -> None:
    assert render(OPTIONAL, "en", {**VALUES, "count": Decimal("2E+3")}).text == "Hi! 2000"


@pytest.mark.parametrize(
    ("length", "count", "slug", "why"),
    [
        ("a", 1530, None, "ten segments of GSM-7"),
        ("a", 1531, "template-limit-exceeded", "eleven"),
        ("a", 1601, "template-limit-exceeded", "not even measured"),
        ("中", 670, None, "ten segments of UCS-2"),
        ("中", 671, "template-limit-exceeded", "eleven"),
        ("😀", 330, None, "33 of them in each"),
        ("😀", 331, "template-limit-exceeded", ""),
        ("“", 1000, None, "smart encoding makes a plain quote of it"),
        (" ", 10, "validation-failed", "nothing to read"),
    ],
)
def test_the_output_is_bounded(length: str, count: int, slug: str | None, why: str) -> None:
    parts = tuple(Variable(name=f"p{n}") for n in range(4))
    template = replace(SENT, variants={"en": "{{ p0 }}{{ p1 }}{{ p2 }}{{ p3 }}"}, variables=parts)
    text = length * count
    values = {f"p{n}": text[n * 500 : (n + 1) * 500] for n in range(4)}

    assert check(template) == ()
    if slug is None:
        assert render(template, "en", values).text == text, why
        return
    with pytest.raises(Problem) as refusal:
        render(template, "en", values)
    assert refusal.value.slug == slug, why


def test_a_missing_variable_is_named_and_nothing_is_rendered() -> None:
    with pytest.raises(Problem) as refusal:
        render(SENT, "es", {name: VALUES[name] for name in VALUES if name != "total"})

    assert refusal.value.slug == "template-variable-missing"
    assert refusal.value.details == {"variables": ["total"]}


def test_a_template_without_its_default_is_not_found() -> None:
    with pytest.raises(Problem) as refusal:
        render(replace(SENT, default_language="fr"), "it", VALUES)

    assert refusal.value.slug == "template-not-found"


def test_a_source_is_compiled_once_and_the_store_is_bounded() -> None:
    compiled.cache_clear()
    for _ in range(3):
        render(SENT, "es", VALUES)

    assert (compiled.cache_info().misses, compiled.cache_info().hits) == (1, 2)
    assert compiled.cache_info().maxsize == 512


def test_templates_of_one_name_in_two_accounts_are_not_confused() -> None:
    theirs = replace(SENT, variants={"en": "Theirs"})

    assert render(replace(SENT, variants={"en": "Ours"}), "en", VALUES).text == "Ours"
    assert render(theirs, "en", VALUES).text == "Theirs"


MAPPED = replace(
    SENT,
    carriers={
        "tencent": CarrierTemplate(template_id="449739", params=("name", "count", "total")),
        "alibaba": CarrierTemplate(template_id="SMS_15305", params={"user": "name", "when": "at"}),
    },
)


def test_a_template_only_carrier_gets_its_template_and_parameters() -> None:
    reader: dict[str, Any] = {"zone": "Asia/Shanghai", "country": "CN"}

    assert check(MAPPED) == ()
    registered = render(MAPPED, "zh-CN", VALUES, **reader).registered
    assert registered["tencent"] == Registered(
        template_id="449739", params=("ana", "2", "€1,234.50"), signature="好店"
    )
    assert registered["alibaba"] == Registered(
        template_id="SMS_15305",
        params={"user": "ana", "when": "2026年9月6日 04:30"},
        signature="好店",
    )


def test_a_carrier_that_nobody_mapped_gets_nothing_improvised() -> None:
    assert "huawei" not in render(MAPPED, "zh-CN", VALUES).registered


@given(st.text("aé{}%# \n", max_size=40), st.sampled_from(["es-MX", "zh", "fr", "", None]))
def test_rendering_is_a_function_of_what_it_is_given(name: str, language: str | None) -> None:
    values = {**VALUES, "name": name}

    first, second = (render(SENT, language, values, country="MX") for _ in range(2))

    assert first == second
