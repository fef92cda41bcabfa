"""What holds for every carrier there is: nothing raises, and nothing is accepted without proof."""

import ast
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import relevo.carriers
from relevo.carriers import registry
from relevo.carriers.base import Forged, VerifiedWebhook
from relevo.carriers.values import HttpReply, HttpRequest, Inquiry, SdkCall, Stamp, Webhook
from relevo.domain.outcome import Accepted, Ambiguous, Cause, Refused, Retryable
from relevo.domain.templates import Registered
from relevo.domain.words import State
from tests.builders import NOW
from tests.carriers.lines import ALL, REFERENCE, a_submission
from tools import places
from tools.simulator.accounts import TOKEN, account_at
from tools.simulator.wire import Keys

FOLDER = Path(relevo.carriers.__file__).parent
HELPERS = {
    *("__init__", "base", "values", "reading", "senders", "verdicts", "registry", "sandbox"),
    *("acs3", "ed25519", "mainland", "smpp"),
    *("accounts", "credentials", "exchange", "heard", "http", "line", "sdk_line"),
    *("check", "check_requests", "check_vectors", "matrix"),
}
ADAPTERS = {name: registry.adapter(name) for name in ALL}
SAMPLES = [
    json.loads(path.read_text())
    for path in sorted((Path(__file__).parent / "samples").rglob("*.json"))
]


def account(name: str) -> Any:
    return account_at(name, "https://carrier.example.com", "https://relevo.example.com", Keys())


def opened(name: str, body: bytes, kind: str, query: str = "") -> VerifiedWebhook:
    """A webhook let in without its signature, which other tests are about."""
    adapter = type("Open", (type(ADAPTERS[name]),), {"forgery": lambda *_: None})()
    url = f"https://relevo.example.com/carriers/{name}/{TOKEN}/receipts?{query}"
    token = account(name).tokens[0]
    webhook = Webhook(
        method="POST", url=url, token=token, headers={"content-type": kind}, body=body
    )
    verified = adapter.verify(webhook, account(name), NOW)
    assert isinstance(verified, VerifiedWebhook)
    return verified


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


WORDS = sorted({leaf for sample in SAMPLES for leaf in leaves(sample) if len(leaf) < 60})
NAMES = st.sampled_from(WORDS) | st.text(max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=20,
)
BODIES = (
    st.binary(max_size=200)
    | VALUES.map(lambda value: json.dumps(value).encode())
    | st.sampled_from(
        [
            b"",
            b"null",
            b"{}",
            b"[]",
            b'"\\ud800"',
            b"[" * 100_000,
            b"1" * 6_000,
            b'{"a":NaN}',
            "\ufeff{}".encode(),
        ]
    )
)
STATUSES = st.sampled_from([200, 201, 202, 204, 301, 400, 401, 403, 404, 418, 429, 500, 503, 599])
KINDS = st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", ""])


def mutated(sample: Any, name: Any, value: Any) -> Any:
    """The sample with every leaf of one name replaced."""
    if isinstance(sample, dict):
        return {k: value if k == name else mutated(v, name, value) for k, v in sample.items()}
    if isinstance(sample, list):
        return [mutated(one, name, value) for one in sample]
    return sample


@st.composite
def near_samples(draw: st.DrawFn) -> bytes:
    """Give a body that a carrier really sends, with one thing in it odd."""
    sample = draw(st.sampled_from(SAMPLES))
    body = sample.get("http", {}).get("body")
    names = sorted(set(leaves(body))) or [""]
    odd = mutated(body, draw(st.sampled_from(names)), draw(VALUES))
    return json.dumps(odd).encode()


@pytest.mark.parametrize("name", ALL)
@given(status=STATUSES, body=BODIES | near_samples())
def test_no_answer_raises_and_none_is_accepted_without_proof(
    name: str, status: int, body: bytes
) -> None:
    outcome = ADAPTERS[name].parse_reply(HttpReply(status=status, body=body))

    assert isinstance(outcome, Accepted | Refused | Retryable | Ambiguous)
    if isinstance(outcome, Accepted):
        assert 200 <= status < 300
        if name == "kannel":  # gives no id to anything
            return
        assert outcome.reference
        assert len(outcome.reference) <= 128
        assert (
            outcome.reference.encode().decode() in body.decode("utf-8", "replace") or b"\\" in body
        )
    else:
        assert outcome.code is None or 0 < len(outcome.code) <= 64
        assert outcome.text is None or len(outcome.text) <= 200
    if isinstance(outcome, Refused):
        assert outcome.cause in (Cause.PERMANENT, Cause.CONFIG, Cause.AUTH, Cause.NO_CREDIT)
        assert not outcome.stop or outcome.cause is Cause.PERMANENT


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"OK", b"<html>", b"{", b'{"status":"ok"}'])
def test_a_success_that_cannot_be_read_is_ambiguous(name: str, status: int, body: bytes) -> None:
    outcome = ADAPTERS[name].parse_reply(HttpReply(status=status, body=body))

    assert isinstance(outcome, Ambiguous)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_an_undocumented_5xx_is_ambiguous(name: str, status: int) -> None:
    assert isinstance(ADAPTERS[name].parse_reply(HttpReply(status=status)), Ambiguous)


