"""The front door: what `accept` is made of, apart because only it pays for parsing requests."""

from collections.abc import Callable
from functools import cache, partial
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
from relevo.aws.senders import DynamoSenders
from relevo.aws.templates import DynamoTemplates
from relevo.carriers import registry, sandbox
from relevo.domain.phone import Recipient
from relevo.domain.words import Environment
from relevo.ports.accounts import Accounts
from relevo.runtime.bootstrap import parts
from relevo.runtime.logs import audit, configure
from relevo.services.accept import Acceptor
from relevo.services.cancel import Canceler
from relevo.services.listing import Lister
from relevo.services.offer import Offers
from relevo.services.queries import Reader
from relevo.services.restrain import Restraint

if TYPE_CHECKING:
    from relevo.services.operate import Operator
    from relevo.services.quote import Quoter
    from relevo.services.telemetry import Analyst
    from relevo.services.templates import Library
    from relevo.services.webhooks import Registrar


def front_door() -> App:
    """Make the app; nothing is asked of AWS before the first request."""
    configure("accept")
    dynamodb, stage, vault = parts.clients().dynamodb, parts.settings(), parts.vault()
    accounts = DynamoAccounts(client=dynamodb, table=stage.accounts_table, clock=parts.now)
    pepper = partial(vault.key, stage.pepper_secret)
    return App(
        door=Door(accounts=accounts, pepper=pepper, clock=parts.now),
        services=_services(accounts, partial(vault.key, stage.id_key_secret)),
        audit=audit,
        unavailable=unavailable,
        address=address.emulated if stage.local else address.deployed,
        clock=parts.now,
        draw=parts.draw,
    )


def _services(accounts: Accounts, id_key: Callable[[], bytes]) -> Services:
    dynamodb, stage = parts.clients().dynamodb, parts.settings()
    messages, contents = parts.messages(), parts.contents()
    templates = DynamoTemplates(client=dynamodb, table=stage.accounts_table, clock=parts.now)
    senders = DynamoSenders(client=dynamodb, table=stage.routes_table, clock=parts.now)
    offers = Offers(templates=templates, senders=senders, routes=parts.routes())
    histories = DynamoHistories(client=dynamodb, table=stage.accounts_table)
    acceptor = Acceptor(
        messages=messages,
        contents=contents,
        offers=offers,
        queues=parts.class_queues(),
        clock=parts.now,
        draw=parts.draw,
        restraint=Restraint(histories=histories),
        id_key=id_key,
        plays_stop=plays_stop,
    )
    return Services(
        acceptor=acceptor,
        canceler=Canceler(messages=messages, clock=parts.now),
        reader=Reader(
            messages=messages,
            contents=contents,
            routes=parts.routes(),
            accounts=accounts,
            clock=parts.now,
        ),
        lister=Lister(
            listing=DynamoListing(client=dynamodb, table=stage.messages_table),
            messages=messages,
            contents=contents,
            clock=parts.now,
        ),
        quoter=cache(partial(_quoter, offers, parts.clients())),
        library=partial(_library, templates),
        analyst=_analyst,
        operator=partial(_operator, accounts, senders),
        registrar=partial(_registrar, parts.clients()),
        id_key=id_key,
        loopback=stage.local,
    )


def _quoter(offers: Offers, aws: Clients) -> "Quoter":
    """Quotes look at carriers' health, and leave judging and telling to `route`."""
    from relevo.aws.health import DynamoHealth  # noqa: PLC0415 - no send needs it
    from relevo.aws.lineups import DynamoLineups  # noqa: PLC0415
    from relevo.services.outlooks import Outlooks  # noqa: PLC0415
    from relevo.services.quote import Quoter  # noqa: PLC0415

    client, table = aws.dynamodb, parts.settings().routes_table
    outlooks = Outlooks(
        health=DynamoHealth(client=client, table=table, clock=parts.now),
        lineups=DynamoLineups(client=client, table=table, clock=parts.now),
        changed=lambda _: None,
        clock=parts.now,
    )
    return Quoter(offers=offers, outlooks=outlooks, clock=parts.now)


def _registrar(aws: Clients) -> "Registrar":
    from relevo.aws.bulletins import DynamoBulletins  # noqa: PLC0415 - no send needs it
    from relevo.aws.deliveries import DynamoDeliveries  # noqa: PLC0415
    from relevo.aws.subscriptions import DynamoSubscriptions  # noqa: PLC0415
    from relevo.outbound.post import Poster  # noqa: PLC0415
    from relevo.services.webhooks import Registrar  # noqa: PLC0415

    stage = parts.settings()
    accounts, queue = stage.accounts_table, stage.webhook_queue
    return Registrar(
        subscriptions=DynamoSubscriptions(client=aws.dynamodb, table=accounts, clock=parts.now),
        deliveries=DynamoDeliveries(client=aws.dynamodb, table=stage.ledger_table),
        bulletins=DynamoBulletins(client=aws.dynamodb, table=accounts, sqs=aws.sqs, url=queue),
        announcements=SqsAnnouncements(client=aws.sqs, webhook_url=queue),
        check=Poster(clock=parts.now, loopback=stage.local).check,
        clock=parts.now,
        draw=parts.draw,
    )


def _library(templates: DynamoTemplates) -> "Library":
    from relevo.services.templates import Library  # noqa: PLC0415 - no send needs it

    return Library(templates=templates, clock=parts.now)


def _operator(accounts: Accounts, senders: DynamoSenders) -> "Operator":
    from relevo.aws.exchanges import DynamoExchanges  # noqa: PLC0415 - no send needs it
    from relevo.services.operate import Operator  # noqa: PLC0415

    return Operator(
        routes=parts.routes(),
        senders=senders,
        accounts=accounts,
        exchanges=DynamoExchanges(
            client=parts.clients().dynamodb, table=parts.settings().ledger_table
        ),
        carriers=registry.names(local=parts.settings().local),
    )


def _analyst() -> "Analyst":
    from relevo.runtime.bootstrap.counts import telemetry  # noqa: PLC0415 - no send needs it
    from relevo.services.telemetry import Analyst  # noqa: PLC0415

    return Analyst(telemetry=telemetry(), clock=parts.now)


def plays_stop(environment: Environment, recipient: Recipient) -> bool:
    """Whether the sandbox's table lets this recipient have replied STOP earlier."""
    return environment is Environment.TEST and sandbox.opted_out(recipient.e164)
