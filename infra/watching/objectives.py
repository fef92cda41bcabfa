"""What is promised, in numbers: minutes that are good, of all minutes of 30 days."""

from typing import Final

from infra.watching.series import of, unavailable
from infra.watching.terms import Objective

OBJECTIVES: Final = (
    Objective(
        name="accept-available",
        says="99.9 % of minutes have less than 0.1 % of requests failing on our side",
        what=unavailable(),
        below=0.1,
        percent=99.9,
    ),
    Objective(
        name="otp-in-time",
        says="in 99 % of minutes one-time codes reach a carrier within 5 s (p95)",
        what=of("QueueDwell", "p95", Priority="otp"),
        below=5_000,
        percent=99,
    ),
    Objective(
        name="customers-told",
        says="in 99 % of minutes customers' endpoints are called for less than 30 s (p99)",
        what=of("WebhookLatency", "p99"),
        below=30_000,
        percent=99,
    ),
)