@pytest.mark.parametrize("name", ALL)
@given(body=BODIES | near_samples(), kind=KINDS, query=st.text("abc=&%+midstatus1", max_size=30))
def test_no_webhook_raises(name: str, body: bytes, kind: str, query: str) -> None:
    verified = opened(name, body, kind, query)

    for notice in ADAPTERS[name].parse_receipts(verified):
        assert notice.code is None or 0 < len(notice.code) <= 64
        assert notice.text is None or len(notice.text) <= 200
        assert notice.reference is None or len(notice.reference) <= 128
        assert notice.parts >= 1
        assert notice.price is None or notice.price >= 0
        assert not (notice.stop and notice.state is State.DELIVERED)
    for text in ADAPTERS[name].parse_inbound(verified):
        (text.text + text.sender + (text.recipient or "")).encode()


@pytest.mark.parametrize("name", ALL)
@given(status=STATUSES, body=BODIES | near_samples())
def test_no_answer_to_a_question_raises(name: str, status: int, body: bytes) -> None:
    adapter, reply = ADAPTERS[name], HttpReply(status=status, body=body)

    found = adapter.parse_lookup(reply)
    assert found is None or all(notice.parts == 1 for notice in found)
    adapter.parse_balance(reply)


@pytest.mark.parametrize("name", ALL)
@given(
    headers=st.dictionaries(
        st.sampled_from(
            [
                "authorization",
                "x-twilio-signature",
                "x-twilio-webhooks-signature-settings",
                "telnyx-signature-ed25519",
                "telnyx-timestamp",
                "x-plivo-signature-v3",
                "x-plivo-signature-v3-nonce",
                "x-sinch-webhook-signature",
                "x-sinch-webhook-signature-timestamp",
                "content-type",
            ]
        ),
        st.text(max_size=90) | st.just(str(NOW // 1000)) | st.just("application/json"),
    ),
    body=st.binary(max_size=60),
)
def test_no_forgery_raises_or_gets_in(name: str, headers: dict[str, str], body: bytes) -> None:
    adapter = ADAPTERS[name]
    token = account(name).tokens[0]
    url = f"https://relevo.example.com/carriers/{name}/{token}/receipts"
    webhook = Webhook(method="POST", url=url, token=token, headers=headers, body=body)

    verified = adapter.verify(webhook, account(name), NOW)

    if adapter.capabilities.signed == "always":
        assert isinstance(verified, Forged)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("token", ["", "wrong", TOKEN[:-1], TOKEN + "x", "ñ"])
def test_a_webhook_that_does_not_name_its_secret_is_refused(name: str, token: str) -> None:
    webhook = Webhook(method="POST", url="https://x", token=token)

    assert ADAPTERS[name].verify(webhook, account(name), NOW) == Forged(reason="token")


def test_an_earlier_token_is_taken_until_it_is_removed() -> None:
    adapter = ADAPTERS["tencent"]
    both = account("tencent")
    both = type(both)(name="x", public_url="", tokens=("new", "old"), fields=both.fields)

    for token in ("new", "old"):
        webhook = Webhook(method="POST", url="", token=token)
        assert isinstance(adapter.verify(webhook, both, NOW), VerifiedWebhook)
    assert "/new/" in both.callback("receipts")


def test_only_verify_makes_verified_webhooks() -> None:
    for path in FOLDER.rglob("*.py"):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "VerifiedWebhook"
        ]
        assert len(calls) == (1 if path.name == "base.py" else 0), path.name
    with pytest.raises(TypeError):
        VerifiedWebhook(Webhook(method="GET", url="", token=""), object())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ALL)
