"""What a carrier's call to us comes to, once it has been let in."""

from dataclasses import dataclass
from typing import Any

from relevo.carriers.base import Adapter, VerifiedWebhook, receipt_of
from relevo.carriers.values import Inbound, Kind, Notice
from relevo.domain.timing import Millis
from relevo.ports.carriers import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Receipts of attempts of ours, notices that state nothing of one, and texts of people."""

    receipts: tuple[Receipt, ...] = ()
    strays: tuple[Notice, ...] = ()
    inbound: tuple[Inbound, ...] = ()


def heard(
    adapter: Adapter[Any], verified: VerifiedWebhook, kind: Kind | None, now: Millis
) -> Heard:
    """Read a call; its path says what it brings, and without one it may be both."""
    notices = () if kind == "inbound" else adapter.parse_receipts(verified)
    texts = () if kind == "receipts" else adapter.parse_inbound(verified)
    receipts, strays = [], []
    for notice in notices:
        if receipt := receipt_of(notice, adapter.name, now):
            receipts.append(receipt)
        else:
            strays.append(notice)
    return Heard(receipts=tuple(receipts), strays=tuple(strays), inbound=tuple(texts))
