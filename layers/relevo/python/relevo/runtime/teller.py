"""Who tells customers: what `notify` is made of, apart because only it signs and posts."""

import secrets

from relevo.aws.deliveries import DynamoDeliveries
from relevo.outbound.post import Poster
from relevo.outbound.sign import signed
from relevo.runtime import bootstrap
from relevo.runtime.bootstrap import now, settings
from relevo.runtime.logs import configure
from relevo.services.courier import Courier
from relevo.services.notify import Notifier


def notifier() -> Notifier:
    configure("notify")
    dynamodb = bootstrap.clients().dynamodb
    subscriptions = bootstrap.subscriptions()
    deliveries = DynamoDeliveries(client=dynamodb, table=settings().ledger_table)
    courier = Courier(
        subscriptions=subscriptions,
        deliveries=deliveries,
        dues=bootstrap.dues(),
        post=Poster(clock=now, loopback=settings().local).post,
        sign=signed,
        clock=now,
        draw=secrets.token_bytes,
        parallel=bootstrap.side_by_side,
    )
    return Notifier(
        messages=bootstrap.messages(),
        contents=bootstrap.contents(),
        bulletins=bootstrap.bulletins(),
        subscriptions=subscriptions,
        deliveries=deliveries,
        courier=courier,
        clock=now,
        draw=secrets.token_bytes,
    )
