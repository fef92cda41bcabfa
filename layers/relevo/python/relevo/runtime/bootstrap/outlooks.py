"""How carriers are judged, and who is told of it."""

from collections.abc import Sequence
from functools import partial

from relevo.aws.clients import Clients
from relevo.aws.lineups import DynamoLineups
from relevo.aws.queues import SqsAnnouncements
from relevo.domain.outlook import CarrierChange
from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.counts import health
from relevo.runtime.logs import carrier_changed
from relevo.services.outlooks import Outlooks


def outlooks() -> Outlooks:
    clients, stage = parts.clients(), parts.settings()
    return Outlooks(
        health=health(),
        lineups=DynamoLineups(client=clients.dynamodb, table=stage.routes_table, clock=parts.now),
        changed=partial(_changed, clients, stage.webhook_queue),
        clock=parts.now,
    )


def _changed(clients: Clients, queue: str, changes: Sequence[CarrierChange]) -> None:
    """Log them first: alarms must not wait for those who are told, nor messages for either."""
    for change in changes:
        carrier_changed(change)
    # A client of its own, made when there is something to tell, which is seldom.
    SqsAnnouncements(client=clients.hasty_sqs, webhook_url=queue).carriers_changed(changes)
