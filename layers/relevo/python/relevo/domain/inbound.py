"""What somebody's text to us becomes: a head that tells nothing of it, and its content."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from relevo.domain.idempotency import message_id
from relevo.domain.message import Content, Head, Told
from relevo.domain.refusal import Wish
from relevo.domain.segments import finished
from relevo.domain.shift_tables import NO_SHIFTS
from relevo.domain.timing import Millis
from relevo.domain.words import Charge, Environment, OnAmbiguous, Status, TrafficClass

ELSEWHERE: Final = "ZZ"
"""Where a text is from whose number belongs to no country: CLDR's code for unknown regions."""

LONGEST: Final = 5_000
"""Characters kept of a text; far more than phones send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who wrote, as the carrier names them; `hashed` is what their messages are known by."""

    number: str
    country: str
    hashed: str


def inbound_id(id_key: bytes, account: str, line: str, key: str) -> str:
    """Give the id that this text has however often its carrier tells of it."""
    return message_id(id_key, account, Environment.LIVE, "inbound", f"{line}#{key}")


def inbound_head(
    id_: str, account: str, currency: str, text: str, person: Person, wish: Wish | None, at: Millis
) -> Head:
    """Make its head: received, final, free of charge, and one event to tell."""
    _, sizing = finished(text, NO_SHIFTS, smart=False)
    return Head(
        id=id_,
        account=account,
        environment=Environment.LIVE,
        traffic_class=TrafficClass.TRANSACTIONAL,
        country=person.country,
        recipient_hash=person.hashed,
        encoding=sizing.encoding,
        segments=sizing.segments,
        price=Decimal(0),
        max_price=Decimal(0),
        currency=currency,
        on_ambiguous=OnAmbiguous.HOLD,
        created_at=at,
        expires_at=at,
        request_id=id_,
        body_digest="",
        inbound=True,
        wish=None if wish is None else wish.value,
        charge=Charge.CREDITED,
        status=Status.RECEIVED,
        status_at=at,
        told=(Told(sequence=1, type="received", n=0, by="dlr", at=at, version=1),),
    )


def inbound_content(
    id_: str, text: str, person: Person, ours: str | None, part: tuple[str, int, int] | None
) -> Content:
    """Keep `to` for the person and `sender` for our number, as in every content."""
    metadata = () if part is None else (("part", f"{part[1]}/{part[2]}"), ("partOf", part[0]))
    return Content(id=id_, to=person.number, text=text, sender=ours, smart=False, metadata=metadata)


def storable(text: str) -> str:
    """Cut to a sane length, and drop halves of signs, which no table takes."""
    return text[:LONGEST].encode("utf-16-le", "ignore").decode("utf-16-le", "ignore")
