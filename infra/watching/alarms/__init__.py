"""What wakes a person, and what can wait until morning; each kind has a runbook."""

from infra.config import Watched
from infra.watching.alarms.carriers import of_carriers, of_countries
from infra.watching.alarms.customers import of_customers
from infra.watching.alarms.machines import of_machines, of_queues
from infra.watching.alarms.service import of_objectives, of_the_service
from infra.watching.terms import Alarm, Severity, Together

PAGE, TICKET = Severity.PAGE, Severity.TICKET

TELL_NOBODY = frozenset({"availability", "maintenance"})
"""Kinds that only ever act through an alarm made of them."""


def alarms(watched: Watched) -> tuple[Alarm, ...]:
    """Give the alarms of a stage."""
    return (
        *of_the_service(),
        *of_queues(),
        *of_machines(),
        *of_carriers(watched),
        *of_countries(watched),
        *of_objectives(),
        *of_customers(watched),
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
