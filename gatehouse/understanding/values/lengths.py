"""Lengths of time: "two nights", "a week", "one year and a quarter", "all month"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

from gatehouse.understanding.values.calendar import Calendar
from gatehouse.understanding.values.types import Length, Unit

# A month counts as 30 days and a year as 365 where lengths are added up.
SECONDS: Mapping[str, int] = {
    "second": 1, "minute": 60, "hour": 3600, "day": 86400, "night": 86400, "week": 604800,
    "month": 2592000, "year": 31536000,
}  # fmt: skip
UNITS = frozenset(SECONDS)
_ARTICLES = ("a ", "an ")


class Stretch(NamedTuple):
    """A length, and the items that say it."""

    length: Length
    first: int
    last: int
    is_whole: bool = False  # "all week"
    more: tuple[Length, ...] = ()  # "2 years 1 month 21 days"


def units_at(c: Calendar, at: int) -> Stretch | None:
    """A number and a unit, quarters among them."""
    if c.has(at, "dur"):
        return stretch_at(c, at)
    at = c.skip(at, "article")
    count, after = c.at(at).number, at + 1
    unit = c.label(after, "unit")
    if count is None or not unit:
        return None
    if unit == "quarter":
        return Stretch(Length(count * 3, "month"), at, after)
    return Stretch(Length(count, cast(Unit, unit)), at, after) if unit in UNITS else None


def total(stretch: Stretch) -> Length:
    """Several lengths as one, counted in the smallest unit that was said."""
    if not stretch.more:
        return stretch.length
    lengths = (stretch.length, *stretch.more)
    unit = min((length.unit for length in lengths), key=SECONDS.__getitem__)
    seconds = sum(length.count * SECONDS[length.unit] for length in lengths)
    return Length(seconds / SECONDS[unit], unit)


def stretch_at(c: Calendar, at: int) -> Stretch | None:
    """ "Two nights", "a week", "one year and a quarter", "all month", "some days"."""
    if c.has(at, "all"):
        unit_at = c.skip(at + 1, "det")
        unit = c.label(unit_at, "unit")
        if unit in UNITS:
            return Stretch(Length(1.0, cast(Unit, unit)), at, unit_at, is_whole=True)
        return None
    ready = c.label(at, "dur")
    if ready is not None:
        number, _, unit = ready.partition(" ")
        return Stretch(Length(float(number), cast(Unit, unit)), at, at)
    count, unit_at = _count(c, at)
    if c.has(unit_at, "weekend") or c.label(unit_at, "unit") == "weekend":
        is_length = c.at(at).number is not None and bool(count)
        return Stretch(Length(2 * (count or 1), "day"), at, unit_at) if is_length else None
    is_of_it = unit_at == at or c.has(at, "frac")  # "half a day": "a day" may be one item
    unit = c.label(unit_at, "unit") or (c.label(unit_at, "per") if is_of_it else None)
    if count is None or unit not in UNITS or count <= 0:
        return None
    part, last = _part_behind(c, unit_at)
    count += part
    more, last = _more(c, last)
    return Stretch(Length(count, cast(Unit, unit)), at, last, more=more)


def _part_behind(c: Calendar, last: int) -> tuple[float, int]:
    """ "One year and a quarter": the part, and the last item of it."""
    if c.has(last + 1, "frac") and " " in c.at(last + 1).text:
        return float(c.label(last + 1, "frac") or 0), last + 1
    at = c.skip(last + 2, "article")
    if c.has(last + 1, "numand") and c.has(at, "frac"):
        return float(c.label(at, "frac") or 0), at
    return 0.0, last


def _count(c: Calendar, at: int) -> tuple[float | None, int]:
    item = c.at(at)
    if item.number is not None:
        after = c.skip(at + 1, "adjective")
        return item.number, after
    if c.has(at, "some"):
        return 3.0, at + 1
    if c.has(at, "per") and item.text.startswith(_ARTICLES) and not c.has(at - 1, "num", "cur"):
        return (1.0, at) if c.at(at - 1).number is None else (None, at)  # "in a week"
    if c.has(at, "frac") and " " not in item.text:
        return float(c.label(at, "frac") or 0), c.skip(at + 1, "article")  # "half a day"
    if c.has(at, "article"):
        if c.has(at + 1, "some"):
            return 3.0, at + 2
        return 1.0, at + 1
    return None, at


def _more(c: Calendar, last: int) -> tuple[tuple[Length, ...], int]:
    """ "2 years 1 month 21 days": what follows the first."""
    found: list[Length] = []
    while len(found) < 3:
        at = c.skip(c.skip(last + 1, "stop"), "and", "numand")
        count, unit = c.at(at).number, c.label(at + 1, "unit")
        if count is None or unit not in UNITS:
            break
        found.append(Length(count, cast(Unit, unit)))
        last = at + 1
    return tuple(found), last
