"""What several functions are made of: clients, settings, and stores under their table's name."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from secrets import token_bytes
from typing import TYPE_CHECKING, TypeVar

from relevo.aws.clients import Clients
from relevo.aws.due import DynamoDues
from relevo.aws.letters import DynamoContents, DynamoLetters
from relevo.aws.messages import DynamoMessages
from relevo.aws.queues import SqsAnnouncements, SqsClassQueues, SqsNudges
from relevo.aws.routes import DynamoRoutes
from relevo.aws.secrets import Secrets
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import TrafficClass
from relevo.runtime.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

T = TypeVar("T")
AT_ONCE = 10
"""A batch's messages are claimed, submitted and recorded side by side."""


def now() -> Millis:
    return time.time_ns() // 1_000_000


def draw(size: int) -> bytes:
    return token_bytes(size)


def pause(span: Millis) -> None:
    time.sleep(span / SECOND)


@cache
def settings() -> Settings:
    return Settings()


@cache
def clients() -> Clients:
    return Clients(local="AWS_ENDPOINT_URL" in os.environ)


def hasty() -> "Callable[[], DynamoDBClient]":
    """Make the impatient client when it is first wanted; most batches never ask for it."""
    made = clients()
    return lambda: made.hasty


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE)


def side_by_side(tasks: Sequence[Callable[[], T]]) -> list[T]:
    """Run tasks in threads; one alone needs none."""
    if len(tasks) == 1:
        return [tasks[0]()]
    return list(_pool().map(lambda task: task(), tasks))


def within(span: Millis, tasks: Sequence[Callable[[], object]]) -> list[bool]:
    """Run tasks in threads; what has not ended after `span` goes on, and counts as failed."""
    begun = [_pool().submit(task) for task in tasks]
    ended, _ = wait(begun, timeout=span / SECOND)
    return [one in ended and one.exception() is None for one in begun]


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


def letters(*, opt_outs: bool) -> DynamoLetters:
    return DynamoLetters(
        client=clients().dynamodb,
        table=settings().messages_table,
        content_table=settings().content_table,
        accounts_table=settings().accounts_table if opt_outs else None,
    )


def class_queues() -> SqsClassQueues:
    urls = {
        TrafficClass.OTP: settings().otp_queue,
        TrafficClass.TRANSACTIONAL: settings().transactional_queue,
        TrafficClass.MARKETING: settings().marketing_queue,
    }
    return SqsClassQueues(client=clients().sqs, urls=urls)


def announcements(*, parking: str = "") -> SqsAnnouncements:
    return SqsAnnouncements(
        client=clients().sqs, webhook_url=settings().webhook_queue, parking_url=parking
    )


def dues() -> DynamoDues:
    return DynamoDues(
        client=clients().dynamodb,
        table=settings().due_table,
        shards=settings().due_shards,
        clock=now,
        nudges=SqsNudges(client=clients().sqs, url=settings().nudge_queue),
    )


def routes() -> DynamoRoutes:
    return DynamoRoutes(client=clients().dynamodb, table=settings().routes_table, clock=now)


def vault() -> Secrets:
    return Secrets(client=clients().secrets, clock=now)
