"""Our signatures against the carriers' own SDKs: both agree on any input and any change of it."""

import base64
import hashlib
import json
from collections.abc import Mapping
from urllib.parse import urlencode

import jwt
import pytest
from alibabacloud_tea_openapi.utils import Utils  # type: ignore[import-untyped]
from botocore.session import Session
from botocore.validate import validate_parameters
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from darabonba.request import DaraRequest  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.signing import SigningKey, VerifyKey
from plivo.utils import (  # type: ignore[import-untyped]
    signature_v3,
    validate_signature,
    validate_v3_signature,
)
from sinch.domains.sms.sinch_events.v1.sms_sinch_event import (  # type: ignore[import-untyped]
    SmsSinchEvent,
)
from tencentcloud.common.sign import Sign  # type: ignore[import-untyped]
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from vonage_http_client.auth import Auth  # type: ignore[import-untyped]
from vonage_jwt.verify_jwt import verify_signature  # type: ignore[import-untyped]

from relevo.carriers import acs3, ed25519, plivo, registry, sinch, tencent, twilio, vonage
from relevo.carriers.base import Forged, VerifiedWebhook
from relevo.carriers.values import CarrierAccount, HttpRequest, SdkCall, Stamp, Webhook
from relevo.carriers.vonage_messages import jwt_claims
from tests.builders import NOW
from tests.carriers.lines import a_submission
from tools.simulator.accounts import account_at
from tools.simulator.wire import Keys

SECONDS = NOW // 1_000
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NAMES = st.text("abcdefghijklmnopqrstuvwxyzABCDEFG-_", min_size=1, max_size=8)
FIELDS = st.dictionaries(NAMES, WORDS, max_size=6)
KEYS = st.text("abcdef0123456789", min_size=1, max_size=40)
QUERIES = st.dictionaries(
    st.text("abcmid", min_size=1, max_size=4),
    st.text("abc-123_~.", min_size=1, max_size=8),
    max_size=3,
)
FORM = {"content-type": "application/x-www-form-urlencoded"}


def url_of(query: Mapping[str, str]) -> str:
    base = "https://relevo.example.com/carriers/x/tkn/receipts"
    return f"{base}?{urlencode(query)}" if query else base


def webhook(url: str, body: bytes, **headers: str) -> Webhook:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Webhook(method="POST", url=url, token="tkn", headers={**FORM, **named}, body=body)


def lets_in(carrier: str, given: Webhook, fields: Mapping[str, str], now: int = NOW) -> bool:
    account = CarrierAccount(name=carrier, public_url="", tokens=("tkn",), fields=fields)
    return isinstance(registry.adapter(carrier).verify(given, account, now), VerifiedWebhook)


@given(query=QUERIES, fields=FIELDS, key=KEYS, algorithm=st.sampled_from(["sha1", "sha256"]))
def test_twilio_signs_as_its_sdk_does(
    query: dict[str, str], fields: dict[str, str], key: str, algorithm: str
) -> None:
    name = f"HMAC_{algorithm.upper()}"
    url, validator = url_of(query), RequestValidator(key)
    mark = validator.compute_signature(url, fields, name)
    body = urlencode(fields).encode()
    headers = {"x_twilio_signature": mark}
    if algorithm == "sha256":
        headers["x_twilio_webhooks_signature_settings"] = f"key=k, algorithm={name}"
    keys = {"auth_token": key, "webhook_shared_key": key}

    assert twilio.signature(key, url, fields.items(), name) == mark
    assert lets_in("twilio", webhook(url, body, **headers), keys)
    assert not lets_in("twilio", webhook(url, body + b"&z=1", **headers), keys)
    assert not lets_in("twilio", webhook(url + "x", body, **headers), keys)
    assert not validator.validate(url + "x", fields, mark, name)


def test_twilio_takes_a_port_it_was_signed_with_or_without() -> None:
    url = "https://relevo.example.com:443/carriers/x/tkn/receipts?mid=1"
    bare = url.replace(":443", "")
    for signed, seen in ((url, bare), (bare, url)):
        mark = RequestValidator("key").compute_signature(signed, {"a": "b"})
        assert lets_in(
            "twilio", webhook(seen, b"a=b", x_twilio_signature=mark), {"auth_token": "key"}
        )


def test_a_shared_key_of_twilio_is_not_its_token() -> None:
    mark = RequestValidator("token").compute_signature("https://x", {}, "HMAC_SHA256")
    settings_ = "key=k,algorithm=HMAC_SHA256"
    headers = {"x_twilio_signature": mark, "x_twilio_webhooks_signature_settings": settings_}

    assert not lets_in("twilio", webhook("https://x", b"", **headers), {"auth_token": "token"})


