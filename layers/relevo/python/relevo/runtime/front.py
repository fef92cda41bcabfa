"""The front door: what `accept` is made of, apart because only it pays for parsing requests."""

import secrets
from functools import partial
from typing import TYPE_CHECKING

from relevo.api import address
from relevo.api.app import App
from relevo.api.auth import Door
from relevo.api.operations import Services
from relevo.aws.accounts import DynamoAccounts
from relevo.aws.clients import Clients
from relevo.aws.errors import unavailable
from relevo.aws.histories import DynamoHistories
from relevo.aws.listing import DynamoListing
from relevo.aws.queues import SqsAnnouncements
from relevo.aws.secrets import Secrets
from relevo.aws.senders import DynamoSenders
from relevo.aws.templates import DynamoTemplates
from relevo.carriers import registry, sandbox
from relevo.domain.phone import Recipient
from relevo.domain.words import Environment
from relevo.ports.accounts import Accounts
from relevo.runtime.bootstrap import (
    class_queues,
    clients,
    contents,
    messages,
    now,
    outlooks,
    routes,
    settings,
    telemetry,
)
from relevo.runtime.logs import audit, configure
from relevo.services.accept import Acceptor
from relevo.services.cancel import Canceler
from relevo.services.listing import Lister
from relevo.services.offer import Offers
from relevo.services.queries import Reader
from relevo.services.quote import Quoter
from relevo.services.restrain import Restraint

if TYPE_CHECKING:
    from relevo.services.operate import Operator
    from relevo.services.telemetry import Analyst
    from relevo.services.templates import Library
    from relevo.services.webhooks import Registrar


def front_door() -> App:
    """Make the app; nothing is asked of AWS before the first request."""
    configure("accept")
    vault = Secrets(client=clients().secrets, clock=now)
    accounts = DynamoAccounts(client=clients().dynamodb, table=settings().accounts_table, clock=now)
    return App(
        door=Door(
            accounts=accounts, pepper=partial(vault.key, settings().pepper_secret), clock=now
        ),
        services=_services(accounts, vault),
        audit=audit,
        unavailable=unavailable,
        address=address.emulated if settings().local else address.deployed,
        clock=now,
        draw=secrets.token_bytes,
    )


def _services(accounts: Accounts, vault: Secrets) -> Services:
    store, id_key = messages(), partial(vault.key, settings().id_key_secret)
    templates = DynamoTemplates(
        client=clients().dynamodb, table=settings().accounts_table, clock=now
    )
    senders = DynamoSenders(client=clients().dynamodb, table=settings().routes_table, clock=now)
    offers = Offers(templates=templates, senders=senders, routes=routes())
    histories = DynamoHistories(client=clients().dynamodb, table=settings().accounts_table)
    acceptor = Acceptor(
        messages=store,
        contents=contents(),
        offers=offers,
        queues=class_queues(),
        clock=now,
        draw=secrets.token_bytes,
        restraint=Restraint(histories=histories),
        id_key=id_key,
        plays_stop=plays_stop,
    )
    return Services(
        acceptor=acceptor,
        canceler=Canceler(messages=store, clock=now),
        reader=Reader(
            messages=store, contents=contents(), routes=routes(), accounts=accounts, clock=now
        ),
        lister=Lister(
            listing=DynamoListing(client=clients().dynamodb, table=settings().messages_table),
            messages=store,
            contents=contents(),
            clock=now,
        ),
        quoter=Quoter(offers=offers, outlooks=outlooks(), clock=now),
        library=partial(_library, templates),
        analyst=_analyst,
        operator=partial(_operator, accounts, senders),
        registrar=partial(_registrar, clients()),
        id_key=id_key,
        loopback=settings().local,
    )


def _registrar(aws: Clients) -> "Registrar":
    from relevo.aws.bulletins import DynamoBulletins  # noqa: PLC0415 - no send needs it
    from relevo.aws.deliveries import DynamoDeliveries  # noqa: PLC0415
    from relevo.aws.subscriptions import DynamoSubscriptions  # noqa: PLC0415
    from relevo.outbound.post import Poster  # noqa: PLC0415
    from relevo.services.webhooks import Registrar  # noqa: PLC0415

    accounts, queue = settings().accounts_table, settings().webhook_queue
    return Registrar(
        subscriptions=DynamoSubscriptions(client=aws.dynamodb, table=accounts, clock=now),
        deliveries=DynamoDeliveries(client=aws.dynamodb, table=settings().ledger_table),
        bulletins=DynamoBulletins(client=aws.dynamodb, table=accounts, sqs=aws.sqs, url=queue),
        announcements=SqsAnnouncements(client=aws.sqs, webhook_url=queue),
        check=Poster(clock=now, loopback=settings().local).check,
        clock=now,
        draw=secrets.token_bytes,
    )


def _library(templates: DynamoTemplates) -> "Library":
    from relevo.services.templates import Library  # noqa: PLC0415 - no send needs it

    return Library(templates=templates, clock=now)


def _operator(accounts: Accounts, senders: DynamoSenders) -> "Operator":
    from relevo.aws.exchanges import DynamoExchanges  # noqa: PLC0415 - no send needs it
    from relevo.services.operate import Operator  # noqa: PLC0415

    return Operator(
        routes=routes(),
        senders=senders,
        accounts=accounts,
        exchanges=DynamoExchanges(client=clients().dynamodb, table=settings().ledger_table),
        carriers=registry.names(local=settings().local),
    )


def _analyst() -> "Analyst":
    from relevo.services.telemetry import Analyst  # noqa: PLC0415 - no send needs it

    return Analyst(telemetry=telemetry(), clock=now)


def plays_stop(environment: Environment, recipient: Recipient) -> bool:
    """Whether the sandbox's table lets this recipient have replied STOP earlier."""
    return environment is Environment.TEST and sandbox.opted_out(recipient.e164)
