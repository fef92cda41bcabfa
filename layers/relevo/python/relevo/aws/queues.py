"""What travels through SQS: ids and shards, receipts, and news; never a text or a number."""

import json
import logging
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

from relevo import wire
from relevo.aws.dynamo import chunks
from relevo.domain.message import Head
from relevo.domain.outlook import CarrierChange
from relevo.domain.timing import SECOND, Millis
from relevo.domain.words import TrafficClass
from relevo.ports.carriers import Receipt
from relevo.wire_plans import change_to_item

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from relevo.ports.webhooks import Write

log = logging.getLogger(__name__)

Entry: TypeAlias = dict[str, Any]
AT_ONCE: Final = 10
LONGEST_DELAY: Final = 900


class NotQueued(Exception):
    """A queue refused entries twice."""


def send(client: "SQSClient", url: str, entries: Sequence[Entry]) -> None:
    """Send one or many, in as few calls as SQS allows; raises NotQueued."""
    if len(entries) == 1:
        client.send_message(QueueUrl=url, **entries[0])
        return
    for chunk in chunks(entries, AT_ONCE):
        refused = _send_batch(client, url, chunk)
        if refused and (refused := _send_batch(client, url, refused)):
            raise NotQueued(f"{len(refused)} of {len(chunk)} entries")


def _send_batch(client: "SQSClient", url: str, entries: Sequence[Entry]) -> list[Entry]:
    """Send up to ten and give those that did not go."""
    named: list[Any] = [{"Id": str(i), **entry} for i, entry in enumerate(entries)]
    answer = client.send_message_batch(QueueUrl=url, Entries=named)
    return [entries[int(failure["Id"])] for failure in answer.get("Failed", ())]


def body(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, separators=(",", ":"))


def delay_seconds(delay: Millis) -> int:
    """Round up to whole seconds, within what SQS can hold back."""
    return min(max(-(-delay // SECOND), 0), LONGEST_DELAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsClassQueues:
    """One queue a class; fair among accounts, so that one's campaign does not delay another's."""

    client: "SQSClient"
    urls: Mapping[TrafficClass, str]

    def send(self, heads: Sequence[Head]) -> None:
        classes: defaultdict[TrafficClass, list[Entry]] = defaultdict(list)
        for head in heads:
            entry = {"MessageBody": body({"ids": [head.id]}), "MessageGroupId": head.account}
            classes[head.traffic_class].append(entry)
        for traffic_class, entries in classes.items():
            send(self.client, self.urls[traffic_class], entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsReceipts:
    client: "SQSClient"
    url: str

    def send(self, receipt: Receipt, delay: Millis = 0) -> None:
        entry = {
            "MessageBody": body(wire.receipt_to_item(receipt)),
            "DelaySeconds": delay_seconds(delay),
        }
        send(self.client, self.url, [entry])

    def send_all(self, receipts: Sequence[Receipt]) -> None:
        bodies = [body(wire.receipt_to_item(receipt)) for receipt in receipts]
        send(self.client, self.url, [{"MessageBody": one} for one in bodies])


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsNudges:
    """Wake `watch` for a shard about when something comes due; an accelerator, no guarantee."""

    client: "SQSClient"
    url: str

    def send(self, moments: Collection[tuple[int, Millis]], *, now: Millis) -> None:
        """Nudge each (shard, time); a failure is logged, because the minute's look remains."""
        entries = [
            {"MessageBody": body({"shard": shard}), "DelaySeconds": delay_seconds(at - now)}
            for shard, at in moments
        ]
        try:
            send(self.client, self.url, entries)
        except (BotoCoreError, ClientError, NotQueued) as error:
            log.warning("nudge-missed", extra={"error": type(error).__name__})


@dataclass(frozen=True, slots=True, kw_only=True)
class SqsAnnouncements:
    """`parking_url` is empty in roles that park nothing."""

    client: "SQSClient"
    webhook_url: str
    parking_url: str = ""

    def publish(self, writes: "Sequence[Write]") -> None:
        """Fair among accounts: whoever has many events, or slow endpoints, waits for himself."""
        entries = [
            {**_news(write.message, write.version), "MessageGroupId": write.account}
            for write in writes
        ]
        send(self.client, self.webhook_url, entries)

    def wake(self, references: Sequence[str]) -> None:
        send(self.client, self.webhook_url, [_due(one) for one in references])

    def carriers_changed(self, changes: Sequence[CarrierChange]) -> None:
        bodies = [body({"change": change_to_item(change)}) for change in changes]
        send(self.client, self.webhook_url, [{"MessageBody": one} for one in bodies])

    def park(self, message_id: str, version: int) -> None:
        send(self.client, self.parking_url, [_news(message_id, version)])


def _news(message_id: str, version: int) -> Entry:
    return {"MessageBody": body({"id": message_id, "version": version})}


def _due(reference: str) -> Entry:
    account = reference.partition("#")[0]
    return {"MessageBody": body({"delivery": reference}), "MessageGroupId": account}
