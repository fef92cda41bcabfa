"""When promotion may be sent: windows and holidays in every zone a number may be in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from relevo.domain import phone
from relevo.domain.market import Holidays, Hours, Rules, Window
from relevo.domain.timing import DAY, Millis
from relevo.domain.words import TrafficClass

LONGEST_WAIT: Final = 14 * DAY
"""No market closes for longer; zones that share no hour until then never will."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLI: Final = timedelta(milliseconds=1)


def zones_of(e164: str, rules: Rules) -> tuple[str, ...]:
    """Give every zone a number may be in: numbers move, so an area code is only a set."""
    return phone.zones_of(e164) or rules.zones


def known_zone(name: str) -> bool:
    """Say whether `name` is a time zone (`Europe/Madrid`)."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def opens(
    rules: Rules,
    zones: Sequence[str],
    at: Millis,
    traffic_class: TrafficClass = TrafficClass.MARKETING,
) -> Millis | None:
    """Give the earliest instant from `at` on at which the message may be sent in all `zones`.

    Codes and notices may always be sent. None means that the zones share no hour: the
    recipient's own zone must be known. A known zone is passed alone, as `[zone]`.
    """
    if traffic_class is not TrafficClass.MARKETING:
        return at
    clocks = [
        (window, zone)
        for window in rules.windows
        for zone in dict.fromkeys((*(zones or rules.zones), *window.zones))
    ]
    moment = at
    while moment < at + LONGEST_WAIT:
        before = moment
        for window, zone in clocks:
            following = _next(window, rules.holidays, zone, moment)
            if following is None:
                return None
            moment = following
        if moment == before:
            return moment
    return None


def _next(window: Window, holidays: Holidays | None, zone: str, at: Millis) -> Millis | None:
    first = (_EPOCH + at * _MILLI).astimezone(ZoneInfo(zone)).date()
    for days in count():
        if days * DAY > LONGEST_WAIT:
            return None
        day = first + timedelta(days=days)
        hours = window.days[day.weekday()]
        if hours is None or (holidays is not None and day in holidays):
            continue
        opening, closing = _instants(zone, day, hours)
        if at < closing and opening < closing:
            return max(at, opening)
    return None


@lru_cache(maxsize=1024)  # a campaign asks for the same few days again and again
def _instants(zone: str, day: date, hours: Hours) -> tuple[Millis, Millis]:
    # Where a change of clocks makes a wall time happen twice or never, the narrower reading.
    return max(_at(zone, day, hours.opens)), min(_at(zone, day, hours.closes))


def _at(zone: str, day: date, minute: int) -> tuple[Millis, Millis]:
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    wall = midnight + timedelta(minutes=minute)  # wall time: adding keeps the zone's clock
    return _millis(wall.replace(fold=0)), _millis(wall.replace(fold=1))


def _millis(moment: datetime) -> Millis:
    return (moment - _EPOCH) // _MILLI
