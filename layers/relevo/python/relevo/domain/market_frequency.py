"""How often a market lets one recipient be written to, given what was accepted lately."""

from collections.abc import Iterable, Sequence

from relevo.domain.frequency import Sent
from relevo.domain.market import Frequency, Per
from relevo.domain.timing import Millis


def free_at(limits: Iterable[Frequency], history: Sequence[Sent], new: Sent) -> Millis:
    """Give the earliest instant from `new.at` on at which these limits let one more be sent.

    Spans roll, and what is planned for later counts as well: `sendAt` does not slip through.
    """
    counted = [
        (limit, sorted(one.at for one in history if _counts(limit, one, new)))
        for limit in limits
        if new.traffic_class in limit.classes
    ]
    at = new.at
    while True:
        later = max((_free(limit, times, at) for limit, times in counted), default=at)
        if later == at:
            return at
        at = later  # where one limit lets it go another may not: look again from there


def _free(limit: Frequency, times: Sequence[Millis], at: Millis) -> Millis:
    """Look at each run of `most` times: one more within a span of them would be too many."""
    runs = zip(times, times[limit.most - 1 :], strict=False)
    for first, last in runs:
        if last - limit.span < at < first + limit.span:
            at = first + limit.span
    return at


def _counts(limit: Frequency, one: Sent, new: Sent) -> bool:
    if one.traffic_class not in limit.classes:
        return False
    match limit.per:
        case Per.SENDER_AND_NUMBER:
            return one.sender == new.sender
        case Per.TEMPLATE_AND_NUMBER:
            return (one.sender, one.template) == (new.sender, new.template)
    return True
