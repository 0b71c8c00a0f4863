"""Follows a STAR dialogue with the ear: what is sought, and which visit is agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gatehouse.ops.evaluation.star_dialogues import Dialogue, Event
from gatehouse.ops.evaluation.star_goal import Visit, message_said, wishes_of
from gatehouse.ops.evaluation.star_hours import Hours
from gatehouse.ops.evaluation.star_names import HomeNames, visitor_name
from gatehouse.ops.evaluation.star_words import (
    TODAY,
    English,
    asked_in,
    is_arranged,
    is_elsewhere,
    plain_english,
)
from gatehouse.understanding.appointment import Moment, moments, today_told
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import DialogueState, Intent, Slot

_AWAITED = {"bedrooms": Slot.BEDROOMS, "price": Slot.BUDGET, "floor": Slot.FLOOR}


@dataclass(frozen=True, slots=True)
class Followed:
    """What was understood of a dialogue: the goal it began with, and the visit booked last."""

    goal: Mapping[str, Any]
    booking: Mapping[str, str] | None


class Follower:
    """Follows dialogues of one product, whose homes have these names."""

    def __init__(self, homes: HomeNames) -> None:
        self.homes = homes
        self.english = English()
        self.ear = RuleEar(
            Gazetteer(()), today=lambda: TODAY, timezone="Europe/Berlin", languages=("en",)
        )

    def follow(self, dialogue: Dialogue) -> Followed:
        """Goal and booking as a product could know them at the end."""
        talk = _Talk(self)
        for event in dialogue.events:
            talk.take(event)
        return Followed(talk.goal(), talk.booked)


@dataclass(slots=True)
class _Talk:
    follower: Follower
    visit: Visit = field(default_factory=Visit)
    first: Visit = field(default_factory=Visit)
    hours: Hours = field(default_factory=Hours)
    today: int | None = None  # the weekday of today, where somebody told it
    proposed: Moment | None = None  # asked of the visitor and not yet answered
    is_free: bool = False  # the calendar has just answered that it is
    booked: dict[str, str] | None = None
    asked: frozenset[str] = frozenset()
    is_elsewhere: bool = False
    wishes: dict[str, Any] = field(default_factory=dict)
    message: str | None = None
    wants_visit: bool = False
    is_past: bool = False  # the visitor has spoken since the visit was booked

    def take(self, event: Event) -> None:
        """One event, in order."""
        if event.speaker == "booked":
            self.booked, self.is_past = self._standing(), False
        elif event.speaker == "taken":
            self.hours.taken()
        elif event.speaker == "free":
            self.hours.asked()
            self.is_free = True
        elif event.speaker == "found":
            self.visit.home = event.text
        elif event.speaker == "product":
            self._hear_product(event)
        else:
            self._hear_user(event)

    def _standing(self) -> dict[str, str]:
        return replace(self.visit, hour=self.hours.asked()).as_row()

    def _hear_product(self, event: Event) -> None:
        text = event.text
        self.asked = asked_in(text)
        self.is_elsewhere = is_elsewhere(text, before=self.is_elsewhere)
        if self.is_elsewhere:
            return
        named = self.follower.homes.find(text)
        if named and not self.visit.home:
            self.visit.home = named
        told = [m for m in moments(self._read(text), is_ours=True) if not m.is_refused]
        is_asked = bool(told) and text.rstrip().endswith("?") and not self.is_free
        self.proposed, self.is_free = told[0] if is_asked else None, False
        if told and self.proposed is None:
            self._settle(told[0], event.weekday)
        if is_arranged(text) and not self.is_past and (told or self.booked is None):
            self.booked = self._standing()

    def _hear_user(self, event: Event) -> None:
        text = event.text
        self.is_past = self.booked is not None
        before = self.is_elsewhere and self.follower.homes.find(text) is None
        self.is_elsewhere = is_elsewhere(text, before=before)
        self._hear_name(text)
        if self.is_elsewhere:
            return
        self._hear_home(text)
        r = self._read(text)
        told = today_told(r)
        self.today = self.today if told is None else told
        if self.proposed and not r.says("mark", "?"):
            self._settle(self.proposed, event.weekday)
        self.proposed = None
        said = moments(r, awaits_hour="hour" in self.asked)
        is_plain = "day" in self.asked and not any(m.weekday is not None for m in said)
        for moment in said:
            if moment.ahead not in (0, 1) or moment.is_relative or is_plain:
                self._want(moment, event.weekday)
            elif moment.hour is not None:
                self._want(replace(moment, ahead=None), event.weekday)
        self._hear_fee(r)
        self._hear_wishes(text)

    def _hear_name(self, text: str) -> None:
        is_word = self.follower.english.is_word
        name = visitor_name(text, is_word, is_asked="name" in self.asked)
        if name:
            self.visit.name = name.capitalize()
            self.first.name = self.first.name or self.visit.name

    def _hear_home(self, text: str) -> None:
        named = self.follower.homes.find(text, is_asked="home" in self.asked)
        if named:
            self.visit.home = named
            self.first.home = self.first.home or named

    def _want(self, moment: Moment, today: int) -> None:
        """A day and hour that the visitor names; the first ones were their goal."""
        day = self._day(moment, today)
        if self.first.day is None:
            self.first.day = day
        if self.first.hour is None and (moment.is_refused or not moment.is_open):
            self.first.hour = moment.hour
        if not moment.is_refused:
            self._set_day(day)
            self.hours.wish(moment)

    def _settle(self, moment: Moment, today: int) -> None:
        """A day and hour that we told ourselves."""
        self._set_day(self._day(moment, today))
        if moment.hour is not None:
            self.hours.settle(moment.hour, has_half_day=moment.has_half_day)

    def _set_day(self, day: int | None) -> None:
        if day is not None and day != self.visit.day:
            self.visit.day = day
            self.hours.change_day()

    def _day(self, moment: Moment, today: int) -> int | None:
        if moment.weekday is not None:
            return moment.weekday
        if moment.ahead is None:
            return None
        now = today if self.today is None else self.today
        start = self.visit.day if moment.is_relative else now
        return None if start is None else (start + moment.ahead) % 7

    def _hear_fee(self, r: Reading) -> None:
        if not ("fee" in self.asked or r.mentions("fee")):
            return
        self.wants_visit = True
        if r.mentions("unsure"):
            said = "unknown"
        elif r.mentions("denied") or (r.mentions("no") and not r.mentions("yes")):
            said = "No"
        elif r.mentions("yes") or r.mentions("fee"):
            said = "Yes"
        else:
            return
        self.visit.fee = said
        self.first.fee = self.first.fee or said

    def _hear_wishes(self, text: str) -> None:
        awaiting = next((s for kind, s in _AWAITED.items() if kind in self.asked), None)
        heard = self.follower.ear.hear(
            plain_english(text), state=DialogueState(awaiting=awaiting), language="en"
        )
        self.wants_visit = self.wants_visit or heard.wants(Intent.BOOK_VIEWING)
        if self.wants_visit or self.first.day is not None:
            said = message_said(text, self._read, is_asked="message" in self.asked)
            self.message = self.message or said
        for key, value in wishes_of(heard, self.asked).items():
            self.wishes.setdefault(key, value)

    def _read(self, text: str) -> Reading:
        return self.follower.english.reading(self.follower.homes.without(plain_english(text)))

    def goal(self) -> dict[str, Any]:
        """What the visitor came for."""
        first = replace(self.first)
        if not (self.wants_visit or first.day is not None or first.hour is not None):
            return dict(self.wishes)
        row: dict[str, Any] = first.as_row()
        row["ApplicationFeePaid"] = first.fee or "unknown"
        if self.message:
            row["Message"] = self.message
        return row
