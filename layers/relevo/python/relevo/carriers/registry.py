"""Every carrier there is, by name: an explicit list, so that nothing is found by accident."""

from collections.abc import Callable
from functools import partial
from typing import Final

from relevo.carriers.sandbox import BACKUP_ROWS, PRIMARY_ROWS, Sandbox
from relevo.domain.timing import Millis
from relevo.ports import Carrier, Clock, Receipts, SubmitLedger

SANDBOX_PRIMARY: Final = "sandbox-a"
SANDBOX_BACKUP: Final = "sandbox-b"
LOCAL_LIVE: Final = ("local-a", "local-b")
"""Simulated carriers that take live messages; they exist in the local stage only."""


def names(*, local: bool) -> frozenset[str]:
    """Name the carriers of this stage."""
    return frozenset({SANDBOX_PRIMARY, SANDBOX_BACKUP, *(LOCAL_LIVE if local else ())})


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
