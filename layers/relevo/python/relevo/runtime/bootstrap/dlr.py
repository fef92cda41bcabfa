"""What `dlr` is made of: where carriers call, and what takes what their queue brings."""

from functools import partial

from relevo.aws.orphans import DynamoOrphans
from relevo.carriers.accounts import entries_at, entry_of
from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.lines import receipts
from relevo.runtime.callbacks import Callbacks
from relevo.runtime.inbox import Inboxes
from relevo.runtime.logs import configure
from relevo.services.receive import Desk, Receiver


def receiver() -> Receiver:
    configure("dlr")
    return Receiver(messages=parts.messages(), orphans=_orphans(), clock=parts.now)


def callbacks() -> Callbacks:
    known = partial(parts.vault().fields, parts.settings().carriers_secret)
    desk = Desk(receiver=receiver(), queue=receipts(), inbox=_inbox(), within=parts.within)
    return Callbacks(
        entry=lambda name: entry_of(known(), name),
        entries=lambda adapter: entries_at(known(), adapter),
        desk=desk,
        clock=parts.now,
    )


def _inbox() -> Inboxes:
    settings = parts.settings()
    return Inboxes(
        messages=parts.messages(),
        contents=parts.contents(),
        orphans=_orphans(),
        routes=parts.routes(),
        vault=parts.vault(),
        clients=parts.clients(),
        accounts_table=settings.accounts_table,
        routes_table=settings.routes_table,
        transactional_queue=settings.transactional_queue,
        id_key_secret=settings.id_key_secret,
        clock=parts.now,
    )


def _orphans() -> DynamoOrphans:
    return DynamoOrphans(client=parts.clients().dynamodb, table=parts.settings().messages_table)
