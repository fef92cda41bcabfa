"""The sandbox's table: messages to send, and how each must end (008 and 010 stand apart)."""

from dataclasses import dataclass
from typing import Any, Final

A, B = "sandbox-a", "sandbox-b"
OTP = (("trafficClass", "otp"),)
RESEND = (("onAmbiguous", "resend"), ("receiptDeadlineSeconds", 10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A message to send and how it must end; `submits` are the carriers in the ledger's order."""

    tail: str
    status: str
    submits: tuple[str, ...]
    fields: tuple[tuple[str, Any], ...] = ()
    duplicate: bool = False
    note: str = ""

    def __str__(self) -> str:
        return f"{self.tail} {self.note}".strip()


ROWS: Final = (
    Row(tail="678", status="delivered", submits=(A,), note="any other"),
    Row(tail="999", status="delivered", submits=(A,), fields=OTP, note="any other, otp"),
    Row(tail="001", status="delivered", submits=(A, B)),
    Row(tail="002", status="delivered", submits=(A, B), fields=OTP, duplicate=True, note="otp"),
    Row(
        tail="002", status="delivered", submits=(A, B), fields=RESEND, duplicate=True, note="resend"
    ),
    Row(tail="002", status="unconfirmed", submits=(A,), fields=(("ttlSeconds", 25),), note="hold"),
    Row(tail="003", status="delivered", submits=(A, B)),
    Row(tail="004", status="failed", submits=(A,)),
    Row(tail="005", status="delivered", submits=(A, B), fields=OTP, duplicate=True, note="otp"),
    Row(tail="005", status="delivered", submits=(A,), note="hold"),
    Row(tail="006", status="delivered", submits=(A,)),
    Row(tail="007", status="delivered", submits=(A, B), fields=OTP, duplicate=True, note="otp"),
    Row(tail="009", status="delivered", submits=(A, A)),
    Row(tail="011", status="delivered", submits=(A,)),
)
