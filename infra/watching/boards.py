"""The three dashboards: is the service well, which carrier is not, what do the machines do."""

from collections.abc import Sequence

from infra import grants
from infra.config import Watched
from infra.watching.series import (
    CLASSES,
    each,
    function,
    of,
    queue,
    success,
    unanswered,
    unavailable,
)
from infra.watching.terms import Board, Line, Panel, Theirs

MS = "milliseconds"
PERCENT = "percent"
STATES = ("Sent", "Delivered", "Undelivered", "Failed", "Expired", "Unknown")
AGE = "ApproximateAgeOfOldestMessage"
WAITING = "ApproximateNumberOfMessagesVisible"


def boards(watched: Watched) -> tuple[Board, ...]:
    """Give the dashboards of a stage."""
    return service(), carriers(watched), operations()


def service() -> Board:
    """For everyone: what customers notice."""
    return Board(
        name="Service",
        asks="Do messages arrive, in time, and does the API answer?",
        rows=(
            (
                Panel(
                    title="Delivered of ended",
                    asks="Of the messages that have ended, how many reached a handset?",
                    lines=(success("all"),),
                    unit=PERCENT,
                    bound=90,
                    width=8,
                ),
                Panel(
                    title="Unavailable of requests",
                    asks="How many requests failed on our side (objective: 0.1 %)?",
                    lines=(unavailable(),),
                    unit=PERCENT,
                    bound=0.1,
                    width=8,
                ),
                Panel(
                    title="Acceptance to first carrier, p95",
                    asks="How long do messages wait before a carrier is asked (otp: 5 s)?",
                    lines=_by_class("QueueDwell", "p95"),
                    unit=MS,
                    bound=5_000,
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Accepted",
                    asks="How much is sent, and of which class?",
                    lines=_by_class("MessagesAccepted"),
                ),
                Panel(
                    title="What became of them",
                    asks="How far did they get, by the minute of their submit?",
                    lines=tuple(of(f"Messages{one}", label=one.lower()) for one in STATES),
                ),
            ),
            (
                Panel(
                    title="Acceptance to handset, p95",
                    asks="How long does it take to reach people?",
                    lines=_by_class("DeliveryLatency", "p95"),
                    unit=MS,
                ),
                Panel(
                    title="Turned away",
                    asks="Which requests are refused at the door, and why?",
                    lines=(each("MessagesRejected", "Reason"),),
                ),
            ),
            (
                Panel(
                    title="Segments by encoding",
                    asks="How many segments are paid for, and how many need UCS-2?",
                    lines=(each("SegmentsAccepted", "Encoding"),),
                    width=8,
                ),
                Panel(
                    title="Repeats and conflicts",
                    asks="Do clients repeat themselves, and do they mean the same?",
                    lines=(of("IdempotentReplay"), of("IdempotencyConflict")),
                    width=8,
                ),
                Panel(
                    title="Limits and credentials",
                    asks="Who is stopped by money, limits, opt-outs or missing rights?",
                    lines=tuple(
                        each(name, "Reason")
                        for name in (
                            *("AuthFailure", "RateLimited", "SpendCapHit"),
                            *("OptOutBlocked", "AbuseBlocked"),
                        )
                    ),
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Calls to customers",
                    asks="Do customers' endpoints answer?",
                    lines=(each("WebhookAttempt", "Result"), of("WebhookDisabled")),
                    width=8,
                ),
                Panel(
                    title="Failed calls",
                    asks="How many of a hundred calls fail?",
                    lines=(unanswered(),),
                    unit=PERCENT,
                    bound=20,
                    width=8,
                ),
                Panel(
                    title="Time of a call, p99",
                    asks="How long do customers' endpoints take?",
                    lines=(of("WebhookLatency", "p99"),),
                    unit=MS,
                    bound=30_000,
                    width=8,
                ),
            ),
        ),
    )


