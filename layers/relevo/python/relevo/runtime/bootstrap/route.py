"""What `route` is made of; `accept` takes the outlooks for its quotes."""

from collections.abc import Sequence
from functools import partial

from relevo.aws.breakers import DynamoBreakers
from relevo.aws.lineups import DynamoLineups
from relevo.aws.queues import SqsAnnouncements
from relevo.domain.outlook import CarrierChange
from relevo.ports.webhooks import Announcements
from relevo.runtime.bootstrap import parts
from relevo.runtime.logs import carrier_changed, configure
from relevo.services.breaker import Fuses
from relevo.services.outlooks import Outlooks
from relevo.services.route import Router


def router() -> Router:
    configure("route")
    return Router(
        routes=parts.routes(),
        outlooks=outlooks(),
        fuses=fuses(),
        clock=parts.now,
        draw=parts.draw,
    )


def outlooks() -> Outlooks:
    lineups = DynamoLineups(
        client=parts.clients().dynamodb, table=parts.settings().routes_table, clock=parts.now
    )
    hasty = SqsAnnouncements(
        client=parts.clients().hasty_sqs, webhook_url=parts.settings().webhook_queue
    )
    changed = partial(_changed, hasty)
    return Outlooks(health=parts.health(), lineups=lineups, changed=changed, clock=parts.now)


def _changed(announcements: Announcements, changes: Sequence[CarrierChange]) -> None:
    """Log them first: alarms must not wait for those who are told, nor messages for either."""
    for change in changes:
        carrier_changed(change)
    announcements.carriers_changed(changes)


def fuses() -> Fuses:
    breakers = DynamoBreakers(
        client=parts.hasty(), table=parts.settings().routes_table, clock=parts.now
    )
    return Fuses(breakers=breakers, clock=parts.now)
