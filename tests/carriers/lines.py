"""Carriers as dispatch has them, put together for tests."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from relevo.carriers import registry
from relevo.carriers.credentials import Credentials
from relevo.carriers.exchange import Exchange
from relevo.carriers.http import Transport
from relevo.carriers.line import Line
from relevo.carriers.sdk_line import SDKS, SdkLine
from relevo.carriers.values import CarrierAccount
from relevo.domain.segments import measure
from relevo.domain.templates import Registered
from relevo.domain.timing import MINUTE, SECOND
from relevo.domain.words import TrafficClass
from relevo.ports.carriers import Carrier, Submission
from tests.builders import NOW
from tools.simulator.accounts import account_at
from tools.simulator.wire import Keys

ALL = tuple(registry.ADAPTERS)
MAINLAND = frozenset({"tencent", "alibaba"})
TEXT = "Tu código es 482913, no lo compartas"
REFERENCE = "k7q2m4x5z6y7a3b4c5d6e7f2g3-1"


def a_submission(carrier: str = "infobip", **changes: Any) -> Submission:
    """One attempt as this carrier can take it: a text, or a template in its way."""
    given: dict[str, Any] = {
        "reference": REFERENCE,
        "to": "+34600000001",
        "country": "ES",
        "text": TEXT,
        "sender": "ACME",
        "within": 2 * SECOND,
        "ttl": 10 * MINUTE,
        "traffic_class": TrafficClass.OTP,
    }
    if carrier in MAINLAND:
        params = {"code": "482913"} if carrier == "alibaba" else ("482913", "10")
        registered = Registered(template_id="SMS_123456789", params=params)
        given |= {"to": "+8613711112222", "country": "CN", "registered": registered}
    given |= changes
    return Submission(sizing=measure(given["text"]), **given)


@dataclass
class Records:
    """Where a line's exchanges go in tests."""

    kept: list[Exchange] = field(default_factory=list)

    def __call__(self, exchange: Exchange) -> None:
        self.kept.append(exchange)


def a_line(
    carrier: str,
    base_url: str,
    *,
    public_url: str = "https://relevo.example.com",
    keys: Keys | None = None,
    record: Callable[[Exchange], None] | None = None,
    account: CarrierAccount | None = None,
    transport: Transport | None = None,
) -> Carrier:
    """Give the carrier over its real transport, with calls going to `base_url`."""
    known = account or account_at(carrier, base_url, public_url, keys or Keys())
    clock, draw = (lambda: NOW), (lambda count: b"n" * count)
    made = SdkLine if carrier in SDKS else Line
    return made(
        adapter=registry.adapter(carrier),
        credentials=Credentials(read=lambda: known, clock=clock),
        clock=clock,
        draw=draw,
        record=record or Records(),
        transport=transport or Transport(),
    )
