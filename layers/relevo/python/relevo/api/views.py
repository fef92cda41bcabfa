"""What clients are told about a message: answers read off its head, its content, its decision."""

from decimal import Decimal
from typing import Any, Final, Literal, TypeAlias, cast

from relevo.api.answers import (
    AttemptAnswer,
    BalanceAnswer,
    EventAnswer,
    EventsAnswer,
    FailureAnswer,
    Links,
    MessageAnswer,
    Price,
    SendAnswer,
    StatusAnswer,
    TemplateReference,
    WishWord,
)
from relevo.api.fields import WireEncoding
from relevo.domain.attempt import Attempt
from relevo.domain.event import MESSAGE, event_id
from relevo.domain.message import Content, Head, Told
from relevo.domain.status import last_failure
from relevo.domain.timing import Millis
from relevo.domain.words import State, Status
from relevo.ports.accounts import Account, Balance

MESSAGES: Final = "/api/v1/messages"
_FAILURES: Final = frozenset({Status.UNDELIVERED, Status.FAILED, Status.EXPIRED, Status.REJECTED})

Outcome: TypeAlias = Literal["accepted", "refused", "retryable", "ambiguous"]


def send_answer(head: Head, *, to: str, content: Content | None) -> SendAnswer:
    return SendAnswer(
        id=head.id,
        status=head.status,
        to=to,
        sender=head.sender,
        traffic_class=head.traffic_class,
        encoding=cast("WireEncoding", head.encoding),
        segments=head.segments,
        replaced=tuple(content.replaced) or None if content else None,
        price=_price(head, head.price),
        created_at=head.created_at,
        send_at=_send_at(head, content),
        expires_at=head.expires_at,
        client_reference=content.client_reference if content else None,
        metadata=_metadata(content),
        links=_links(head),
    )


def status_answer(head: Head, content: Content | None) -> StatusAnswer:
    return StatusAnswer(**_status(head, content))


def message_answer(head: Head, content: Content | None, *, with_text: bool) -> MessageAnswer:
    """Everything about a message; its text only where the caller's scope covers it."""
    person, ours = (content.to, content.sender) if content else (None, head.sender)
    return MessageAnswer(
        **_status(head, content),
        environment=head.environment,
        direction="inbound" if head.inbound else "outbound",
        to=ours if head.inbound else person,
        country=head.country,
        sender=person if head.inbound else head.sender,
        wish=cast("WishWord | None", head.wish),
        text=content.text if content and with_text else None,
        template=_template(content),
        traffic_class=head.traffic_class,
        encoding=cast("WireEncoding", head.encoding),
        segments=head.segments,
        on_ambiguous=head.on_ambiguous,
        max_price=_price(head, head.max_price),
        created_at=head.created_at,
        send_at=_send_at(head, content),
        expires_at=head.expires_at,
        links=_links(head),
    )


def events_answer(head: Head) -> EventsAnswer:
    return EventsAnswer(id=head.id, data=tuple(_event(head, told) for told in head.told))


def balance_answer(account: Account, balance: Balance) -> BalanceAnswer:
    def price(amount: Decimal) -> Price:
        return Price(amount=amount, currency=balance.currency)

    return BalanceAnswer(
        balance=price(balance.amount),
        credit_limit=price(account.credit_limit),
        spent_today=price(balance.spent_today),
        daily_cap=None if account.daily_cap is None else price(account.daily_cap),
        updated_at=balance.updated_at,
    )


def outcome_of(attempt: Attempt) -> Outcome | None:
    """Say what the submit came to; None while it is under way."""
    match attempt.state:
        case State.INTENT:
            return None
        case State.AMBIGUOUS:
            return "ambiguous"
        case State.REFUSED:
            return "retryable" if attempt.retryable else "refused"
    return "accepted"


def failure_of(head: Head) -> FailureAnswer | None:
    """Say why a message failed for good; an inferred or chosen end is no failure."""
    if head.status not in _FAILURES:
        return None
    last = last_failure(head)
    stated = last.reason if last and head.status is not Status.EXPIRED else None
    return FailureAnswer(
        reason=stated or head.stop or head.status.value,
        carrier=last.carrier if last else None,
        carrier_code=last.code if last else None,
    )


def _status(head: Head, content: Content | None) -> dict[str, Any]:
    return {
        "id": head.id,
        "status": head.status,
        "status_at": head.status_at,
        "final": head.final,
        "attempts": tuple(_attempt(head, attempt) for attempt in head.attempts),
        "failure": failure_of(head),
        "possible_duplicate": head.possible_duplicate,
        "price": _price(head, head.price),
        "client_reference": content.client_reference if content else None,
        "metadata": _metadata(content),
    }


def _attempt(head: Head, attempt: Attempt) -> AttemptAnswer:
    return AttemptAnswer(
        n=attempt.n,
        carrier=attempt.carrier,
        list=attempt.list,
        status=attempt.state,
        outcome=outcome_of(attempt),
        reason=attempt.reason,
        carrier_code=attempt.code,
        submitted_at=attempt.claimed_at,
        accepted_at=attempt.accepted_at,
        final_at=attempt.ended_at,
        price=None if attempt.price is None else _price(head, attempt.price),
    )


def _event(head: Head, told: Told) -> EventAnswer:
    return EventAnswer(
        id=event_id(head.id, told.sequence),
        sequence=told.sequence,
        type=f"{MESSAGE}{told.type}",
        status=told.status_then or head.status,
        at=told.at,
        attempt=told.n or None,
        reason=told.reason,
        by=told.by,
    )


def _price(head: Head, amount: Decimal) -> Price:
    return Price(amount=amount, currency=head.currency)


def _send_at(head: Head, content: Content | None) -> Millis | None:
    # The head forgets the moment once it has come.
    return content.send_at if content else head.send_at


def _template(content: Content | None) -> TemplateReference | None:
    if content is None or content.template_id is None or content.template_version is None:
        return None
    return TemplateReference(
        id=content.template_id, version=content.template_version, language=content.language
    )


def _metadata(content: Content | None) -> dict[str, str] | None:
    return dict(content.metadata) if content and content.metadata else None


def _links(head: Head) -> Links:
    self_ = f"{MESSAGES}/{head.id}"
    return Links(self_=self_, status=f"{self_}/status", route=f"{self_}/route")
