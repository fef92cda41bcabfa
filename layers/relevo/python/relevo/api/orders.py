"""From the body of a request to an order: units and names change, nothing is decided."""

from relevo.api.schemas import SendMessage
from relevo.domain.order import Order
from relevo.domain.timing import SECOND, Millis


def order_of(send: SendMessage, *, body_digest: str, key: str | None = None) -> Order:
    """Give the order; contacts and templates must have been resolved or refused before."""
    ceiling = send.max_price
    return Order(
        to=send.to or "",
        country=send.country,
        text=send.text or "",
        traffic_class=send.traffic_class,
        body_digest=body_digest,
        expires_at=send.expires_at,
        ttl=_millis(send.ttl_seconds),
        key=key,
        sender=send.sender,
        smart_encoding=send.smart_encoding,
        pinned=send.route,
        on_ambiguous=send.on_ambiguous,
        receipt_deadline=_millis(send.receipt_deadline_seconds),
        max_price=ceiling.amount if ceiling else None,
        max_price_currency=ceiling.currency if ceiling else None,
        send_at=send.send_at,
        callback_url=send.callback_url,
        client_reference=send.client_reference,
        metadata=tuple((send.metadata or {}).items()),
    )


def _millis(seconds: int | None) -> Millis | None:
    return None if seconds is None else seconds * SECOND
