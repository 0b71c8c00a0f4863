"""Follows a STAR dialogue with the ear: what is sought, and which visit is agreed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from gatehouse.ops.evaluation.star_dialogues import Dialogue, Event
from gatehouse.ops.evaluation.star_names import HomeNames, visitor_name
from gatehouse.understanding.appointment import Moment, moments
from gatehouse.understanding.ear import RuleEar
from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.letters import fold
from gatehouse.understanding.numbers import join_numbers
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading, read
from gatehouse.understanding.types import (
    Budget,
    DialogueState,
    Heard,
    Intent,
    Op,
    Range,
    Slot,
)
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import split

TODAY = date(2019, 3, 1)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_CREDITS = re.compile(r"\bcredits?\b", re.IGNORECASE)  # the money of that world
_AFTERNOON_SLIP = re.compile(r"(\d)\s*(?:ppm|pmm|p\.m\.?)(?!\w)", re.IGNORECASE)
# What the product's own words ask for, as far as an answer needs the question.
_ASKS = {
    "name": re.compile(r"\byour name\b|\bname please\b|\bwhat name\b|\byour full name\b", re.I),
    "home": re.compile(r"\b(?:what|which) (?:apartment|home|place|building)", re.I),
    "day": re.compile(r"\b(?:what|which|another|different) (?:day|date)\b", re.I),
    "hour": re.compile(
        r"\b(?:what|which|another|different) time\b|\bwhen would\b|\bam or pm\b", re.I
    ),
    "fee": re.compile(r"\bfee\b", re.I),
    "message": re.compile(r"\bmessage\b", re.I),
    "bedrooms": re.compile(r"\b(?:how many|number of) (?:bed)?rooms\b|^bedrooms\b", re.I),
    "price": re.compile(r"\bbudget\b|\bhow much\b|\bprice range\b", re.I),
    "floor": re.compile(r"\b(?:floor|level)\b.*\?", re.I),
    "balcony": re.compile(r"\bbalcony\?", re.I),
    "elevator": re.compile(r"\belevator\?", re.I),
    "near": re.compile(r"\bsurroundings\b|\bnear\b.*\?", re.I),
}
_AWAITED = {"bedrooms": Slot.BEDROOMS, "price": Slot.BUDGET, "floor": Slot.FLOOR}
_ARRANGED = re.compile(r"\b(?:scheduled|booked|confirmed|all set|reserved)\b", re.I)
_ELSEWHERE = re.compile(
    r"\b(?:weather|forecast|temperature|degrees|ride|driver|uber|lyft|taxi|depart\w*|pick ?up|"
    r"destination)\b",
    re.I,
)
_HERE = re.compile(
    r"\b(?:apartment|viewing|application fee|flat|balcony|bedrooms?|booking)\b", re.I
)


class English:
    """Reads English with the ear's own words and knows which words are English."""

    def __init__(self) -> None:
        self._words = load("en")
        self._glossary = Glossary({"en": self._words}, Gazetteer(()))

    def reading(self, text: str) -> Reading:
        """The items of a text."""
        items = join_numbers(read(split(fold(text)), self._words, self._glossary))
        return Reading(items, "en", DialogueState(), TODAY)

    def is_word(self, plain: str) -> bool:
        """Is this a word of English, as far as we have it, or one slip away from one?"""
        base = plain.partition("'")[0]
        return self._words.knows(base) or self._words.mended(base) is not None


