"""When a rollout may go forward: opening hours and frozen days, in the site's own time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LOOK_AHEAD_DAYS: Final = 15  # until a window opens again; a week and its change of clocks


@dataclass(frozen=True, slots=True)
class Window:
    """Open on these days (0 is Monday) from `begin` to before `end`; past midnight if end <= begin.

    `end` 00:00 is the end of the day.
    """

    days: tuple[int, ...]
    begin: time
    end: time


@dataclass(frozen=True, slots=True)
class Freeze:
    """Nothing goes forward from `begin` to before `end` (local times of the calendar's zone)."""

    begin: datetime
    end: datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """No windows: always open. A freeze closes every window."""

    zone: str = "UTC"
    windows: tuple[Window, ...] = ()
    freezes: tuple[Freeze, ...] = ()

    def local(self, now: float) -> datetime:
        return datetime.fromtimestamp(now, ZoneInfo(self.zone))

    def is_open(self, now: float) -> bool:
        """Whether a window is open, freezes aside. `now`: seconds since 1970."""
        at = self.local(now).replace(tzinfo=None)
        return not self.windows or any(_covers(window, at) for window in self.windows)

    def frozen_until(self, now: float) -> float | None:
        """The end of the freeze in force, seconds since 1970; None: there is none."""
        zone = ZoneInfo(self.zone)
        ends = [
            freeze.end.replace(tzinfo=zone).timestamp()
            for freeze in self.freezes
            if freeze.begin.replace(tzinfo=zone).timestamp()
            <= now
            < freeze.end.replace(tzinfo=zone).timestamp()
        ]
        return max(ends, default=None)

    def opens_at(self, now: float) -> float | None:
        """When it may go forward next, seconds since 1970: now, or None (not in two weeks)."""
        for moment in sorted({now, *self._moments(now)}):
            if moment >= now and self.is_open(moment) and self.frozen_until(moment) is None:
                return moment
        return None

    def _moments(self, now: float) -> Iterator[float]:
        zone = ZoneInfo(self.zone)
        first = self.local(now).date()
        for ahead in range(-1, _LOOK_AHEAD_DAYS):
            for window in self.windows:
                begin = datetime.combine(first + timedelta(ahead), window.begin, zone)
                yield begin.timestamp()
        for freeze in self.freezes:
            yield freeze.end.replace(tzinfo=zone).timestamp()


def _covers(window: Window, at: datetime) -> bool:
    today, before = at.weekday() in window.days, (at.weekday() - 1) % 7 in window.days
    if window.begin < window.end:
        return today and window.begin <= at.time() < window.end
    return (today and at.time() >= window.begin) or (before and at.time() < window.end)
