"""Codes that browsers and apps read: how the message ends, and what keeps one from being saved."""

from dataclasses import replace

import pytest

from relevo.domain.otp_format import ended, format_flaws
from relevo.domain.problem import Problem
from relevo.domain.template_check import check
from relevo.domain.template_render import render
from relevo.domain.templates import OtpFormat, Template, Variable, VariableType
from relevo.domain.words import TrafficClass

CODE = Variable(name="code", type=VariableType.CODE, max_length=8)
BROWSER = OtpFormat(webotp_domain="shop.example.com")
APP = OtpFormat(retriever_hash="FA+9qCX9VSu")
CODED = Template(
    id="login",
    version=1,
    category=TrafficClass.OTP,
    default_language="en",
    variants={"en": "Your code is {{ code }}."},
    variables=(CODE,),
    otp=BROWSER,
)


@pytest.mark.parametrize(
    ("otp", "text"),
    [
        (BROWSER, "Your code is 410852.\n@shop.example.com #410852"),
        (APP, "Your code is 410852.\nFA+9qCX9VSu"),
        (None, "Your code is 410852."),
    ],
)
def test_how_a_message_ends(otp: OtpFormat | None, text: str) -> None:
    template = replace(CODED, otp=otp)

    assert check(template) == ()
    assert render(template, "en", {"code": "410852"}).text == text


def test_the_last_line_has_nothing_before_or_after_it() -> None:
    text = ended("Your code is 1234. \n", BROWSER, "1234")

    assert text.splitlines()[-1] == "@shop.example.com #1234"
    assert not text.endswith("\n")


def test_a_signature_leaves_the_ending_alone() -> None:
    template = replace(CODED, default_language="zh", variants={"zh": "验证码{{ code }}"})

    text = render(replace(template, signature="探探"), "zh", {"code": "410852"}).text

    assert text == "【探探】验证码410852\n@shop.example.com #410852"


@pytest.mark.parametrize(
    ("domain", "hash_", "pointers", "why"),
    [
        ("example.com", None, [], ""),
        ("xn--bcher-kva.example", None, [], "punycode"),
        (None, "AAAAAAAAAA+", [], ""),
        ("example.com", "FA+9qCX9VSu", ["/otp"], "each must end the message"),
        (None, None, ["/otp"], "neither is no format"),
        ("https://example.com", None, ["/otp/webotp/domain"], "no scheme"),
        ("example.com:443", None, ["/otp/webotp/domain"], "no port"),
        ("example.com/login", None, ["/otp/webotp/domain"], "no path"),
        ("Example.com", None, ["/otp/webotp/domain"], "browsers compare lower case"),
        ("bücher.example", None, ["/otp/webotp/domain"], "as DNS spells it"),
        ("localhost", None, ["/otp/webotp/domain"], "no single label"),
        ("192.168.0.1", None, ["/otp/webotp/domain"], "no address"),
        ("example.com\n", None, ["/otp/webotp/domain"], ""),
        ("a" * 64 + ".com", None, ["/otp/webotp/domain"], "a label is at most 63 long"),
        ("a." * 126 + "com", None, ["/otp/webotp/domain"], "a name at most 253"),
        (None, "FA+9qCX9VS", ["/otp/smsRetriever/appHash"], "ten"),
        (None, "FA+9qCX9VSuX", ["/otp/smsRetriever/appHash"], "twelve"),
        (None, "FA-9qCX9VSu", ["/otp/smsRetriever/appHash"], "the other base 64"),
    ],
)
def test_formats(domain: str | None, hash_: str | None, pointers: list[str], why: str) -> None:
    otp = OtpFormat(webotp_domain=domain, retriever_hash=hash_)

    assert [flaw.pointer for flaw in format_flaws(otp)] == pointers, why
    assert [one.pointer for one in check(replace(CODED, otp=otp))] == pointers, why


OPTIONAL = replace(CODE, required=False)
TEXT = Variable(name="code")


@pytest.mark.parametrize(
    ("template", "codes", "why"),
    [
        (replace(CODED, category=TrafficClass.MARKETING), ["not-otp"], "nobody logs in with those"),
        (replace(CODED, variables=(TEXT,)), ["one-code"], "which of the strings is it?"),
        (
            replace(CODED, variables=(CODE, replace(CODE, name="other"))),
            ["one-code"],
            "which of the two is it?",
        ),
        (
            replace(CODED, variables=(OPTIONAL,), variants={"en": "{{ code|default('-') }}"}),
            ["one-code"],
            "a code that may be missing",
        ),
        (replace(CODED, variants={"en": "Log in!"}), ["code-missing"], "people read too"),
    ],
)
def test_what_a_code_to_read_needs(template: Template, codes: list[str], why: str) -> None:
    assert [finding.code for finding in check(template)] == codes, why


@pytest.mark.parametrize(
    ("source", "good", "why"),
    [
        # the ending has 12 bytes, the code at most 8
        ("a" * 120 + "{{ code }}", True, "140 bytes"),
        ("a" * 121 + "{{ code }}", False, "141"),
        ("中" * 40 + "{{ code }}", True, "bytes of UTF-8, not characters"),
        ("中" * 41 + "{{ code }}", False, ""),
        ("{% if code == '1' %}" + "a" * 120 + "{% endif %}{{ code }}", True, "the longer branch"),
        ("{% if code == '1' %}{% else %}" + "a" * 121 + "{% endif %}{{ code }}", False, ""),
        ("{{ code|truncate(4) }}" + "a" * 124, True, "the filter bounds it"),
        ("{{ code|spoken }}", False, "words are long"),
    ],
)
def test_a_message_for_an_app_has_at_most_140_bytes(source: str, good: bool, why: str) -> None:
    found = check(replace(CODED, variants={"en": source}, otp=APP))

    expected = [] if good else ["template-limit-exceeded"]
    assert [finding.slug for finding in found] == expected, why


def test_values_that_are_not_ascii_are_counted_when_they_come() -> None:
    name = Variable(name="name", max_length=100)
    template = replace(CODED, variants={"en": "{{ name }} {{ code }}"}, otp=APP)
    template = replace(template, variables=(CODE, name))

    assert check(template) == ()
    with pytest.raises(Problem) as refusal:
        render(template, "en", {"code": "410852", "name": "á" * 100})
    assert refusal.value.slug == "template-limit-exceeded"
    assert refusal.value.details == {"maxBytes": 140}
