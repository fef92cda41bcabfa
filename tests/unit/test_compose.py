"""What a handset shows: signed where that is wanted, refusable where it is promotion."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo import markets
from relevo.domain.compose import Composition, compose, reworded, worded
from relevo.domain.order import Filling, Order
from relevo.domain.segments import finished, shifted
from relevo.domain.templates import CarrierTemplate, Registered, Template, Variable, VariableType
from relevo.domain.voice import Voice
from relevo.domain.words import TrafficClass

NOW = int(datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp() * 1000)
UC, TANTAN = "UC浏览器", "探探"
SIGNERS = Voice(signatures=(UC, TANTAN))
CODE = Template(
    id="code",
    version=3,
    category=TrafficClass.OTP,
    default_language="en",
    variants={
        "en": "Your code is {{ code }}.",
        "es": "Su clave es {{ code }}.",
        "zh": "验证码{{ code }}",
    },
    variables=(Variable(name="code", type=VariableType.CODE),),
    signature=TANTAN,
    carriers={"tencent": CarrierTemplate(template_id="449739", params=("code",))},
)


def composed(
    country: str,
    text: str = "",
    *,
    template: Template | None = None,
    voice: Voice = SIGNERS,
    traffic_class: str = "transactional",
    **order: Any,
) -> Composition:
    kind = TrafficClass(traffic_class)
    filling = None if template is None else Filling(template_id="code", variables={"code": "1234"})
    return compose(
        Order(
            to="",
            country=country,
            text=text,
            filling=filling,
            traffic_class=kind,
            body_digest="",
            **order,
        ),
        country,
        voice,
        template=template,
        rules=markets.rules(country, NOW) if kind is TrafficClass.MARKETING else None,
    )


SIGNED = [
    ("CN", "验证码1234", {}, "【UC浏览器】验证码1234", "the account's usual one goes first"),
    ("CN", "【探探】验证码1234", {}, "【探探】验证码1234", "one it carries is the one wanted"),
    ("CN", "验证码1234", {"sender": TANTAN}, "【探探】验证码1234", "or the one that is named"),
    ("CN", "【探探】验证码", {"sender": UC}, "【UC浏览器】【探探】验证码", "who sends it decides"),
    (
        "CN",
        "【陌陌】验证码",
        {"voice": Voice()},
        "【陌陌】验证码",
        "without any, as written",
    ),
    ("CN", "Your code is 1", {}, "【UC浏览器】Your code is 1", "whatever the language"),
    ("HK", "验证码1234", {}, "验证码1234", "elsewhere a text is the text"),
    ("ES", "Hola", {}, "Hola", ""),
]


@pytest.mark.parametrize(("country", "text", "order", "shown", "note"), SIGNED)
def test_a_text_to_china_is_signed(
    country: str, text: str, order: dict[str, Any], shown: str, note: str
) -> None:
    assert composed(country, text, **order).text == shown, note


FILLED = [
    ("ES", {"language": "es-ES"}, "Su clave es 1234.", "es", "no signature in a Spanish variant"),
    ("MX", {"language": "es-MX"}, "Su clave es 1234.", "es", "the fallback's language"),
    ("CN", {"language": "zh-CN"}, "【探探】验证码1234", "zh", "the template's own signature"),
    ("CN", {"language": "en"}, "【探探】Your code is 1234.", "en", "China wants it in English too"),
    ("GB", {"language": "zh"}, "【探探】验证码1234", "zh", "readers of Chinese know it anywhere"),
    ("CN", {"language": "zh", "sender": UC}, "【UC浏览器】验证码1234", "zh", "unless one is named"),
    ("FR", {"language": "fr"}, "Your code is 1234.", "en", "the template's default"),
    (
        "FR",
        {"language": "fr", "voice": Voice(language="es")},
        "Su clave es 1234.",
        "es",
        "the account's language comes before the template's default",
    ),
    ("FR", {}, "Your code is 1234.", "en", "nobody said a language"),
]


@pytest.mark.parametrize(("country", "order", "shown", "language", "note"), FILLED)
def test_a_template_is_filled_in(
    country: str, order: dict[str, Any], shown: str, language: str, note: str
) -> None:
    made = composed(country, template=CODE, traffic_class="otp", **order)

    assert (made.text, made.language) == (shown, language), note


def test_what_a_template_only_carrier_is_told_is_worked_out_with_the_text() -> None:
    made = composed("CN", template=CODE, traffic_class="otp", language="zh")

    assert made.registered == {
        "tencent": Registered(template_id="449739", params=("1234",), signature=TANTAN)
    }
    assert made.signature == TANTAN


BAJA = "Para no recibir publicidad responde BAJA"
REACHED = Voice(contact="900123456")
PROMOTED = [
    # market, text, what is known, the wording put below it
    ("ES", "Rebajas", {}, BAJA, "the market's first language, answers arrive"),
    ("ES", "Rebajas", {"language": "ca"}, "Per no rebre publicitat respon BAJA", "Catalan"),
    ("ES", "Sale", {"language": "en-GB"}, "Reply BAJA to opt out", "falls back as templates do"),
    ("ES", "Rebajas", {"sender": "ACME"}, None, "nobody hears answers to a name, so none is asked"),
    ("ES", "Rebajas", {"sender": "ACME", "voice": REACHED}, "Baja: 900123456", "but a number does"),
    ("ES", "Rebajas", {"sender": "217777"}, BAJA, "a short code hears"),
    ("MX", "Rebajas", {"sender": "ACME"}, BAJA, "there a number stands in a name's place"),
    ("ES", "Rebajas. Responde BAJA", {}, None, "says so itself"),
    ("ES", "Rebajas. responde baja", {}, None, "in small letters too"),
    ("ES", "Rebajas. Baja: 900111222", {}, None, "or as the market's own wording begins"),
    (
        "ES",
        "Rebajas en tienda.es/baja-temporada",
        {},
        BAJA,
        "a link is no opt-out",
    ),
    ("US", "Cancel anytime", {}, "Reply STOP to opt out", "a word of the text is none"),
    ("US", "Sale! Reply STOP to end", {}, None, ""),
    ("FR", "Soldes", {}, "Pour refuser, répondez STOP", ""),
    ("CN", "优惠", {}, None, "the carrier's own data"),
    ("ZZ", "Sale", {}, "Reply STOP to opt out", "our advice for anywhere"),
]


@pytest.mark.parametrize(("country", "text", "order", "wording", "note"), PROMOTED)
def test_promotion_says_how_to_refuse_it(
    country: str, text: str, order: dict[str, Any], wording: str | None, note: str
) -> None:
    made = composed(country, text, traffic_class="marketing", **{"voice": Voice(), **order})

    assert made.wording == wording, note
    assert made.text == worded(text, wording)


@pytest.mark.parametrize("traffic_class", ["otp", "transactional"])
def test_what_is_no_promotion_is_left_alone(traffic_class: str) -> None:
    made = composed("ES", "Hola", traffic_class=traffic_class)

    assert (made.text, made.wording) == ("Hola", None)


def test_the_wording_is_paid_for() -> None:
    text = "x" * 150

    assert composed("ES", text).sizing.segments == 1
    assert composed("ES", text, traffic_class="marketing").sizing.segments == 2


def test_a_contact_is_remembered_only_where_the_wording_names_it() -> None:
    named = composed("ES", "Rebajas", traffic_class="marketing", voice=REACHED)
    itself = composed("ES", "Responde BAJA", traffic_class="marketing", voice=REACHED)

    assert (named.contact, itself.contact) == ("900123456", None)


@pytest.mark.parametrize(
    ("text", "old", "new", "shown"),
    [
        ("Rebajas\nResponde BAJA", "Responde BAJA", "Envía BAJA", "Rebajas\nEnvía BAJA"),
        ("Sale\nReply 'STOP'", "Reply ‘STOP’", "Text STOP", "Sale\nText STOP"),
        ("Rebajas", "Responde BAJA", "Envía BAJA", "Rebajas"),
        ("Responde BAJA\nya", "Responde BAJA", "Envía BAJA", "Responde BAJA\nya"),
    ],
)
def test_a_stored_text_gets_another_wording(text: str, old: str, new: str, shown: str) -> None:
    assert reworded(text, old, new) == shown


TABLES = [
    ("Su código es 1234", (), "one segment either way"),
    ("á" * 71, (("es", 1), ("pt", 1)), "142 septets instead of 71 of 70"),
    ("á" * 100, (), "two septets each: no gain"),
    ("ção " * 25, (("pt", 1),), "ã is not in the Spanish table"),
    ("ção — " * 18, (("pt", 1),), "dashes go where that helps"),
    ("你好" * 60, (), "no table has these"),
    ("a" * 300, (), "GSM-7 needs none"),
]


@pytest.mark.parametrize(("text", "saved", "note"), TABLES, ids=[note for *_, note in TABLES])
def test_the_head_knows_which_tables_would_save_segments(
    text: str, saved: tuple[tuple[str, int], ...], note: str
) -> None:
    assert composed("ES", text).shifted == saved, note


@given(st.text("aáçãğ—“€你😀 \n", max_size=400), st.booleans())
def test_what_a_table_saves_is_what_its_finish_needs(text: str, smart: bool) -> None:
    plain = finished(text, frozenset(), smart=smart)[1]

    for shift, segments in shifted(text, plain, smart=smart):
        with_table = finished(text, frozenset({shift}), smart=smart)[1]
        assert with_table.segments == segments < plain.segments


@given(st.text(max_size=80), st.sampled_from(["ES", "US", "CN", "FR", "BR", "ZZ"]), st.booleans())
def test_composing_what_was_composed_changes_nothing(text: str, country: str, smart: bool) -> None:
    kind = {"traffic_class": "marketing", "smart_encoding": smart}
    once = composed(country, text, **kind)  # type: ignore[arg-type]

    again = composed(country, once.text, **kind)  # type: ignore[arg-type]

    assert again.text.rstrip() == once.text.rstrip() or "【" in text


def test_the_words_of_the_account_are_not_those_of_another() -> None:
    stranger = replace(SIGNERS, signatures=("陌陌",))

    assert composed("CN", "【探探】验证码1", voice=stranger).text == "【陌陌】【探探】验证码1"
