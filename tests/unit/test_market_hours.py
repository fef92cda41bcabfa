"""When promotion may be sent: the edges of each market's hours, changes of clocks, many zones."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relevo import markets
from relevo.domain.market import ELSEWHERE, Rules
from relevo.domain.market_hours import known_zone, opens, zones_of
from relevo.domain.timing import HOUR, Millis
from relevo.domain.words import TrafficClass

MADRID, CANARY = "Europe/Madrid", "Atlantic/Canary"
BOGOTA, GUAYAQUIL, GALAPAGOS = "America/Bogota", "America/Guayaquil", "Pacific/Galapagos"
SAO_PAULO, MANAUS, NORONHA = "America/Sao_Paulo", "America/Manaus", "America/Noronha"
NEW_YORK, CHICAGO, HONOLULU = "America/New_York", "America/Chicago", "Pacific/Honolulu"
SHANGHAI, PARIS, KOLKATA = "Asia/Shanghai", "Europe/Paris", "Asia/Kolkata"
DUBAI, APIA = "Asia/Dubai", "Pacific/Apia"


def instant(wall: str, zone: str) -> Millis:
    moment = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp() * 1000)


@pytest.mark.parametrize(
    ("country", "state", "zones", "at", "expected", "note"),
    [
        # Colombia: Mon-Fri 7-19, Sat 8-15; 2026-11-23 is a Monday.
        ("CO", None, [BOGOTA], "2026-11-23T06:59", "2026-11-23T07:00", "a minute early"),
        ("CO", None, [BOGOTA], "2026-11-23T07:00", "2026-11-23T07:00", "the first minute"),
        ("CO", None, [BOGOTA], "2026-11-23T18:59", "2026-11-23T18:59", "the last minute"),
        ("CO", None, [BOGOTA], "2026-11-23T19:00", "2026-11-24T07:00", "the end is outside"),
        ("CO", None, [BOGOTA], "2026-11-27T19:00", "2026-11-28T08:00", "Saturday opens at 8"),
        ("CO", None, [BOGOTA], "2026-11-28T14:59", "2026-11-28T14:59", "Saturday's last minute"),
        ("CO", None, [BOGOTA], "2026-11-28T15:00", "2026-11-30T07:00", "never on Sunday"),
        ("CO", None, [BOGOTA], "2026-12-08T10:00", "2026-12-09T07:00", "holiday on a Tuesday"),
        ("CO", None, [BOGOTA], "2026-11-14T15:00", "2026-11-17T07:00", "Sunday, then a Monday off"),
        ("CO", None, [BOGOTA], "2027-03-24T19:00", "2027-03-27T08:00", "Thursday and Friday holy"),
        # Brazil: Mon-Fri 8-18, Sat 9-13 on Brasilia's clock as well as the recipient's.
        ("BR", None, [SAO_PAULO], "2026-11-23T07:59", "2026-11-23T08:00", "a minute early"),
        ("BR", None, [SAO_PAULO], "2026-11-23T17:59", "2026-11-23T17:59", "the last minute"),
        ("BR", None, [SAO_PAULO], "2026-11-23T18:00", "2026-11-24T08:00", "the end is outside"),
        ("BR", None, [SAO_PAULO], "2026-11-28T13:00", "2026-11-30T08:00", "Saturday ends at 13"),
        ("BR", None, [SAO_PAULO], "2026-11-20T10:00", "2026-11-21T09:00", "Black Awareness Day"),
        (
            "BR",
            None,
            [MANAUS],
            "2026-11-23T07:30",
            "2026-11-23T08:00",
            "8:30 in Brasilia, 7:30 here",
        ),
        ("BR", None, [MANAUS], "2026-11-23T17:00", "2026-11-24T08:00", "18:00 in Brasilia"),
        ("BR", None, [NORONHA], "2026-11-23T08:30", "2026-11-23T09:00", "7:30 in Brasilia"),
        # Ecuador: Mon-Fri 9-18; its mobiles are in two zones.
        ("EC", None, [GUAYAQUIL], "2026-11-23T08:59", "2026-11-23T09:00", "a minute early"),
        ("EC", None, [GUAYAQUIL], "2026-11-23T17:59", "2026-11-23T17:59", "the last minute"),
        ("EC", None, [GUAYAQUIL], "2026-11-27T18:00", "2026-11-30T09:00", "no weekends"),
        (
            "EC",
            None,
            [GUAYAQUIL, GALAPAGOS],
            "2026-11-23T09:00",
            "2026-11-23T10:00",
            "the islands rise an hour later",
        ),
        # China: 8-21 every day, on one clock.
        ("CN", None, [SHANGHAI], "2026-11-22T07:59", "2026-11-22T08:00", "a Sunday like any day"),
        ("CN", None, [SHANGHAI], "2026-11-22T20:59", "2026-11-22T20:59", "the last minute"),
        ("CN", None, [SHANGHAI], "2026-11-22T21:00", "2026-11-23T08:00", "the end is outside"),
        ("CN", None, [SHANGHAI], "2026-10-01T08:00", "2026-10-01T08:00", "holidays do not close"),
        # France: weekdays 8-20, neither Sundays nor public holidays.
        ("FR", None, [PARIS], "2026-11-23T07:59", "2026-11-23T08:00", "a minute early"),
        ("FR", None, [PARIS], "2026-11-23T20:00", "2026-11-24T08:00", "the end is outside"),
        ("FR", None, [PARIS], "2026-11-20T20:00", "2026-11-23T08:00", "Saturday: the strict view"),
        ("FR", None, [PARIS], "2026-11-11T10:00", "2026-11-12T08:00", "Armistice Day"),
        ("FR", None, [PARIS], "2027-05-05T21:00", "2027-05-07T08:00", "Ascension is a Thursday"),
        # India, with the old name of its zone that number plans use.
        ("IN", None, ["Asia/Calcutta"], "2026-11-22T09:59", "2026-11-22T10:00", "the later view"),
        ("IN", None, [KOLKATA], "2026-11-22T21:00", "2026-11-23T10:00", "the end is outside"),
        # Spain: mobiles are in Madrid or on the islands, an hour behind.
        ("ES", None, [MADRID], "2026-11-23T08:59", "2026-11-23T09:00", "a minute early"),
        ("ES", None, [MADRID, CANARY], "2026-11-23T09:00", "2026-11-23T10:00", "9 on the islands"),
        ("ES", None, [MADRID, CANARY], "2026-11-23T20:59", "2026-11-23T20:59", "Madrid ends it"),
        ("ES", None, [MADRID, CANARY], "2026-11-23T21:00", "2026-11-24T10:00", "20 there, 21 here"),
        ("ES", None, [CANARY], "2026-11-23T20:59", "2026-11-23T20:59", "a contact's own zone"),
        ("ES", None, [MADRID, CANARY], "2026-10-24T21:00", "2026-10-26T10:00", "winter time came"),
        ("ES", None, [MADRID, CANARY], "2027-03-27T21:00", "2027-03-29T10:00", "summer time came"),
        # United States; 2026-11-01 is a Sunday on which clocks go back, 2027-03-14 forth.
        ("US", "NY", [NEW_YORK], "2026-11-23T07:59", "2026-11-23T08:00", "federal alone"),
        ("US", "NY", [NEW_YORK], "2026-11-23T20:59", "2026-11-23T20:59", "federal alone"),
        ("US", "NY", [NEW_YORK], "2026-11-23T21:00", "2026-11-24T08:00", "the end is outside"),
        ("US", "FL", [NEW_YORK], "2026-11-23T19:59", "2026-11-23T19:59", "Florida to 20"),
        ("US", "FL", [NEW_YORK], "2026-11-23T20:00", "2026-11-24T08:00", "Florida to 20"),
        ("US", "OK", [CHICAGO], "2026-11-22T20:00", "2026-11-23T08:00", "Oklahoma, a Sunday"),
        ("US", "WA", ["America/Los_Angeles"], "2026-11-23T20:00", "2026-11-24T08:00", "to 20"),
        ("US", "TX", [CHICAGO], "2026-11-23T08:59", "2026-11-23T09:00", "Texas from 9"),
        ("US", "TX", [CHICAGO], "2026-11-23T20:59", "2026-11-23T20:59", "Texas to 21"),
        ("US", "TX", [CHICAGO], "2026-11-22T11:59", "2026-11-22T12:00", "Texas, Sunday from 12"),
        ("US", "TX", [CHICAGO], "2025-08-25T08:00", "2025-08-25T08:00", "before SB 140"),
        ("US", "TX", [CHICAGO], "2026-11-01T01:30", "2026-11-01T12:00", "noon of the long day"),
        ("US", "NY", [NEW_YORK], "2026-10-31T21:00", "2026-11-01T08:00", "winter time came"),
        ("US", "NY", [NEW_YORK], "2027-03-13T21:00", "2027-03-14T08:00", "summer time came"),
        ("US", None, [NEW_YORK], "2026-11-23T08:30", "2026-11-23T09:00", "perhaps a Texan"),
        ("US", None, [NEW_YORK], "2026-11-23T20:00", "2026-11-24T09:00", "perhaps a Floridian"),
        (
            "US",
            None,
            [NEW_YORK],
            "2026-11-21T20:00",
            "2026-11-22T12:00",
            "perhaps a Texan's Sunday",
        ),
        ("US", "NY", [NEW_YORK, HONOLULU], "2026-11-23T12:59", "2026-11-23T13:00", "8 in Honolulu"),
        ("US", "NY", [NEW_YORK, HONOLULU], "2026-11-23T21:00", "2026-11-24T13:00", "5 hours apart"),
        ("US", "NY", [NEW_YORK, HONOLULU], "2026-07-20T13:00", "2026-07-20T14:00", "6 in summer"),
        # Elsewhere: our advice.
        (ELSEWHERE, None, [DUBAI], "2026-11-23T08:59", "2026-11-23T09:00", "nothing is known"),
        ("JM", None, ["America/Jamaica"], "2026-11-23T20:00", "2026-11-24T09:00", "no file"),
    ],
)
def test_edges(
    country: str, state: str | None, zones: list[str], at: str, expected: str, note: str
) -> None:
    begun = instant(at, zones[0])
    found = opens(markets.rules(country, begun, state=state), zones, begun)

    assert found is not None, note
    wall = datetime.fromtimestamp(found / 1000, ZoneInfo(zones[0]))
    assert wall.replace(tzinfo=None).isoformat(timespec="minutes") == expected, note


@pytest.mark.parametrize(
    ("country", "zones", "at", "expected", "note"),
    [
        ("ES", [CANARY], "2026-10-24T07:59", "2026-10-24T08:00", "9 in summer is 8 UTC"),
        ("ES", [CANARY], "2026-10-24T20:00", "2026-10-26T09:00", "9 in winter is 9 UTC"),
        ("US", [NEW_YORK], "2026-11-01T00:30", "2026-11-01T17:00", "noon in winter"),
        ("US", [NEW_YORK], "2027-03-14T01:30", "2027-03-14T16:00", "noon in summer"),
    ],
)
def test_changes_of_clocks_in_universal_time(
    country: str, zones: list[str], at: str, expected: str, note: str
) -> None:
    begun = instant(at, "Etc/UTC")

    assert opens(markets.rules(country, begun), zones, begun) == instant(expected, "Etc/UTC"), note


@pytest.mark.parametrize("traffic_class", [TrafficClass.OTP, TrafficClass.TRANSACTIONAL])
def test_codes_and_notices_always_pass(traffic_class: TrafficClass) -> None:
    sunday_night = instant("2026-11-22T03:00", BOGOTA)

    assert opens(markets.rules("CO", sunday_night), [BOGOTA], sunday_night, traffic_class) == (
        sunday_night
    )


def test_zones_that_share_no_hour_never_open() -> None:
    at = instant("2026-11-23T12:00", NEW_YORK)

    assert opens(markets.rules("EC", at), [NEW_YORK, "Asia/Tokyo"], at) is None


def test_without_zones_the_market_s_own_are_asked() -> None:
    at = instant("2026-11-23T09:00", MADRID)

    assert opens(markets.rules("ES", at), (), at) == at + HOUR


def test_holidays_beyond_the_table_stay_closed() -> None:
    at = instant("2041-06-12T10:00", BOGOTA)

    assert opens(markets.rules("CO", at), [BOGOTA], at) is None


@pytest.mark.parametrize(
    ("at", "expected", "note"),
    [
        ("2025-08-31T21:30", "2025-09-01T09:00", "the law begins before the window opens"),
        ("2025-08-30T20:00", "2025-08-30T20:00", "open, and still the old law"),
        ("2025-09-01T09:00", "2025-09-01T09:00", "open under the new one"),
    ],
)
def test_a_law_that_changes_overnight(at: str, expected: str, note: str) -> None:
    found = markets.opening("US", [CHICAGO], instant(at, CHICAGO), state="TX")

    assert found == instant(expected, CHICAGO), note


FR_SUNDAYS = markets.rules("FR", 0).windows[0]


@pytest.mark.parametrize(
    ("zone", "day", "note"),
    [
        (APIA, "2011-12-30", "a day Samoa never had"),
        ("America/Sao_Paulo", "2017-10-15", "midnight did not happen"),
        ("America/Havana", "2026-11-01", "midnight happens twice"),
    ],
)
def test_days_that_begin_oddly_are_survived(zone: str, day: str, note: str) -> None:
    at = instant(f"{day}T00:00", "Etc/UTC")
    # France's first window is open around the clock, so it meets midnights.
    rules = replace(markets.rules("FR", at), windows=(FR_SUNDAYS,), holidays=None)

    found = opens(rules, [zone], at)

    assert found is not None, note
    assert inside(rules, [zone], found), note


def inside(rules: Rules, zones: list[str], at: Millis) -> bool:
    """Read the wall clock in each zone, which is not how `opens` works."""
    for window in rules.windows:
        for zone in {*zones, *window.zones}:
            wall = datetime.fromtimestamp(at // 1000, UTC).astimezone(ZoneInfo(zone))
            hours = window.days[wall.weekday()]
            minute = wall.hour * 60 + wall.minute
            if hours is None or not hours.opens <= minute < hours.closes:
                return False
            if rules.holidays is not None and wall.date() in rules.holidays:
                return False
    return True


INSTANTS = st.integers(instant("2024-01-01T00:00", MADRID), instant("2040-11-30T00:00", MADRID))
ZONES = st.lists(
    st.sampled_from([MADRID, CANARY, BOGOTA, NEW_YORK, HONOLULU, KOLKATA, "Australia/Lord_Howe"]),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300)
@given(
    country=st.sampled_from([*sorted(markets.countries()), ELSEWHERE]),
    zones=ZONES,
    at=INSTANTS,
    back=st.integers(1, 6 * HOUR),
)
def test_what_opens_is_inside_stays_open_and_is_the_first(
    country: str, zones: list[str], at: Millis, back: Millis
) -> None:
    rules = markets.rules(country, at)
    found = opens(rules, zones, at)
    if found is None:
        assert not inside(rules, zones, at)
        return

    assert found >= at
    assert inside(rules, zones, found)
    assert opens(rules, zones, found) == found
    assert found == at or not inside(rules, zones, max(at, found - back))


@pytest.mark.parametrize(
    ("e164", "country", "zones", "note"),
    [
        ("+34612345678", "ES", (CANARY, MADRID), "Spanish mobiles tell nothing"),
        ("+5592991234567", "BR", (MANAUS,), "area codes of Brazil do"),
        ("+593991234567", "EC", (GUAYAQUIL, GALAPAGOS), "two zones"),
        ("+573211234567", "CO", (BOGOTA,), "one zone"),
        ("+8821612345678", "CN", (SHANGHAI,), "a plan without zones: the market's"),
    ],
)
def test_zones_of_a_number(e164: str, country: str, zones: tuple[str, ...], note: str) -> None:
    assert zones_of(e164, markets.rules(country, 0)) == zones, note


@pytest.mark.parametrize(
    ("name", "known"),
    [
        (MADRID, True),
        ("Asia/Calcutta", True),
        ("Europe/Barataria", False),
        ("../../etc/passwd", False),
        ("/etc/localtime", False),
        ("", False),
        ("Europe", False),
        ("\x00", False),
    ],
)
def test_zones_are_known_or_not(name: str, known: bool) -> None:
    assert known_zone(name) is known


NOW = instant("2026-11-23T12:00", SHANGHAI)
