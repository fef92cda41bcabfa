"""What is measured for CloudWatch: each metric's unit, and the dimension sets it is counted in.

No account and no message is ever a dimension: each new value is a metric of its own, and billed.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from relevo.domain.outcome import Reason
from relevo.domain.problem import KINDS
from relevo.domain.timing import MINUTE, Millis
from relevo.domain.words import Environment


class Unit(StrEnum):
    COUNT = "Count"
    MILLISECONDS = "Milliseconds"
    SECONDS = "Seconds"
    NONE = "None"


Sets = tuple[tuple[str, ...], ...]


class Metric(NamedTuple):
    """Sets name dimensions beside `service` and `Environment`, which every set has."""

    unit: Unit
    sets: Sets


CARRIER, COUNTRY, PRIORITY, ENCODING = "Carrier", "Country", "Priority", "Encoding"
OUTCOME, REASON, RESULT = "Outcome", "Reason", "Result"
FROM_CARRIER, TO_CARRIER = "FromCarrier", "ToCarrier"

_ALL: Final[Sets] = ((),)
_BY_CARRIER: Final[Sets] = ((CARRIER,),)
_BY_REASON: Final[Sets] = ((REASON,),)
_SWITCH: Final[Sets] = ((FROM_CARRIER, TO_CARRIER),)
_ENDS: Final[Sets] = ((), (CARRIER,), (COUNTRY,), (CARRIER, COUNTRY))

METRICS: Final[Mapping[str, Metric]] = {
    "MessagesAccepted": Metric(Unit.COUNT, ((), (PRIORITY,))),
    "MessagesRejected": Metric(Unit.COUNT, ((), (REASON,))),
    "SegmentsAccepted": Metric(Unit.COUNT, ((PRIORITY,), (ENCODING,))),
    "QueueDwell": Metric(Unit.MILLISECONDS, ((PRIORITY,),)),
    "CarrierSubmit": Metric(Unit.COUNT, ((CARRIER, OUTCOME),)),
    "CarrierSubmitLatency": Metric(Unit.MILLISECONDS, _BY_CARRIER),
    "AmbiguousOutcome": Metric(Unit.COUNT, _BY_CARRIER),
    "PossibleDuplicate": Metric(Unit.COUNT, _BY_CARRIER),
    "DuplicateDelivered": Metric(Unit.COUNT, _BY_CARRIER),
    "FailoverStarted": Metric(Unit.COUNT, _SWITCH),
    "FailoverSucceeded": Metric(Unit.COUNT, _SWITCH),
    "AttemptFailed": Metric(Unit.COUNT, ((REASON,), (CARRIER, REASON))),
    "MessagesSent": Metric(Unit.COUNT, _ENDS),
    "MessagesDelivered": Metric(Unit.COUNT, _ENDS),
    "MessagesUndelivered": Metric(Unit.COUNT, _ENDS),
    "MessagesFailed": Metric(Unit.COUNT, _ENDS),
    "MessagesExpired": Metric(Unit.COUNT, _ENDS),
    "MessagesUnknown": Metric(Unit.COUNT, _ENDS),
    "DeliveryLatency": Metric(Unit.MILLISECONDS, ((CARRIER,), (PRIORITY,), (COUNTRY,))),
    "DlrLag": Metric(Unit.MILLISECONDS, ((CARRIER,), (PRIORITY,))),
    "DlrReceived": Metric(Unit.COUNT, _BY_CARRIER),
    "DlrDuplicate": Metric(Unit.COUNT, _BY_CARRIER),
    "DlrOutOfOrder": Metric(Unit.COUNT, _BY_CARRIER),
    "DlrOrphaned": Metric(Unit.COUNT, _BY_CARRIER),
    "DlrRejected": Metric(Unit.COUNT, _BY_CARRIER),
    "CarrierConfigError": Metric(Unit.COUNT, ((), (CARRIER,))),
    "SilenceHeld": Metric(Unit.COUNT, _ALL),
    "CircuitState": Metric(Unit.NONE, _BY_CARRIER),
    "WebhookAttempt": Metric(Unit.COUNT, ((RESULT,),)),
    "WebhookDisabled": Metric(Unit.COUNT, _ALL),
    "WebhookLatency": Metric(Unit.MILLISECONDS, _ALL),
    "IdempotentReplay": Metric(Unit.COUNT, _ALL),
    "IdempotencyConflict": Metric(Unit.COUNT, _ALL),
    "OptOutBlocked": Metric(Unit.COUNT, _BY_REASON),
    "AbuseBlocked": Metric(Unit.COUNT, _BY_REASON),
    "SpendCapHit": Metric(Unit.COUNT, _BY_REASON),
    "RateLimited": Metric(Unit.COUNT, _BY_REASON),
    "CarrierCostMicrosUSD": Metric(Unit.NONE, ((CARRIER,), (COUNTRY,))),
    "OutboxOldestPending": Metric(Unit.SECONDS, _ALL),
    "SweeperRecovered": Metric(Unit.COUNT, _ALL),
    "ConservationGap": Metric(Unit.COUNT, _ALL),
    "AuthFailure": Metric(Unit.COUNT, _BY_REASON),
}

COST: Final = "CarrierCostMicros"
"""Money has no unit there, so the currency is part of the name; the table shows one of them."""

OTHER: Final = "other"
NOBODY: Final = "none"
"""The carrier of a message that none was asked for."""

MOST: Final = 24
"""Carriers, and countries, that are told apart."""

COUNTRIES: Final = frozenset(
    [
        *("AE", "AR", "BR", "CA", "CL", "CN", "CO", "DE", "EC", "ES", "FR"),
        *("GB", "HK", "IN", "IT", "MX", "PE", "PT", "SG", "TW", "US"),
    ]
)
"""Those with rules of their own; a test compares them with `markets`."""

OWN_REASONS: Final = frozenset(
    {
        *("silent", "lease-expired", "read-timeout", "connection-lost", "reply-too-long"),
        *("carrier-defect", "unavailable", "content-gone", "no-common-window", "not-configured"),
        *("unknown-carrier", "unknown-subscriber"),
    }
)
REASONS: Final = frozenset({*(reason.value for reason in Reason), *OWN_REASONS, *KINDS})


class Sample(NamedTuple):
    """One value of a metric, for the minute in which what it is about was submitted."""

    name: str
    at: Millis
    environment: Environment
    labels: Mapping[str, str]
    value: int = 1


class Series(NamedTuple):
    """One metric in CloudWatch: a name and the values of one of its dimension sets."""

    name: str
    at: Millis
    environment: Environment
    labels: tuple[tuple[str, str], ...]


def metric_of(name: str) -> Metric:
    """Look a metric up; costs are alike in every currency."""
    return METRICS[f"{COST}USD" if name.startswith(COST) else name]


def series_of(samples: Iterable[Sample]) -> dict[Series, list[int]]:
    """Give the values of each series: one sum where it counts, every value where it measures."""
    found: dict[Series, list[int]] = {}
    for sample in samples:
        minute = sample.at // MINUTE * MINUTE
        for names in metric_of(sample.name).sets:
            labels = tuple((name, sample.labels[name]) for name in names)
            series = Series(sample.name, minute, sample.environment, labels)
            found.setdefault(series, []).append(sample.value)
    return {
        series: sorted(values) if _measures(series.name) else [sum(values)]
        for series, values in found.items()
    }


def _measures(name: str) -> bool:
    return metric_of(name).unit is not Unit.COUNT and not name.startswith(COST)


def folded(sample: Sample, carriers: frozenset[str]) -> Sample:
    """Fold names that nobody configured into `other`, so that the number of series is bounded.

    `carriers` are those told apart.
    """
    labels = dict(sample.labels)
    for names, allowed in (
        ((CARRIER, FROM_CARRIER, TO_CARRIER), carriers),
        ((COUNTRY,), COUNTRIES),
        ((REASON,), REASONS),
    ):
        for name in names:
            given = labels.get(name, NOBODY)
            if given not in allowed and given != NOBODY:
                labels[name] = OTHER
    return sample._replace(labels=labels)


def first(names: Iterable[str]) -> frozenset[str]:
    """Give the names that are told apart: all of them, up to the cap."""
    return frozenset(sorted(names)[:MOST])
