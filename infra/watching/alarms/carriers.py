"""What wakes a person because carriers, countries or receipts are in trouble."""

from collections.abc import Iterator

from infra.config import Watched
from infra.watching.series import of, silent, success
from infra.watching.terms import Alarm, Severity

PAGE, TICKET = Severity.PAGE, Severity.TICKET
HOUR = 60
USUAL_REASONS = (
    *("unreachable", "absent-subscriber", "invalid-number", "blocked-spam"),
    *("carrier-rejected", "expired", "silent", "unknown"),
)


def of_carriers(watched: Watched) -> Iterator[Alarm]:
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


def of_countries(watched: Watched) -> Iterator[Alarm]:
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
