"""Parts of months and years: "mid May", "the last week of July", "first Friday of May"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gatehouse.understanding.values.named import Named, nth_in, nth_month, part_of, whole_of
from gatehouse.understanding.values.weeks import Weeks


@dataclass(frozen=True, slots=True)
class Parts(Weeks):
    """Reads what is named by its place in something longer."""

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
        return whole_of(monday, "week", at, day.last, has_year=True)

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
        whole = self._whole_at(after)
        if whole is None or whole.grain not in ("week", "month", "year"):
            return None
        start_day, end = part_of(whole, part or rel or "")
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
            day = nth_month(whole.start, 0, number) if is_month else None
            return self.on(day, at, whole.last, has_year=True) if day else None
        return nth_in(whole, grain, number, at)

    def _is_whole(self, at: int) -> bool:
        """Does a month or year follow without an "of", as in Russian?"""
        return self.has(at, "month", "nextspan") or self.year_number(at) is not None

    def _nth_day(self, whole: Named, number: int, first: int) -> Named | None:
        """ "The last day of October"."""
        origin = whole.end if number < 0 else whole.start - timedelta(days=1)
        day = origin + timedelta(days=number)
        if not whole.start <= day < whole.end:
            return None
        return self.on(day, first, whole.last, has_year=whole.has_year)

    def _whole_at(self, at: int) -> Named | None:
        """A month or year: named, or "the month", "year"."""
        year = self.year_number(at)
        if year is not None:
            return whole_of(date(year, 1, 1), "year", at, at, has_year=True)
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

    def _inside(self, whole: Named) -> Named:
        """What stands behind in Turkish: "Mayıs ortası", "Temmuz'un son haftası"."""
        after = whole.last + 1
        part = self.label(after, "part")
        if part is not None:
            start, end = part_of(whole, part)
            return whole._replace(start=start, end=end, last=after)
        number, unit_at = self._nth(after)
        grain, weekday = self._grain(unit_at), self.label(unit_at, "weekday")
        if number is not None and weekday is not None:
            one = whole._replace(last=unit_at)
            return self._nth_weekday(one, number, int(weekday), whole.first) or whole
        if number is None or grain not in ("week", "quarter", "weekend"):
            return whole
        found = nth_in(whole._replace(last=unit_at), grain, number, whole.first)
        return found or whole
