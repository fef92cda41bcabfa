"""Lines that more than one dashboard or alarm speaks of."""

from typing import Final

from infra.watching.terms import Each, Nothing, Ours, Share, Theirs

CLASSES: Final = ("otp", "transactional", "marketing")
MINUTES: Final = 5


def of(metric: str, stat: str = "Sum", *, label: str = "", **dimensions: str) -> Ours:
    """One series; dimensions in the order in which metrics name them."""
    return Ours(metric=metric, stat=stat, dimensions=tuple(dimensions.items()), label=label)


def each(metric: str, *by: str, stat: str = "Sum") -> Each:
    return Each(metric=metric, by=by, stat=stat)


def success(label: str, *, least: int = 1, **dimensions: str) -> Share:
    """Delivered of all that ended one way or the other; what is still on its way counts nowhere."""
    delivered = of("MessagesDelivered", **dimensions)
    lost = [of(name, **dimensions) for name in ("MessagesUndelivered", "MessagesFailed")]
    return Share(label=label, part=(delivered,), whole=(delivered, *lost), least=least)


def unavailable(label: str = "unavailable") -> Share:
    """Requests that failed on our side, of all."""
    failed = Theirs(kind="api", name="api", metric="5xx")
    return Share(
        label=label, part=(failed,), whole=(Theirs(kind="api", name="api", metric="Count"),)
    )


def unanswered(label: str = "failed attempts") -> Share:
    """Calls to customers' endpoints that were not answered with success."""
    results = [of("WebhookAttempt", Result=one) for one in WEBHOOK_RESULTS]
    return Share(label=label, part=tuple(results[1:]), whole=tuple(results), least=20)


WEBHOOK_RESULTS: Final = ("delivered", "failed", "timeout", "unreached")


def silent(carrier: str) -> Nothing:
    """A carrier that takes messages and sends no receipt."""
    return Nothing(
        label=f"{carrier} silent",
        given=of("CarrierSubmit", Carrier=carrier, Outcome="accepted"),
        expected=of("DlrReceived", Carrier=carrier),
        least=50,
    )


def queue(name: str, metric: str, stat: str = "Maximum") -> Theirs:
    return Theirs(kind="queue", name=name, metric=metric, stat=stat, label=name)


def function(name: str, metric: str, stat: str = "Sum") -> Theirs:
    return Theirs(kind="function", name=name, metric=metric, stat=stat, label=name)
