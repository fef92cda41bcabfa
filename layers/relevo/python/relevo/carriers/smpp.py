"""SMPP seen through a gateway's HTTP: the states of receipts and the errors of submits."""

from collections.abc import Mapping
from typing import Final

from relevo.carriers import verdicts
from relevo.domain.outcome import Reason
from relevo.domain.segments import Sizing
from relevo.domain.words import State

STATES: Final[Mapping[str, State | None]] = {
    "DELIVRD": State.DELIVERED,
    "ACCEPTD": State.SENT,
    "ENROUTE": State.SENT,
    "UNDELIV": State.UNDELIVERED,
    "EXPIRED": State.EXPIRED,
    "REJECTD": State.REJECTED,
    "DELETED": State.FAILED,
    "UNKNOWN": None,
}
"""`stat` of a receipt, the same for every operator; its `err` is each operator's own."""

ERRORS: Final = verdicts.spread(
    (Reason.INVALID_NUMBER, "ESME_RINVDSTADR 11 0x0000000b"),
    (Reason.CARRIER_REJECTED, "ESME_RINVSRCADR 10 0x0000000a"),
    (Reason.THROTTLED, "ESME_RTHROTTLED 88 0x00000058 ESME_RMSGQFUL 20 0x00000014"),
)
"""Why an SMSC refused a submit, by name or number (SMPP 3.4, 5.1.3)."""


_ALPHABET: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""GSM 03.38 in the order of its codes."""

_AFTER_ESCAPE: Final = dict(zip("\nΛ()/<=>¡e", "\f^{}\\[~]|€", strict=True))


def reason_of(state: State | None) -> Reason | None:
    """Give the reason that a state alone tells."""
    match state:
        case State.EXPIRED:
            return Reason.EXPIRED
        case State.REJECTED:
            return Reason.CARRIER_REJECTED
        case State.UNDELIVERED | State.FAILED | None:
            return Reason.UNKNOWN
    return None


def wide(sizing: Sizing) -> bool:
    """Whether the text must go as UCS-2; gateways cannot be told of national tables."""
    return sizing.encoding == "UCS-2" or sizing.shift is not None


def decoded(octets: bytes) -> str:
    """Read a text of GSM 03.38 that came one septet to an octet."""
    signs = iter(_ALPHABET[octet & 0x7F] for octet in octets)
    return "".join(
        _AFTER_ESCAPE.get(next(signs, ""), " ") if sign == "\x1b" else sign for sign in signs
    )
