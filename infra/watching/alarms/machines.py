"""What wakes a person because a queue or a function is in trouble."""

from collections.abc import Iterator

from infra import grants
from infra.watching.series import function, queue
from infra.watching.terms import Alarm, Severity, Theirs

PAGE, TICKET = Severity.PAGE, Severity.TICKET
AGE = "ApproximateAgeOfOldestMessage"
WAITING = "ApproximateNumberOfMessagesVisible"
# Seconds a message of a queue may wait before somebody should know.
OLDEST = {"otp": 30, "transactional": 120, "marketing": 3600, "receipts": 60, "webhook": 900}


def of_queues() -> Iterator[Alarm]:
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


def of_machines() -> Iterator[Alarm]:
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
