"""What `route` is made of; `accept` takes the outlooks for its quotes."""

from functools import partial

from relevo.aws.breakers import DynamoBreakers
from relevo.aws.lineups import DynamoLineups
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
    changed = partial(_changed, parts.announcements())
    return Outlooks(health=parts.health(), lineups=lineups, changed=changed, clock=parts.now)


def _changed(announcements: Announcements, change: CarrierChange) -> None:
    """Log it first: alarms must not wait for those who are told."""
    carrier_changed(change)
    announcements.carrier_changed(change)


def fuses() -> Fuses:
    breakers = DynamoBreakers(
        client=parts.hasty(), table=parts.settings().routes_table, clock=parts.now
    )
    return Fuses(breakers=breakers, clock=parts.now)
