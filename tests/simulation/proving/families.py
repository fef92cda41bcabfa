"""Which scenarios make a family, and what routing owes in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SCENARIOS: Final = Path(__file__).parents[1] / "scenarios"
ONSET: Final = "onset"


@dataclass(frozen=True, slots=True)
class Floor:
    """Points below the oracle at most, and points ahead of Notify's rule with our failover.

    With `per_onset` the gap is not in points: seconds of traffic, or messages, for each onset.
    """

    below: float
    ahead: float
    per_onset: str | None = None


@dataclass(frozen=True, slots=True)
class Family:
    title: str
    scenarios: Mapping[str, Floor]


def _alike(floor: Floor, *names: str) -> dict[str, Floor]:
    return dict.fromkeys(names, floor)


FAMILIES: Final = (
    Family(
        "Calm, or trouble that moving cannot mend",
        _alike(
            Floor(2, -1.5),
            "otp-calm", "otp-calm-four", "otp-price-change", "otp-lost-receipts",
            "otp-all-receipts-lost", "otp-fast-errors", "otp-errors-20", "otp-all-slow",
            "otp-all-brown-out",
        )
        | {"otp-bounce-storm": Floor(2, 2)},
    ),
    Family(
        "One carrier",
        {
            "otp-silent-2": Floor(4, 25),
            "otp-slow": Floor(4, 25),
            "otp-hanging": Floor(4, 15),
            "otp-drift": Floor(4, 6),
            "otp-silent-20": Floor(4, 3),
        },
    ),
    Family(
        "Both primaries, overlapping, mixed",
        {"otp-both-primaries": Floor(6, 60)}
        | _alike(Floor(6, 20), "otp-overlapping", "otp-mixed"),
    ),
    Family(
        "Flapping",
        _alike(Floor(7, 1), "otp-flapping", "otp-anti-phase") | {"otp-flapping-100": Floor(9, 1)},
    ),
    Family(
        "One message a minute (messages an onset)",
        _alike(Floor(10, 2, "messages"), "otp-thin-silent", "otp-thin-slow"),
    ),
    Family(
        "Total silence (seconds of traffic an onset)",
        _alike(Floor(40, 25, "seconds"), "otp-silent-1", "otp-silent-peak"),
    ),
    Family(
        "Transactional, with resend",
        _alike(Floor(4, -1.5), "tx-slow", "tx-lost-receipts", "tx-silent"),
    ),
    Family("Marketing", _alike(Floor(4, -1.5), "mk-silent", "mk-loses-half")),
)  # fmt: skip
