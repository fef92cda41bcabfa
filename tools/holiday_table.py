"""Write markets/holidays.yaml from the `holidays` package, which is too heavy to ship.

It takes 9 MB and a third of a second to answer; the days of four calendars take some kilobytes.
Run it when the package is raised: `.venv/bin/python -m tools.holiday_table`.
"""

from typing import Final

import holidays

from tools import places

CALENDARS: Final = ("BR", "CO", "EC", "FR")
YEARS: Final = range(2024, 2041)
FILE: Final = places.ROOT / "layers/relevo/python/relevo/markets/holidays.yaml"
HEAD: Final = """\
# National public holidays as month-day, for the markets whose rules close on them.
# Written by tools/holiday_table.py; the tests compare it with the package it came from.
"""


def table() -> str:
    lines = [HEAD]
    for country in CALENDARS:
        lines.append(f"{country}:\n")
        for year in YEARS:
            days = sorted(holidays.country_holidays(country, years=year))
            written = " ".join(f"{day:%m-%d}" for day in days if day.year == year)
            lines.append(f'  {year}: "{written}"\n')
    return "".join(lines)


if __name__ == "__main__":
    FILE.write_text(table())
