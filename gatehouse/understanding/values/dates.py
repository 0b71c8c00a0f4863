"""Dates, ranges of days and lengths of time in any text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatehouse.understanding.reading import Item
from gatehouse.understanding.types import Span
from gatehouse.understanding.values.amounts import numbered, with_numbers, with_ordinals
from gatehouse.understanding.values.calendar import Calendar
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.values.spans import Found, found_at
from gatehouse.understanding.values.types import Kind, Length, Settings, Value
from gatehouse.understanding.values.written import with_written

_NUMBER_LABELS = frozenset(("num", "stop", "frac", "numand", "compound", "fraction"))
_FAR = 8  # items between the first word of a date and the one that makes it one
_OF_TIME = frozenset((
    "month", "weekday", "weekend", "unit", "per", "dur", "nextspan", "day", "holiday", "now",
    "written", "weekafter", "weekof", "ord", "the", "th", "part", "rel", "rest", "wc",
))  # fmt: skip
_STEMS = ("gun", "hafta", "ay", "yil", "sene", "gece")  # Turkish units, whatever they end in


def read_dates(page: Page, settings: Settings) -> Iterator[Value]:
    """Every day, range and length of time, in the order of the text."""
    calendar = calendar_of(page, settings)
    items = calendar.items
    near, at = _near_time(items), 0
    while at < len(items):
        found = found_at(calendar, at) if near[at] and _may_begin(items, at) else None
        if found is None:
            at += 1
            continue
        yield _value(items, found)
        at = max(found.last, at) + 1


def calendar_of(page: Page, settings: Settings) -> Calendar:
    """The items of a page, with all days that they may name."""
    items, written = with_written(page, settings.order)
    items = with_ordinals(with_numbers(items) if written else list(numbered(page)))
    return Calendar(items, settings.now.date(), written)


def _near_time(items: Sequence[Item]) -> list[bool]:
    """Which items have a word of time, or a year, at hand; nothing else can be about time."""
    near = [False] * len(items)
    ahead = _FAR + 1
    for at in range(len(items) - 1, -1, -1):
        item = items[at]
        is_year = item.number is not None and 1900 <= item.number <= 2100
        ahead = 0 if is_year or not _OF_TIME.isdisjoint(item.labels) else ahead + 1
        near[at] = ahead <= _FAR
    return near


def _may_begin(items: Sequence[Item], at: int) -> bool:
    """A number needs words beside it to be about time."""
    if items[at].labels.keys() - _NUMBER_LABELS:
        return True
    near = items[at + 1 : at + 3]
    return items[at].number is not None and any(item.labels for item in near)


def _value(items: Sequence[Item], found: Found) -> Value:
    first, last = items[found.first], items[found.last]
    is_counted = last is not first and items[found.last - 1].number is not None
    is_counted = is_counted or "some" in items[found.last - 1].labels
    ending = _ending(last) if is_counted or last.tail else 0
    span = Span(first.start, last.end - ending)
    if isinstance(found.what, Length):
        return Value(Kind.DURATION, span, found.what, 0.9)
    return Value(Kind.DATE if found.is_day else Kind.DATE_RANGE, span, found.what, 0.9)


def _ending(item: Item) -> int:
    """How many characters of the last word only bend it: "Mayıs'ta", "haftada"."""
    if "untilafter" in item.labels and item.text.endswith("ki"):
        return 2
    if item.tail:
        return len(item.tail) + 1
    stem = next((s for s in _STEMS if item.text.startswith(s) and "unit" in item.labels), item.text)
    return len(item.text) - len(stem)
