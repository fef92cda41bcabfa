"""What people answer, and whether they want no more of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo import markets
from relevo.domain.refusal import Wish, wish_in
from tests.builders import NOW


def wish(text: str, country: str = "ES") -> Wish | None:
    keywords = markets.rules(country, NOW).opt_out.keywords
    return wish_in(text, markets.answer_words(), keywords=keywords, names=("ACME", "Relevo"))


STOPS = (
    "STOP",
    "stop",
    " Stop. ",
    "STOP!!!",
    "¡BAJA!",
    "Baja",
    "bája",
    "ＳＴＯＰ",
    "𝐒𝐓𝐎𝐏",
    "stop 🙏",
    "STOP STOP STOP",
    "Stop all",
    "stopall",
    "opt-out",
    "Opt out please",
    "Please stop",
    "stop, thanks",
    "STOP ACME",
    "baja de Relevo por favor",
    "Don't text me",
    "dont text me again!",
    "No more texts, please.",
    "No quiero más mensajes",
    "NO QUIERO MAS MENSAJES GRACIAS",
    "Dejen de enviarme mensajes",
    "quiero darme de baja",
    "Hola, darme de baja por favor",
    "não quero mais mensagens",
    "SAIR",
    "Arrêt",
    "ARRET",
    "ne m’écrivez plus",
    "Keine SMS mehr, danke",
    "退订",
    "请退订",
    "退订，谢谢",
    "退 訂",
    "unsubscribe me",
    "TD",
)
NOTHING = (
    "",
    "   ",
    "🙏",
    "Sí",
    "ok",
    "Can you stop by tomorrow?",
    "I can't stop laughing",
    "bajo en cinco minutos",
    "La baja médica llega mañana",
    "¿Cuándo es el alto el fuego?",
    "End of the month works for me",
    "no",
    "N",
    "T",
    "R",
    "please",
    "ACME",
    "我要取消明天的订单",
    "STOP " + "a b c d e f g h i j k",
    "stop" * 400,
)


@pytest.mark.parametrize("text", STOPS)
def test_a_plain_refusal_is_understood(text: str) -> None:
    assert wish(text) is Wish.STOP


@pytest.mark.parametrize("text", NOTHING)
def test_what_may_mean_something_else_is_left_for_people(text: str) -> None:
    assert wish(text) is None


@pytest.mark.parametrize(
    ("text", "country", "stops"),
    [
        *(("R", "CN", True), ("t", "CN", True), ("N", "CN", True), ("N", "US", False)),
        *(("FIN", "AR", True), ("fin", "MX", False), ("7726", "AE", True), ("revoke", "US", True)),
    ],
)
def test_a_markets_own_words_count_there(text: str, country: str, stops: bool) -> None:
    assert (wish(text, country) is Wish.STOP) is stops


@pytest.mark.parametrize("text", ["START", "unstop", "Alta por favor", "订阅", "Start ACME!"])
def test_a_refusal_can_be_taken_back(text: str) -> None:
    assert wish(text) is Wish.RESUME


@pytest.mark.parametrize("country", sorted(markets.countries()))
def test_every_keyword_a_market_tells_people_works_there(country: str) -> None:
    for keyword in markets.rules(country, NOW).opt_out.keywords:
        assert wish(keyword.lower(), country) is Wish.STOP


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    wish(text)
