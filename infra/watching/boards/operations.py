"""The dashboard of the machines: what do they do."""

from infra import grants
from infra.watching.series import function, of, queue
from infra.watching.terms import Board, Line, Panel, Theirs

MS = "milliseconds"
AGE = "ApproximateAgeOfOldestMessage"
WAITING = "ApproximateNumberOfMessagesVisible"


def operations() -> Board:
    """For those on call: queues, functions, tables, workflow, and what was nearly forgotten."""
    queues = tuple(name for granted in grants.GRANTS.values() for name in granted.consumes)
    return Board(
        name="Operations",
        asks="Does anything wait, fail, or get throttled?",
        rows=(
            (
                Panel(
                    title="Age of the oldest message",
                    asks="Which queue is behind?",
                    lines=tuple(queue(name, AGE) for name in queues),
                    unit="seconds",
                ),
                Panel(
                    title="Parked messages",
                    asks="What must somebody look at?",
                    lines=tuple(
                        Theirs(kind="dead", name=name, metric=WAITING, stat="Maximum", label=name)
                        for name in (*queues, "failed-batches")
                    ),
                ),
            ),
            (
                Panel(
                    title="Behind, recovered, without an end",
                    asks="Was anything nearly forgotten?",
                    lines=(
                        of("OutboxOldestPending", "Maximum"),
                        of("SweeperRecovered"),
                        of("ConservationGap"),
                    ),
                ),
                Panel(
                    title="Workflows",
                    asks="Do deliveries run to their end?",
                    lines=tuple(
                        Theirs(kind="workflow", name="delivery", metric=one, label=one)
                        for one in ("ExecutionsStarted", "ExecutionsFailed", "ExecutionsTimedOut")
                    ),
                ),
            ),
            (
                Panel(
                    title="Errors of functions",
                    asks="Which function raises?",
                    lines=_functions("Errors"),
                    width=8,
                ),
                Panel(
                    title="Throttles of functions",
                    asks="Who asks for more concurrency than there is?",
                    lines=_functions("Throttles"),
                    width=8,
                ),
                Panel(
                    title="Duration of functions, p95",
                    asks="Who is slow, and how near its time-out?",
                    lines=_functions("Duration", "p95"),
                    unit=MS,
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Writes used",
                    asks="Where does the bill of the tables come from?",
                    lines=tuple(
                        Theirs(
                            kind="table", name=name, metric="ConsumedWriteCapacityUnits", label=name
                        )
                        for name in grants.TABLES
                    ),
                ),
                Panel(
                    title="Stream behind by",
                    asks="How old are the writes that events reads?",
                    lines=(function("events", "IteratorAge", "Maximum"),),
                    unit=MS,
                ),
            ),
        ),
    )


def _functions(metric: str, stat: str = "Sum") -> tuple[Line, ...]:
    return tuple(function(name, metric, stat) for name in grants.FUNCTIONS)
