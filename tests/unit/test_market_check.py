"""What a draft breaks, market by market, and what to append so that it does not."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relevo import markets
from relevo.domain.links import hosts_in
from relevo.domain.market import Basis, Receipts, SenderKind, SenderUse
from relevo.domain.market_check import Draft, violations
from relevo.domain.opt_out import opt_out_wording, says_opt_out
from relevo.domain.segments import measure
from relevo.domain.senders import sender_kind
from relevo.domain.timing import Millis
from relevo.domain.words import TrafficClass

MADRID = "Europe/Madrid"


def instant(wall: str, zone: str = MADRID) -> Millis:
    return int(datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


NOW = instant("2026-11-23T12:00")


def draft(text: str, traffic_class: str = "transactional", **more: Any) -> Draft:
    sizing = measure(text)
    return Draft(
        traffic_class=TrafficClass(traffic_class),
        text=text,
        encoding=sizing.encoding,
        segments=sizing.segments,
        **more,
    )


def codes(country: str, drafted: Draft, at: Millis = NOW) -> list[str]:
    return [breach.code for breach in violations(markets.rules(country, at), drafted)]


@pytest.mark.parametrize(
    ("country", "text", "traffic_class", "facts", "expected", "note"),
    [
        ("ES", "Hola", "transactional", {}, [], "no sender named: nothing about senders"),
        ("ES", "Hola", "otp", {"sender": "Relevo"}, ["registration-needed:es-alias"], "any class"),
        ("ES", "Hola", "otp", {"sender": "Relevo", "registrations": {"es-alias"}}, [], "filed"),
        ("ES", "Hola", "otp", {"sender": "217777"}, [], "short codes are outside the register"),
        ("ES", "Hola", "otp", {"sender": "+34600000000"}, [], "and so are numbers"),
        ("ES", "Hola", "otp", {"sender": "+447400123456"}, ["sender-format"], "from abroad"),
        (
            "ES",
            "Hola",
            "otp",
            {"sender": "Atención", "registrations": {"es-alias"}},
            ["sender-format"],
            "no accents in aliases",
        ),
        (
            "ES",
            "Hola",
            "otp",
            {"sender": "Señal", "registrations": {"es-alias"}},
            [],
            "ñ is allowed",
        ),
        (
            "ES",
            "Hola",
            "otp",
            {"sender": "Mi  Tienda", "registrations": {"es-alias"}},
            ["sender-format"],
            "two spaces",
        ),
        (
            "ES",
            "Rebajas",
            "marketing",
            {"brand": "Relevo"},
            ["sender-not-named", "opt-out-missing"],
            "promotion says who and how to leave",
        ),
        ("ES", "Relevo: rebajas. Baja: responde BAJA", "marketing", {"brand": "relevo"}, [], ""),
        ("ES", "Relevo: rebajas, trabajamos", "marketing", {}, ["opt-out-missing"], "no word BAJA"),
        ("US", "Hi", "otp", {"sender": "Relevo"}, ["sender-not-supported"], "no names"),
        ("US", "Hi", "otp", {"sender": "+12015550123"}, ["registration-needed:us-10dlc"], ""),
        ("US", "Hi", "otp", {"sender": "+18005550123"}, ["registration-needed:us-toll-free"], ""),
        ("US", "Hi", "otp", {"sender": "72345"}, ["registration-needed:us-short-code"], ""),
        (
            "US",
            "Hi",
            "otp",
            {"sender": "+447400123456"},
            ["sender-format", "registration-needed:us-10dlc"],
            "a British number",
        ),
        ("US", "See https://bit.ly/x", "otp", {}, ["link-shortened"], "public shorteners"),
        ("US", "See https://relevo.example/x", "otp", {}, [], "own links"),
        ("CO", "Hola", "otp", {"sender": "Relevo"}, ["sender-overwritten"], "shown as a code"),
        ("MX", "Hola", "otp", {"sender": "+525512345678"}, ["sender-not-supported"], ""),
        (
            "MX",
            "Mira relevo.example/x",
            "otp",
            {"sender": "+525512345678"},
            ["sender-not-supported", "link-from-sender"],
            "and links from it are lost",
        ),
        ("GB", "Hi", "otp", {"sender": "Twelve chars"}, ["sender-format"], "at most 11"),
        ("GB", "Hi", "otp", {"sender": "60123"}, [], "a British short code"),
        ("GB", "Hi", "otp", {"sender": "50123"}, ["sender-format"], "not from 5"),
        ("HK", "Hi", "otp", {"sender": "#Relevo"}, ["registration-needed:hk-hash-name"], ""),
        ("HK", "Hi", "otp", {"sender": "Relevo"}, [], "plain names are free"),
        (
            "AE",
            "Sale. Opt out: 7726",
            "marketing",
            {"sender": "Relevo", "registrations": {"ae-sender"}},
            ["sender-format"],
            "promotional names begin with AD-",
        ),
        ("AE", "Code", "otp", {"sender": "Relevo", "registrations": {"ae-sender"}}, [], ""),
        (
            "EC",
            "Su código es 1",
            "otp",
            {"registrations": {"ec-content"}},
            ["characters"],
            "accents",
        ),
        (
            "EC",
            "¿Ñ?",
            "otp",
            {"registrations": {"ec-content"}},
            ["characters"],
            "GSM-7, yet not allowed",
        ),
        ("EC", "a" * 160, "otp", {"registrations": {"ec-content"}}, [], "160 fit"),
        (
            "EC",
            "a" * 161,
            "otp",
            {"registrations": {"ec-content"}},
            ["length", "segments"],
            "161 do not",
        ),
        (
            "EC",
            "Vea https://relevo.example/a",
            "otp",
            {"registrations": {"ec-content"}},
            ["link-not-registered"],
            "an allow-list of links",
        ),
        (
            "EC",
            "Vea https://www.relevo.example/a",
            "otp",
            {"registrations": {"ec-content"}, "hosts": {"relevo.example"}},
            [],
            "on it",
        ),
        (
            "EC",
            "Su codigo es 1",
            "otp",
            {"registrations": {"ec-content"}, "brand": "Relevo"},
            ["sender-not-named"],
            "who sends",
        ),
        ("BR", "Promoção", "otp", {}, ["encoding"], "UCS-2 is unreliable"),
        ("BR", "Promo", "otp", {}, [], ""),
        ("AR", "Código", "otp", {}, ["encoding"], "says one source"),
        ("TW", "你好", "otp", {}, [], "no link, no list"),
        (
            "TW",
            "你好 https://relevo.example",
            "otp",
            {},
            ["registration-needed:tw-links", "link-not-registered"],
            "links are listed",
        ),
        (
            "FR",
            "a" * 1600,
            "otp",
            {"sender": "38000"},
            ["registration-needed:fr-short-code", "segments"],
            "ten segments on short codes",
        ),
        ("FR", "a" * 1600, "otp", {"sender": "Relevo"}, [], "names have no such limit"),
        ("FR", "Soldes. STOP au 36111", "marketing", {}, [], "STOP"),
        ("FR", "Soldes stoppées", "marketing", {}, ["opt-out-missing"], "a part of a word"),
        ("ZZ", "Hi", "otp", {"sender": "Relevo"}, [], "nothing is known"),
    ],
)
def test_what_a_draft_breaks(
    country: str,
    text: str,
    traffic_class: str,
    facts: dict[str, Any],
    expected: list[str],
    note: str,
) -> None:
    for name in ("registrations", "hosts"):
        if name in facts:
            facts = {**facts, name: frozenset(facts[name])}

    assert sorted(codes(country, draft(text, traffic_class, **facts))) == sorted(expected), note


CHINESE = frozenset({"cn-qualification", "cn-signature", "cn-template"})


@pytest.mark.parametrize(
    ("text", "traffic_class", "expected", "note"),
    [
        (
            "【UC浏览器】验证码:410852。请不要把验证码泄露给其他人!15分钟内有效。",
            "otp",
            [],
            "the first sample",
        ),
        ("【探探】验证码178604,您正在注册成为新用户,感谢您的支持!", "otp", [], "the second"),
        ("验证码:410852。", "otp", ["signature-missing"], "unsigned"),
        ("验证码:410852【探探】", "otp", ["signature-missing", "brackets"], "signed at the end"),
        ("【探探】【探探】验证码:1", "otp", ["brackets"], "signed twice"),
        ("【探】验证码:1", "otp", ["signature-missing", "brackets"], "too short a signature"),
        ("【探探】密码:410852", "otp", ["word-missing"], "no word for a code"),
        ("【探探】您的订单已发货", "transactional", [], "notices need no such word"),
        ("【探探】促销", "marketing", [], "the carrier appends its own opt-out"),
        ("【探探】" + "好" * 497, "marketing", ["length"], "501 characters"),
        (
            "【探探】看https://t.cn/abc好",
            "marketing",
            ["link-shortened", "link-not-registered"],
            "",
        ),
        ("【探探】看tantan.com好", "marketing", ["link-not-registered"], "bare, between Chinese"),
    ],
)
def test_chinese_texts(text: str, traffic_class: str, expected: list[str], note: str) -> None:
    assert codes("CN", draft(text, traffic_class, registrations=CHINESE)) == expected, note


def test_china_asks_for_three_registrations_whoever_sends() -> None:
    found = codes("CN", draft("【探探】验证码:1", "otp"))

    assert found == [f"registration-needed:{name}" for name in sorted(CHINESE)]


@pytest.mark.parametrize(
    ("at", "use", "expected", "note"),
    [
        ("2026-09-14T23:59", SenderUse.DYNAMIC, [], "the last minute of free names"),
        ("2026-09-15T00:00", SenderUse.REGISTERED, ["registration-needed:es-alias"], "blocked"),
        ("2020-01-01T00:00", SenderUse.DYNAMIC, [], "before the oldest set: that set"),
    ],
)
def test_spain_before_and_after(at: str, use: SenderUse, expected: list[str], note: str) -> None:
    rules = markets.rules("ES", instant(at))

    assert rules.senders[SenderKind.ALPHANUMERIC].use is use, note
    assert codes("ES", draft("Hola", sender="Relevo"), instant(at)) == expected, note
    # What the set of September does not mention still holds.
    assert rules.windows == markets.rules("ES", NOW).windows
    assert rules.opt_out == markets.rules("ES", NOW).opt_out


@pytest.mark.parametrize(
    ("at", "zones", "expected", "note"),
    [
        ("2026-11-23T10:00", (MADRID,), [], "open"),
        ("2026-11-23T22:00", (MADRID,), ["outside-window"], "it waits"),
        ("2026-11-23T14:00", (MADRID, "Asia/Tokyo"), ["outside-window"], "22 in Tokyo"),
        ("2026-11-23T10:00", (MADRID, "Pacific/Honolulu", "Asia/Tokyo"), ["no-common-window"], ""),
    ],
)
def test_windows(at: str, zones: tuple[str, ...], expected: list[str], note: str) -> None:
    text = "Relevo: rebajas. Responde BAJA"
    found = violations(
        markets.rules("ES", NOW), draft(text, "marketing", at=instant(at), zones=zones)
    )

    assert [breach.code for breach in found] == expected, note
    # Waiting is no refusal; never opening is one, however weak the rule.
    assert [breach.blocks for breach in found] == [code == "no-common-window" for code in expected]


def test_codes_have_no_window() -> None:
    night = instant("2026-11-22T03:00")

    assert codes("ES", draft("Su código: 1", "otp", at=night, zones=(MADRID,))) == []


def test_only_the_closed_windows_are_named() -> None:
    saturday = instant("2026-11-21T12:00", "Europe/Paris")
    found = violations(
        markets.rules("FR", saturday),
        draft("Soldes STOP", "marketing", at=saturday, zones=("Europe/Paris",)),
    )

    assert [(breach.code, breach.verified) for breach in found] == [("outside-window", False)]


def test_only_what_is_verified_blocks() -> None:
    drafted = draft("a" * 161, "otp", registrations=frozenset({"ec-content"}))
    found = violations(markets.rules("EC", NOW), drafted)

    assert [(breach.code, breach.blocks, breach.verified) for breach in found] == [
        ("length", True, True),
        ("segments", False, False),
    ]
    assert all(breach.source for breach in found)


def test_an_overwritten_sender_is_told_but_not_refused() -> None:
    (found,) = violations(markets.rules("CO", NOW), draft("Hola", sender="Relevo"))

    assert (found.code, found.verified, found.blocks) == ("sender-overwritten", True, False)


@given(st.sampled_from([*sorted(markets.countries()), "ZZ"]), st.text(max_size=200))
def test_no_answer_repeats_the_text(country: str, text: str) -> None:
    secret = f"{text} 花 secret-417"
    for breach in violations(markets.rules(country, NOW), draft(secret, "marketing", sender="Zq7")):
        assert "secret-417" not in breach.detail
        assert "Zq7" not in breach.detail


@pytest.mark.parametrize(
    ("sender", "kind", "note"),
    [
        ("Relevo", SenderKind.ALPHANUMERIC, ""),
        ("7Eleven", SenderKind.ALPHANUMERIC, "one letter is enough"),
        ("72345", SenderKind.SHORT_CODE, ""),
        ("+72345", SenderKind.LONG_CODE, "international"),
        ("1069012345678", SenderKind.LONG_CODE, "a Chinese port"),
        ("+12015550123", SenderKind.LONG_CODE, ""),
        ("+18885550123", SenderKind.TOLL_FREE, ""),
        ("+18815550123", SenderKind.LONG_CODE, "881 is no toll-free code"),
        ("", SenderKind.ALPHANUMERIC, "refused elsewhere"),
    ],
)
def test_kinds_of_senders(sender: str, kind: SenderKind, note: str) -> None:
    assert sender_kind(sender) is kind, note


@pytest.mark.parametrize(
    ("text", "hosts", "note"),
    [
        ("Mira https://Relevo.example/a?b=1", ("relevo.example",), "a scheme"),
        ("Mira www.relevo.com.", ("relevo.com",), "a full stop is not part of it"),
        ("Mira relevo.com/a y relevo.com/b", ("relevo.com",), "once"),
        ("relevo.com.mx/a", ("relevo.com.mx",), "two endings"),
        ("看relevo.cn好", ("relevo.cn",), "between Chinese"),
        ("HTTP://BIT.LY/X", ("bit.ly",), "capitals"),
        ("Hola.Gracias", (), "a missing space is no link"),
        ("Son 12.50 EUR a las 9.30", (), "numbers"),
        ("ana@relevo.com", (), "an address"),
        ("v1.2.3", (), "a version"),
        ("", (), ""),
    ],
)
def test_hosts_of_links(text: str, hosts: tuple[str, ...], note: str) -> None:
    assert hosts_in(text) == hosts, note


@pytest.mark.timeout(5)
@pytest.mark.parametrize("piece", ["a.", "a-", "http://", "a.a/", "www.", "."])
def test_looking_for_links_takes_linear_time(piece: str) -> None:
    hosts_in(piece * 20_000)


@pytest.mark.parametrize(
    ("country", "language", "contact", "expected", "note"),
    [
        ("ES", "es-MX", None, "Para no recibir publicidad responde BAJA", "falls back to es"),
        ("ES", "de", None, "Para no recibir publicidad responde BAJA", "then to the market's"),
        ("ES", "en", None, "Reply BAJA to opt out", ""),
        ("ES", "es", "relevo.example/b", "Baja: relevo.example/b", "a sender without answers"),
        ("FR", "fr", "36111", "STOP au 36111", "as the French write it"),
        ("US", "es", None, "Para no recibir publicidad responda STOP", "Spanish in the US"),
        ("CN", "zh", None, None, "the carrier's own"),
    ],
)
def test_opt_out_wordings(
    country: str, language: str, contact: str | None, expected: str | None, note: str
) -> None:
    assert opt_out_wording(markets.rules(country, NOW), language, contact) == expected, note


@pytest.mark.parametrize("country", sorted(markets.countries() - {"CN"}))
def test_our_own_wording_is_recognised(country: str) -> None:
    rules = markets.rules(country, NOW)

    for language in rules.opt_out.reply:
        for contact in (None, "relevo.example/b"):
            wording = opt_out_wording(rules, language, contact)
            assert wording is not None
            assert says_opt_out(rules.opt_out, f"Oferta. {wording}")


@pytest.mark.parametrize(
    ("country", "quality", "verified"),
    [
        ("ES", Receipts.REAL, False),
        ("DE", Receipts.REAL, True),
        ("MX", Receipts.CARRIER, True),
        ("US", Receipts.CARRIER, False),
        ("CO", Receipts.NONE, False),
        ("GB", Receipts.UNKNOWN, False),
    ],
)
def test_what_receipts_prove(country: str, quality: Receipts, verified: bool) -> None:
    rule = markets.rules(country, NOW).receipts

    assert (rule.quality, rule.verified) == (quality, verified)


@pytest.mark.parametrize(
    ("state", "bases", "note"),
    [
        ("NY", 1, "a state without rules of its own: federal alone"),
        ("FL", 2, "its own beside the federal"),
        ("WA", 2, "unverified, yet asked for by name"),
        (None, 4, "unknown: every verified state at once, Florida, Oklahoma, Texas"),
    ],
)
def test_states(state: str | None, bases: int, note: str) -> None:
    rules = markets.rules("US", NOW, state=state)

    assert len(rules.windows) == bases, note
    assert {window.basis for window in rules.windows} == {Basis.LAW}
    assert rules.state == state


def test_states_mean_nothing_elsewhere() -> None:
    assert markets.rules("MX", NOW, state="FL").windows == markets.rules("MX", NOW).windows
