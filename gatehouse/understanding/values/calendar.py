"""Days, weeks, months and years by name: "3 May", "next week Monday", "the 10th"."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from gatehouse.understanding.values.feasts import falls_on
from gatehouse.understanding.values.named import Named, add_months, nth_month, whole_of
from gatehouse.understanding.values.parts import Parts
from gatehouse.understanding.values.written import resolved

_AMBIGUOUS = frozenset(("may", "march", "mar", "mart", "dec", "sun", "sat"))
_DEEPEST = 6  # names inside names: "the first Friday of the month of May 2027" has three


@dataclass(frozen=True, slots=True)
class Calendar(Parts):
    """The items of a text on a given day, with all that they may name."""

    def named_at(self, at: int) -> Named | None:
        """The days named from this item on, if any are."""
        if at not in self.known:
            item = self.at(at)
            if not item.labels and item.number is None:
                return None
            if len(self.asked) >= _DEEPEST:
                return None  # "the first of the first of the first of …"
            self.asked.append(at)
            self.known[at] = self._week_or_less(at)
            self.asked.pop()
        return self.known[at]

    def _week_or_less(self, at: int) -> Named | None:
        found = self._week_with(at) or self._any_at(at)
        if found is not None and found.grain == "day" and self.has(found.last + 1, "weekafter"):
            monday = found.start - timedelta(days=found.start.weekday())
            return whole_of(monday, "week", at, found.last + 1, has_year=True)
        if found is not None and found.day is not None and self.has(found.last + 1, "weekday"):
            is_same = self.label(found.last + 1, "weekday") == str(found.start.weekday())
            return found._replace(last=found.last + 1) if is_same else found
        return found

    def _week_with(self, at: int) -> Named | None:
        """ "18'i haftası": the week that holds the 18th."""
        is_bent = self.at(at).tail or self.has(at + 1, "th") or self._is_ending(at + 1)
        value = self.day_number(at) if is_bent else None
        behind = at + 2 if self._is_ending(at + 1) else self.skip(at + 1, "th")
        if value is None or not self.has(behind, "weekafter"):
            return None
        day = self._next_such_day(value, at, behind)
        if day is None:
            return None
        monday = day.start - timedelta(days=day.start.weekday())
        return whole_of(monday, "week", at, behind, has_year=True)

    def _is_ending(self, at: int) -> bool:
        """ "-i" of "18'i": a short word without a meaning, right behind a number."""
        item, before = self.at(at), self.at(at - 1)
        is_short = item.text.isalpha() and len(item.text) <= 4 and not item.labels
        return is_short and before.number is not None and item.start - before.end <= 1

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
        year = self.year_number(year_at) if one.year is None else None
        last = at if year is None else year_at
        day = resolved(one if year is None else one._replace(year=year), self.today)
        if day is None:
            return None
        if one.day is None:
            return whole_of(day, "month", at, at, has_year=True)
        return self.on(day, at, last, has_year=one.year is not None or year is not None)

    def _next_written(self, at: int) -> Named | None:
        """ "Next 5/12"."""
        one = self._written(at + 1) if self.has(at, "next") else None
        return one._replace(first=at) if one else None

    def _holiday(self, at: int) -> Named | None:
        """ "Easter", "this Christmas", "Thanksgiving 2027"."""
        start = self.skip(at, "thisone", "next") if self.has(at + 1, "holiday") else at
        said = self.label(start, "holiday")
        if said is None:
            return None
        year_at = self.skip(start + 1, "in")
        year, last = self.year_number(year_at), year_at
        if year is None and self.label(year_at, "nextspan") == "year":
            year = self.today.year + 1
        last = start if year is None else year_at
        day = falls_on(said, after=self.today, year=year)
        return self.on(day, at, last, has_year=year is not None) if day else None

    def _weekday(self, at: int) -> Named | None:
        """ "Friday", "next Friday", "next week Monday", "Monday the 4th"."""
        start, shift = self._shift(at)
        if shift is not None and self.label(start, "unit") == "week":
            after = self.skip(start + 1, "in")
            if self.has(after, "weekday"):
                return self.in_week(after, shift, at, after)
        if not self.has(start, "weekday") or (shift is None and start != at):
            return None
        last = start + self.has(start + 1, "dayword")
        again = self._dated(last + 1)
        if again is not None and again.grain == "day":
            return again._replace(first=at)
        behind = self.skip(last + 1, "in")
        if shift is None and self.label(behind, "nextspan") == "week":
            return self.in_week(start, 1, at, behind)
        behind, later = self._shift(behind)
        if shift is None and later is not None and self.label(behind, "unit") == "week":
            return self.in_week(start, later, at, behind)
        if shift is None:
            day = self.coming(int(self.label(start, "weekday") or 0))
            return self.on(day, at, last)._replace(day=None, month=None)
        is_soon = self.label(at, "next") == "coming" or self.has(at + 1, "next", "past")
        return self._near(start, shift, is_soon, at)._replace(last=last)

    def _near(self, start: int, shift: int, is_soon: bool, at: int) -> Named:
        """ "This past Wednesday", "upcoming Friday": the nearest; else by whole weeks."""
        weekday = int(self.label(start, "weekday") or 0)
        if is_soon and shift >= 0:
            return self.on(self.coming(weekday), at, start, has_year=True)
        if is_soon:
            ago = (self.today.weekday() - weekday - 1) % 7 + 1
            return self.on(self.today - timedelta(days=ago), at, start, has_year=True)
        return self.in_week(start, shift, at, start)

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
            day = nth_month(self.today, ahead, value)
            if day is not None and day >= self.today and day.weekday() == weekday:
                return self.on(day, at, self.skip(at + 1, "th") - 1, has_year=True)
        return None

    # Days of the month.

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
            day = nth_month(self.today, ahead, value)
            if day is not None and day >= self.today:
                return self.on(day, first, last)._replace(month=None)
        return None

    def _year_first(self, at: int) -> Named | None:
        """ "2019-aug-1", "2020/23/Eyl"."""
        year = self.year_number(at)
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
        year_at = self.skip(self.behind_dot(last + 1), "in", "slash", "dash")
        year_at = self.skip(year_at, "stop") if self.at(year_at).text == "," else year_at
        year = self.year_number(year_at)
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
        if month is None or self.has(start - 1, "untilafter", "betweenafter"):
            return None  # "aralık" is a stretch there, not December
        after = self.behind_dot(start + 1)
        day_at = self.skip(self.skip(after, "slash", "in"), "det")
        value = self.day_number(day_at)
        is_day = value is not None and not self.has(day_at + 1, "cur", "noun", "unit", "month")
        if value is not None and is_day and (self.at(day_at).number or 0) < 32:
            last = self.skip(day_at + 1, "th") - 1
            return self._month_day(int(month), value, at, last)
        year_at = self.skip(after, "in", "dash")
        year_at = self.skip(year_at, "stop") if self.at(year_at).text == "," else year_at
        year = self.year_number(year_at)
        if year is not None:
            whole = whole_of(date(year, int(month), 1), "month", at, year_at, has_year=True)
            return self._inside(whole)
        if self.at(start).text in _AMBIGUOUS and not self._is_month(start):
            return None
        near = self.today.year + (int(month) < self.today.month)
        is_this = self.has(at, "thisone")
        whole = whole_of(date(near, int(month), 1), "month", at, start, has_year=is_this)
        return self._inside(whole)

    def _is_month(self, at: int) -> bool:
        """Does what stands around say so? "May" is also a verb."""
        before = ("in", "from", "to", "until", "since", "before", "after", "part", "between")
        if len(self.items) < 3 or self.has(at - 1, *before, "past"):
            return True
        return self.has(at + 1, "to", "dash", "until", "part")

    def _spans_years(self, at: int) -> bool:
        """ "2014-2018": a year on either side of a dash."""
        if self.has(at - 1, "dash"):
            is_pair = self.year_number(at - 2) is not None or self.has(at - 2, "month")
            return is_pair and not self.has(at + 1, "dash") and not self.has(at - 3, "dash")
        is_pair = self.year_number(at + 2) is not None or self.has(at + 2, "month")
        return is_pair and self.has(at + 1, "dash")

    def _year(self, at: int) -> Named | None:
        start = self.skip(self.skip(at, "det"), "unit")
        year = self.year_number(start)
        if year is None or self.has(start + 1, "unit", "noun", "cur"):
            return None
        is_said = start > at and self.label(start - 1, "unit") == "year"
        before = ("in", "from", "to", "until", "since", "before", "after", "between", "and")
        after = ("to", "until", "orlater", "since", "fromafter", "sinceafter")
        is_said = is_said or self.has(at - 1, *before) or self.has(start + 1, *after)
        if not (is_said or self._spans_years(at)):
            return None
        return self._inside(whole_of(date(year, 1, 1), "year", start, start, has_year=True))


__all__ = ["Calendar", "Named", "add_months"]
