"""Structured logs: one audit line an invocation, ids and reasons only, never text or number."""

import gc
import logging
import sys
from typing import Any, Final

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from relevo.domain.outlook import CarrierChange
from relevo.runtime.metrics import METRICS, Counting, meter

_AUDIT: Final = logging.getLogger("relevo.audit")


class OneLine(LambdaPowertoolsFormatter):
    """Metrics are JSON already, and CloudWatch takes them only as they are."""

    def format(self, record: logging.LogRecord) -> str:
        return record.getMessage() if record.name == METRICS.name else super().format(record)


def configure(service: str) -> None:
    """Send every logger of `relevo` to stderr as one JSON object a line, and count the lines.

    By now everything is loaded, so this is where garbage is looked for again.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    root = logging.getLogger("relevo")
    if root.handlers:
        return
    out = logging.StreamHandler(sys.stderr)
    out.setFormatter(
        OneLine(
            service=service,
            log_record_order=["level", "message"],
            datefmt="%Y-%m-%dT%H:%M:%S.%FZ",
            utc=True,
            location=None,
        )
    )
    root.addHandler(out)
    root.addHandler(Counting(meter()))
    root.setLevel(logging.INFO)
    root.propagate = False


def audit(what: str, **details: Any) -> None:
    """Write the invocation's line: what was done, to which messages."""
    _AUDIT.info(what, extra=details)


def carrier_changed(change: CarrierChange) -> None:
    """Say that a carrier lost the lead somewhere, or came back; alarms match it."""
    environment, traffic_class, country = change.scene
    believed = {} if change.estimate is None else {"estimate": round(change.estimate, 3)}
    _AUDIT.warning(
        "carrier.state_changed",
        extra={
            "carrier": change.carrier,
            "state": "out" if change.out else "back",
            "environment": environment.value,
            "trafficClass": traffic_class.value,
            "country": country,
            "lead": change.lead,
            **believed,
        },
    )
