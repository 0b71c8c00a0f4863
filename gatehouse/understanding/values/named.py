"""A stretch of days that was named, and the arithmetic of months, weeks and quarters."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, NamedTuple

Grain = Literal["day", "week", "workweek", "weekend", "month", "quarter", "year"]
GRAINS: Mapping[str, Grain] = {
    "day": "day", "week": "week", "workweek": "workweek", "weekend": "weekend", "month": "month",
    "quarter": "quarter", "year": "year",
}  # fmt: skip


class Named(NamedTuple):
    """Days from `start` until before `end`, named by items `first` to `last`."""

    start: date
    end: date
    first: int
    last: int
    grain: Grain
    day: int | None = None  # of the month, where that alone was said: "the 3rd"
    month: int | None = None
    has_year: bool = False


def whole_of(start: date, grain: Grain, first: int, last: int, *, has_year: bool = False) -> Named:
    """From the first day of a week, month, … to its end."""
    if grain == "week":
        end = start + timedelta(days=7)
    elif grain == "workweek":
        end = start + timedelta(days=5)
    elif grain == "weekend":
        start, end = start + timedelta(days=5), start + timedelta(days=7)
    else:
        end = add_months(start, {"month": 1, "quarter": 3, "year": 12}[grain])
    return Named(start, end, first, last, grain, None, start.month, has_year)


def add_months(day: date, months: int) -> date:
    """So many months on (or back), on the last day of the month if need be."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(max(year, 1), 9998)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def nth_month(today: date, ahead: int, day: int) -> date | None:
    """That day of the month so many months ahead; None if it has none."""
    first = add_months(today.replace(day=1), ahead)
    return first.replace(day=day) if day <= monthrange(first.year, first.month)[1] else None


def part_of(whole: Named, part: str) -> tuple[date, date]:
    """The days of the "early", "mid" or "late" part of a week, month or year."""
    start, end = whole.start, whole.end
    if whole.grain == "week":
        middle = start + timedelta(days=3)
    elif whole.grain == "month":
        if part == "mid":
            return start.replace(day=10), start.replace(day=21)
        middle = start.replace(day=16)
    else:
        if part == "mid":
            return start.replace(month=5), start.replace(month=9)
        middle = start.replace(month=7)
    return (start, middle) if part == "early" else (middle, end)


def nth_in(whole: Named, grain: Grain, number: int, first: int) -> Named | None:
    """Weeks belong where their Thursday lies (ISO 8601); quarters begin every three months."""
    if grain == "quarter":
        at = add_months(whole.start, 3 * ((number if number > 0 else 5 + number) - 1))
        return whole_of(at, "quarter", first, whole.last, has_year=whole.has_year)
    thursday = whole.start + timedelta(days=(3 - whole.start.weekday()) % 7)
    monday = thursday - timedelta(days=3)
    if number < 0:
        last = whole.end - timedelta(days=1)
        monday = last - timedelta(days=(last.weekday() - 3) % 7) - timedelta(days=3)
    else:
        monday += timedelta(days=7 * (number - 1))
    return whole_of(monday, grain, first, whole.last, has_year=whole.has_year)


def easter(year: int) -> date:
    """Easter Sunday of the Western churches (Meeus, Jones and Butcher)."""
    century, in_century = divmod(year, 100)
    golden = year % 19
    moved = century - century // 4 - (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + moved + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (golden + 11 * epact + 22 * sunday) // 451
    month, day = divmod(epact + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)
