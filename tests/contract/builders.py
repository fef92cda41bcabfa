"""Records as a person would make them up: everything has a sensible default."""

from decimal import Decimal
from typing import Any

from relevo.domain.attempt import Attempt
from relevo.domain.message import Content, Head
from relevo.domain.timing import DAY, HOUR
from relevo.domain.words import Environment, ListName, OnAmbiguous, TrafficClass
from relevo.ports.accounts import Account
from tests.fakes import NOON

TODAY = "2026-01-01"
TOMORROW = "2026-01-02"
TEXT = "Su código es 4711"


def message_id(number: int) -> str:
    return f"{number:026d}".translate(str.maketrans("0189", "abcd"))


def head_of(number: int = 1, **fields: Any) -> Head:
    known: dict[str, Any] = {
        "id": message_id(number),
        "account": "acme",
        "environment": Environment.LIVE,
        "traffic_class": TrafficClass.OTP,
        "country": "ES",
        "recipient_hash": f"hash-{number}",
        "encoding": "GSM-7",
        "segments": 1,
        "price": Decimal("0.05"),
        "currency": "EUR",
        "on_ambiguous": OnAmbiguous.RESEND,
        "created_at": NOON,
        "expires_at": NOON + HOUR,
        "request_id": f"request-{number}",
        "body_digest": "digest",
        "max_price": Decimal("0.15"),
    }
    return Head(**{**known, **fields})


def content_of(head: Head, **fields: Any) -> Content:
    known: dict[str, Any] = {"id": head.id, "to": "+34600000001", "text": TEXT}
    return Content(**{**known, **fields})


def account_of(**fields: Any) -> Account:
    known: dict[str, Any] = {"id": "acme", "currency": "EUR"}
    return Account(**{**known, **fields})


def attempt_of(n: int = 1, **fields: Any) -> Attempt:
    known: dict[str, Any] = {
        "n": n,
        "route": "sandbox-a-es",
        "carrier": "sandbox-a",
        "list": ListName.PRIMARY,
        "owner": "owner",
        "claimed_at": NOON,
    }
    return Attempt(**{**known, **fields})


NEXT_NOON = NOON + DAY
