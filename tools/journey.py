"""A message's journey as a readable timeline: elapsed time, what, carrier, list."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tools import say
from tools.client import Client

POLL_SECONDS = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message on its way, and what it is meant to show."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, order=True)
class Line:
    at: datetime
    what: str
    carrier: str = ""
    list: str = ""


def follow(client: Client, sent: Sequence[Sent], *, seconds: float) -> dict[str, dict[str, Any]]:
    """Print each journey when it has ended; give the final statuses by id."""
    waiting, ended = list(sent), {}
    deadline = time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        for one in list(waiting):
            status = client.status(one.id)
            if status.get("final"):
                waiting.remove(one)
                ended[one.id] = status
                show(one.title, status, client.events(one.id))
        time.sleep(POLL_SECONDS)
    for one in waiting:
        status = client.status(one.id)
        show(f"{one.title} - not ended after {seconds:.0f} s", status, client.events(one.id))
    return ended


def show(title: str, status: dict[str, Any], events: Sequence[dict[str, Any]]) -> None:
    """Print one journey."""
    lines = sorted([*_of_message(events), *_of_attempts(status)])
    say.line(f"\n{title}")
    for line in lines:
        elapsed = (line.at - lines[0].at).total_seconds()
        where = f"{line.carrier:<10} {line.list}" if line.carrier else ""
        say.line(f"  {elapsed:6.2f} s  {line.what:<32} {where}".rstrip())
    twice = ", possible duplicate" if status["possibleDuplicate"] else ""
    price = status["price"]
    say.line(f"  => {status['status']}{twice}, {price['amount']} {price['currency']}")


def _of_message(events: Sequence[dict[str, Any]]) -> Iterator[Line]:
    for event in events:
        if event["type"].removeprefix("message.") not in ("sent", "attempt_failed"):
            yield Line(_moment(event["at"]), event["type"])


def _of_attempts(status: dict[str, Any]) -> Iterator[Line]:
    for attempt in status["attempts"]:
        where = (attempt["carrier"], attempt["list"])
        yield Line(_moment(attempt["submittedAt"]), f"attempt {attempt['n']} submitted", *where)
        if attempt["acceptedAt"]:
            yield Line(_moment(attempt["acceptedAt"]), f"attempt {attempt['n']} taken", *where)
        if attempt["finalAt"]:
            reason = f" ({attempt['reason']})" if attempt["reason"] else ""
            what = f"attempt {attempt['n']} {attempt['status']}{reason}"
            yield Line(_moment(attempt["finalAt"]), what, *where)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
