"""Days and hours of a viewing: when it is spoken of, and which day and time were said."""

from __future__ import annotations

from collections.abc import Iterator

from gatehouse.understanding import refusals
from gatehouse.understanding.almanac import almanac_days
from gatehouse.understanding.appointment import start_of_span
from gatehouse.understanding.days import Point, is_hour, points, said_number
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import When

_VIEWING = ("book_viewing", "move_viewing")
# What may stand beside a day that accepts a viewing: times, a yes, "works for me".
_BESIDE_A_DAY = (
    "day", "weekday", "weekend", "month", "nextspan", "next", "thisone", "part", "in", "at", "am",
    "pm", "oclock", "half", "halfto", "noon", "th", "ord", "unit", "and", "or", "dash", "from",
    "to", "about", "between", "after", "stop", "daypart", "halfday",
    "slash", "mark", "yes", "suits", "corr", "but", "it", "bound", "flexible",
)  # fmt: skip
_OF_A_STAY = ("from", "until", "unit", "per", "dur", "place", "type", "home")
_COURTEOUS = ("greeting", "thanks")
_HALF = 0.5


def is_about_viewing(r: Reading, *, has_contact: bool = False) -> bool:
    """Do days in this message mean a visit, not a stay?

    Unless a visit is spoken of, they do where one is at hand and the message is little else.
    """
    if r.says("intent", *_VIEWING):
        return True
    if r.state.viewing and has_contact:
        return True
    if r.says("intent", "cancel_viewing"):
        return True
    is_plain = (
        bool(r.state.shown)
        and r.mentions("come", "clash", "instead", "insteadafter")
        and refusals.is_plain(r)
    )
    if is_plain and (r.mentions("come") or refusals.refused(r, list(_visit_days(r)))):
        return True  # "Kann ich am Donnerstag kommen?", "tomorrow won't do"
    if r.state.chosen and r.mentions("weekday") and not r.mentions(*_OF_A_STAY):
        return True  # "can we do Friday instead?", once a viewing was asked for
    if not _is_little_but_a_day(r):
        return False
    if is_viewing_open(r):
        return True
    point = next(_visit_days(r), None) if r.state.shown else None
    if point is None and not (r.state.chosen and r.state.when):
        return False
    return _clock(r, point)[0] is not None


def is_viewing_open(r: Reading) -> bool:
    return bool(r.state.viewing) or r.state.offered == "viewing"


def _is_little_but_a_day(r: Reading) -> bool:
    """ "Saturday works for me", but not "I will decide on Saturday"."""
    return all(
        item.has(*_BESIDE_A_DAY)
        or item.labels.get("intent") in _COURTEOUS
        or item.number is not None
        or item.day is not None
        or item.clock is not None
        for item in r.items
    )


def _visit_days(r: Reading) -> Iterator[Point]:
    """The days named for a visit: "now" and "as soon as possible" name none."""
    known = almanac_days(r)
    return iter(known) if known else (p for p in points(r) if not r.has(p.first, "now"))


def hear_when(r: Reading) -> When | None:
    """The day, and the time if one was said, of a viewing."""
    points = list(_visit_days(r))
    refused = refusals.refused(r, points)
    point = next((p for p in points if p not in refused), None)
    cancelled = refused[0] if refused and r.says("intent", "cancel_viewing") else None
    for turned_down in refused if point or not cancelled else ():
        r.take(turned_down.first, turned_down.last)
        r.mark(turned_down.first, "intent", "move_viewing")
    if refused and not (point or cancelled):
        return None
    point = point or cancelled
    clock, at = _clock(r, point)
    day = point.day if point else (r.state.when.day if r.state.when and clock else None)
    if day is None:
        return None
    ends = [point.first, point.last] if point else []
    ends += [at] if at is not None else []
    for index in ends:
        r.take(index)
    return When(day, clock, r.span(min(ends), max(ends)))


def _clock(r: Reading, point: Point | None) -> tuple[str | None, int | None]:
    """The time of day that was said, and the item that says it."""
    said = next((i for i, item in enumerate(r.items) if item.clock), None)
    if said is not None:
        return r.at(said).clock, said
    ordinals = (at for at in r.where("ord") if is_hour(r, at))
    for index in (*r.free_numbers(), *ordinals):
        inside = point is not None and point.first <= index <= point.last
        hour = said_number(r, index)
        if inside or not 0 <= hour <= 24 or hour % 1 not in (0.0, 0.5):
            continue
        clock = _hour(r, index, hour)
        if clock is not None and r.mentions("between"):
            clock = start_of_span(r) or clock
        if clock is not None:
            return clock, index
    noon = next(r.where("noon"), None)
    return ("12:00", noon) if noon is not None else _part_of_day(r)


def _part_of_day(r: Reading) -> tuple[str | None, int | None]:
    """Morning, afternoon and evening stand for the hour that they are booked for."""
    part = next(r.where("daypart"), None)
    return (r.label(part, "daypart"), part) if part is not None else (None, None)


def _hour(r: Reading, at: int, said: float) -> str | None:
    """Hours 1 to 7 without "am" are afternoons: nobody shows homes at three at night."""
    after = at + 1
    while r.has(after, "oclock") and not r.has(after, "am", "pm"):
        after += 1
    is_said = after > at + 1 or r.has(after, "am", "pm") or r.has(at - 1, "at", "about")
    is_said = is_said or (said % 1 == _HALF and " " in r.at(at).text)  # "3 buçuk"
    if r.has(at - 1, "halfto"):  # "halb vier" is half past three
        said, is_said = said - _HALF, True
    if not is_said or r.has(at + 1, "th", "month", "noun", "cur"):
        return None
    hour = int(said)
    is_pm = r.has(after, "pm") or (not r.has(after, "am") and hour < 8)
    hour = hour % 12 + 12 if is_pm and hour <= 12 else hour % 24
    half = "30" if said % 1 or r.has(at + 1, "half") or r.has(after, "half") else "00"
    return f"{hour:02d}:{half}"
