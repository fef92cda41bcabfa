"""From the body of a request to an order: units and names change, nothing is decided."""

from collections.abc import Mapping

from relevo.api.schemas import Money, SendMessage
from relevo.domain.order import Filling, Order
from relevo.domain.timing import SECOND, Millis


def order_of(
    send: SendMessage, *, body_digest: str, key: str | None = None, correlation: str | None = None
) -> Order:
    """Give the order; contacts must have been resolved or refused before."""
    ceiling = send.max_price
    return Order(
        to=send.to or "",
        country=send.country,
        text=send.text or "",
        filling=_filling(send),
        language=send.language,
        zone=send.time_zone,
        state=send.state,
        traffic_class=send.traffic_class,
        body_digest=body_digest,
        expires_at=send.expires_at,
        ttl=_millis(send.ttl_seconds),
        key=key,
        correlation=correlation,
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


def variables_of(given: Mapping[str, object]) -> dict[str, object]:
    """Give values as the domain reads them: money as a mapping, everything else as it is."""
    return {
        name: {"amount": value.amount, "currency": value.currency}
        if isinstance(value, Money)
        else value
        for name, value in given.items()
    }


def _filling(send: SendMessage) -> Filling | None:
    if send.template_id is None:
        return None
    return Filling(
        template_id=send.template_id,
        version=send.template_version,
        variables=variables_of(send.variables or {}),
        traffic_class=send.traffic_class if "traffic_class" in send.model_fields_set else None,
    )


def _millis(seconds: int | None) -> Millis | None:
    return None if seconds is None else seconds * SECOND
