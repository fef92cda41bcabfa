"""Where things that decide meet things that do: each function's service, made from real parts."""

import json
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import asdict
from functools import cache, partial
from secrets import token_bytes
from typing import TYPE_CHECKING, TypeVar

from relevo.aws.breakers import DynamoBreakers
from relevo.aws.bulletins import DynamoBulletins
from relevo.aws.clients import Clients
from relevo.aws.due import DynamoDues
from relevo.aws.exchanges import DynamoExchanges
from relevo.aws.health import DynamoHealth
from relevo.aws.ledger import DynamoLedger
from relevo.aws.letters import DynamoContents, DynamoLetters
from relevo.aws.lineups import DynamoLineups
from relevo.aws.messages import DynamoMessages
from relevo.aws.orphans import DynamoOrphans
from relevo.aws.pace import DynamoPace
from relevo.aws.queues import SqsAnnouncements, SqsClassQueues, SqsNudges, SqsReceipts
from relevo.aws.routes import DynamoRoutes
from relevo.aws.secrets import Secrets
from relevo.aws.subscriptions import DynamoSubscriptions
from relevo.aws.telemetry import DynamoTelemetry
from relevo.aws.workflow import ExpressWorkflow
from relevo.carriers import registry
from relevo.carriers.accounts import account_of, entries_at, entry_of
from relevo.carriers.values import CarrierAccount
from relevo.domain.message import Content, Head
from relevo.domain.outlook import CarrierChange
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import TrafficClass
from relevo.runtime.callbacks import Callbacks
from relevo.runtime.inbox import Inboxes
from relevo.runtime.lines import Lines
from relevo.runtime.logs import carrier_changed, configure
from relevo.runtime.lookups import Lookups
from relevo.runtime.settings import Settings
from relevo.services.ask import Asker
from relevo.services.breaker import Fuses
from relevo.services.dispatch import Dispatcher
from relevo.services.events import Publisher
from relevo.services.outlooks import Outlooks
from relevo.services.pace import Pacer
from relevo.services.receive import Desk, Receiver
from relevo.services.render import Renderer
from relevo.services.rollup import Roller
from relevo.services.route import Router
from relevo.services.watch import Watcher

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
AT_ONCE = 10
"""A batch's messages are claimed, submitted and recorded side by side."""


def now() -> Millis:
    return time.time_ns() // 1_000_000


def pause(span: Millis) -> None:
    time.sleep(span / SECOND)


@cache
def settings() -> Settings:
    return Settings()


@cache
def clients() -> Clients:
    return Clients(local="AWS_ENDPOINT_URL" in os.environ)


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE)


