"""What operators of mainland China report, whichever carrier forwards it.

Meanings are the operators' own, from tables of Huawei Cloud and China Mobile (2026-10); carriers
rename and mix them, so this is a heuristic: where sources contradict each other, nothing is said.
"""

from typing import Final

from relevo.carriers import verdicts
from relevo.domain.outcome import Reason
from relevo.domain.words import State

REASONS: Final = verdicts.spread(
    (
        Reason.INVALID_NUMBER,
        """
        MK:0001 MI:0073 MI:0210 CB:0001 CB:0053 DB:0101
        MK:0005 MK:0013 DB:0102 MI:0019 MI:0051 MI:0054 MI:0059
        """,
    ),
    (
        Reason.ABSENT_SUBSCRIBER,
        """
        MI:0024 MI:0042 MI:0072 MI:0076 MI:0082 MK:0010 MK:0023 002
        MI:0017 MI:0020 MI:0022 MI:0055 MI:0099 MI:0208
        """,
    ),
    (Reason.UNREACHABLE, "UNDELIV MI:0090"),
    (Reason.EXPIRED, "EXPIRED MI:NNNN"),
    (Reason.BLOCKED_SPAM, "MK:0014 MK:0115 MK:1004 KEYWORD KEYWORDS ID:0076 -106"),
    (
        Reason.OPTED_OUT,
        "DB:0144 MBBLACK DBBLACK BLACK TDBLACK TSBLACK HD:0001 2:70",
    ),
    (
        Reason.THROTTLED,
        """
        IB:0008 MI:0061 MI:0062 MI:0079 MK:1041 DB:0142
        LIMIT MILIMIT CTLIMIT BEYONDN
        """,
    ),
    (Reason.CARRIER_REJECTED, "NOROUTE NOROUTER REJECTD MI:0033 CA:* IC:*"),
)
UNCERTAIN: Final = frozenset(
    {"MK:0005", "MK:0013", "DB:0102", "MI:0019", "MI:0051", "MI:0054", "MI:0059"}
)
"""Suspended, empty or merely off: no such number for one operator, come back later for another."""

OWN_STATES: Final = verdicts.spread(
    (State.EXPIRED, "EXPIRED MI:NNNN"),
    (State.REJECTED, "REJECTD"),
    (State.FAILED, "DELETED SUBFAIL COMFAIL WTNFAIL"),
)
_BY_REASON: Final = {
    Reason.BLOCKED_SPAM: State.REJECTED,
    Reason.OPTED_OUT: State.REJECTED,
    Reason.CARRIER_REJECTED: State.REJECTED,
    Reason.THROTTLED: State.REJECTED,
}


def reason_of(code: str) -> Reason:
    return verdicts.find(REASONS, code.upper()) or Reason.UNKNOWN


def state_of(code: str) -> State | None:
    """Say how an undelivered message ended; None when not even the operator knows."""
    if code.upper() == "UNKNOWN":
        return None
    return OWN_STATES.get(code.upper()) or _BY_REASON.get(reason_of(code), State.UNDELIVERED)


def stops(code: str) -> bool:
    """Whether the code is surely about the recipient, so that no carrier can do better."""
    return code.upper() not in UNCERTAIN and verdicts.stops(reason_of(code), State.UNDELIVERED)