METHODS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "sha512": "sha512"}


@given(fields=FIELDS, key=KEYS, method=st.sampled_from(sorted(METHODS)), as_json=st.booleans())
def test_vonage_signs_as_its_sdk_does(
    fields: dict[str, str], key: str, method: str, as_json: bool
) -> None:
    signed = {**fields, "timestamp": str(SECONDS)}
    auth = Auth(api_key="k", signature_secret=key, signature_method=method)
    mark = auth.sign_params(dict(signed))
    whole = {**signed, "sig": mark.upper()}
    body = json.dumps(whole).encode() if as_json else urlencode(whole).encode()
    kind = {"content_type": "application/json"} if as_json else {}
    given_ = webhook("https://x", body, **kind)
    known = {"signature_secret": key, "signature_method": method}

    assert vonage.signature(key, signed, method) == mark
    assert lets_in("vonage", given_, known)
    assert not lets_in("vonage", given_, known, NOW + 301_000)
    assert not lets_in("vonage", given_, {**known, "signature_secret": key + "x"})
    changed = body.replace(str(SECONDS).encode(), str(SECONDS + 1).encode())
    assert not lets_in("vonage", webhook("https://x", changed, **kind), known)


def test_vonages_plain_md5_is_of_text_and_key() -> None:
    text = "&param1=value1&param2=value2&timestamp=1234567890"
    fields = {"param1": "value1", "param2": "value2", "timestamp": "1234567890"}
    wanted = hashlib.md5(f"{text}secret".encode(), usedforsecurity=False).hexdigest()

    assert vonage.signature("secret", fields, "md5hash") == wanted


def test_an_unsigned_vonage_receipt_is_refused_once_signing_is_on() -> None:
    given_ = webhook("https://x", b"messageId=1&status=delivered")

    assert not lets_in("vonage", given_, {"signature_secret": "k"})
    assert lets_in("vonage", given_, {})
    assert lets_in("vonage", webhook("https://x", b""), {"signature_secret": "k"})


@given(body=st.binary(max_size=60), key=KEYS.map(lambda key: key * 32), late=st.integers(-400, 400))
def test_vonage_messages_tokens_are_those_of_its_sdk(body: bytes, key: str, late: int) -> None:
    claims = {"iat": SECONDS - late, "payload_hash": hashlib.sha256(body).hexdigest()}
    token = jwt.encode(claims, key, algorithm="HS256")
    given_ = webhook("https://x", body, authorization=f"Bearer {token}")

    # The SDK reads the machine's clock and raises for a time that has not come.
    timeless = jwt.encode({"payload_hash": "x"}, key, algorithm="HS256")
    assert verify_signature(timeless, key)
    assert jwt_claims(timeless, key) == {"payload_hash": "x"}
    assert not verify_signature(timeless, key + "x")
    assert jwt_claims(timeless, key + "x") is None
    assert lets_in("vonage-messages", given_, {"signature_secret": key}) == (abs(late) <= 300)
    other = webhook("https://x", body + b" ", authorization=f"Bearer {token}")
    assert not lets_in("vonage-messages", other, {"signature_secret": key})


@pytest.mark.parametrize("algorithm", ["none", "HS512"])
def test_a_token_of_another_algorithm_is_nobodys(algorithm: str) -> None:
    key = "" if algorithm == "none" else "k" * 64
    token = jwt.encode({"iat": SECONDS}, key, algorithm=algorithm)

    assert jwt_claims(token, "k" * 64) is None


@given(body=st.binary(max_size=60), key=KEYS, nonce=KEYS, late=st.integers(-400, 400))
def test_sinch_signs_as_its_sdk_checks(body: bytes, key: str, nonce: str, late: int) -> None:
    at = str(SECONDS - late)
    mark = sinch.signature(key, body, nonce, at)
    header = "x-sinch-webhook-signature"
    headers = {
        header: mark,
        f"{header}-nonce": nonce,
        f"{header}-timestamp": at,
        f"{header}-algorithm": "HmacSHA256",
    }
    named = {name.replace("-", "_"): value for name, value in headers.items()}

    if body.isascii():
        assert SmsSinchEvent(key).validate_authentication_header(headers, body.decode())
    assert lets_in("sinch", webhook("https://x", body, **named), {"webhook_secret": key}) == (
        abs(late) <= 300
    )
    assert not lets_in("sinch", webhook("https://x", body + b"x", **named), {"webhook_secret": key})


