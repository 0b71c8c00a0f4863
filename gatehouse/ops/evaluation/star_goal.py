"""What a visitor of STAR's dialogues came for, in the words of its data."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import Budget, Heard, Intent, Op, Range, Slot

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_MERE_ANSWER = 4  # words; so short a text answers a question and is no message


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


def wishes_of(heard: Heard, asked: frozenset[str]) -> dict[str, Any]:
    """What the ear heard of a home, by the names of the data; yes and no by what was asked."""
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


def message_said(text: str, read: Callable[[str], Reading], *, is_asked: bool) -> str | None:
    """The words meant for the agency: all of an answer, or a wish about what to be shown."""
    sentences = _SENTENCE.split(text.strip())
    if is_asked and len(text.split()) > _MERE_ANSWER:
        r = read(text)
        return None if r.says("mark", "?") or r.mentions("no", "weekday") else text.strip()
    picked = [s for s in sentences if _is_for_agency(read(s))]
    return " ".join(picked) or None


def _is_for_agency(r: Reading) -> bool:
    """ "If possible, I would also like to see the pool": a wish for the visit, not a question."""
    is_wish = r.mentions("suitsme") and not r.says("mark", "?")
    shows = r.mentions("amenity") or r.says("noun", "bedroom") or r.says("type", "studio")
    return r.mentions("leave_message") or (is_wish and shows)
