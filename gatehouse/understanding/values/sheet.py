"""The items of a text on a given day, and what every reading of days asks of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from gatehouse.understanding.reading import Item
from gatehouse.understanding.values.named import Named
from gatehouse.understanding.values.written import Written

_NO_ITEM = Item("", -9, -9)


@dataclass(frozen=True, slots=True)
class Sheet(ABC):
    """The items of a text on a given day."""

    items: Sequence[Item]
    today: date
    written: Mapping[int, Written]
    known: dict[int, Named | None] = field(default_factory=dict)  # what begins at each item
    asked: list[int] = field(default_factory=list)  # where names are being read just now

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

    def behind_dot(self, index: int) -> int:
        """The same, or the next index where the full stop of "Oct." stands."""
        item = self.at(index)
        return index + 1 if item.text == "." and item.start == self.at(index - 1).end else index

    @abstractmethod
    def named_at(self, at: int) -> Named | None:
        """The days named from this item on, if any are."""

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

    def in_week(self, weekday_at: int, shift: int, first: int, last: int) -> Named:
        """The weekday at an item, so many weeks from the present one."""
        weekday = int(self.label(weekday_at, "weekday") or 0)
        monday = self.today - timedelta(days=self.today.weekday())
        day = monday + timedelta(days=7 * shift + weekday)
        return self.on(day, min(first, weekday_at), max(last, weekday_at), has_year=True)

    def coming(self, weekday: int) -> date:
        """The next such day after today, never today itself."""
        return self.today + timedelta(days=(weekday - self.today.weekday() - 1) % 7 + 1)

    def day_number(self, at: int) -> int | None:
        """1 to 31, as a number or an ordinal."""
        item = self.at(at)
        value = item.number if item.number is not None else float(item.labels.get("ord", 0))
        return int(value) if value == int(value) and 1 <= value <= 31 else None

    def year_number(self, at: int) -> int | None:
        """1900 to 2100, in digits or words."""
        value = self.at(at).number
        if value is None or not 1900 <= value <= 2100 or value != int(value):
            return None
        return int(value)
