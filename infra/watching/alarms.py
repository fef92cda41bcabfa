"""What wakes a person, and what can wait until morning; each kind has a runbook."""

from collections.abc import Iterator

from infra import grants
from infra.config import Watched
from infra.watching.series import (
    function,
    of,
    queue,
    silent,
    success,
    unanswered,
    unavailable,
)
from infra.watching.terms import Alarm, Severity, Share, Theirs, Together

PAGE, TICKET = Severity.PAGE, Severity.TICKET
AGE = "ApproximateAgeOfOldestMessage"
WAITING = "ApproximateNumberOfMessagesVisible"
HOUR = 60
# Seconds a message of a queue may wait before somebody should know.
OLDEST = {"otp": 30, "transactional": 120, "marketing": 3600, "receipts": 60, "webhook": 900}
USUAL_REASONS = (
    *("unreachable", "absent-subscriber", "invalid-number", "blocked-spam"),
    *("carrier-rejected", "expired", "silent", "unknown"),
)
BUDGET = 0.1  # percent of requests that may fail: the objective is 99.9 in 30 days
FAST, SLOW = 14.4, 6.0  # of that budget: two days' worth in an hour, or a tenth in six


def alarms(watched: Watched) -> tuple[Alarm, ...]:
    """Give the alarms of a stage."""
    return (
        *_of_the_service(),
        *_of_queues(),
        *_of_machines(),
        *_of_carriers(watched),
        *_of_countries(watched),
        *_of_objectives(),
        *_of_customers(watched),
    )


def together(watched: Watched) -> tuple[Together, ...]:
    """Give the alarms that are made of these."""
    routes_down = tuple(f"CarrierSuccess-{one}" for one in watched.carriers)
    countries = tuple(f"CountryDown-{one}" for one in watched.countries)
    return (
        Together(
            kind="all-carriers-down",
            severity=PAGE,
            all_of=routes_down,
            says="every carrier we watch delivers badly at once",
        ),
        Together(
            kind="availability-burn",
            about="fast",
            severity=PAGE,
            all_of=("Availability-hour", "Availability-minutes"),
            says="two days' allowance of failed requests went in an hour",
        ),
        Together(
            kind="availability-burn",
            about="slow",
            severity=TICKET,
            all_of=("Availability-hours", "Availability-half-hour"),
            says="a tenth of the month's allowance of failed requests went in six hours",
        ),
        Together(
            kind="customer-impact",
            severity=PAGE,
            any_of=("ApiErrors", "OtpDwell", "SilenceHeld", "AllCarriersDown", *countries),
            unless=("Maintenance",),
            says="customers notice: the API fails, codes are late, or a country gets nothing",
        ),
    )


def _of_the_service() -> Iterator[Alarm]:
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


def _of_queues() -> Iterator[Alarm]:
    queues = [name for granted in grants.GRANTS.values() for name in granted.consumes]
    for name in (*queues, "failed-batches"):
        yield Alarm(
            kind="dead-letters",
            about=name,
            severity=PAGE,
            what=Theirs(kind="dead", name=name, metric=WAITING, stat="Maximum", label=name),
            bound=1,
            says=f"somebody must look at a message that {name} gave up on",
        )
    for name, seconds in OLDEST.items():
        yield Alarm(
            kind="oldest-message",
            about=name,
            severity=PAGE,
            what=queue(name, AGE),
            bound=seconds,
            says=f"messages wait longer than {seconds} s in {name}",
        )


def _of_machines() -> Iterator[Alarm]:
    for metric, about in (("ExecutionsFailed", "failed"), ("ExecutionsTimedOut", "timed-out")):
        yield Alarm(
            kind="workflow-failed",
            about=about,
            severity=PAGE,
            what=Theirs(kind="workflow", name="delivery", metric=metric, label=about),
            bound=1,
            says=f"a delivery workflow {about.replace('-', ' ')}",
        )
    for name in grants.FUNCTIONS:
        yield Alarm(
            kind="function-errors",
            about=name,
            severity=PAGE,
            what=function(name, "Errors"),
            bound=1,
            says=f"{name} raised, which it never should",
        )
        yield Alarm(
            kind="function-throttled",
            about=name,
            severity=TICKET,
            what=function(name, "Throttles"),
            bound=10,
            minutes=5,
            says=f"{name} wants more concurrency than there is",
        )
    yield Alarm(
        kind="stream-behind",
        severity=PAGE,
        what=function("events", "IteratorAge", "Maximum"),
        bound=60_000,
        of=3,
        periods=3,
        says="events is a minute behind the tables: news, requeues and credits are late",
    )