ODD_QUERIES = st.dictionaries(NAMES, st.text("ab %&=+.?/", max_size=6), max_size=3)


@given(query=ODD_QUERIES, fields=FIELDS, key=KEYS, nonce=KEYS)
def test_plivo_signs_as_its_sdk_checks(
    query: dict[str, str], fields: dict[str, str], key: str, nonce: str
) -> None:
    url, body = url_of(query), urlencode(fields).encode()
    base = signature_v3.construct_post_url(url, dict(fields)).decode()
    mark = signature_v3.get_signature_v3(key.encode(), base, nonce).decode()
    v3 = {"x_plivo_signature_v3": f"other,{mark}", "x_plivo_signature_v3_nonce": nonce}

    assert validate_v3_signature("POST", url, nonce, key, mark, dict(fields))
    assert lets_in("plivo", webhook(url, body, **v3), {"auth_token": key})
    assert not lets_in("plivo", webhook(url, body + b"&z=1", **v3), {"auth_token": key})
    assert not lets_in("plivo", webhook(url, body, **v3), {"auth_token": key + "x"})


@given(query=QUERIES, key=KEYS, nonce=KEYS, family=st.sampled_from(["v2", "ma_v2"]))
def test_plivos_older_signature_counts_where_there_is_no_newer(
    query: dict[str, str], key: str, nonce: str, family: str
) -> None:
    url = url_of(query)
    mark = plivo.signature(key, url.partition("?")[0] + nonce)
    older = {
        f"x_plivo_signature_{family}": mark,
        f"x_plivo_signature_{family}_nonce": nonce,
    }
    newer = {"x_plivo_signature_v3": "wrong", "x_plivo_signature_v3_nonce": nonce}

    assert validate_signature(url, nonce, mark, key)
    assert lets_in("plivo", webhook(url, b"Status=sent", **older), {"auth_token": key})
    assert not lets_in("plivo", webhook(url, b"Status=sent", **older, **newer), {"auth_token": key})


