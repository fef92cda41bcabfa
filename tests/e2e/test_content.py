"""What was written is what the carrier gets."""

from tests.e2e.conftest import Running

SIGNED = "【UC浏览器】验证码:410852。请不要把验证码泄露给其他人!15分钟内有效。"


def test_a_chinese_text_with_its_signature_reaches_the_carrier_unchanged(running: Running) -> None:
    id_ = running.send("+8613123456789", text=SIGNED)

    running.ended([id_], within=30)

    assert [submit["text"] for submit in running.submits(id_)] == [SIGNED]


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
