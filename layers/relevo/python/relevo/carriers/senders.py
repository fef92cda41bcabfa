"""Senders as carriers want them written, and the words by which people opt out."""

import re
from typing import Final

from relevo.carriers.values import CarrierAccount
from relevo.ports.carriers import Submission

_NUMERIC: Final = re.compile(r"\+?[0-9]{3,15}")
_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 _.&-]{1,11}")
_STOP_WORDS: Final = (
    "STOP STOPALL STOPP UNSUBSCRIBE CANCEL END QUIT REVOKE OPTOUT OPT-OUT REMOVE ARRET ARRÊT "
    "BAJA ALTO PARAR SALIR CANCELAR SAIR"
)
"""Common to carriers and to markets that share numbers; what else a market knows is its own."""

_MAINLAND: Final = "TD T R 退订"


def sender_of(submission: Submission, account: CarrierAccount) -> str:
    """Give the sender to name: the message's, else the account's, else none.

    A signature of China is read in the text; the address there is the carrier's own.
    """
    named = submission.sender or ""
    if submission.country == "CN" and sender_flaw(named):
        named = ""
    return named or account.get("sender")


def is_numeric(sender: str) -> bool:
    return _NUMERIC.fullmatch(sender) is not None


def is_name(sender: str) -> bool:
    """Say whether it can be an alphanumeric sender: eleven characters of GSM 03.38's address."""
    return _NAME.fullmatch(sender) is not None


def plain(sender: str) -> str:
    """Write a number without its plus, for carriers that want digits; a name stays."""
    return sender.removeprefix("+") if is_numeric(sender) else sender


def sender_flaw(sender: str) -> str | None:
    """Say what keeps any carrier from showing this sender."""
    if not sender:
        return "no-sender"
    return None if is_numeric(sender) or is_name(sender) else "sender-impossible"


def says_stop(text: str, *, mainland: bool = False) -> bool:
    """Say whether a text is nothing but one of the common words for opting out."""
    words = f"{_STOP_WORDS} {_MAINLAND}" if mainland else _STOP_WORDS
    return text.strip(" .!¡\r\n\t").upper() in words.split()