def side_by_side(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run tasks in threads; one alone needs none."""
    if len(tasks) == 1:
        return [tasks[0]()]
    return list(_pool().map(lambda task: task(), tasks))


def messages() -> DynamoMessages:
    return DynamoMessages(
        client=clients().dynamodb,
        table=settings().messages_table,
        content_table=os.environ.get("CONTENT_TABLE", ""),
        accounts_table=os.environ.get("ACCOUNTS_TABLE", ""),
        clock=now,
    )


def contents() -> DynamoContents:
    return DynamoContents(client=clients().dynamodb, table=settings().content_table)


def class_queues() -> SqsClassQueues:
    urls = {
        TrafficClass.OTP: settings().otp_queue,
        TrafficClass.TRANSACTIONAL: settings().transactional_queue,
        TrafficClass.MARKETING: settings().marketing_queue,
    }
    return SqsClassQueues(client=clients().sqs, urls=urls)


def routes() -> DynamoRoutes:
    return DynamoRoutes(client=clients().dynamodb, table=settings().routes_table, clock=now)


def dues() -> DynamoDues:
    return DynamoDues(
        client=clients().dynamodb,
        table=settings().due_table,
        shards=settings().due_shards,
        clock=now,
        nudges=SqsNudges(client=clients().sqs, url=settings().nudge_queue),
    )


def _letters(*, opt_outs: bool) -> DynamoLetters:
    return DynamoLetters(
        client=clients().dynamodb,
        table=settings().messages_table,
        content_table=settings().content_table,
        accounts_table=settings().accounts_table if opt_outs else None,
    )


def _health() -> DynamoHealth:
    return DynamoHealth(client=clients().dynamodb, table=settings().routes_table, clock=now)


def telemetry() -> DynamoTelemetry:
    return DynamoTelemetry(client=clients().dynamodb, table=settings().routes_table, clock=now)


def roller() -> Roller:
    return Roller(telemetry=telemetry(), clock=now)


def opening(head: Head, content: Content, at: Millis) -> Millis | None:
    """From when on the recipient's market lets promotion go, in every zone of the number."""
    # Only promotion pays for calendars, time zones and the map of prefixes.
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.market_hours import zones_of  # noqa: PLC0415

    rules = markets.rules(head.country, at, state=content.state)
    zones = (content.zone,) if content.zone else zones_of(content.to, rules)
    return markets.opening(head.country, zones, at, state=content.state)


def wording(head: Head, content: Content, at: Millis) -> str | None:
    """What the recipient's market wants under promotion, in the language of the text."""
    from relevo import markets  # noqa: PLC0415
    from relevo.domain.opt_out import opt_out_wording  # noqa: PLC0415

    rules = markets.rules(head.country, at, state=content.state)
    return opt_out_wording(rules, content.language or "", content.contact)


def renderer() -> Renderer:
    configure("render")
    return Renderer(
        letters=_letters(opt_outs=False),
        messages=messages(),
        contents=contents(),
        dues=dues(),
        workflow=ExpressWorkflow(client=clients().stepfunctions, arn=settings().workflow_arn),
        opening=opening,
        wording=wording,
        clock=now,
    )


def outlooks() -> Outlooks:
    lineups = DynamoLineups(client=clients().dynamodb, table=settings().routes_table, clock=now)
    return Outlooks(health=_health(), lineups=lineups, changed=_carrier_changed, clock=now)


def _carrier_changed(change: CarrierChange) -> None:
    """Log it first: alarms must not wait for those who are told."""
    carrier_changed(change)
    announcements = SqsAnnouncements(client=clients().sqs, webhook_url=settings().webhook_queue)
    announcements.carrier_changed(change)


def router() -> Router:
    configure("route")
    return Router(routes=routes(), outlooks=outlooks(), fuses=_fuses(), clock=now, draw=token_bytes)


def dispatcher(kept: DynamoExchanges) -> Dispatcher:
    configure("dispatch")
    lines = _carrier_of(kept)
    return Dispatcher(
        messages=messages(),
        letters=_letters(opt_outs=True),
        dues=dues(),
        carrier_of=lines,
        knows_repeats=lines.knows_repeats,
        pacer=_pacer(),
        fuses=_fuses(),
        clock=now,
        draw=token_bytes,
        parallel=side_by_side,
    )


def _fuses() -> Fuses:
    breakers = DynamoBreakers(client=_hasty(), table=settings().routes_table, clock=now)
    return Fuses(breakers=breakers, clock=now)


def _hasty() -> "Callable[[], DynamoDBClient]":
    """Make the impatient client when it is first wanted; most batches never ask for it."""
    made = clients()
    return lambda: made.hasty


def _pacer() -> Pacer:
    return Pacer(
        pace=DynamoPace(client=_hasty(), table=settings().routes_table),
        messages=messages(),
        clock=now,
        draw=token_bytes,
        parallel=side_by_side,
    )


def receiver() -> Receiver:
    configure("dlr")
    return Receiver(messages=messages(), orphans=_orphans(), clock=now)


def _orphans() -> DynamoOrphans:
    return DynamoOrphans(client=clients().dynamodb, table=settings().messages_table)


def callbacks() -> Callbacks:
    """Where carriers call; `receiver` takes what their queue brings."""
    known = partial(_vault().fields, settings().carriers_secret)
    return Callbacks(
        entry=lambda name: entry_of(known(), name),
        entries=lambda adapter: entries_at(known(), adapter),
        desk=Desk(receiver=receiver(), queue=_receipts(), inbox=inbox(), within=within),
        clock=now,
    )


def inbox() -> Inboxes:
    return Inboxes(
        messages=messages(),
        contents=contents(),
        orphans=_orphans(),
        routes=routes(),
        vault=_vault(),
        clients=clients(),
        accounts_table=settings().accounts_table,
        routes_table=settings().routes_table,
        transactional_queue=settings().transactional_queue,
        id_key_secret=settings().id_key_secret,
        clock=now,
    )


def within(span: Millis, tasks: Sequence[Callable[[], object]]) -> list[bool]:
    """Run tasks in threads; what has not ended after `span` goes on, and counts as failed."""
    begun = [_pool().submit(task) for task in tasks]
    ended, _ = wait(begun, timeout=span / SECOND)
    return [one in ended and one.exception() is None for one in begun]


def watcher() -> Watcher:
    configure("watch")
    known = messages()
    lines = Lines(
        sandbox={}, read=_account_reader(), record=lambda _: None, clock=now, draw=token_bytes
    )
    asker = Asker(
        messages=known,
        contents=contents(),
        routes=routes(),
        lookup=Lookups(ask=lines.ask, clock=now),
        clock=now,
    )
    return Watcher(
        messages=known,
        dues=dues(),
        queues=class_queues(),
        health=_health(),
        asker=asker,
        announcements=SqsAnnouncements(client=clients().sqs, webhook_url=settings().webhook_queue),
        clock=now,
    )


def publisher() -> Publisher:
    configure("events")
    announcements = SqsAnnouncements(
        client=clients().sqs,
        webhook_url=settings().webhook_queue,
        parking_url=settings().events_dlq,
    )
    return Publisher(
        messages=messages(),
        dues=dues(),
        queues=class_queues(),
        health=_health(),
        telemetry=telemetry(),
        announcements=announcements,
        subscriptions=subscriptions(),
        clock=now,
    )


def subscriptions() -> DynamoSubscriptions:
    return DynamoSubscriptions(
        client=clients().dynamodb, table=settings().accounts_table, clock=now
    )


def bulletins() -> DynamoBulletins:
    """News of its own; roles that only read it have no queue to announce it on."""
    return DynamoBulletins(
        client=clients().dynamodb,
        table=settings().accounts_table,
        sqs=clients().sqs,
        url=os.environ.get("WEBHOOK_QUEUE", ""),
    )


def _carrier_of(kept: DynamoExchanges) -> Lines:
    """Every way out that this stage has; nothing is loaded before a route leads there."""
    ledger = DynamoLedger(
        client=clients().dynamodb, table=settings().ledger_table, keep_text=settings().local
    )
    sandbox = registry.carriers(
        receipts=_receipts(), ledger=ledger, clock=now, pause=pause, local=settings().local
    )
    return Lines(
        sandbox=sandbox,
        read=_account_reader(),
        record=lambda exchange: kept.note(asdict(exchange)),
        clock=now,
        draw=token_bytes,
    )


def _account_reader() -> Callable[[str], CarrierAccount]:
    """Read one of our accounts at carriers as it is stored now."""
    vault, name = _vault(), settings().carriers_secret
    return lambda account: account_of(json.loads(vault.read(name)), account)


def exchanges() -> DynamoExchanges:
    return DynamoExchanges(
        client=clients().dynamodb,
        table=settings().ledger_table,
        keep_accepted=settings().keep_accepted_exchanges == "yes",
    )


def _receipts() -> SqsReceipts:
    return SqsReceipts(client=clients().sqs, url=settings().receipts_queue)


def _vault() -> Secrets:
    return Secrets(client=clients().secrets, clock=now)
