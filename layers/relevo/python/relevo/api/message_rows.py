"""The rows of messages and balances: what is served about them, each with its scope."""

from typing import Final

from relevo.api import operations as do
from relevo.api.answers import (
    BalanceAnswer,
    EventsAnswer,
    MessageAnswer,
    MessagesAnswer,
    SendAnswer,
    StatusAnswer,
)
from relevo.api.auth import Scope
from relevo.api.decision_answers import RouteAnswer
from relevo.api.listing import FILTERS, list_messages
from relevo.api.quotes import QuoteAnswer
from relevo.api.rows import Operation
from relevo.api.schemas import SendMessage

_ONE: Final = "/api/v1/messages/{id}"
_CONTENT: Final = (
    "destination-not-enabled",
    "sender-not-allowed",
    "sender-not-supported",
    "invalid-recipient",
    "unsupported-destination",
    "invalid-sender",
    "content-too-long",
    "template-not-found",
    "template-variable-missing",
    "template-limit-exceeded",
    "invalid-schedule",
    "invalid-callback-url",
)
"""What may be wrong with a message as such, sent or only quoted."""

ROWS: Final[tuple[Operation, ...]] = (
    Operation(
        method="POST",
        path="/api/v1/messages/send",
        id="sendMessage",
        summary="Accept one message for sending.",
        scope=Scope.MESSAGES_SEND,
        run=do.send_message,
        request=SendMessage,
        answer=SendAnswer,
        status=202,
        problems=(
            "idempotency-key-invalid",
            "idempotency-key-reused",
            "spend-limit-reached",
            "quota-exceeded",
            "no-route",
            "recipient-opted-out",
            *_CONTENT,
        ),
    ),
    Operation(
        method="POST",
        path="/api/v1/messages/quote",
        id="quoteMessage",
        summary="What a message would come to: text, segments, routes, price. Sends nothing.",
        scope=Scope.MESSAGES_SEND,
        run=do.quote_message,
        request=SendMessage,
        answer=QuoteAnswer,
        problems=_CONTENT,
    ),
    Operation(
        method="GET",
        path="/api/v1/messages",
        id="listMessages",
        summary="The account's messages, newest first; texts only with messages:content.",
        scope=Scope.MESSAGES_READ,
        run=list_messages,
        answer=MessagesAnswer,
        query=(*FILTERS, "limit", "cursor"),
        problems=(
            "validation-failed",
            "invalid-cursor",
            "invalid-recipient",
            "unsupported-destination",
        ),
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/status",
        id="checkStatus",
        summary="How far a message has come, attempt by attempt.",
        scope=Scope.MESSAGES_READ,
        run=do.check_status,
        answer=StatusAnswer,
    ),
    Operation(
        method="GET",
        path=_ONE,
        id="fetchMessage",
        summary="Everything about a message; its text only with the scope messages:content.",
        scope=Scope.MESSAGES_READ,
        run=do.fetch_message,
        answer=MessageAnswer,
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/route",
        id="explainRoute",
        summary="Which routes were chosen, which were not and why, and when the lists took turns.",
        scope=Scope.MESSAGES_READ,
        run=do.explain_route,
        answer=RouteAnswer,
    ),
    Operation(
        method="GET",
        path=f"{_ONE}/events",
        id="listEvents",
        summary="What has been told about a message, in order.",
        scope=Scope.MESSAGES_READ,
        run=do.list_events,
        answer=EventsAnswer,
    ),
    Operation(
        method="POST",
        path=f"{_ONE}/cancel",
        id="cancelMessage",
        summary="Cancel a message of which nothing has left yet.",
        scope=Scope.MESSAGES_SEND,
        run=do.cancel_message,
        answer=StatusAnswer,
        problems=("not-cancellable",),
    ),
    Operation(
        method="GET",
        path="/api/v1/account/balance",
        id="fetchBalance",
        summary="The balance of the account in the environment of the key.",
        scope=Scope.ACCOUNT_READ,
        run=do.fetch_balance,
        answer=BalanceAnswer,
    ),
)
