"""Days by name: weekdays, months, "the 10th", "next Friday", counted from a given today."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from gatehouse.understanding.reading import NO_YEAR, Reading

Grain = Literal["day", "month", "weekend", "week"]
_LATEST_YEAR = 2100
_MOST_POINTS = 8
_LONGEST_WAIT = 63  # days within which every day of a month comes
_AMBIGUOUS_MONTHS = frozenset({"may", "march", "mar", "mart", "лют", "трав", "груд"})
_PART_DAY = {"early": 1, "mid": 15, "late": 25}


class Point(NamedTuple):
    """A day (or the first day of a month or weekend) named by items `first` to `last`."""

    day: date
    first: int
    last: int
    grain: Grain = "day"


def point_at(r: Reading, at: int) -> Point | None:
    """The day that is named from this item on, if one is."""
    if not r.is_free(at):
        return None
    item = r.at(at)
    if item.day is not None:
        day = item.day
        return (
            _on(r, day.day, day.month, first=at, last=at)
            if day.year == NO_YEAR
            else Point(day, at, at)
        )
    if item.number is not None or item.has("ord"):
        return _numbered(r, at)
    if item.has("month"):
        return _month(r, at)
    return _named(r, at)


def is_hour(r: Reading, at: int) -> bool:
    """Is this ordinal an hour: "na wpół do czwartej", "w sobotę o trzeciej"?"""
    is_behind_a_day = r.has(at - 1, "at") and r.has(at - 2, "weekday", "day", "month")
    return r.has(at, "ord") and (r.has(at - 1, "halfto") or is_behind_a_day)


def _named(r: Reading, at: int) -> Point | None:
    today = r.today
    offset = r.label(at, "day")
    if offset is not None:
        return _point(today + timedelta(days=int(offset)), at, at)
    if r.has(at, "weekday"):
        return _weekday(r, at)
    if r.has(at, "weekend"):
        return Point(_coming(today, 5), at, at, "weekend")
    span = r.label(at, "nextspan")
    if span is not None:
        return _next_span(today, span, at=at)
    return None


def _point(day: date, first: int, last: int) -> Point:
    return Point(day, first, last)


def _weekday(r: Reading, at: int) -> Point:
    day = _coming(r.today, int(r.label(at, "weekday") or 0))
    if r.label(at + 1, "nextafter") == "week":
        next_monday = r.today + timedelta(days=7 - r.today.weekday())
        return Point(next_monday + timedelta(days=day.weekday()), at, at + 1)
    for back in (1, 2):
        if r.label(at - back, "next") == "week":
            next_monday = r.today + timedelta(days=7 - r.today.weekday())
            return Point(next_monday + timedelta(days=day.weekday()), at - back, at)
        if not r.has(at - back, "in"):
            break
    return Point(day, at, at)


def _coming(today: date, weekday: int) -> date:
    """The next such day after today, never today itself."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _next_span(today: date, span: str, *, at: int) -> Point:
    if span == "week":
        return Point(today + timedelta(days=7 - today.weekday()), at, at, "week")
    if span == "year":
        return Point(date(today.year + 1, 1, 1), at, at, "month")
    if span == "this_month":
        return Point(today, at, at, "month")
    return Point(_month_start(today, today.month % 12 + 1), at, at, "month")


def _month_start(today: date, month: int) -> date:
    year = today.year if month >= today.month else today.year + 1
    return date(year, month, 1)


def _month(r: Reading, at: int) -> Point | None:
    month = int(r.label(at, "month") or 1)
    after = at + 1
    number = r.at(after).number or 0.0
    is_day = 1 <= number <= 31 and number == int(number) and not r.has(after, "weak")
    if is_day and not r.has(after + 1, "cur", "noun", "unit", "dash", "plus"):
        last = after + 1 if r.has(after + 1, "th") else after
        return _on(r, int(number), month, first=at, last=last)
    if r.at(at).text in _AMBIGUOUS_MONTHS and not _is_dated(r, at):
        return None
    day, year, last = _month_start(r.today, month), r.at(after).number, at
    if year is not None and r.today.year <= year <= _LATEST_YEAR:
        day, last = day.replace(year=int(year)), after
    return _part(r, day, first=at, last=last)


def _is_dated(r: Reading, at: int) -> bool:
    """Does anything around say that this word is a month and not something else?"""
    kinds = ("in", "from", "until", "to", "part", "next", "thisone")
    around = r.has(at - 1, *kinds) or r.has(at + 1, "fromafter", "untilafter", "part")
    return around or len(r.items) == 1 or bool(r.at(at).tail)


def _part(r: Reading, day: date, *, first: int, last: int) -> Point:
    for index in (first - 1, first - 2, last + 1):
        part = r.label(index, "part")
        is_of_another = index < first and r.has(index - 1, "month") and r.has(last + 1, "part")
        if part and not is_of_another:
            ends = min(first, index), max(last, index)
            return Point(day.replace(day=_PART_DAY[part]), *ends)
    return Point(day, first, last, "month")


