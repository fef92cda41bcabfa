"""Every carrier there is, by name: an explicit list, so that nothing is found by accident."""

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from relevo.carriers.sandbox import BACKUP_ROWS, PRIMARY_ROWS, Sandbox
from relevo.domain.timing import Millis
from relevo.ports.basics import Clock
from relevo.ports.carriers import Carrier, Receipts, SubmitLedger

if TYPE_CHECKING:
    from relevo.carriers.base import Adapter

SANDBOX_PRIMARY: Final = "sandbox-a"
SANDBOX_BACKUP: Final = "sandbox-b"
LOCAL_LIVE: Final = ("local-a", "local-b")
"""Simulated carriers that take live messages; they exist in the local stage only."""

ADAPTERS: Final[Mapping[str, str]] = {
    "infobip": "Infobip",
    "twilio": "Twilio",
    "aws-eum": "AwsEum",
    "tencent": "Tencent",
    "kannel": "Kannel",
    "jasmin": "Jasmin",
    "vonage": "Vonage",
    "vonage-messages": "VonageMessages",
    "sinch": "Sinch",
    "alibaba": "Alibaba",
    "alibaba-intl": "AlibabaAbroad",
    "telnyx": "Telnyx",
    "plivo": "Plivo",
}
"""Real carriers: the class of each, in the file that is named like it."""


def adapter(name: str) -> "Adapter[Any]":
    """Give a carrier's adapter; only what is asked for is loaded. Raises KeyError."""
    kind = ADAPTERS[name]
    module = import_module(f"relevo.carriers.{name.replace('-', '_')}")
    made: Adapter[Any] = getattr(module, kind)()
    return made


def names(*, local: bool) -> frozenset[str]:
    """Name the carriers of this stage."""
    simulated = LOCAL_LIVE if local else ()
    return frozenset({SANDBOX_PRIMARY, SANDBOX_BACKUP, *simulated, *ADAPTERS})


def carriers(
    *,
    receipts: Receipts,
    ledger: SubmitLedger,
    clock: Clock,
    pause: Callable[[Millis], None],
    local: bool,
) -> dict[str, Carrier]:
    """Give the carriers of this stage; `local` adds the ones that only pretend to be live."""
    make = partial(Sandbox, receipts=receipts, ledger=ledger, clock=clock, pause=pause)
    named: dict[str, Carrier] = {
        SANDBOX_PRIMARY: make(name=SANDBOX_PRIMARY, rows=PRIMARY_ROWS, throttles=True),
        SANDBOX_BACKUP: make(name=SANDBOX_BACKUP, rows=BACKUP_ROWS),
    }
    if local:
        named |= {name: make(name=name) for name in LOCAL_LIVE}
    return named
