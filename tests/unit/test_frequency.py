"""How often one recipient may be written to: spans roll, and plans count as well."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo import markets
from relevo.domain.frequency import COUNTED, MOST, Sent, remembered
from relevo.domain.market_frequency import free_at
from relevo.domain.timing import DAY, MINUTE, SECOND, Millis
from relevo.domain.words import Environment, TrafficClass
from tests.builders import NOW
from tests.fakes import Faulty
from tests.front import SEND, Down, Front

CHINESE = "+8613123456789"


def sent(ago: int, **more: Any) -> Sent:
    """Something accepted so many seconds ago; ids differ."""
    known: dict[str, Any] = {"traffic_class": TrafficClass.OTP, "sender": "探探"}
    return Sent(at=NOW - ago * SECOND, message_id=f"m{ago}", **{**known, **more})


@pytest.mark.parametrize(
    ("country", "traffic_class", "ago", "wait", "note"),
    [
        ("CN", "otp", [], 0, "the first"),
        ("CN", "otp", [59], 1, "one a minute"),
        ("CN", "otp", [60], 0, "a minute is over"),
        ("CN", "otp", [3599, 2000, 1500, 1000, 500], 1, "five an hour"),
        ("CN", "otp", [3600, 2000, 1500, 1000, 500], 0, "the oldest is out"),
        ("CN", "otp", [30, 40, 50, 60, 70], 3530, "hour beats minute"),
        ("CN", "otp", [k * 4000 for k in range(1, 11)], 46400, "ten a day"),
        ("CN", "marketing", [1] * 50, 86399, "fifty a day of a template"),
        ("CN", "marketing", [1] * 49, 0, "and not fewer"),
        ("CN", "otp", [-30], 90, "one planned in half a minute is too near"),
        ("CN", "otp", [-60], 0, "one planned in a minute is not"),
        ("ES", "otp", [1] * 99, 0, "no limit found"),
        ("US", "marketing", [1, 2, 3], 86397, "three in 24 hours, anywhere"),
        ("US", "otp", [1, 2, 3], 0, "codes may come more often"),
        ("CO", "marketing", [1], 86399, "one a day"),
    ],
)
def test_how_often(country: str, traffic_class: str, ago: list[int], wait: int, note: str) -> None:
    kind = TrafficClass(traffic_class)
    history = [sent(seconds, traffic_class=kind) for seconds in ago]

    found = free_at(markets.rules(country, NOW).frequencies, history, sent(0, traffic_class=kind))

    assert found == NOW + wait * SECOND, note


@pytest.mark.parametrize(
    ("other", "wait", "note"),
    [
        ({}, 59, "the same signature, one a minute"),
        ({"sender": "陌陌"}, 0, "another's signature has limits of its own"),
        ({"traffic_class": TrafficClass.TRANSACTIONAL}, 0, "a notice is no code"),
        ({"template": "login"}, 59, "codes are counted by signature, not by template"),
    ],
)
def test_what_a_limit_counts(other: dict[str, Any], wait: int, note: str) -> None:
    found = free_at(markets.rules("CN", NOW).frequencies, [sent(1, **other)], sent(0))

    assert found == NOW + wait * SECOND, note


def test_forty_codes_a_day_reach_one_number_whoever_signs() -> None:
    history = [sent(k, sender=f"签名{k}") for k in range(1, 41)]

    assert free_at(markets.rules("CN", NOW).frequencies, history, sent(0)) == NOW + 86360 * SECOND


@given(st.lists(st.integers(-DAY, 2 * DAY), max_size=60))
def test_after_the_wait_one_more_keeps_every_limit(ago: list[Millis]) -> None:
    limits = [one for one in markets.rules("CN", NOW).frequencies if "otp" in one.classes]
    history = [sent(0)._replace(at=NOW - back) for back in ago]
    found = free_at(limits, history, sent(0))

    assert found >= NOW
    for limit in limits:
        times = sorted(one.at for one in history)
        for first, last in zip(times, times[limit.most - 1 :], strict=False):
            assert max(last, found) - min(first, found) >= limit.span


def test_what_no_limit_asks_about_again_is_forgotten() -> None:
    history = [sent(seconds) for seconds in (90_000, 80_000, 10)]

    kept = remembered(history, sent(0), DAY)

    assert [one.message_id for one in kept] == ["m80000", "m10", "m0"]
    assert len(remembered([sent(s) for s in range(1, 200)], sent(0), DAY)) == MOST


def test_the_markets_that_are_counted_are_those_with_verified_limits() -> None:
    limited = {
        country
        for country in markets.countries()
        if any(limit.verified for limit in markets.rules(country, NOW).frequencies)
    }

    assert limited == COUNTED


def a_code(front: Front, **fields: Any) -> Any:
    return front.send(to=CHINESE, text="【探探】验证码1234", trafficClass="otp", **fields)


def test_a_second_code_within_a_minute_is_refused_and_says_when() -> None:
    front = Front()
    first = a_code(front)
    front.world.clock.advance(10 * SECOND)

    second = a_code(front)

    assert (first.status, second.status, second.slug) == (202, 429, "quota-exceeded")
    assert second.headers["Retry-After"] == "50"
    assert len(front.world.messages.heads) == 1


def test_after_that_it_goes() -> None:
    front = Front()
    a_code(front)
    front.world.clock.advance(MINUTE)

    assert a_code(front).status == 202


def test_a_repeat_of_the_same_request_is_one_message_and_counts_once() -> None:
    front = Front()
    first, again = a_code(front, idem="login-1"), a_code(front, idem="login-1")

    assert (again.status, again.json["id"]) == (202, first.json["id"])
    assert [len(one.entries) for one in front.world.histories.kept.values()] == [1]


def test_a_request_that_had_no_money_may_be_repeated_once_it_has() -> None:
    front = Front()
    front.world.accounts.deposit("alice", Environment.LIVE, Decimal(-10))
    poor = a_code(front, idem="login-1")
    front.world.accounts.deposit("alice", Environment.LIVE, Decimal(10))

    assert (poor.status, a_code(front, idem="login-1").status) == (402, 202)


def test_accounts_and_environments_are_counted_apart() -> None:
    front = Front()
    others = [front.key_for("bob"), front.key_for("alice", Environment.TEST)]

    assert a_code(front).status == 202
    assert [a_code(front, key=key).status for key in others] == [202, 202]


def test_where_nothing_can_be_counted_the_message_goes() -> None:
    front = Front()

    def fail(_: str) -> None:
        raise Down

    broken = front.build(histories=Faulty(front.world.histories, before=fail))
    body = {"to": CHINESE, "text": "验证码1234", "trafficClass": "otp"}
    answers = [front.call("POST", SEND, body=body, app=broken) for _ in range(2)]

    assert [answer.status for answer in answers] == [202, 202]


def test_somebody_else_writing_to_the_same_number_at_once_comes_first() -> None:
    front = Front()
    histories = front.world.histories

    def overtaken(name: str) -> None:
        if name == "remember":
            for who, known in histories.kept.items():
                histories.kept[who] = replace(known, version=known.version + 1)

    app = front.build(histories=Faulty(histories, before=overtaken))
    body = {"to": CHINESE, "text": "验证码1234", "trafficClass": "otp"}
    front.call("POST", SEND, body=body, app=app)
    front.world.clock.advance(MINUTE)

    answer = front.call("POST", SEND, body=body, app=app)

    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
