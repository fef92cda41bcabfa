"""What each operation does: read the call, ask one service, answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from relevo.api.answers import Answer
from relevo.api.auth import Caller, Scope
from relevo.api.decision_answers import route_answer
from relevo.api.guard import read_json
from relevo.api.http import Call, Reply
from relevo.api.orders import order_of
from relevo.api.quotes import quote_answer
from relevo.api.schemas import SendMessage, check_known, read
from relevo.api.views import (
    balance_answer,
    events_answer,
    message_answer,
    send_answer,
    status_answer,
)
from relevo.domain.idempotency import body_digest, canonical_body, parse_key
from relevo.domain.message import Head
from relevo.domain.phone import parse_recipient
from relevo.ports.accounts import Account
from relevo.services.accept import Acceptor
from relevo.services.cancel import Canceler
from relevo.services.listing import Lister
from relevo.services.queries import Reader

if TYPE_CHECKING:
    from relevo.services.operate import Operator
    from relevo.services.quote import Quoter
    from relevo.services.telemetry import Analyst
    from relevo.services.templates import Library
    from relevo.services.webhooks import Registrar

KEY: Final = "idempotency-key"
REPLAYED: Final = "Idempotent-Replayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases behind the operations; `id_key` digests bodies and seals cursors.

    Quoter, library, operator, analyst and registrar come when they are asked for: they bring what
    no send needs. `loopback` lets callbacks lead to this machine, as only the local stage may.
    """

    acceptor: Acceptor
    canceler: Canceler
    reader: Reader
    lister: Lister
    quoter: "Callable[[], Quoter]"
    library: "Callable[[], Library]"
    operator: "Callable[[], Operator]"
    analyst: "Callable[[], Analyst]"
    registrar: "Callable[[], Registrar]"
    id_key: Callable[[], bytes]
    loopback: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call let in: who makes it, and what its path names."""

    call: Call
    caller: Caller
    named: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        return self.caller.account


def send_message(services: Services, asked: Asked) -> Reply:
    given = asked.call.headers.get(KEY)
    key = None if given is None else parse_key(given)
    body = read_json(asked.call.event)
    send = read(SendMessage, body, loopback=services.loopback)
    check_known(send)
    digest = body_digest(services.id_key(), canonical_body(body))
    correlation = asked.call.correlation
    order = order_of(send, body_digest=digest, key=key, correlation=correlation)
    accepted = services.acceptor.accept(asked.caller.account, asked.caller.environment, order)
    content = accepted.content
    # Contents are kept shorter than heads; the same body still names the same recipient.
    to = content.to if content else parse_recipient(order.to, order.country).e164
    return Reply(
        status=202,
        body=send_answer(accepted.head, to=to, content=content).wire(),
        headers={REPLAYED: "true"} if accepted.replayed else {},
        message=accepted.head.id,
    )


def quote_message(services: Services, asked: Asked) -> Reply:
    send = read(SendMessage, read_json(asked.call.event), loopback=services.loopback)
    check_known(send)
    caller, quoter = asked.caller, services.quoter()
    quote = quoter.quote(caller.account, caller.environment, order_of(send, body_digest=""))
    return Reply(body=quote_answer(quote, quoter.offers.routes.book()).wire())


def check_status(services: Services, asked: Asked) -> Reply:
    head = _head(services, asked)
    return _about(head, status_answer(head, services.reader.content(head)))


def fetch_message(services: Services, asked: Asked) -> Reply:
    head = _head(services, asked)
    with_text = asked.caller.may(Scope.MESSAGES_CONTENT)
    content = services.reader.content(head)
    return _about(head, message_answer(head, content, with_text=with_text))


def explain_route(services: Services, asked: Asked) -> Reply:
    head = _head(services, asked)
    decision = services.reader.decision(head)
    carriers = services.reader.carriers() if decision else {}
    return _about(head, route_answer(head, decision, carriers))


def list_events(services: Services, asked: Asked) -> Reply:
    head = _head(services, asked)
    return _about(head, events_answer(head))


def cancel_message(services: Services, asked: Asked) -> Reply:
    head = services.canceler.cancel(_head(services, asked))
    return _about(head, status_answer(head, services.reader.content(head)))


def fetch_balance(services: Services, asked: Asked) -> Reply:
    account = asked.caller.account
    balance = services.reader.balance(account, asked.caller.environment)
    return Reply(body=balance_answer(account, balance).wire())


def _head(services: Services, asked: Asked) -> Head:
    caller = asked.caller
    return services.reader.head(caller.account, caller.environment, asked.named["id"])


def _about(head: Head, answer: Answer) -> Reply:
    return Reply(body=answer.wire(), message=head.id)