@settings(max_examples=25)
@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=80), flip=st.data())
def test_ed25519_agrees_with_libsodium(seed: bytes, message: bytes, flip: st.DataObject) -> None:
    key = SigningKey(seed)
    mark, public = key.sign(message).signature, bytes(key.verify_key)

    assert ed25519.verifies(public, message, mark)
    place = flip.draw(st.integers(0, 511))
    broken = bytearray(mark)
    broken[place // 8] ^= 1 << place % 8
    assert not ed25519.verifies(public, message, bytes(broken))
    assert not ed25519.verifies(public, message + b"x", mark)


ORDER = ed25519.ORDER
SMALL = (0).to_bytes(32, "little"), (1).to_bytes(32, "little")


@pytest.mark.parametrize(
    ("public", "mark"),
    [
        (b"", b""),
        (b"\xff" * 32, b"\x00" * 64),  # y is not below the prime
        (SMALL[1], SMALL[1] + b"\x00" * 32),  # the neutral element would sign everything
        (SMALL[0], SMALL[0] + b"\x00" * 32),  # a point of order four
        ((2).to_bytes(32, "little"), b"\x00" * 64),  # on no curve
    ],
)
def test_ed25519_refuses_keys_that_are_none(public: bytes, mark: bytes) -> None:
    assert not ed25519.verifies(public, b"", mark)


def test_ed25519_refuses_a_second_form_of_a_good_signature() -> None:
    key = SigningKey(bytes(32))
    mark = key.sign(b"m").signature
    bigger = int.from_bytes(mark[32:], "little") + ORDER
    second = mark[:32] + bigger.to_bytes(32, "little")

    assert not ed25519.verifies(bytes(key.verify_key), b"m", second)
    for refuses in (
        lambda: VerifyKey(bytes(key.verify_key)).verify(b"m", second),
        lambda: Ed25519PublicKey.from_public_bytes(bytes(key.verify_key)).verify(second, b"m"),
    ):
        with pytest.raises(Exception, match=r".*"):
            refuses()


@pytest.mark.parametrize("late", [0, 299, 301, -299, -301])
def test_a_telnyx_webhook_is_taken_for_five_minutes(late: int) -> None:
    at, body = str(SECONDS - late), b'{"data":{}}'
    mark = SigningKey(bytes(32)).sign(f"{at}|".encode() + body).signature
    public = base64.b64encode(bytes(SigningKey(bytes(32)).verify_key)).decode()
    headers = {
        "telnyx_signature_ed25519": base64.b64encode(mark).decode(),
        "telnyx_timestamp": at,
    }

    assert lets_in("telnyx", webhook("https://x", body, **headers), {"public_key": public}) == (
        abs(late) <= 300
    )


@given(body=st.binary(max_size=80), key=KEYS, at=st.integers(1_600_000_000, 2_000_000_000))
def test_tencent_calls_are_signed_as_its_sdk_signs(body: bytes, key: str, at: int) -> None:
    account = CarrierAccount(
        name="tencent",
        public_url="",
        tokens=("t",),
        fields={"secret_id": "id", "secret_key": key},
    )
    ours = tencent.authorization(body, tencent.HOST, account, Stamp(at=at * 1_000, nonce=""))
    scope = ours.partition("id/")[2].partition(",")[0]
    canonical = (
        f"POST\n/\n\ncontent-type:application/json\nhost:{tencent.HOST}\n\ncontent-type;host\n"
        f"{hashlib.sha256(body).hexdigest()}"
    )
    signed = f"TC3-HMAC-SHA256\n{at}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    theirs = Sign.sign_tc3(key, scope.partition("/")[0], "sms", signed)

    assert ours.endswith(f"Signature={theirs}")


@given(fields=st.dictionaries(NAMES, WORDS, min_size=1, max_size=5), key=KEYS, nonce=KEYS)
def test_alibaba_calls_are_signed_as_its_sdk_signs(
    fields: dict[str, str], key: str, nonce: str
) -> None:
    account = CarrierAccount(
        name="alibaba",
        public_url="",
        tokens=("t",),
        fields={"access_key_id": "id", "access_key_secret": key},
    )
    call = acs3.call("SendSms", "2017-05-25", "h", fields, account, Stamp(at=NOW, nonce=nonce))
    request = DaraRequest()
    request.method, request.pathname, request.query = "POST", "/", dict(fields)
    request.headers = {n: v for n, v in call.headers.items() if n != "Authorization"}
    theirs = Utils.get_authorization(
        request, "ACS3-HMAC-SHA256", call.headers["x-acs-content-sha256"], "id", key
    )

    assert call.headers["Authorization"] == theirs


def test_what_aws_is_asked_is_what_its_service_model_takes() -> None:
    account = account_at("aws-eum", "", "https://relevo.example.com", Keys())
    stamp = Stamp(at=NOW, nonce="")
    model = Session().get_service_model("pinpoint-sms-voice-v2")
    shape = model.operation_model("SendTextMessage").input_shape
    for ttl in (1, 600_000, 10**12):
        submission = a_submission("aws-eum", ttl=ttl)
        call = registry.adapter("aws-eum").build(submission, account, stamp)
        assert isinstance(call, SdkCall)
        assert shape is not None
        validate_parameters(call.arguments, shape)


def test_what_infobip_is_asked_is_what_its_models_take() -> None:
    from infobip_api_client.models.sms_request import SmsRequest  # noqa: PLC0415 - slow

    account = account_at("infobip", "https://x", "https://relevo.example.com", Keys())
    built = registry.adapter("infobip").build(a_submission(), account, Stamp(at=NOW, nonce=""))
    assert isinstance(built, HttpRequest)

    read = SmsRequest.from_json(built.body.decode())

    assert read is not None
    assert read.messages[0].destinations[0].message_id == a_submission().reference


def test_a_basic_password_guards_infobips_webhooks_where_one_is_set() -> None:
    pair = base64.b64encode(b"user:pass").decode()
    known = {"webhook_user": "user", "webhook_password": "pass"}
    checks: tuple[tuple[dict[str, str], dict[str, str], bool], ...] = (
        ({"authorization": f"Basic {pair}"}, known, True),
        ({"authorization": "Basic x"}, known, False),
        ({}, known, False),
        ({}, {}, True),
    )

    for headers, fields, wanted in checks:
        assert lets_in("infobip", webhook("https://x", b"{}", **headers), fields) is wanted


def test_an_sns_record_counts_by_its_topic() -> None:
    adapter = registry.adapter("aws-eum")
    account = CarrierAccount(name="aws-eum", public_url="", tokens=("arn:ours",), fields={})
    for token, wanted in (("arn:ours", VerifiedWebhook), ("arn:other", Forged)):
        event = Webhook(method="EVENT", url="", token=token, body=b"{}")
        assert isinstance(adapter.verify(event, account, NOW), wanted)
