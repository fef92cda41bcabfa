"""What `watch` is made of."""

from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.counts import health, telemetry
from relevo.runtime.bootstrap.lines import account_reader
from relevo.runtime.lines import Lines
from relevo.runtime.logs import configure
from relevo.runtime.lookups import Lookups
from relevo.services.ask import Asker
from relevo.services.rollup import Roller
from relevo.services.watch import Watcher


def watcher() -> Watcher:
    configure("watch")
    messages = parts.messages()
    lines = Lines(
        sandbox={},
        read=account_reader(),
        record=lambda _: None,
        clock=parts.now,
        draw=parts.draw,
    )
    asker = Asker(
        messages=messages,
        contents=parts.contents(),
        routes=parts.routes(),
        lookup=Lookups(ask=lines.ask, clock=parts.now),
        clock=parts.now,
    )
    return Watcher(
        messages=messages,
        dues=parts.dues(),
        queues=parts.class_queues(),
        health=health(),
        asker=asker,
        announcements=parts.announcements(),
        clock=parts.now,
    )


def roller() -> Roller:
    return Roller(telemetry=telemetry(), clock=parts.now)
