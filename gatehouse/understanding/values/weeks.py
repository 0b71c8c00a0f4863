"""Weeks, months and years around today: "next week", "this weekend", "the month"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gatehouse.understanding.values.named import (
    GRAINS,
    Grain,
    Named,
    add_months,
    part_of,
    whole_of,
)
from gatehouse.understanding.values.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Weeks(Sheet):
    """Reads stretches that are counted from the present one."""

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
            begin, end = part_of(whole, self.label(start + 1, "part") or "")
            return Named(begin, end, at, start + 1, grain, has_year=True)
        if grain is None or not self.has(at, "the") or self.has(start + 1, "next", "past"):
            return None
        return self.around(grain, 0, at, start)

    def _ready(self, at: int) -> Named | None:
        """Words that mean "next week" as a whole."""
        span = self.label(at, "nextspan")
        if span is None:
            return None
        grain = GRAINS["month" if span == "this_month" else span]
        if span == "week" and self.has(at + 1, "next") and self.label(at + 2, "unit") == "week":
            return self.around("week", 2, at, at + 2)  # "gelecek haftadan sonraki hafta"
        if grain == "week" and self.has(at + 1, "weekday"):
            return self.in_week(at + 1, 1, at, at + 1)
        if grain == "week" and self.has(at + 1, "in") and self.has(at + 2, "weekday"):
            return self.in_week(at + 2, 1, at, at + 2)
        return self.around(grain, 0 if span == "this_month" else 1, at, at)

    def _bare_weekend(self, at: int) -> Named | None:
        if not self.has(at, "weekend"):
            return None
        saturday = self.coming(5) if self.today.weekday() < 5 else self.today
        if self.today.weekday() == 6:
            saturday -= timedelta(days=1)
        return Named(saturday, saturday + timedelta(days=2), at, at, "weekend", has_year=True)

    def _grain(self, at: int) -> Grain | None:
        if self.has(at, "weekend"):
            return "weekend"
        return GRAINS.get(self.label(at, "unit") or "")

    def around(self, grain: Grain, shift: int, first: int, last: int) -> Named:
        """The day, week, … so many after the present one."""
        today = self.today
        if grain == "day":
            return self.on(today + timedelta(days=shift), first, last, has_year=True)
        if grain in ("week", "workweek", "weekend"):
            start = today + timedelta(days=7 * shift - today.weekday())
        elif grain == "year":
            start = date(today.year + shift, 1, 1)
        else:
            step = 3 if grain == "quarter" else 1
            base = today.month - 1 - (today.month - 1) % step
            start = add_months(today.replace(month=base + 1, day=1), step * shift)
        return whole_of(start, grain, first, last, has_year=True)
