"""What wakes a person because a customer's server or sending is in trouble."""

from collections.abc import Iterator

from infra.config import Watched
from infra.watching.series import of, unanswered
from infra.watching.terms import Alarm, Severity

PAGE, TICKET = Severity.PAGE, Severity.TICKET
HOUR = 60


def of_customers(watched: Watched) -> Iterator[Alarm]:
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
