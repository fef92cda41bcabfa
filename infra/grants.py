"""What each function may do, action by action; nothing else is granted to code."""

from dataclasses import dataclass, field
from typing import Final

READ_HEADS = ("BatchGetItem", "GetItem", "UpdateItem")
LEAVE_DUE = ("BatchWriteItem", "PutItem")
CLASS_QUEUES = ("otp", "transactional", "marketing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grants:
    """Tables with actions and indices, queues to send to, queues that wake it, secrets it reads."""

    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sends: tuple[str, ...] = ()
    consumes: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    indices: dict[str, str] = field(default_factory=dict)
    starts_workflow: bool = False
    reads_stream: bool = False
    sends_texts: bool = False
    calls_customers: bool = False


GRANTS: Final = {
    "accept": Grants(
        tables={
            "accounts": ("BatchGetItem", "GetItem", "PutItem", "Query", "UpdateItem"),
            "routes": ("BatchWriteItem", "GetItem", "Query"),
            "messages": ("BatchGetItem", "GetItem", "PutItem", "UpdateItem"),
            "content": ("BatchGetItem", "GetItem", "PutItem"),
            "ledger": ("BatchGetItem", "PutItem", "Query"),
        },
        indices={"messages": "byDay"},
        sends=(*CLASS_QUEUES, "webhook"),
        calls_customers=True,
        secrets=("pepper", "id-key"),
    ),
    "render": Grants(
        tables={"messages": READ_HEADS, "content": READ_HEADS, "due": LEAVE_DUE},
        sends=("nudge",),
        consumes=CLASS_QUEUES,
        starts_workflow=True,
    ),
    "route": Grants(
        tables={"routes": ("BatchGetItem", "GetItem", "PutItem", "Query")},
        sends=("webhook",),  # what befell a carrier
    ),
    "dispatch": Grants(
        tables={
            "messages": READ_HEADS,
            "content": ("BatchGetItem",),
            "accounts": ("BatchGetItem",),
            "due": LEAVE_DUE,
            "ledger": ("BatchWriteItem", "PutItem"),
            "routes": ("GetItem", "PutItem", "UpdateItem"),
        },
        sends=("nudge", "receipts"),
        secrets=("carriers",),
        sends_texts=True,
    ),
    "dlr": Grants(
        # Beside receipts: people's texts, their refusals, and our one answer to a refusal, which
        # is accepted like any message and so costs what accept may do.
        tables={
            "messages": ("GetItem", "PutItem", "UpdateItem"),
            "content": ("GetItem", "PutItem"),
            "accounts": ("DeleteItem", "GetItem", "PutItem", "UpdateItem"),
            "routes": ("Query",),
        },
        sends=("receipts", "transactional"),
        consumes=("receipts",),
        secrets=("carriers", "id-key"),
    ),
    "watch": Grants(
        tables={
            "due": ("BatchWriteItem", "DeleteItem", "PutItem", "Query"),
            "messages": READ_HEADS,
            "content": ("GetItem",),  # carriers are asked about a number
            "routes": ("BatchWriteItem", "GetItem", "PutItem", "Query"),
            "accounts": ("UpdateItem",),
        },
        sends=(*CLASS_QUEUES, "nudge", "webhook"),
        consumes=("nudge",),
        secrets=("carriers",),
    ),
    "events": Grants(
        tables={
            "messages": ("GetItem", "UpdateItem"),
            "accounts": ("GetItem", "UpdateItem"),
            "routes": ("PutItem", "UpdateItem"),
            "due": LEAVE_DUE,
        },
        sends=(*CLASS_QUEUES, "nudge", "webhook", "events-dlq"),
        consumes=("events-dlq",),
        reads_stream=True,
    ),
    "notify": Grants(
        tables={
            "messages": ("BatchGetItem",),
            "content": ("BatchGetItem",),
            "accounts": ("BatchGetItem", "GetItem", "PutItem"),
            "ledger": ("BatchGetItem", "PutItem"),
            "due": LEAVE_DUE,
        },
        sends=("nudge",),
        consumes=("webhook",),
        calls_customers=True,
    ),
}

TABLES: Final = ("messages", "content", "due", "routes", "accounts", "ledger")
QUEUES: Final = (*CLASS_QUEUES, "receipts", "nudge", "webhook", "events-dlq")
SECRETS: Final = ("pepper", "id-key", "carriers")
FUNCTIONS: Final = tuple(GRANTS)


def environment_name(kind: str, what: str) -> str:
    """The variable that holds a name or address: environment_name("queue", "otp") is OTP_QUEUE."""
    if what == "events-dlq":
        return "EVENTS_DLQ"
    return f"{what}_{kind}".replace("-", "_").upper()
