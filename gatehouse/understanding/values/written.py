"""Dates in figures: 2026-05-03, 3/5/2026, 12/05, 05.2026, in the order asked for."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from gatehouse.understanding.reading import Item
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.values.types import Order
from gatehouse.understanding.writing import writing

_ISO = r"(?P<y1>(?:19|20)\d\d)(?P<s1>[-/. ])(?P<a1>\d{1,2})(?P=s1)(?P<b1>\d{1,2})"
_FULL = r"(?P<a2>\d{1,2})(?P<s2>[-/.])(?P<b2>\d{1,2})(?P=s2)(?P<y2>(?:19|20)?\d\d)"
_MONTH = r"(?P<b3>\d{1,2})[-/](?P<y3>20\d\d)|(?P<y4>20\d\d)[-/](?P<b4>0\d|1[0-2])"
_SHORT = r"(?P<a5>\d{1,2})/(?P<b5>\d{1,2})"
_POINT = r"(?P<a6>\d{1,2})\.(?P<b6>0[1-9]|1[0-2])\.?"
_BOUND = r"(?<![\w.,/£€$₺])(?<!\d-)"
_END = r"(?![\w/]|[.,:]\d|-\d{1,2}-)"
_DATE = re.compile(rf"{_BOUND}(?:{_ISO}|{_FULL}|{_MONTH}|{_SHORT}){_END}")
_DOTTED = re.compile(rf"{_BOUND}(?:{_ISO}|{_FULL}|{_MONTH}|{_SHORT}|{_POINT}){_END}")
_CHAINED = re.compile(r"(?<=\d)-(?=\d{1,2}/\d{1,2})")


class Written(NamedTuple):
    """A date in figures; `year` None where none is written, `day` None for a month."""

    year: int | None
    month: int
    day: int | None
    start: int
    end: int


def written_dates(page: Page, order: Order) -> Iterator[Written]:
    """All dates in figures, in the order of the text."""
    pattern = _DOTTED if writing(page.language).has_points_in_dates else _DATE
    folded = _CHAINED.sub(" ", page.folded)
    for found in pattern.finditer(folded):
        parts = {k[0]: int(v) for k, v in found.groupdict().items() if v and k[0] != "s"}
        day, month = parts.get("a"), parts["b"]
        is_iso = found.group("y1") is not None
        if day is not None:
            day, month = _ordered(day, month, is_iso=is_iso, order=order)
        year = parts.get("y")
        year = year + 2000 if year is not None and year < 100 else year
        if _is_date(year, month, day):
            yield Written(year, month, day, found.start(), found.end())


def _ordered(one: int, other: int, *, is_iso: bool, order: Order) -> tuple[int, int]:
    """Day and month; the order asked for gives way where it makes no date."""
    day, month = (other, one) if is_iso or order == "month_first" else (one, other)
    return (month, day) if month > 12 >= day else (day, month)


def _is_date(year: int | None, month: int, day: int | None) -> bool:
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= monthrange(year or 2024, month)[1]


def with_written(page: Page, order: Order) -> tuple[list[Item], dict[int, Written]]:
    """The items, each date in figures as one labelled "written", and what is written, by start.

    No items where nothing is written in figures.
    """
    found = {w.start: w for w in written_dates(page, order)}
    if not found:
        return [], found
    letters = list(page.folded)
    for start, one in found.items():
        letters[start : one.end] = " " * (one.end - start)
    items = page.items("".join(letters))
    items += [Item("", w.start, w.end, {"written": ""}) for w in found.values()]
    items.sort(key=lambda item: item.start)
    return items, found


def resolved(one: Written, today: date) -> date | None:
    """The day, or the first day of the month; the next such day where no year is written."""
    if one.year is not None:
        return date(one.year, one.month, one.day or 1)
    for year in range(today.year, today.year + 9):
        if one.day is None or one.day <= monthrange(year, one.month)[1]:
            day = date(year, one.month, one.day or 1)
            if day >= today:
                return day
    return None


__all__ = ["Written", "resolved", "with_written", "written_dates"]
