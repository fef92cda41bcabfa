"""Metrics for CloudWatch, which reads them from the log: no call, and nothing to wait for."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from relevo.carriers import registry
from relevo.domain.emf import written
from relevo.domain.measures import Sample, first, folded
from relevo.domain.said import LINES, counted
from relevo.domain.timing import SECOND
from relevo.domain.transitions import Change, samples_of
from relevo.runtime.settings import Settings

log = logging.getLogger(__name__)

METRICS: Final = logging.getLogger("relevo.metric-lines")


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """Writes the samples of one invocation down together; measuring never fails what it measures.

    `carriers` are told apart by name.
    """

    stage: str
    carriers: frozenset[str]

    def changed(self, changes: Iterable[Change]) -> None:
        """Measure committed writes."""
        self.take(lambda: (sample for change in changes for sample in samples_of(change)))

    def take(self, samples: Callable[[], Iterable[Sample]]) -> None:
        try:
            for line in written((folded(one, self.carriers) for one in samples()), self.stage):
                METRICS.info("%s", line)
        except Exception as error:  # noqa: BLE001 - a message never waits for a statistic
            log.error("unmeasured", extra={"error": type(error).__name__})


def meter() -> Meter:
    settings = Settings()
    return Meter(stage=settings.stage, carriers=_carriers(settings.local))


@cache
def _carriers(local: bool) -> frozenset[str]:
    return first(registry.names(local=local))


class Counting(logging.Handler):
    """Counts the log lines that `said` knows, at the moment they are written."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self.meter = meter

    def emit(self, record: logging.LogRecord) -> None:
        if record.msg in LINES:
            at = round(record.created * SECOND)
            self.meter.take(lambda: counted(record.msg, vars(record), at))