def carriers(watched: Watched) -> Board:
    """For those who buy routes: who delivers, how fast, at what price."""
    return Board(
        name="Carriers",
        asks="Which carrier delivers, how fast, at what price, and which should not be first?",
        rows=(
            (
                Panel(
                    title="Delivered of ended, by carrier",
                    asks="Whose messages reach handsets?",
                    lines=_success(watched.carriers),
                    unit=PERCENT,
                    bound=90,
                ),
                Panel(
                    title="Answers to submits",
                    asks="What does each carrier answer when it is given a message?",
                    lines=(each("CarrierSubmit", "Carrier", "Outcome"),),
                ),
            ),
            (
                Panel(
                    title="Delivered, by carrier and country",
                    asks="Who carries what, where?",
                    lines=(each("MessagesDelivered", "Carrier", "Country"),),
                ),
                Panel(
                    title="Why attempts fail",
                    asks="Which reasons do carriers give, and who is silent?",
                    lines=(each("AttemptFailed", "Carrier", "Reason"),),
                ),
            ),
            (
                Panel(
                    title="Time to answer a submit, p95",
                    asks="Which carrier is slow to take a message?",
                    lines=(each("CarrierSubmitLatency", "Carrier", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
                Panel(
                    title="Acceptance to handset by carrier, p95",
                    asks="Which carrier is slow to deliver?",
                    lines=(each("DeliveryLatency", "Carrier", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
                Panel(
                    title="Acceptance to handset by country, p95",
                    asks="Where is delivery slow?",
                    lines=(each("DeliveryLatency", "Country", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Changes of carrier",
                    asks="Who has to be helped out, and by whom?",
                    lines=(each("FailoverStarted", "FromCarrier", "ToCarrier"),),
                    width=8,
                ),
                Panel(
                    title="Deliveries after a change",
                    asks="Did the change help?",
                    lines=(each("FailoverSucceeded", "FromCarrier", "ToCarrier"),),
                    width=8,
                ),
                Panel(
                    title="Not known, perhaps twice, twice",
                    asks="How often does nobody know, and what does it cost?",
                    lines=tuple(
                        each(name, "Carrier")
                        for name in ("AmbiguousOutcome", "PossibleDuplicate", "DuplicateDelivered")
                    ),
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Receipts",
                    asks="Do receipts come, once, in order, and are they ours?",
                    lines=tuple(
                        each(name, "Carrier")
                        for name in (
                            *("DlrReceived", "DlrDuplicate", "DlrOutOfOrder"),
                            *("DlrOrphaned", "DlrRejected"),
                        )
                    ),
                    width=8,
                ),
                Panel(
                    title="Lag of receipts, p95",
                    asks="How long are receipts on their way to us?",
                    lines=(each("DlrLag", "Carrier", stat="p95"),),
                    unit=MS,
                    width=8,
                ),
                Panel(
                    title="Circuits, and trouble with our accounts",
                    asks="Whom do we leave alone (0 closed, 1 half open, 2 open)?",
                    lines=(
                        each("CircuitState", "Carrier", stat="Maximum"),
                        each("CarrierConfigError", "Carrier"),
                        of("SilenceHeld"),
                    ),
                    width=8,
                ),
            ),
            (
                Panel(
                    title="Cost by carrier",
                    asks="What do accepted attempts cost, in millionths?",
                    lines=(each(f"CarrierCostMicros{watched.currency}", "Carrier"),),
                    unit=f"millionths of {watched.currency}",
                ),
                Panel(
                    title="Cost by country",
                    asks="Where does the money go?",
                    lines=(each(f"CarrierCostMicros{watched.currency}", "Country"),),
                    unit=f"millionths of {watched.currency}",
                ),
            ),
        ),
    )


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


def _by_class(metric: str, stat: str = "Sum") -> tuple[Line, ...]:
    return tuple(of(metric, stat, label=one, Priority=one) for one in CLASSES)


def _success(names: Sequence[str]) -> tuple[Line, ...]:
    return tuple(success(one, Carrier=one) for one in names)


def _functions(metric: str, stat: str = "Sum") -> tuple[Line, ...]:
    return tuple(function(name, metric, stat) for name in grants.FUNCTIONS)
