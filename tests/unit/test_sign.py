"""Signatures against the specification's own vector, and the package that verifies them."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from relevo.domain.endpoint import mint_secret
from relevo.outbound.sign import BadSecret, signed
from tests.builders import NOW

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_vector_of_the_specification() -> None:
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", '{"test": 2432232314}', [SECRET], 1_614_265_330_000
    )

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_the_time_is_utc_although_the_package_reads_any_zone_as_utc() -> None:
    elsewhere = datetime.fromtimestamp(NOW / 1000, timezone(timedelta(hours=5)))
    careless = Webhook(SECRET).sign("e", elsewhere, "{}")

    assert signed("e", "{}", [SECRET], NOW)["webhook-signature"] != careless


@given(st.binary(min_size=32, max_size=32), st.text(), st.integers(NOW, NOW + 10**10))
def test_whatever_is_signed_verifies_with_the_official_package(
    random: bytes, body: str, at: int
) -> None:
    body = body.encode("utf-8", "ignore").decode()
    secret = mint_secret(random)
    headers = signed("e" * 26, body, [secret], at)

    with time_machine.travel(datetime.fromtimestamp(at // 1000, UTC), tick=False):
        Webhook(secret).verify(body, headers, json_parse=False)


def test_during_a_rotation_either_secret_verifies_and_a_third_does_not() -> None:
    new, old, other = (mint_secret(bytes([n]) * 32) for n in (1, 2, 3))
    headers = signed("e", "{}", [new, old], NOW)

    with time_machine.travel(NOW / 1000, tick=False):
        Webhook(new).verify("{}", headers)
        Webhook(old).verify("{}", headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(other).verify("{}", headers)


def test_a_replay_of_hours_ago_is_refused_by_whoever_verifies() -> None:
    headers = signed("e", "{}", [SECRET], NOW)

    with time_machine.travel(NOW / 1000 + 3600), pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify("{}", headers)


@pytest.mark.parametrize(
    "secret",
    [
        "whsec_",
        "whsec_" + base64.b64encode(b"x").decode(),
        "whsec_" + base64.b64encode(b"x" * 23).decode(),
        "whsec_" + base64.b64encode(b"x" * 65).decode(),
        "whsec_" + "!" * 44,
        base64.b64encode(b"x" * 32).decode(),
        "whsk_" + base64.b64encode(b"x" * 32).decode(),
        "",
    ],
)
def test_secrets_that_the_package_would_take_and_the_specification_does_not(secret: str) -> None:
    with pytest.raises(BadSecret):
        signed("e", "{}", [secret], NOW)


def test_nothing_is_signed_without_a_secret_or_under_an_id_with_a_separator() -> None:
    with pytest.raises(BadSecret):
        signed("e", "{}", [], NOW)
    with pytest.raises(ValueError, match="separator"):
        signed("e.1", "{}", [SECRET], NOW)
