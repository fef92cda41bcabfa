"""What wakes a person because customers notice, or soon will."""

from collections.abc import Iterator

from infra.watching.series import of, unavailable
from infra.watching.terms import Alarm, Severity, Share

PAGE, TICKET = Severity.PAGE, Severity.TICKET
HOUR = 60
BUDGET = 0.1  # percent of requests that may fail: the objective is 99.9 in 30 days
FAST, SLOW = 14.4, 6.0  # of that budget: two days' worth in an hour, or a tenth in six


def of_the_service() -> Iterator[Alarm]:
    yield Alarm(
        kind="api-errors",
        severity=PAGE,
        what=unavailable(),
        bound=1,
        minutes=1,
        of=3,
        periods=5,
        says="more than 1 % of requests fail on our side",
    )
    yield Alarm(
        kind="otp-dwell",
        severity=PAGE,
        what=of("QueueDwell", "p95", Priority="otp"),
        bound=10_000,
        of=2,
        periods=3,
        says="one-time codes wait more than 10 s for a carrier (p95)",
    )
    yield Alarm(
        kind="outbox-late",
        severity=PAGE,
        what=of("OutboxOldestPending", "Maximum"),
        bound=120,
        says="watch is more than two minutes behind with what came due",
    )
    yield Alarm(
        kind="conservation-gap",
        severity=PAGE,
        what=of("ConservationGap"),
        bound=1,
        says="messages have no end five minutes after their validity",
    )
    yield Alarm(
        kind="watch-stopped",
        severity=PAGE,
        what=of("ConservationGap", "SampleCount"),
        bound=0,
        below=True,
        minutes=5,
        silent_is_bad=True,
        says="the minute's round has not been seen for five minutes",
    )
    yield Alarm(
        kind="silence-held",
        severity=PAGE,
        what=of("SilenceHeld"),
        bound=1,
        says="no receipts reach us from anybody, so silence does not count and nothing fails over",
    )
    yield Alarm(
        kind="maintenance",
        severity=TICKET,
        what=of("Maintenance", "Maximum"),
        bound=1,
        minutes=5,
        says="people are at work and said so; customer-impact stays quiet meanwhile",
    )
    yield Alarm(
        kind="message-recovered",
        severity=TICKET,
        what=of("SweeperRecovered"),
        bound=20,
        minutes=5,
        says="many messages had to be queued again because their copy was lost",
    )
    yield Alarm(
        kind="auth-failures",
        severity=TICKET,
        what=of("AuthFailure", Reason="invalid-credentials"),
        bound=100,
        minutes=5,
        says="somebody keeps trying with credentials that are not valid",
    )
    yield Alarm(
        kind="forged-receipts",
        severity=TICKET,
        what=of("DlrRejected", Carrier="none"),
        bound=100,
        minutes=5,
        says="somebody calls our receipt addresses without knowing one",
    )


def of_objectives() -> Iterator[Alarm]:
    burn = (
        ("hour", HOUR, FAST),
        ("minutes", 5, FAST),
        ("hours", 6 * HOUR, SLOW),
        ("half-hour", 30, SLOW),
    )
    for about, minutes, times in burn:
        yield Alarm(
            kind="availability",
            about=about,
            severity=TICKET,
            what=_enough(unavailable()),
            bound=BUDGET * times,
            minutes=minutes,
            says=f"{times:g} times the allowed share of requests fail over {minutes} minutes; "
            "one half of a burn alarm, which alone tells nobody",
        )


def _enough(share: Share) -> Share:
    """A share of so few requests says nothing about a month."""
    return Share(label=share.label, part=share.part, whole=share.whole, least=100)
