"""Every way out that this stage has; nothing is loaded before a route leads there."""

import json
from collections.abc import Callable
from dataclasses import asdict

from relevo.aws.exchanges import DynamoExchanges
from relevo.aws.ledger import DynamoLedger
from relevo.aws.queues import SqsReceipts
from relevo.carriers import registry
from relevo.carriers.accounts import account_of
from relevo.carriers.values import CarrierAccount
from relevo.runtime.bootstrap import parts
from relevo.runtime.lines import Lines
from relevo.runtime.settings import Settings


def lines(kept: DynamoExchanges) -> Lines:
    settings: Settings = parts.settings()
    ledger = DynamoLedger(
        client=parts.clients().dynamodb, table=settings.ledger_table, keep_text=settings.local
    )
    sandbox = registry.carriers(
        receipts=receipts(),
        ledger=ledger,
        clock=parts.now,
        pause=parts.pause,
        local=settings.local,
    )
    return Lines(
        sandbox=sandbox,
        read=account_reader(),
        record=lambda exchange: kept.note(asdict(exchange)),
        clock=parts.now,
        draw=parts.draw,
    )


def account_reader() -> Callable[[str], CarrierAccount]:
    """Read one of our accounts at carriers as it is stored now."""
    vault, name = parts.vault(), parts.settings().carriers_secret
    return lambda account: account_of(json.loads(vault.read(name)), account)


def receipts() -> SqsReceipts:
    return SqsReceipts(client=parts.clients().sqs, url=parts.settings().receipts_queue)