def _numbered(r: Reading, at: int) -> Point | None:
    """ "3 May", "3rd of May 2027", "first of June", "the 10th", "10-го"."""
    item = r.at(at)
    value = item.number if item.number is not None else float(item.labels["ord"])
    if value != int(value) or not 1 <= value <= 31:
        return None
    slashed = _slashed(r, at)
    if slashed is not None:
        return slashed
    after = at + 1
    has_ending = r.has(after, "th")
    after += has_ending
    after += r.has(after, "in") and r.has(after + 1, "month")
    month = r.label(after, "month")
    if month is not None:
        return _on(r, int(value), int(month), first=at, last=after)
    is_day = has_ending or _is_led(r, at, value)
    if is_day and item.number is not None and not r.has(after, "noun", "type", "home"):
        return _day_of_month(r.today, int(value), first=at, last=after - 1)
    return None


def _is_led(r: Reading, at: int, value: float) -> bool:
    """French names a day of the month by its article: "le 10"; "le 2" may be a home shown."""
    if not r.has(at - 1, "dayof") or value <= len(r.state.shown) or "num" in r.at(at).labels:
        return False
    return not r.has(at + 1, "cur", "unit", "per", "dash", "plus", "slash", "ord", "quality")


def _slashed(r: Reading, at: int) -> Point | None:
    """ "12/05", day first; "2/3 beds" and "1/2" are no days."""
    item, month = r.at(at), r.at(at + 2)
    if not r.has(at + 1, "slash") or month.number is None or month.start - item.end > 1:
        return None
    is_padded = len(month.text) == 2 and month.text.isdecimal()
    is_led = r.has(at - 1, "from", "to", "until", "in", "between", "dash")
    if not (is_padded or is_led) or r.has(at + 3, "noun", "type", "home", "slash", "cur"):
        return None
    if month.number % 1 or not 1 <= month.number <= 12:
        return None
    return _on(r, int(item.number or 0), int(month.number), first=at, last=at + 2)


def _on(r: Reading, day: int, month: int, *, first: int, last: int) -> Point | None:
    year = r.at(last + 1).number
    if year is not None and r.today.year <= year <= _LATEST_YEAR and r.is_free(last + 1):
        return _valid(int(year), month, day, first=first, last=last + 1)
    if year is not None and 1900 <= year < r.today.year:
        return None  # a birthday
    point = _valid(r.today.year, month, day, first=first, last=last)
    if point is None or point.day < r.today:
        return _valid(r.today.year + 1, month, day, first=first, last=last) or point
    return point


def _valid(year: int, month: int, day: int, *, first: int, last: int) -> Point | None:
    if not 1 <= day <= monthrange(year, month)[1]:
        return None
    return Point(date(year, month, day), first, last)


def _day_of_month(today: date, day: int, *, first: int, last: int) -> Point | None:
    for ahead in range(4):
        month = (today.month - 1 + ahead) % 12 + 1
        year = today.year + (today.month - 1 + ahead) // 12
        point = _valid(year, month, day, first=first, last=last)
        if point and point.day >= today:
            return point
    return None


def after(start: date, end: date) -> date:
    """A last day that lies before the first is meant a year later."""
    if end > start:
        return end
    try:
        return end.replace(year=start.year + (end.replace(year=start.year) <= start))
    except ValueError:
        return start + timedelta(days=1)


def that_day_after(start: date, day: int) -> date:
    """ "From 3 August, leaving the 17th": the next such day of a month after the first."""
    return next((d for d in _days_after(start) if d.day == day), start + timedelta(days=1))


def _days_after(start: date) -> Iterator[date]:
    return (start + timedelta(days=ahead) for ahead in range(1, _LONGEST_WAIT))


def points(r: Reading) -> Iterator[Point]:
    """The days that are named, in order; of "Saturday, 3 May" only the second."""
    behind, found = -1, 0
    for index in r.dated:
        point = point_at(r, index) if index > behind else None
        if not point:
            continue
        behind = point.last
        if not (r.has(point.last, "weekday") and _is_repeated(r, point)):
            yield point
            found += 1
        if found == _MOST_POINTS:
            return


def _is_repeated(r: Reading, point: Point) -> bool:
    """Does a day of the month follow that says the same as the weekday?"""
    after = point.last + 1
    after += r.has(after, "stop", "in")
    after += r.has(after, "in")
    again = point_at(r, after)
    return again is not None and again.day.weekday() == point.day.weekday()


def said_number(r: Reading, at: int) -> float:
    """The number that an item says, as a number or as an ordinal; 0 for none."""
    return r.at(at).number or float(r.label(at, "ord") or 0)
