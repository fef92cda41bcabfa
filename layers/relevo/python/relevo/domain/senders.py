"""Senders: what kind of identity is written in a `from`."""

import re
from typing import Final

from relevo.domain.market import Rules, SenderKind, SenderUse
from relevo.domain.problem import Flaw, Problem

_TOLL_FREE: Final = re.compile(r"\+?1?8(?:00|33|44|55|66|77|88)\d{7}")
_NUMBER: Final = re.compile(r"\+?\d+")
_SHORT: Final = 7


def sender_kind(sender: str) -> SenderKind:
    """Tell what kind of sender is written here; a short code has at most seven digits."""
    if not _NUMBER.fullmatch(sender):
        return SenderKind.ALPHANUMERIC
    if _TOLL_FREE.fullmatch(sender):
        return SenderKind.TOLL_FREE
    short = len(sender) <= _SHORT and not sender.startswith("+")
    return SenderKind.SHORT_CODE if short else SenderKind.LONG_CODE


def must_be_registered(sender: str, rules: Rules) -> bool:
    """Say whether the market lets the sender through only where a carrier has it registered.

    Of China's rules none names a kind: there the signature is what is registered.
    """
    kind = sender_kind(sender)
    return any(
        filed.verified
        and not filed.links
        and (not filed.kinds or kind in filed.kinds)
        and sender.startswith(filed.starts)
        for filed in rules.registrations
    )


def check_supported(sender: str, rules: Rules) -> None:
    """Refuse a name where no name can be shown; raises Problem."""
    # Names only: what is said of numbers differs by carrier, and routes know that better.
    kind = sender_kind(sender)
    rule = rules.senders.get(kind)
    if rule is None or kind is not SenderKind.ALPHANUMERIC:
        return
    if rule.use is SenderUse.UNSUPPORTED and rule.verified:
        detail = f"Texts to {rules.country} cannot come from a name."
        flaw = Flaw("/from", "not-supported", "Leave it out, or send from a number.")
        raise Problem("sender-not-supported", detail, errors=[flaw])