def _of_carriers(watched: Watched) -> Iterator[Alarm]:
    for one in watched.carriers:
        yield Alarm(
            kind="carrier-success",
            about=one,
            severity=PAGE,
            what=success(one, least=50, Carrier=one),
            bound=90,
            below=True,
            minutes=5,
            of=2,
            periods=3,
            says=f"{one} delivers less than 90 % of what ends",
        )
        yield Alarm(
            kind="receipts-silent",
            about=one,
            severity=TICKET,
            what=silent(one),
            bound=1,
            minutes=15,
            says=f"{one} took more than 50 messages in 15 minutes and sent no receipt",
        )
        yield Alarm(
            kind="carrier-config",
            about=one,
            severity=PAGE,
            what=of("CarrierConfigError", Carrier=one),
            bound=1,
            minutes=5,
            says=f"{one} refuses our account, key or sender",
        )
        yield Alarm(
            kind="ambiguous-submits",
            about=one,
            severity=TICKET,
            what=of("AmbiguousOutcome", Carrier=one),
            minutes=5,
            of=3,
            periods=3,
            says=f"unusually many submits to {one} have no known end",
        )
        yield Alarm(
            kind="orphaned-receipts",
            about=one,
            severity=TICKET,
            what=of("DlrOrphaned", Carrier=one),
            minutes=5,
            of=3,
            periods=3,
            says=f"unusually many receipts of {one} belong to no attempt of ours",
        )
        yield Alarm(
            kind="spend-unusual",
            about=one,
            severity=TICKET,
            what=of(f"CarrierCostMicros{watched.currency}", Carrier=one),
            minutes=HOUR,
            of=2,
            periods=2,
            both_ways=True,
            says=f"what {one} is paid is far from usual",
        )


def _of_countries(watched: Watched) -> Iterator[Alarm]:
    for one in watched.countries:
        yield Alarm(
            kind="country-down",
            about=one,
            severity=PAGE,
            what=success(one, least=50, Country=one),
            bound=50,
            below=True,
            minutes=5,
            of=2,
            periods=3,
            says=f"less than half of what ends in {one} is delivered, over all carriers",
        )
        # China's filters and working hours make it a curve of its own, like every other country.
        yield Alarm(
            kind="latency-unusual",
            about=one,
            severity=TICKET,
            what=of("DeliveryLatency", "p95", Country=one),
            minutes=15,
            of=3,
            periods=3,
            both_ways=True,
            says=f"messages to {one} take unusually long or short (p95)",
        )
    for reason in USUAL_REASONS:
        yield Alarm(
            kind="bounces-unusual",
            about=reason,
            severity=TICKET,
            what=of("AttemptFailed", Reason=reason),
            minutes=15,
            of=2,
            periods=3,
            says=f"attempts fail unusually often for {reason}",
        )


def _of_objectives() -> Iterator[Alarm]:
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


def _of_customers(watched: Watched) -> Iterator[Alarm]:
    yield Alarm(
        kind="webhooks-failing",
        severity=TICKET,
        what=unanswered(),
        bound=20,
        minutes=15,
        of=2,
        periods=2,
        says="more than a fifth of the calls to customers' endpoints fail",
    )
    yield Alarm(
        kind="webhooks-disabled",
        severity=TICKET,
        what=of("WebhookDisabled"),
        bound=5,
        minutes=HOUR,
        says="several customers' endpoints were switched off within an hour",
    )
    yield Alarm(
        kind="spend-cap",
        severity=TICKET,
        what=of("SpendCapHit", Reason="spend-limit-reached"),
        bound=watched.refusals_for_money,
        minutes=15,
        says="many sends are refused for lack of money or allowance",
    )


TELL_NOBODY = frozenset({"availability", "maintenance"})
"""Kinds that only ever act through an alarm made of them."""