@dataclass(slots=True)
class Visit:
    """A visit as far as it is known; `goal` fields keep what was wanted first."""

    home: str | None = None
    day: int | None = None
    hour: int | None = None
    name: str | None = None
    fee: str | None = None

    def as_row(self) -> dict[str, str]:
        """In the data's own words: "Tuesday", "4 pm"."""
        hour = None if self.hour is None else f"{self.hour % 12 or 12} {'ap'[self.hour >= 12]}m"
        day = None if self.day is None else _DAYS[self.day]
        row = {"Name": self.home, "Day": day, "StartTimeHour": hour, "RenterName": self.name}
        return {key: value for key, value in row.items() if value}


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
    booked: dict[str, str] | None = None
    asked: frozenset[str] = frozenset()
    offered: Moment | None = None
    is_elsewhere: bool = False
    wishes: dict[str, Any] = field(default_factory=dict)
    message: str | None = None
    wants_visit: bool = False
    is_past: bool = False  # the visitor has spoken since the visit was booked

    def take(self, event: Event) -> None:
        """One event, in order."""
        if event.speaker == "booked":
            self.booked, self.is_past = self.visit.as_row(), False
        elif event.speaker == "found":
            self.visit.home = event.text
        elif event.speaker == "product":
            self._hear_product(event)
        else:
            self._hear_user(event)

    def _hear_product(self, event: Event) -> None:
        text = event.text
        self.asked = frozenset(kind for kind, asks in _ASKS.items() if asks.search(text))
        if _ELSEWHERE.search(text):
            self.is_elsewhere = True
        elif _HERE.search(text):
            self.is_elsewhere = False
        if self.is_elsewhere:
            return
        named = self.follower.homes.find(text)
        if named and not self.visit.home:
            self.visit.home = named
        told = [m for m in moments(self._read(text), is_ours=True) if not m.is_refused]
        for moment in told[:1]:
            self._settle(moment, event.weekday)
        if _ARRANGED.search(text) and "?" not in text and (told or self.booked is None):
            self.booked = self.visit.as_row() if not self.is_past else self.booked

    def _hear_user(self, event: Event) -> None:
        text = event.text
        self.is_past = self.booked is not None
        is_here = bool(_HERE.search(text)) or self.follower.homes.find(text) is not None
        if _ELSEWHERE.search(text):
            self.is_elsewhere = True
        elif is_here:
            self.is_elsewhere = False
        self._hear_name(text)
        if self.is_elsewhere:
            return
        self._hear_home(text)
        r = self._read(text)
        said = moments(r, awaits_hour="hour" in self.asked)
        is_plain = "day" in self.asked and not any(m.weekday is not None for m in said)
        for moment in said:
            if moment.ahead not in (0, 1) or moment.is_relative or is_plain:
                self._want(moment, event.weekday)
            elif moment.hour is not None:
                self._want(replace(moment, ahead=None), event.weekday)
        self._hear_fee(r)
        self._hear_wishes(text, r)

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
            self._settle(moment, today)

    def _settle(self, moment: Moment, today: int) -> None:
        day = self._day(moment, today)
        self.visit.day = self.visit.day if day is None else day
        if moment.hour is None:
            return
        hour, known = moment.hour, self.visit.hour
        if moment.is_open and known is not None:
            return
        if not moment.has_half_day and known is not None and hour % 12 == known % 12:
            return
        self.visit.hour = hour

    def _day(self, moment: Moment, today: int) -> int | None:
        if moment.weekday is not None:
            return moment.weekday
        if moment.ahead is None:
            return None
        start = self.visit.day if moment.is_relative else today
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

    def _hear_wishes(self, text: str, r: Reading) -> None:
        plain = _CREDITS.sub("dollars", text)
        awaiting = next((s for kind, s in _AWAITED.items() if kind in self.asked), None)
        heard = self.follower.ear.hear(plain, state=DialogueState(awaiting=awaiting), language="en")
        self.wants_visit = self.wants_visit or heard.wants(Intent.BOOK_VIEWING)
        for key, value in _wishes(heard, self.asked).items():
            self.wishes.setdefault(key, value)

    def _read(self, text: str) -> Reading:
        plain = self.follower.homes.without(_AFTERNOON_SLIP.sub(r"\1 pm", text))
        return self.follower.english.reading(plain)

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


def _wishes(heard: Heard, asked: frozenset[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for change in heard.changes:
        value = change.value
        if isinstance(value, Range) and change.slot is Slot.BEDROOMS:
            found["NumRooms"] = int(value.low or value.high or 0)
        elif isinstance(value, Range) and change.slot is Slot.FLOOR and value.low is not None:
            found["Level_min"] = int(value.low)
        elif isinstance(value, Budget) and change.slot is Slot.BUDGET and value.high:
            found["Price_max"] = int(value.high)
        elif isinstance(value, tuple):
            found |= _extra(str(value[0]), change.op)
    return found | _answered(heard, asked)


def _extra(code: str, op: Op) -> dict[str, Any]:
    if code in ("balcony", "terrace") and op is Op.ADD:
        return {"HasBalcony": True}
    if code == "lift" and op is Op.ADD:
        return {"HasElevator": True}
    kind, _, what = code.partition("_")
    if kind == "facing" and op is Op.REMOVE:
        return {"BalconySide_not": what}
    if kind == "near" and op is Op.ADD:
        return {"NearbyPOI": what.replace("_", " ")}
    return {}


def _answered(heard: Heard, asked: frozenset[str]) -> dict[str, Any]:
    found = {}
    if heard.wants(Intent.YES) and "balcony" in asked:
        found["HasBalcony"] = True
    if heard.wants(Intent.YES) and "elevator" in asked:
        found["HasElevator"] = True
    return found
