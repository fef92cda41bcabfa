"""Times as counts in buckets that can be added up, and percentiles with a known error."""

from collections.abc import Mapping
from math import ceil, log, sqrt
from typing import Final

from relevo.domain.timing import Millis

GROWTH: Final = 1.1
"""Each bucket is a tenth wider than the one before: a percentile is within 5 % of the truth."""

SHORTEST: Final = 50
LAST: Final = 170
"""The bucket that holds everything from about six days on."""


def bucket_of(span: Millis) -> int:
    """Give the bucket of a span; 0 is everything up to the shortest."""
    if span <= SHORTEST:
        return 0
    return min(ceil(log(span / SHORTEST) / log(GROWTH)), LAST)


def percentile(counts: Mapping[int, int], share: float) -> Millis | None:
    """Give the middle of the bucket in which the `share` of all lies; None without any."""
    wanted = ceil(sum(counts.values()) * share)
    seen = 0
    for bucket in sorted(counts):
        seen += counts[bucket]
        if seen >= wanted > 0:
            return round(SHORTEST * GROWTH**bucket / sqrt(GROWTH)) if bucket else SHORTEST
    return None
