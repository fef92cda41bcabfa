"""Lambda's batches: what the records say, and the answer that names those which failed."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeVar

from relevo.aws.stream import change_of
from relevo.domain.correlation import about_all
from relevo.domain.message import Head
from relevo.domain.timing import SECOND, Millis
from relevo.domain.transitions import Change
from relevo.ports.carriers import Receipt
from relevo.ports.messages import WorkflowFailed
from relevo.runtime.logs import audit
from relevo.wire import receipt_from_item

log = logging.getLogger(__name__)

T = TypeVar("T")
SPARE: Final = 10 * SECOND
"""What a function keeps of its time-out for finishing what it began."""


def partial_response(
    event: Mapping[str, Any],
    read: Callable[[Mapping[str, Any]], Sequence[T]],
    work: Callable[[Sequence[T]], object],
    *,
    what: str,
) -> dict[str, Any]:
    """Work on every readable record as one batch; name the unreadable, or all if work fails.

    Failing records are returned, not raised: raised errors make Lambda poll the queue slower.
    """
    readable, failed = _read(event.get("Records", []), read)
    done: object = None
    try:
        if readable:
            done = work([thing for things in readable.values() for thing in things])
    except WorkflowFailed as error:
        # Started once, at most: the messages have their due items, and the queue keeps them too.
        log.error("batch-failed", extra={"what": what, "error": str(error)})
        failed += readable
    except Exception as error:  # noqa: BLE001 - one bad message must not sink nine good ones
        log.error("batch-failed", extra={"what": what, "error": type(error).__name__})
        failed += [id_ for id_, things in readable.items() if not _alone(work, things)]
    audit(what, **_told(done), **({"failed": len(failed)} if failed else {}))
    return {"batchItemFailures": [{"itemIdentifier": id_} for id_ in failed]}


def _told(done: object) -> dict[str, Any]:
    """Name the messages that were worked on, where the work gives them."""
    heads = [one for one in done if isinstance(one, Head)] if isinstance(done, list) else []
    return about_all(heads) if heads else {}


def _read(
    records: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Sequence[T]]
) -> tuple[dict[str, Sequence[T]], list[str]]:
    readable: dict[str, Sequence[T]] = {}
    failed: list[str] = []
    for record in records:
        try:
            readable[record["messageId"]] = read(json.loads(record["body"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            log.error("record-unreadable", extra={"error": type(error).__name__})
            failed.append(record["messageId"])
    return readable, failed


def _alone(work: Callable[[Sequence[T]], object], things: Sequence[T]) -> bool:
    try:
        work(things)
    except Exception as error:  # noqa: BLE001 - the queue keeps it and its DLQ is watched
        log.error("record-failed", extra={"error": type(error).__name__})
        return False
    return True


def ids_in(body: Mapping[str, Any]) -> Sequence[str]:
    return [str(id_) for id_ in body["ids"]]


def receipts_in(body: Mapping[str, Any]) -> Sequence[Receipt]:
    receipt = receipt_from_item(body)
    return [receipt] if receipt else []


def writes_in(body: Mapping[str, Any]) -> Sequence[tuple[str, int]]:
    return [(str(body["id"]), int(body["version"]))]


def from_queue(event: Mapping[str, Any]) -> bool:
    """Whether SQS sent this event rather than a stream."""
    return any(record.get("eventSource") == "aws:sqs" for record in event.get("Records", ()))


def is_nudge(event: Mapping[str, Any]) -> bool:
    """Whether a queue woke us rather than the minute's tick."""
    return "Records" in event


def shards_in(event: Mapping[str, Any], shards: int) -> Sequence[int]:
    """Give the shards the nudges name, or every shard at the minute's tick."""
    if not is_nudge(event):
        return range(shards)
    named: set[int] = set()
    for record in event["Records"]:
        try:
            named.add(int(json.loads(record["body"])["shard"]))
        except (ValueError, KeyError, TypeError):
            log.error("nudge-unreadable")
    return sorted(shard for shard in named if 0 <= shard < shards)


def time_left(context: Any, spare: Millis = SPARE) -> Millis:
    """Give how long may still be worked on: the function's time less a spare."""
    return max(int(context.get_remaining_time_in_millis()) - spare, SECOND)


def changes_in_stream(
    event: Mapping[str, Any], park: Callable[[str, int], None]
) -> Sequence[Change]:
    """Read the images of a stream batch; one that cannot be read is parked, not raised."""
    changes = []
    for record in event.get("Records", ()):
        try:
            change = change_of(record)
        except Exception as error:  # noqa: BLE001 - a record must never block its shard
            log.error("image-unreadable", extra={"error": type(error).__name__})
            image = record["dynamodb"]["NewImage"]
            park(image["id"]["S"], int(image.get("version", {}).get("N", 0)))
        else:
            changes += [change] if change else []
    return changes
