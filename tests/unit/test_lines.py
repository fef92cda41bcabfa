"""Which carrier a route leads to, and what an account must say before anything is sent."""

from typing import Any

import pytest

from relevo.carriers.accounts import account_of, entries_at, entry_of
from relevo.carriers.line import Line
from relevo.carriers.sdk_line import SdkLine
from relevo.domain.outcome import Cause, Refused, Retryable
from relevo.runtime.lines import Lines
from tests.builders import a_route
from tests.carriers.lines import a_submission
from tests.fakes import World

SECRET: dict[str, Any] = {
    "publicUrl": "https://sms.example.com/",
    "accounts": {
        "twilio-es": {
            "adapter": "twilio",
            "tokens": ["new", "old"],
            "owner": "acc_shop",
            "account_sid": "AC1",
            "auth_token": "t",
        },
        "infobip": {"adapter": "infobip", "tokens": ["k"], "api_key": "a"},
    },
}


def lines(secret: dict[str, Any] = SECRET, **changes: Any) -> Lines:
    world: Any = World()
    given = {
        "sandbox": {"sandbox-a": object()},
        "read": lambda account: account_of(secret, account),
        "record": lambda _: None,
        "clock": world.clock,
        "draw": lambda count: b"n" * count,
    }
    return Lines(**{**given, **changes})


def test_an_account_is_read_with_everything_it_says() -> None:
    entry = entry_of(SECRET, "twilio-es")

    assert entry is not None
    assert (entry.adapter, entry.owner) == ("twilio", "acc_shop")
    assert entry.account.fields == {"account_sid": "AC1", "auth_token": "t"}
    assert entry.account.callback("receipts") == (
        "https://sms.example.com/carriers/twilio-es/new/receipts"
    )
    assert entry_of(SECRET, "nobody") is None
    assert entry_of({"webhookKey": "x"}, "infobip") is None
    assert [one.account.name for one in entries_at(SECRET, "infobip")] == ["infobip"]


def test_a_route_leads_to_the_account_it_names_and_always_the_same_line() -> None:
    made = lines()
    first = made(a_route("r", carrier="twilio", account="twilio-es"))

    assert isinstance(first, Line)
    assert first.credentials.current().name == "twilio-es"
    assert made(a_route("s", carrier="twilio", account="twilio-es")) is first
    assert made(a_route("t", carrier="twilio")) is not first
    assert isinstance(made(a_route("u", carrier="aws-eum")), SdkLine)


def test_carriers_that_are_not_built_in_lead_nowhere() -> None:
    assert lines()(a_route("r", carrier="sandbox-a")) is not None
    assert lines()(a_route("r", carrier="pigeon")) is None


@pytest.mark.parametrize("carrier", ["twilio", "aws-eum", "kannel"])
def test_an_account_nobody_set_up_is_refused_before_a_byte_leaves(carrier: str) -> None:
    carrier_at = lines({})(a_route("r", carrier=carrier))
    assert carrier_at is not None

    outcome = carrier_at.submit(a_submission(carrier))

    assert outcome == Refused(reason="not-configured", cause=Cause.CONFIG)


@pytest.mark.parametrize("carrier", ["twilio", "aws-eum"])
def test_a_vault_that_is_away_costs_no_attempt_for_good(carrier: str) -> None:
    def away(_: str) -> Any:
        raise TimeoutError

    carrier_at = lines(read=away)(a_route("r", carrier=carrier))
    assert carrier_at is not None

    assert carrier_at.submit(a_submission(carrier)) == Retryable(reason="credentials-unread")
