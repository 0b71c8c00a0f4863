"""Days, weeks, months and years by name: "3 May", "next week Monday", "the last week of July"."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, NamedTuple

from gatehouse.understanding.reading import Item
from gatehouse.understanding.values.written import Written, resolved

Grain = Literal["day", "week", "weekend", "month", "quarter", "year"]
_GRAINS: Mapping[str, Grain] = {
    "day": "day", "week": "week", "weekend": "weekend", "month": "month", "quarter": "quarter",
    "year": "year",
}  # fmt: skip
_NO_ITEM = Item("", -9, -9)
_AMBIGUOUS = frozenset(("may", "march", "mar", "mart", "dec", "sun", "sat"))


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


@dataclass(frozen=True, slots=True)
class Calendar:
    """The items of a text on a given day."""

    items: Sequence[Item]
    today: date
    written: Mapping[int, Written]
    known: dict[int, Named | None] = field(default_factory=dict)  # what begins at each item

    def at(self, index: int) -> Item:
        """The item, or an empty one beyond either end."""
        return self.items[index] if 0 <= index < len(self.items) else _NO_ITEM

    def has(self, index: int, *kinds: str) -> bool:
        """Has the item any of these kinds?"""
        return not self.at(index).labels.keys().isdisjoint(kinds)

    def label(self, index: int, kind: str) -> str | None:
        """What the item means as this kind."""
        return self.at(index).labels.get(kind)

    def skip(self, index: int, *kinds: str) -> int:
        """The next index behind an item of these kinds, if it is one."""
        return index + 1 if self.has(index, *kinds) else index

    def named_at(self, at: int) -> Named | None:
        """The days named from this item on, if any are."""
        if at not in self.known:
            item = self.at(at)
            is_mute = not item.labels and item.number is None
            self.known[at] = None if is_mute else self._week_or_less(at)
        return self.known[at]

    def _week_or_less(self, at: int) -> Named | None:
        found = self._any_at(at)
        if found is not None and found.grain == "day" and self.has(found.last + 1, "weekafter"):
            monday = found.start - timedelta(days=found.start.weekday())
            return _whole(monday, "week", at, found.last + 1, has_year=True)
        if found is not None and found.day is not None and self.has(found.last + 1, "weekday"):
            is_same = self.label(found.last + 1, "weekday") == str(found.start.weekday())
            return found._replace(last=found.last + 1) if is_same else found
        return found

    def _any_at(self, at: int) -> Named | None:
        return (
            self._written(at)
            or self._next_written(at)
            or self._holiday(at)
            or self._week_of(at)
            or self._part(at)
            or self._nth_of(at)
            or self._weekday(at)
            or self._numbered(at)
            or self._month(at)
            or self._unit(at)
            or self._year(at)
            or self.day(at)
        )

    # Days in figures, and by name.

    def _written(self, at: int) -> Named | None:
        one = self.written.get(self.at(at).start) if self.has(at, "written") else None
        if one is None:
            return None
        year_at = self.skip(at + 1, "stop") if self.at(at + 1).text == "," else at + 1
        year = self._year_number(year_at) if one.year is None else None
        last = at if year is None else year_at
        day = resolved(one if year is None else one._replace(year=year), self.today)
        if day is None:
            return None
        if one.day is None:
            return _whole(day, "month", at, at, has_year=True)
        return self.on(day, at, last, has_year=one.year is not None or year is not None)

    def _next_written(self, at: int) -> Named | None:
        """ "Next 5/12"."""
        one = self._written(at + 1) if self.has(at, "next") else None
        return one._replace(first=at) if one else None

    def _holiday(self, at: int) -> Named | None:
        """Days with a name and a fixed date: "MMDD"."""
        said = self.label(at, "holiday")
        if said is None:
            return None
        return self._month_day(int(said[:2]), int(said[2:]), at, at)

    def on(self, day: date, first: int, last: int, *, has_year: bool = False) -> Named:
        """One day, named by items `first` to `last`."""
        end = day + timedelta(days=1)
        return Named(day, end, first, last, "day", day.day, day.month, has_year)

    def day(self, at: int) -> Named | None:
        """ "Today", "tomorrow" and the like."""
        offset = self.label(at, "day")
        if offset is None:
            return None
        return self.on(self.today + timedelta(days=int(offset)), at, at, has_year=True)

    def _weekday(self, at: int) -> Named | None:
        """ "Friday", "next Friday", "next week Monday", "Monday the 4th"."""
        start, shift = self._shift(at)
        if shift is not None and self.label(start, "unit") == "week":
            after = self.skip(start + 1, "in")
            if self.has(after, "weekday"):
                return self._in_week(after, shift, at, after)
        if not self.has(start, "weekday") or (shift is None and start != at):
            return None
        last = start + self.has(start + 1, "dayword")
        again = self._dated(last + 1)
        if again is not None and again.grain == "day":
            return again._replace(first=at)
        behind = self.skip(last + 1, "in")
        if shift is None and self.label(behind, "nextspan") == "week":
            return self._in_week(start, 1, at, behind)
        behind, later = self._shift(behind)
        if shift is None and later is not None and self.label(behind, "unit") == "week":
            return self._in_week(start, later, at, behind)
        if shift is None:
            day = self._coming(int(self.label(start, "weekday") or 0))
            return self.on(day, at, last)._replace(day=None, month=None)
        is_soon = self.label(at, "next") == "coming" or self.has(at + 1, "next", "past")
        return self._near(start, shift, is_soon, at)._replace(last=last)

    def _near(self, start: int, shift: int, is_soon: bool, at: int) -> Named:
        """ "This past Wednesday", "upcoming Friday": the nearest; else by whole weeks."""
        weekday = int(self.label(start, "weekday") or 0)
        if is_soon and shift >= 0:
            return self.on(self._coming(weekday), at, start, has_year=True)
        if is_soon:
            ago = (self.today.weekday() - weekday - 1) % 7 + 1
            return self.on(self.today - timedelta(days=ago), at, start, has_year=True)
        return self._in_week(start, shift, at, start)

    def _in_week(self, weekday_at: int, shift: int, first: int, last: int) -> Named:
        weekday = int(self.label(weekday_at, "weekday") or 0)
        monday = self.today - timedelta(days=self.today.weekday())
        day = monday + timedelta(days=7 * shift + weekday)
        return self.on(day, min(first, weekday_at), max(last, weekday_at), has_year=True)

    def _coming(self, weekday: int) -> date:
        return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)

    def _dated(self, at: int) -> Named | None:
        """The day of the month behind a weekday: "Friday 7/6", "Tuesday the eleventh"."""
        at = self.skip(at, "stop") if self.at(at).text in (",", "(") else at
        at = self.skip(at, "det")
        found = self._written(at) or self._numbered(at) or self._month(at)
        if found is not None:
            return found
        value = self.day_number(at)
        if value is None or self.has(at + 1, "unit", "noun", "am", "pm", "oclock", "clock"):
            return None
        weekday = int(self.label(at - 1 if self.has(at - 1, "weekday") else at - 2, "weekday") or 0)
        for ahead in range(24):
            day = _nth_month(self.today, ahead, value)
            if day is not None and day >= self.today and day.weekday() == weekday:
                return self.on(day, at, self.skip(at + 1, "th") - 1, has_year=True)
        return None

    # Days of the month.

    def day_number(self, at: int) -> int | None:
        """1 to 31, as a number or an ordinal."""
        item = self.at(at)
        value = item.number if item.number is not None else float(item.labels.get("ord", 0))
        return int(value) if value == int(value) and 1 <= value <= 31 else None

    def _numbered(self, at: int) -> Named | None:
        """ "3 May 2027", "the 3rd of May", "the 18th", "2019-aug-1"."""
        start = self.skip(at, "det")
        if self.at(start).number and self.at(start).number != self.day_number(start):
            return self._year_first(at)
        value = self.day_number(start)
        if value is None or (self.has(at - 1, "sign") and self.at(at - 1).end == self.at(at).start):
            return None  # "$12 December"
        after = self.skip(start + 1, "th")
        has_ending = after > start + 1 or self.at(start).number is None
        after = self.skip(after, "dayword")
        month_at = self.skip(self.skip(after, "in", "slash"), "det")
        month = self.label(month_at, "month")
        if month is not None:
            return self._month_day(int(month), value, at, month_at)
        ends = self.has(after, "stop", "to", "until", "and", "or", "dash", "in", "from")
        if self.has(at, "the") and has_ending and (ends or after >= len(self.items)):
            return self._next_such_day(value, at, after - 1)
        return None

    def _next_such_day(self, value: int, first: int, last: int) -> Named | None:
        for ahead in range(12):
            day = _nth_month(self.today, ahead, value)
            if day is not None and day >= self.today:
                return self.on(day, first, last)._replace(month=None)
        return None

    def _year_first(self, at: int) -> Named | None:
        """ "2019-aug-1", "2020/23/Eyl"."""
        year = self._year_number(at)
        after = self.skip(at + 1, "slash", "dash")
        if year is None or after > at + 2:
            return None
        for month_at, day_at in ((after, after + 1), (self.skip(after + 1, "slash"), after)):
            day_at = self.skip(day_at, "slash") if day_at > month_at else day_at
            month, value = self.label(month_at, "month"), self.day_number(day_at)
            if month is not None and value is not None and self.has(day_at, "num") is False:
                return self._exact(year, int(month), value, at, max(month_at, day_at))
        return None

    def _month_day(self, month: int, value: int, first: int, last: int) -> Named | None:
        year_at = self.skip(last + 1, "in", "slash", "dash")
        year_at = self.skip(year_at, "stop") if self.at(year_at).text == "," else year_at
        year = self._year_number(year_at)
        if year is not None:
            return self._exact(year, month, value, first, year_at)
        for near in range(self.today.year, self.today.year + 9):
            if value <= monthrange(near, month)[1] and date(near, month, value) >= self.today:
                return self.on(date(near, month, value), first, last)
        return None

    def _exact(self, year: int, month: int, value: int, first: int, last: int) -> Named | None:
        if value > monthrange(year, month)[1]:
            return None
        return self.on(date(year, month, value), first, last, has_year=True)

    def _month(self, at: int) -> Named | None:
        """ "May", "May 3rd, 2019", "May 2019", "this May"."""
        start = self.skip(at, "thisone", "next") if self.has(at, "thisone", "next") else at
        month = self.label(start, "month")
        if month is None:
            return None
        day_at = self.skip(self.skip(start + 1, "slash", "in"), "det")
        value = self.day_number(day_at)
        is_day = value is not None and not self.has(day_at + 1, "cur", "noun", "unit", "month")
        if value is not None and is_day and (self.at(day_at).number or 0) < 32:
            last = self.skip(day_at + 1, "th") - 1
            return self._month_day(int(month), value, at, last)
        year_at = self.skip(start + 1, "in", "dash")
        year_at = self.skip(year_at, "stop") if self.at(year_at).text == "," else year_at
        year = self._year_number(year_at)
        if year is not None:
            whole = _whole(date(year, int(month), 1), "month", at, year_at, has_year=True)
            return self._inside(whole)
        if self.at(start).text in _AMBIGUOUS and not self._is_month(start):
            return None
        near = self.today.year + (int(month) < self.today.month)
        is_this = self.has(at, "thisone")
        whole = _whole(date(near, int(month), 1), "month", at, start, has_year=is_this)
        return self._inside(whole)

    def _inside(self, whole: Named) -> Named:
        """What stands behind in Turkish: "Mayıs ortası", "Temmuz'un son haftası"."""
        after = whole.last + 1
        part = self.label(after, "part")
        if part is not None:
            start, end = _part_of(whole, part)
            return whole._replace(start=start, end=end, last=after)
        number, unit_at = self._nth(after)
        grain, weekday = self._grain(unit_at), self.label(unit_at, "weekday")
        if number is not None and weekday is not None:
            one = whole._replace(last=unit_at)
            return self._nth_weekday(one, number, int(weekday), whole.first) or whole
        if number is None or grain not in ("week", "quarter", "weekend"):
            return whole
        found = _nth_in(whole._replace(last=unit_at), grain, number, whole.first)
        return found or whole

    def _is_month(self, at: int) -> bool:
        """Does what stands around say so? "May" is also a verb."""
        before = ("in", "from", "to", "until", "since", "before", "after", "part", "between")
        if len(self.items) < 3 or self.has(at - 1, *before, "past"):
            return True
        return self.has(at + 1, "to", "dash", "until", "part")

    # Weeks, months and years around today.

    def _shift(self, at: int) -> tuple[int, int | None]:
        """How far "this" (0), "next" (1) or "last" (-1) moves, and the index behind the word."""
        at = self.skip(at, "det") if self.has(at + 1, "next", "past", "thisone") else at
        if self.has(at, "thisone") and self.has(at + 1, "next", "past"):
            at += 1
        if self.has(at, "next"):
            return at + 1, 1
        if self.has(at, "past"):
            return at + 1, -1
        return (at + 1, 0) if self.has(at, "thisone", "same") else (at, None)

    def _unit(self, at: int) -> Named | None:
        """ "This week", "next month", "last year", "the weekend", "the month"."""
        ready = self._ready(at)
        if ready is not None:
            return ready
        start, shift = self._shift(at)
        grain = self._grain(start)
        if grain is None or (grain == "weekend" and shift is None):
            return self._this_unit(at) or self._bare_weekend(at)
        if shift is None:
            return self._this_unit(at)
        if grain == "day" and shift == 0 and not self.has(at, "same"):
            return None
        if grain == "week" and self.has(start + 1, "laterthan"):
            return None
        return self.around(grain, shift, at, start)

    def _this_unit(self, at: int) -> Named | None:
        """ "The month", "the week after next", "haftanın başı"."""
        start = self.skip(at, "det")
        grain = self._grain(start)
        if grain == "week" and self.has(start + 1, "after") and self.has(start + 2, "next"):
            return self.around("week", 2, at, start + 2)
        if grain is not None and self.has(start + 1, "part") and grain in ("week", "month", "year"):
            whole = self.around(grain, 0, at, start + 1)
            begin, end = _part_of(whole, self.label(start + 1, "part") or "")
            return Named(begin, end, at, start + 1, grain, has_year=True)
        if grain is None or not self.has(at, "the") or self.has(start + 1, "next", "past"):
            return None
        return self.around(grain, 0, at, start)

    def _ready(self, at: int) -> Named | None:
        """Words that mean "next week" as a whole."""
        span = self.label(at, "nextspan")
        if span is None:
            return None
        grain = _GRAINS["month" if span == "this_month" else span]
        if grain == "week" and self.has(at + 1, "weekday"):
            return self._in_week(at + 1, 1, at, at + 1)
        if grain == "week" and self.has(at + 1, "in") and self.has(at + 2, "weekday"):
            return self._in_week(at + 2, 1, at, at + 2)
        return self.around(grain, 0 if span == "this_month" else 1, at, at)

    def _bare_weekend(self, at: int) -> Named | None:
        if not self.has(at, "weekend"):
            return None
        saturday = self._coming(5) if self.today.weekday() < 5 else self.today
        if self.today.weekday() == 6:
            saturday -= timedelta(days=1)
        return Named(saturday, saturday + timedelta(days=2), at, at, "weekend", has_year=True)

    def _grain(self, at: int) -> Grain | None:
        if self.has(at, "weekend"):
            return "weekend"
        return _GRAINS.get(self.label(at, "unit") or "")

    def around(self, grain: Grain, shift: int, first: int, last: int) -> Named:
        """The day, week, … so many after the present one."""
        today = self.today
        if grain == "day":
            return self.on(today + timedelta(days=shift), first, last, has_year=True)
        if grain in ("week", "weekend"):
            start = today + timedelta(days=7 * shift - today.weekday())
        elif grain == "year":
            start = date(today.year + shift, 1, 1)
        else:
            step = 3 if grain == "quarter" else 1
            base = today.month - 1 - (today.month - 1) % step
            start = add_months(today.replace(month=base + 1, day=1), step * shift)
        return _whole(start, grain, first, last, has_year=True)

    def _week_of(self, at: int) -> Named | None:
        """ "The week of 10 April", "w/c Feb 4"."""
        start = self.skip(at, "det")
        if self.has(start, "wc") and self.at(start + 2).text == "c":
            after = start + 3
        elif self.has(start, "weekof"):
            after = start + 1
        elif self.label(start, "unit") == "week" and self.has(start + 1, "in"):
            after = start + 2
        else:
            return None
        day = self.named_at(self.skip(after, "det"))
        if day is None or day.grain != "day":
            return None
        monday = day.start - timedelta(days=day.start.weekday())
        return _whole(monday, "week", at, day.last, has_year=True)

    def _part(self, at: int) -> Named | None:
        """ "Mid May", "the end of the month", "later this week", "beginning of next month"."""
        start = at
        part, rel = self.label(start, "part"), self.label(start, "rel")
        if self.has(start, "rest"):
            whole = self._whole_at(start + 1)
            begin = max(whole.start, self.today) if whole and whole.end > self.today else None
            return whole._replace(start=begin, first=at) if whole and begin else None
        if part is None and rel is None:
            return None
        after = start + 1
        after = self.skip(after, "in")
        whole = self.named_at(after) or self.named_at(self.skip(after, "det"))
        grain = self._grain(after)
        if whole is None and grain in ("week", "month", "year"):
            whole = self.around(grain, 0, after, after)
        if whole is None or whole.grain not in ("week", "month", "year"):
            return None
        start_day, end = _part_of(whole, part or rel or "")
        if rel == "late" and whole.grain != "year":
            start_day = max(start_day, self.today) if self.today < end else start_day
        return Named(start_day, end, at, whole.last, whole.grain, has_year=whole.has_year)

    def _nth_of(self, at: int) -> Named | None:
        """ "The last week of July", "first Friday of May", "10th of next month"."""
        number, unit_at = self._nth(self.skip(at, "det"))
        if number is None:
            return None
        grain, weekday = self._grain(unit_at), self.label(unit_at, "weekday")
        is_bare = self.has(unit_at, "in") and number > 0  # "the 10th of next month"
        of = unit_at if is_bare else self.skip(unit_at + 1, "in")
        if of == unit_at + 1 and not self._is_whole(of):
            return None
        if not (is_bare or weekday or grain in ("day", "week", "quarter", "weekend")):
            return None
        whole = self._whole_at(self.skip(of, "in"))
        if whole is None or whole.grain not in ("month", "year"):
            return None
        if weekday is not None:
            return self._nth_weekday(whole, number, int(weekday), at)
        if grain == "day":
            return self._nth_day(whole, number, at)
        if is_bare or grain is None:
            is_month = whole.grain == "month" and self.has(whole.last, "unit", "nextspan")
            day = _nth_month(whole.start, 0, number) if is_month else None
            return self.on(day, at, whole.last, has_year=True) if day else None
        return _nth_in(whole, grain, number, at)

    def _is_whole(self, at: int) -> bool:
        """Does a month or year follow without an "of", as in Russian?"""
        return self.has(at, "month", "nextspan") or self._year_number(at) is not None

    def _nth_day(self, whole: Named, number: int, first: int) -> Named | None:
        """ "The last day of October"."""
        origin = whole.end if number < 0 else whole.start - timedelta(days=1)
        day = origin + timedelta(days=number)
        if not whole.start <= day < whole.end:
            return None
        return self.on(day, first, whole.last, has_year=whole.has_year)

    def _whole_at(self, at: int) -> Named | None:
        """A month or year: named, or "the month", "year"."""
        year = self._year_number(at)
        if year is not None:
            return _whole(date(year, 1, 1), "year", at, at, has_year=True)
        whole = self.named_at(at) or self.named_at(self.skip(at, "det"))
        grain = self._grain(self.skip(at, "det"))
        if whole is None and grain is not None:
            return self.around(grain, 0, at, self.skip(at, "det"))
        return whole

    def _nth_weekday(self, whole: Named, number: int, weekday: int, first: int) -> Named | None:
        day = whole.start + timedelta(days=(weekday - whole.start.weekday()) % 7)
        if number > 0:
            day += timedelta(days=7 * (number - 1))
        else:
            last = whole.end - timedelta(days=1)
            day = last - timedelta(days=(last.weekday() - weekday) % 7)
        if not whole.start <= day < whole.end:
            return None
        return self.on(day, first, whole.last, has_year=whole.has_year)

    def _nth(self, at: int) -> tuple[int | None, int]:
        """The ordinal here (-1: the last), and the index behind it."""
        if self.label(at, "past") == "last":
            return -1, at + 1
        value = self.day_number(at)
        after = self.skip(self.skip(at + 1, "th"), "dayword")
        if value is None or (self.at(at).number is not None and after == at + 1):
            return None, at
        return value, after

    # Years.

    def _year_number(self, at: int) -> int | None:
        value = self.at(at).number
        if value is None or not 1900 <= value <= 2100 or value != int(value):
            return None
        return int(value)

    def _spans_years(self, at: int) -> bool:
        """ "2014-2018": a year on either side of a dash."""
        if self.has(at - 1, "dash"):
            is_pair = self._year_number(at - 2) is not None or self.has(at - 2, "month")
            return is_pair and not self.has(at + 1, "dash")
        is_pair = self._year_number(at + 2) is not None or self.has(at + 2, "month")
        return is_pair and self.has(at + 1, "dash")

    def _year(self, at: int) -> Named | None:
        start = self.skip(self.skip(at, "det"), "unit")
        year = self._year_number(start)
        if year is None or self.has(start + 1, "unit", "noun", "cur"):
            return None
        is_said = start > at and self.label(start - 1, "unit") == "year"
        before = ("in", "from", "to", "until", "since", "before", "after", "between", "and")
        after = ("to", "until", "orlater", "since", "fromafter", "sinceafter")
        is_said = is_said or self.has(at - 1, *before) or self.has(start + 1, *after)
        if not (is_said or self._spans_years(at)):
            return None
        return self._inside(_whole(date(year, 1, 1), "year", start, start, has_year=True))


def _whole(start: date, grain: Grain, first: int, last: int, *, has_year: bool = False) -> Named:
    """From the first day of a week, month, … to its end."""
    if grain == "week":
        end = start + timedelta(days=7)
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


def _nth_month(today: date, ahead: int, day: int) -> date | None:
    first = add_months(today.replace(day=1), ahead)
    return first.replace(day=day) if day <= monthrange(first.year, first.month)[1] else None


def _part_of(whole: Named, part: str) -> tuple[date, date]:
    start, end = whole.start, whole.end
    if whole.grain == "week":
        middle = start + timedelta(days=3)
    elif whole.grain == "month":
        if part == "mid":
            return start.replace(day=10), start.replace(day=21)
        middle = start.replace(day=16)
    else:
        middle = start.replace(month=7)
    return (start, middle) if part == "early" else (middle, end)


def _nth_in(whole: Named, grain: Grain, number: int, first: int) -> Named | None:
    """Weeks belong where their Thursday lies (ISO 8601); quarters begin every three months."""
    if grain == "quarter":
        at = add_months(whole.start, 3 * ((number if number > 0 else 5 + number) - 1))
        return _whole(at, "quarter", first, whole.last, has_year=whole.has_year)
    thursday = whole.start + timedelta(days=(3 - whole.start.weekday()) % 7)
    monday = thursday - timedelta(days=3)
    if number < 0:
        last = whole.end - timedelta(days=1)
        monday = last - timedelta(days=(last.weekday() - 3) % 7) - timedelta(days=3)
    else:
        monday += timedelta(days=7 * (number - 1))
    return _whole(monday, grain, first, whole.last, has_year=whole.has_year)
