"""What was written is what the carrier gets."""

import pytest

from tests.e2e.conftest import Running
from tools import demo_templates

SIGNED = "【UC浏览器】验证码:410852。请不要把验证码泄露给其他人!15分钟内有效。"


def test_a_chinese_text_with_its_signature_reaches_the_carrier_unchanged(running: Running) -> None:
    id_ = running.send("+8613123456789", text=SIGNED)

    running.ended([id_], within=30)

    assert [submit["text"] for submit in running.submits(id_)] == [SIGNED]


UC = {"templateId": "uc-browser-code", "variables": {"code": "410852", "minutes": 15}}
TANTAN = {"templateId": "tantan-signup", "variables": {"code": "178604"}}
JOURNEYS = [
    (
        "+34612346678",
        UC,
        "es-ES",
        "Su clave es 410852. No la comparta con nadie. Caduca en 15 minutos.",
    ),
    (
        "+525512346678",
        UC,
        "es-MX",
        "Tu clave es 410852. No la compartas con nadie. Vence en 15 minutos.",
    ),
    (
        "+447400123678",
        UC,
        "en",
        "Your code is 410852. Do not share it with anyone. It is valid for 15 minutes.",
    ),
    ("+8613123457678", UC, "zh-CN", SIGNED),
    ("+8613123458678", TANTAN, "zh-CN", "【探探】验证码178604,您正在注册成为新用户,感谢您的支持!"),
]


@pytest.mark.parametrize(("to", "filled", "language", "text"), JOURNEYS)
def test_a_template_reaches_the_handset_in_the_language_of_its_reader(
    running: Running, to: str, filled: dict[str, object], language: str, text: str
) -> None:
    demo_templates.save(running.sandbox)
    answer = running.sandbox.send(to=to, language=language, **filled)
    assert answer.status == 202, answer.body

    ended = running.ended([answer.body["id"]], within=30)[answer.body["id"]]

    assert ended["status"] == "delivered"
    assert [submit["text"] for submit in running.submits(answer.body["id"])] == [text]


def test_a_second_code_to_the_same_chinese_number_is_told_to_wait(running: Running) -> None:
    fields = {"to": "+8613123459678", "text": "验证码1234", "trafficClass": "otp"}

    first, second = running.sandbox.send(**fields), running.sandbox.send(**fields)

    assert (first.status, second.status) == (202, 429)
    assert 0 < int(second.headers["retry-after"]) <= 60


def test_a_live_key_travels_the_same_road_on_the_local_stages_carriers(running: Running) -> None:
    answer = running.live.send(to="+34612345001", text="Hola")
    id_ = str(answer.body["id"])

    while not (status := running.live.status(id_))["final"]:
        pass

    assert [(a["carrier"], a["status"]) for a in status["attempts"]] == [("local-a", "delivered")]


def test_promotion_goes_or_waits_as_the_hour_in_its_market_says(running: Running) -> None:
    """Whatever the time is: the deployed layer reads rules, holidays and time zones."""
    id_ = running.send("+573211234678", trafficClass="marketing")
    waited = running.ended([id_], within=20)[id_]

    quoted = running.sandbox.call(
        "POST",
        "/api/v1/messages/quote",
        {"to": "+573211234678", "text": "Hola", "trafficClass": "marketing"},
    )
    closed = "outside-window" in {breach["code"] for breach in quoted.body["violations"]}

    assert waited["status"] == ("scheduled" if closed else "delivered")
