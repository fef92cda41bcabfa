"""What `route` is made of; `dispatch` shares its fuses."""

from relevo.aws.breakers import DynamoBreakers
from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.outlooks import outlooks
from relevo.runtime.logs import configure
from relevo.services.breaker import Fuses
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


def fuses() -> Fuses:
    breakers = DynamoBreakers(
        client=parts.hasty(), table=parts.settings().routes_table, clock=parts.now
    )
    return Fuses(breakers=breakers, clock=parts.now)
