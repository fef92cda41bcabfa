"""Who listens to what: `events` asks whether anybody does, `notify` tells them."""

from relevo.aws.subscriptions import DynamoSubscriptions
from relevo.runtime.bootstrap import parts


def subscriptions() -> DynamoSubscriptions:
    return DynamoSubscriptions(
        client=parts.clients().dynamodb, table=parts.settings().accounts_table, clock=parts.now
    )
