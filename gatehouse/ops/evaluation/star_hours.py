"""Which hour of a visit stands, as wishes and the calendar's answers follow each other."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.understanding.appointment import Moment

_OPENING = 9  # the office's first hour: offered where nobody named one
_LAST = 23


@dataclass(slots=True)
class Hours:
    """The hour asked for and how far the visitor lets us move it.

    An agency asks its calendar for the hour wished; where the visitor is flexible and the hour is
    taken, it goes on to the next one (or the one before, for "earlier") within their bounds.
    """

    hour: int | None = None
    wished: int | None = None
    until: int = _LAST
    step: int = 1
    is_flexible: bool = False
    is_taken: bool = False

    def wish(self, moment: Moment) -> None:
        """The visitor names an hour, a bound, or leaves the hour open."""
        if moment.is_open:
            self._open(moment)
        elif moment.hour is not None:
            self._name(moment.hour, has_half_day=moment.has_half_day)
            self.is_flexible = self.is_taken = False

    def _open(self, moment: Moment) -> None:
        self.is_flexible, self.step = True, moment.step
        self.until = _LAST if moment.until is None else moment.until
        if moment.hour is not None and (self.hour is None or self.hour < moment.hour):
            self.hour = self.wished = moment.hour
        elif self.is_taken:
            self._move()
        self.is_taken = False

    def _name(self, hour: int, *, has_half_day: bool) -> None:
        """ "5" after "5 pm" is the same hour."""
        if has_half_day or self.hour is None or hour % 12 != self.hour % 12:
            self.hour = self.wished = hour

    def change_day(self) -> None:
        """On another day the hour wished may be free."""
        self.hour, self.is_taken = self.wished, False

    def settle(self, hour: int, *, has_half_day: bool) -> None:
        """We told the hour ourselves, and the visitor did not mind."""
        self._name(hour, has_half_day=has_half_day)
        self.is_taken = False

    def taken(self) -> None:
        """The calendar says that the hour asked for is not free."""
        if self.is_flexible:
            self._move()
        else:
            self.is_taken = True

    def asked(self) -> int:
        """The hour the calendar is asked for; the first of the day where none was named."""
        self.hour = _OPENING if self.hour is None else self.hour
        return self.hour

    def _move(self) -> None:
        self.hour = max(0, min(self.asked() + self.step, self.until))
