"""The dashboard for everyone: what customers notice."""

from infra.watching.series import CLASSES, each, of, success, unanswered, unavailable
from infra.watching.terms import Board, Line, Panel

MS = "milliseconds"
PERCENT = "percent"
STATES = ("Sent", "Delivered", "Undelivered", "Failed", "Expired", "Unknown")


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


def _by_class(metric: str, stat: str = "Sum") -> tuple[Line, ...]:
    return tuple(of(metric, stat, label=one, Priority=one) for one in CLASSES)
