"""What `notify` is made of: only it signs and posts."""

from relevo.aws.bulletins import DynamoBulletins
from relevo.aws.deliveries import DynamoDeliveries
from relevo.outbound.post import Poster
from relevo.outbound.sign import signed
from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.listeners import subscriptions
from relevo.runtime.logs import configure
from relevo.services.courier import Courier
from relevo.services.notify import Notifier


def notifier() -> Notifier:
    configure("notify")
    settings, clients = parts.settings(), parts.clients()
    known = subscriptions()
    deliveries = DynamoDeliveries(client=clients.dynamodb, table=settings.ledger_table)
    courier = Courier(
        subscriptions=known,
        deliveries=deliveries,
        dues=parts.dues(),
        post=Poster(clock=parts.now, loopback=settings.local).post,
        sign=signed,
        clock=parts.now,
        draw=parts.draw,
        parallel=parts.side_by_side,
    )
    return Notifier(
        messages=parts.messages(),
        contents=parts.contents(),
        bulletins=DynamoBulletins(
            client=clients.dynamodb, table=settings.accounts_table, sqs=clients.sqs
        ),
        subscriptions=known,
        deliveries=deliveries,
        courier=courier,
        clock=parts.now,
        draw=parts.draw,
    )
