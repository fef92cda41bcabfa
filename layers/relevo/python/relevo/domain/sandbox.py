"""The sandbox's table as it is told: for each ending of a number what happens, and the journeys.

What the carrier does is written in `relevo.carriers.sandbox`. The journeys here are run by the
tests, so that the guide at /docs/sandbox shows what was seen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from relevo.domain.words import OnAmbiguous, Status, TrafficClass

PRIMARY: Final = "sandbox-a"
BACKUP: Final = "sandbox-b"
OTHERS: Final = "any other"
NUMBER: Final = "+34612345"
"""The beginning of a number that any three digits end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """Fields to send, the carriers that are asked in their order, and the end."""

    submits: tuple[str, ...] = ()
    status: Status
    fields: Mapping[str, object] = field(default_factory=dict)
    duplicate: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Digits:
    """One row; a journey may be left out where it cannot be told in one line."""

    tail: str
    happens: str
    ends: str
    journeys: tuple[Journey, ...] = ()

    @property
    def to(self) -> str:
        return f"{NUMBER}{'678' if self.tail == OTHERS else self.tail}"


_OTP: Final = {"trafficClass": TrafficClass.OTP.value}
_RESEND: Final = {"onAmbiguous": OnAmbiguous.RESEND.value, "receiptDeadlineSeconds": 10}
_BY_PRIMARY: Final = Journey(submits=(PRIMARY,), status=Status.DELIVERED)
_BY_BACKUP: Final = Journey(submits=(PRIMARY, BACKUP), status=Status.DELIVERED)
_BY_BOTH: Final = Journey(
    submits=(PRIMARY, BACKUP), status=Status.DELIVERED, fields=_OTP, duplicate=True, note="otp"
)

TABLE: Final = (
    Digits(
        tail=OTHERS,
        happens="the primary takes it, receipt after a second",
        ends="delivered",
        journeys=(
            _BY_PRIMARY,
            Journey(submits=(PRIMARY,), status=Status.DELIVERED, fields=_OTP, note="otp"),
        ),
    ),
    Digits(
        tail="001",
        happens="the primary refuses",
        ends="delivered by the backup",
        journeys=(_BY_BACKUP,),
    ),
    Digits(
        tail="002",
        happens="the primary takes it and no receipt ever comes",
        ends="otp or `onAmbiguous: resend`: delivered by the backup, `possibleDuplicate`; "
        "others: `unconfirmed` at expiry",
        journeys=(
            _BY_BOTH,
            Journey(
                submits=(PRIMARY, BACKUP),
                status=Status.DELIVERED,
                fields=_RESEND,
                duplicate=True,
                note="resend",
            ),
            Journey(
                submits=(PRIMARY,),
                status=Status.UNCONFIRMED,
                fields={"ttlSeconds": 25},
                note="hold",
            ),
        ),
    ),
    Digits(
        tail="003",
        happens="the primary takes it, then it bounces",
        ends="delivered by the backup",
        journeys=(_BY_BACKUP,),
    ),
    Digits(
        tail="004",
        happens="no such recipient",
        ends="failed after one attempt, credited",
        journeys=(Journey(submits=(PRIMARY,), status=Status.FAILED),),
    ),
    Digits(
        tail="005",
        happens="the primary's answer never arrives, its receipt comes late",
        ends="otp: the backup too, `possibleDuplicate`; others: one submit, delivered",
        journeys=(
            _BY_BOTH,
            Journey(submits=(PRIMARY,), status=Status.DELIVERED, note="hold"),
        ),
    ),
    Digits(
        tail="006",
        happens="receipts come twice and out of order",
        ends="delivered",
        journeys=(_BY_PRIMARY,),
    ),
    Digits(
        tail="007",
        happens="as 002, and the primary's receipt comes after the backup's",
        ends="delivered, charged once",
        journeys=(_BY_BOTH,),
    ),
    Digits(
        tail="008",
        happens="both refuse until expiry; send it with `ttlSeconds` 20",
        ends="expired, credited",
    ),
    Digits(
        tail="009",
        happens="the primary asks for a pause of a second",
        ends="delivered by the primary",
        journeys=(Journey(submits=(PRIMARY, PRIMARY), status=Status.DELIVERED),),
    ),
    Digits(
        tail="010",
        happens="the recipient replied STOP earlier",
        ends="422 `recipient-opted-out`",
    ),
    Digits(
        tail="011",
        happens="the receipt is faster than the answer",
        ends="delivered",
        journeys=(_BY_PRIMARY,),
    ),
)
