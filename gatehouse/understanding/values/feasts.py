"""Feasts and the days they fall on: fixed, counted from Easter, by weekday, or by the moon.

A feast is written in a lexicon as one of
- "MMDD", a fixed day;
- "easter", "orthodox+49": so many days from Easter of the Western or the Eastern churches;
- "nth MM N W": the Nth weekday W (0 is Monday) of a month, N -1 for its last;
- "hijri MMDD": a day of the Islamic calendar, reckoned by its tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from gatehouse.understanding.values.named import add_months, easter

# The tables begin on Thursday, 15 July 622 (Julian): closer to what Mecca announces.
_HIJRA = date(622, 7, 18)
_LUNAR_CYCLE_YEARS, _LUNAR_CYCLE_DAYS = 30, 10631
_LEAP_BEFORE = 11  # leap days before year y: (11 y + 3) // 30


def falls_on(feast: str, *, after: date, year: int | None = None) -> date | None:
    """The day of a feast in a year, or the first on or after a day; None beyond the calendar."""
    years = (year,) if year is not None else (after.year, after.year + 1)
    days = (day for one in years for day in _days(feast, one))
    return next((day for day in days if year is not None or day >= after), None)


def _days(feast: str, year: int) -> Iterator[date]:
    """A feast of the moon may fall twice into one year."""
    kind, _, rest = feast.partition(" ")
    if kind == "hijri":
        yield from _of_the_moon(int(rest[:2]), int(rest[2:]), year)
    elif kind == "nth":
        month, number, weekday = (int(part) for part in rest.split())
        yield _nth_weekday(date(year, month, 1), number, weekday)
    elif feast.isdecimal():
        yield date(year, int(feast[:2]), int(feast[2:]))
    else:
        yield _from_easter(feast, year)


def _from_easter(feast: str, year: int) -> date:
    church = "orthodox" if feast.startswith("orthodox") else "easter"
    sunday = _orthodox_easter(year) if church == "orthodox" else easter(year)
    return sunday + timedelta(days=int(feast.removeprefix(church) or 0))


def _orthodox_easter(year: int) -> date:
    """Meeus' Julian rule, moved by the thirteen days between the calendars (1900 to 2099)."""
    moon = (19 * (year % 19) + 15) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) - moon + 34) % 7
    month, day = divmod(moon + sunday + 114, 31)
    return date(year, month, day + 1) + timedelta(days=13)


def _nth_weekday(first: date, number: int, weekday: int) -> date:
    if number < 0:
        last = add_months(first, 1) - timedelta(days=1)
        return last - timedelta(days=(last.weekday() - weekday) % 7)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))


def _of_the_moon(month: int, day: int, year: int) -> Iterator[date]:
    about = (year - 622) * 33 // 32
    for lunar in range(about - 1, about + 3):
        one = _HIJRA + timedelta(days=_lunar_days(lunar, month, day))
        if one.year == year:
            yield one


def _lunar_days(year: int, month: int, day: int) -> int:
    """Days since the first of the first year; months have thirty and 29 days by turns."""
    before = (_LEAP_BEFORE * year + 3) // _LUNAR_CYCLE_YEARS
    return (year - 1) * 354 + before + 29 * (month - 1) + month // 2 + day - 1
