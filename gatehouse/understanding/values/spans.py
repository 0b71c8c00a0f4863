"""Ranges of days, days counted from others, limits and lengths of time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple, cast

from gatehouse.understanding.values.calendar import Calendar, Named, add_months
from gatehouse.understanding.values.lengths import Stretch, stretch_at, total, units_at
from gatehouse.understanding.values.types import Days, Length, Unit

_DAYS: Mapping[str, int] = {"day": 1, "night": 1, "week": 7, "weekend": 7}
_MONTHS: Mapping[str, int] = {"month": 1, "quarter": 3, "year": 12}
_MOST = 1000.0  # units counted from today
_FROM_ENDINGS = frozenset(("tan", "ten", "dan", "den"))


class Found(NamedTuple):
    """Days or a length, and the items that say so; `is_day` for one day."""

    what: Days | Length
    first: int
    last: int
    is_day: bool = False


def found_at(c: Calendar, at: int) -> Found | None:
    """What about time begins at this item, the longest first."""
    return (
        _counted(c, at)
        or _bounded(c, at)
        or _range(c, at)
        or _relative(c, at)
        or _one(c, at)
        or _length(c, at)
    )


def _counted(c: Calendar, at: int) -> Found | None:
    named = _counted_from(c, at)
    return Found(Days(named.start, named.end), at, named.last, is_day=True) if named else None


# One name, and limits.


def _one(c: Calendar, at: int) -> Found | None:
    named = c.named_at(at)
    if named is None:
        return None
    return Found(Days(named.start, named.end), at, named.last, named.grain == "day")


def _bounded(c: Calendar, at: int) -> Found | None:
    """ "Before March", "after mid May", "since August", "from 1/1/2016 and later"."""
    if c.has(at, "before", "after", "since", "until") and not c.has(at, "day"):
        days, last = _limit(c, at)
        if days is not None:
            return Found(days, at, last)
        if last:
            return None  # what stands here is a range
    one = c.named_at(at)
    if one is not None and c.has(one.last + 1, "orlater"):
        return Found(Days(one.start, None), at, one.last + 1)
    return _bounded_behind(c, at, one)


def _limit(c: Calendar, at: int) -> tuple[Days | None, int]:
    """The days that "before" and the like leave, and the last item; 0 where no day follows."""
    start = at + 1 if c.has(at, "after", "before") else c.skip(at + 1, "in")
    one = c.named_at(start) or _relative_day(c, start) or c.named_at(c.skip(start, "det"))
    if one is None:
        return None, 0
    if _range(c, start):
        return None, one.last
    if c.has(at, "before"):
        return Days(None, _edge(c, one)), one.last
    if c.has(at, "after"):
        return Days(_after_edge(c, start, one), None), one.last
    if c.has(at, "until"):
        return Days(None, one.start), one.last
    return Days(one.start, None), one.last


def _edge(c: Calendar, one: Named) -> date:
    """ "Before the end of this year" allows all of it."""
    return one.end if c.has(one.first, "part") or c.has(one.first + 1, "part") else one.start


def _after_edge(c: Calendar, at: int, one: Named) -> date:
    """ "After the beginning of March" begins with March; after a month, with the next."""
    is_early = any(c.label(i, "part") == "early" for i in (at, at + 1))
    return one.start if is_early or one.grain == "day" else one.end


def _bounded_behind(c: Calendar, at: int, one: Named | None) -> Found | None:
    """Where the limit stands behind: "Ağustos'tan beri", "Mart'tan önce"."""
    if one is None:
        return None
    for index in (one.last + 1, c.skip(one.last + 1, "fromafter")):
        if c.has(index, "sinceafter"):
            return Found(Days(one.start, None), at, index)
        if c.has(index, "beforeafter"):
            return Found(Days(None, one.start), at, index)
        if c.has(index, "afterafter") and one.grain != "day":
            return Found(Days(one.end, None), at, index)
    return None


# Ranges.


def _range(c: Calendar, at: int) -> Found | None:
    """ "From 3 to 17 May", "between Jan and March", "May 3 - June 2", "Nov 19-20"."""
    start = at
    is_led = c.has(at, "between") or c.has(at, "from")
    if is_led:
        start = c.skip(at + 1, "thisone") if c.has(at + 2, "written") else at + 1
    pair = _days_of_month(c, start) or _two_names(c, start, is_led=is_led)
    if pair is None:
        return None
    one, two = pair
    return Found(Days(one.start, two.start), at, two.last)


def _link(c: Calendar, at: int, *, is_led: bool) -> int | None:
    """The index behind "to", "until", "-" (or "and" after "between"); None if there is none."""
    if c.has(at, "dash", "to", "until"):
        return c.skip(at + 1, "to", "until")
    return at + 1 if is_led and c.has(at, "and") else None


def _days_of_month(c: Calendar, at: int) -> tuple[Named, Named] | None:
    """One month for two days: "3 to 17 May", "9 to 12 of June", "Nov 19-20"."""
    return _month_behind(c, c.skip(at, "det")) or _month_ahead(c, at)


def _month_behind(c: Calendar, at: int) -> tuple[Named, Named] | None:
    first = c.day_number(at)
    is_led = c.has(at - 1, "between") or c.has(at - 2, "between")
    after = _link(c, c.skip(at + 1, "th"), is_led=is_led) if first is not None else None
    second = c.named_at(after) if after is not None else None
    if first is None or after is None or second is None or second.month is None:
        return None
    if second.grain != "day" or c.day_number(c.skip(after, "det")) is None:
        return None
    start = _same_month(second.start, first)
    return (second._replace(start=start), second) if start else None


def _month_ahead(c: Calendar, at: int) -> tuple[Named, Named] | None:
    one = c.named_at(at)
    if one is None or one.grain != "day" or one.day is None:
        return None
    after = _link(c, one.last + 1, is_led=True)
    value_at = c.skip(after, "det") if after is not None else -1
    value = c.day_number(value_at)
    if value is None or c.has(value_at, "written") or value <= one.start.day:
        return None
    behind = c.skip(value_at + 1, "th")
    if c.has(behind, "month", "unit") or c.has(c.skip(behind, "in"), "month"):
        return None
    try:
        end = one.start.replace(day=value)
    except ValueError:
        return None
    return one, one._replace(start=end, last=behind - 1)


def _same_month(second: date, day: int) -> date | None:
    """The day before the second one; in the month before if it must be."""
    base = second if day < second.day else add_months(second.replace(day=1), -1)
    try:
        return base.replace(day=day)
    except ValueError:
        return None


def _two_names(c: Calendar, at: int, *, is_led: bool) -> tuple[Named, Named] | None:
    one = c.named_at(at) or c.named_at(c.skip(at, "det")) or _now(c, at)
    if one is None:
        return None
    after = _link(c, one.last + 1, is_led=is_led)
    if after is None and c.has(one.last + 1, "fromafter"):
        after = one.last + 2
    if after is None and c.at(one.last).tail in _FROM_ENDINGS:
        after = one.last + 1
    if after is None and c.has(one.last, "written") and c.has(one.last + 1, "written"):
        after = one.last + 1  # two written dates, joined by a dash
    if after is None:
        return None
    after = c.skip(after, "thisone", "next") if c.has(after + 1, "written") else after
    two = c.named_at(c.skip(after, "in")) or c.named_at(after) or _now(c, after)
    if two is None or (one.grain == "weekend") != (two.grain == "weekend"):
        return None
    two = two._replace(last=c.skip(two.last + 1, "untilafter", "betweenafter") - 1)
    return _ordered(c, one, two)


def _now(c: Calendar, at: int) -> Named | None:
    return c.day(at) if c.has(at, "now") else None


def _ordered(c: Calendar, one: Named, two: Named) -> tuple[Named, Named] | None:
    """A year said once holds for both; what lies before the first is meant a year later."""
    if two.day is None and two.grain == "day" and not two.has_year:
        ahead = (two.start - one.start).days % 7 or 7  # "Monday to Friday"
        return one, two._replace(start=_day_after(one.start, ahead))
    if not (one.has_year or two.has_year):
        start, end = _in_year(one.start, one.start.year - 1), two.start
        if start <= c.today < end and one.start > end:
            return one._replace(start=start), two
    if two.has_year and not one.has_year:
        start = _in_year(one.start, two.start.year)
        if start >= two.start:
            start = _in_year(one.start, two.start.year - 1)
        return one._replace(start=start), two
    if two.start <= one.start and not two.has_year:
        same = _in_year(two.start, one.start.year)
        return one, two._replace(start=same if same > one.start else _in_year(same, same.year + 1))
    return (one, two) if two.start > one.start else None


def _in_year(day: date, year: int) -> date:
    return add_months(day, 12 * (year - day.year))


# Counted from another day.


def _relative(c: Calendar, at: int) -> Found | None:
    named = _relative_day(c, at)
    if named is not None:
        return Found(Days(named.start, named.end), at, named.last, is_day=True)
    return _coming_units(c, at) or _lasting_from(c, at)


def _relative_day(c: Calendar, at: int) -> Named | None:
    """ "In two weeks", "three weeks from tomorrow", "5 days before Friday", "a month later"."""
    is_led = c.has(at, "later")
    stretch = stretch_at(c, at + 1 if is_led else at)
    if stretch is None or stretch.is_whole or not _is_counted(stretch):
        return None
    lengths = (stretch.length, *stretch.more)
    after = stretch.last + 1
    if c.has(after, "ago"):
        return c.on(_moved(c.today, lengths, -1), at, after, has_year=True)
    if c.has(after, "hence", "laterafter"):
        return _on_weekday(c, _moved(c.today, lengths, 1), at, after, unit=stretch.length.unit)
    if c.has(after, "before", "after", "from") and not is_led and not c.has(after, "since"):
        base = c.named_at(after + 1)
        if base is not None and base.grain == "day":
            sign = -1 if c.has(after, "before") else 1
            day = _moved(base.start, lengths, sign)
            return _on_weekday(c, day, at, base.last, unit=stretch.length.unit)
        return None
    if not is_led:
        return None
    day = _moved(c.today, lengths, 1)
    return _on_weekday(c, day, at, stretch.last, unit=stretch.length.unit)


def _counted_from(c: Calendar, at: int) -> Named | None:
    """ "Yarından itibaren üç hafta": the day first, then how long after it."""
    base = c.day(at)
    if base is None or not c.has(at + 1, "sinceafter", "fromafter"):
        return None
    stretch = stretch_at(c, at + 2)
    if stretch is None or not _is_counted(stretch):
        return None
    last = c.skip(stretch.last + 1, "laterafter") - 1
    return c.on(_moved(base.start, (stretch.length,), 1), at, last, has_year=True)


def _on_weekday(c: Calendar, day: date, first: int, last: int, *, unit: Unit) -> Named:
    """ "In 3 days on Friday": the nearest; "two months from today on Tuesday": the next."""
    weekday_at = c.skip(last + 1, "in")
    if c.has(weekday_at, "weekday"):
        ahead = (int(c.label(weekday_at, "weekday") or 0) - day.weekday()) % 7
        is_near = unit in ("day", "night", "week") and ahead > 3
        day, last = _day_after(day, ahead - 7 if is_near else ahead), weekday_at
    return c.on(day, first, last, has_year=True)


def _is_counted(stretch: Stretch) -> bool:
    return all(
        length.unit not in ("second", "minute", "hour") and 0 < length.count <= _MOST
        for length in (stretch.length, *stretch.more)
    )


def _moved(day: date, lengths: tuple[Length, ...], sign: int) -> date:
    for length in lengths:
        if length.unit in _MONTHS and length.count == int(length.count):
            day = add_months(day, sign * int(length.count) * _MONTHS[length.unit])
        else:
            step = _DAYS.get(length.unit, 30 * _MONTHS.get(length.unit, 1))
            day = _day_after(day, sign * int(length.count * step))
    return day


def _day_after(day: date, days: int) -> date:
    ordinal = min(max(day.toordinal() + days, 1), date.max.toordinal())
    return date.fromordinal(ordinal)


def _coming_units(c: Calendar, at: int) -> Found | None:
    """ "The next two weeks", "5 upcoming years", "the last 10 days"."""
    start = c.skip(at, "det") if c.has(at + 1, "next", "past") else at
    way = start
    if c.has(way, "thisone") and c.has(way + 1, "next", "past"):
        way += 1
    if c.has(way, "next", "past"):
        stretch = units_at(c, way + 1)
        last = stretch.last if stretch else 0
    else:
        way = at + 1
        stretch, last = None, at + 2
        count = c.at(at).number
        unit = c.label(at + 2, "unit")
        if count is not None and unit and c.has(way, "next", "past"):
            stretch = Stretch(Length(count, cast(Unit, unit)), at, at + 2)
    if stretch is None or not _is_counted(stretch):
        return None
    if c.has(way, "next"):
        is_within = c.has(last + 1, "laterafter")  # "önümüzdeki 10 ay içinde"
        last += is_within
        begin = c.today if is_within else _day_after(c.today, 1)
        days = Days(begin, _moved(begin, (stretch.length,), 1))
    else:
        days = Days(_moved(c.today, (stretch.length,), -1), c.today)
    return Found(days, start, last)


def _lasting_from(c: Calendar, at: int) -> Found | None:
    """ "2 weeks starting May 20th", "3 days from next Monday"."""
    stretch = stretch_at(c, at)
    if stretch is None or not _is_counted(stretch) or not c.has(stretch.last + 1, "since", "from"):
        return None
    base_at = c.skip(c.skip(stretch.last + 2, "since", "in"), "from")
    base = c.named_at(base_at)
    if base is None:
        return None
    end = _moved(base.start, (stretch.length, *stretch.more), 1)
    return Found(Days(base.start, end), at, base.last)


# Lengths.


def _length(c: Calendar, at: int) -> Found | None:
    stretch = stretch_at(c, at)
    if stretch is None:
        return None
    first = at
    if c.has(at - 1, "morethan"):
        first = at - 1
    return Found(total(stretch), first, stretch.last)