def test_a_request_carries_our_reference_and_a_bounded_validity(name: str) -> None:
    adapter = ADAPTERS[name]
    stamp = Stamp(at=NOW, nonce="0" * 32)
    for ttl in (1, 60_000, 10**12):
        built = adapter.build(a_submission(name, ttl=ttl), account(name), stamp)
        assert isinstance(built, HttpRequest | SdkCall)
        shown = (
            json.dumps(built.arguments)
            if isinstance(built, SdkCall)
            else f"{built.url} {built.body.decode()}"
        )
        assert REFERENCE in shown
        assert str(10**9) not in shown


ODD: tuple[dict[str, Any], ...] = (
    {"sender": "a name that is far too long"},
    {"sender": "+"},
    {"sender": "ACMÉ"},
    {"sender": "<script>"},
    {"text": "x" * 5_000},
    {"text": "\ud800"},
    {"text": "a\x00b"},
    {"registered": Registered(template_id="1", params=("a",))},
    {"registered": Registered(template_id="1", params={"a": "b"})},
    {"registered": None},
    {"country": "US", "to": "+12025550123"},
)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("odd", ODD, ids=str)
def test_what_cannot_be_sent_is_refused_and_never_raised(name: str, odd: dict[str, Any]) -> None:
    stamp = Stamp(at=NOW, nonce="0" * 32)
    built = ADAPTERS[name].build(a_submission(name, **odd), account(name), stamp)

    assert isinstance(built, HttpRequest | SdkCall | Refused)
    if isinstance(built, Refused):
        assert built.cause is Cause.CONFIG
        assert not built.stop


TEMPLATE_ONLY = [name for name in ALL if not ADAPTERS[name].capabilities.free_text]


@pytest.mark.parametrize("name", TEMPLATE_ONLY)
def test_a_template_only_carrier_never_gets_a_text(name: str) -> None:
    stamp = Stamp(at=NOW, nonce="0" * 32)
    built = ADAPTERS[name].build(a_submission(name, registered=None), account(name), stamp)

    assert built == Refused(reason="no-registered-template", cause=Cause.CONFIG)


@pytest.mark.parametrize("name", ALL)
def test_capabilities_and_questions_agree(name: str) -> None:
    adapter, stamp = ADAPTERS[name], Stamp(at=NOW, nonce="0" * 32)
    can = adapter.capabilities
    known = Inquiry(reference=REFERENCE, carrier_id="id-1", to="+34600000001", at=NOW)
    unknown = Inquiry(reference=REFERENCE, carrier_id=None, to="+34600000001", at=NOW)

    assert (adapter.lookup(known, account(name), stamp) is not None) == (can.lookup != "none")
    if can.lookup == "by reference":
        assert adapter.lookup(unknown, account(name), stamp) is not None
    assert (adapter.balance(account(name), stamp) is not None) == can.balance
    assert (adapter.capabilities.replay_window is None) or can.signed in ("always", "optional")
    assert adapter.acknowledge("receipts").status == 200
    assert adapter.needs.isdisjoint(adapter.optional)
    assert adapter.secret <= adapter.needs | adapter.optional


@pytest.mark.parametrize("name", ALL)
def test_nothing_printed_shows_a_number_a_text_or_a_secret(name: str) -> None:
    stamp, submission = Stamp(at=NOW, nonce="0" * 32), a_submission(name)
    built = ADAPTERS[name].build(submission, account(name), stamp)

    for shown in (repr(built), repr(account(name))):
        for secret in ("482913", submission.to[1:], "apiSecretNobodyMaySee", TOKEN):
            assert secret not in shown


def test_every_file_is_a_registered_carrier_or_what_they_share() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")}

    assert files - HELPERS == {name.replace("-", "_") for name in ALL}
    assert {ADAPTERS[name].name for name in ALL} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_carrier_is_one_short_file_that_opens_with_a_receipt(name: str) -> None:
    text = (FOLDER / f"{name.replace('-', '_')}.py").read_text()

    assert text.count("\n") <= 250
    said = ast.get_docstring(ast.parse(text)) or ""
    assert "as it arrives" in said or "as SNS carries it" in said
    assert "boto" not in "".join(line for line in text.splitlines() if "import" in line)


def test_the_simulator_runs_where_there_are_no_tests() -> None:
    files = sorted((places.ROOT / "tools" / "simulator").glob("*.py"))

    assert files
    assert not any("pytest" in path.read_text() for path in files)
