"""What `events` is made of."""

from relevo.runtime.bootstrap import parts
from relevo.runtime.bootstrap.counts import health, telemetry
from relevo.runtime.bootstrap.listeners import subscriptions
from relevo.runtime.logs import configure
from relevo.services.events import Publisher


def publisher() -> Publisher:
    configure("events")
    return Publisher(
        messages=parts.messages(),
        dues=parts.dues(),
        queues=parts.class_queues(),
        health=health(),
        telemetry=telemetry(),
        announcements=parts.announcements(parking=parts.settings().events_dlq),
        subscriptions=subscriptions(),
        clock=parts.now,
    )
