"""What a message's owner is owed: credited once if no carrier took it, debited back if one did."""

from dataclasses import replace
from decimal import Decimal

from relevo.domain.advance import sealed
from relevo.domain.message import Head
from relevo.domain.timing import Millis
from relevo.domain.words import Charge, Status

MICRO = Decimal("0.000001")


def owed(head: Head) -> Decimal:
    """Give the amount to add to the balance now: the price, minus it, or nothing."""
    if head.charge is Charge.DEBITED and head.final and not head.taken:
        return head.price
    if head.charge is Charge.CREDITED and head.status is Status.DELIVERED:
        return -head.price
    return Decimal(0)


def settled(head: Head, *, now: Millis, by: str) -> Head:
    """Mark the head as the balance will stand after `owed` has been paid."""
    paid = Charge.CREDITED if head.charge is Charge.DEBITED else Charge.DEBITED
    return sealed(head, replace(head, charge=paid), 0, now=now, by=by)
