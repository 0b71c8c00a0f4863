"""Stays, moving dates and viewing times: what named days and durations say about slots."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from gatehouse.understanding.almanac import almanac_days
from gatehouse.understanding.days import Point, after, point_at, points, said_number, that_day_after
from gatehouse.understanding.names import bending
from gatehouse.understanding.numbers import amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import Op, Slot, SlotChange, SlotValue, Span
from gatehouse.understanding.viewing_days import is_viewing_open

_DAYS = {"day": 1, "night": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_LONGEST_DURATION = 400
_HALF = 0.5
_LONGEST_TERM_MONTHS = 120
_WORTH_A_DATE = (
    "type", "home", "deal", "term", "noun", "from", "fromafter", "in", "until", "place", "dur",
    "cur", "next", "intent", "q",
)  # fmt: skip
_DATES_ASKED = (Slot.CHECK_IN, Slot.CHECK_OUT, Slot.AVAILABLE_FROM)
_OF_ANYTHING = frozenset(("in", "next", "intent", "q"))  # say no more than a day does


class Stretch(NamedTuple):
    """A length of time: nights or months, whichever was said."""

    nights: int | None
    months: int | None
    first: int
    last: int


def hear_stay(r: Reading) -> list[SlotChange]:
    """Check-in and check-out, moving date, and how long: everything said about time."""
    known = almanac_days(r)
    if not (known or r.dated or r.mentions("dur", "unit", "per")):
        return []
    stretch = _stretch(r)
    if known:
        changes = _known_days(r, known, stretch)
    else:
        changes = (_said_range(r) or _said_day(r, stretch)) if r.dated else []
    if stretch:
        changes += _lasting(r, stretch, changes)
    return changes


def _known_days(r: Reading, known: tuple[Point, ...], stretch: Stretch | None) -> list[SlotChange]:
    if len(known) > 1:
        start, end = known
        return _from_to(start.day, end.day, r.take(start.first, end.last))
    return _one_day(r, known[0], stretch)


def _from_to(start: date, out: date, span: Span) -> list[SlotChange]:
    return [
        _set(Slot.CHECK_IN, start, span, "the first day of a range"),
        _set(Slot.CHECK_OUT, out, span, "the last day of a range"),
    ]


def _said_range(r: Reading) -> list[SlotChange]:
    pair = _short_range(r) or _long_range(r)
    if pair is None:
        return []
    start, end = pair
    for point in (start, end):  # what stands between may be of a place or a home
        r.take(point.first, point.last)
    span = r.span(start.first, end.last)
    is_bare = all(
        r.at(at).has("th", "in") or said_number(r, at) for at in range(end.first, end.last + 1)
    )
    out = that_day_after(start.day, end.day.day) if is_bare else after(start.day, end.day)
    return _from_to(start.day, out, span)


def _short_range(r: Reading) -> tuple[Point, Point] | None:
    """ "3 to 17 May", "3-17 Mayıs", "с 3 по 17 мая": one month for two days."""
    for index in (*r.free_numbers(), *r.where("ord")):
        link = index + 1 + r.has(index + 1, "th")
        if not r.has(link, "dash", "to", "until", "and", "or") or r.has(index - 1, "slash"):
            continue
        start = link + 1 + (r.at(link + 1).is_word and r.at(link + 2).number is not None)
        second = point_at(r, start)
        if second and said_number(r, start) and 1 <= said_number(r, index) <= 31:
            first = _same_month(second, int(said_number(r, index)))
            if first:
                return Point(first, index, index), second
    return None


def _same_month(second: Point, day: int) -> date | None:
    try:
        first = second.day.replace(day=day)
    except ValueError:
        return None
    if first < second.day:
        return first
    month = second.day.replace(day=1) - timedelta(days=1)
    return month.replace(day=day) if day <= month.day else None


def _long_range(r: Reading) -> tuple[Point, Point] | None:
    for one, two in pairwise(points(r)):
        if one.day == two.day:
            continue  # "urgently, as soon as possible"
        between = range(one.last + 1, two.first)
        if r.has(one.first, "now") and any(r.has(i, "stop") for i in between):
            continue  # "urgently, until Monday"
        linked = any(r.has(i, "to", "until", "dash", "and") for i in between)
        tailed = r.at(one.last).tail in bending(r.language).origin
        plain = one.grain == two.grain == "day" and not any(r.has(i, "or") for i in between)
        if len(between) <= 3 and (linked or tailed or plain or not between):
            return one, two
        if _is_end(r, two) and not _is_end(r, one):
            return one, two  # "from October, needs a studio till June"
    return None


def _said_day(r: Reading, stretch: Stretch | None) -> list[SlotChange]:
    point = next(points(r), None)
    return _one_day(r, point, stretch) if point else []


def _one_day(r: Reading, point: Point, stretch: Stretch | None) -> list[SlotChange]:
    if not _is_worth_a_date(r, point):
        return []  # "I am bored today" says nothing about a home
    slot = _slot_of(r, point, stretch)
    span = r.take(point.first, point.last)
    return [_set(slot, point.day, span, "a day was named", 0.9 if point.grain == "day" else 0.7)]


def _is_worth_a_date(r: Reading, point: Point) -> bool:
    """Is it a date of living somewhere? Where a visit is at hand, more has to say so."""
    if is_viewing_open(r):
        return r.mentions(*(kind for kind in _WORTH_A_DATE if kind not in _OF_ANYTHING))
    if len(r.items) <= 3 or r.state.awaiting in _DATES_ASKED:
        return True
    kinds: tuple[str, ...] = _WORTH_A_DATE
    if r.has(point.first, "now"):  # "now in English again"
        kinds = tuple(kind for kind in kinds if kind != "in")
    return r.mentions(*kinds)


def _slot_of(r: Reading, point: Point, stretch: Stretch | None) -> Slot:
    if _is_end(r, point):
        return Slot.CHECK_OUT
    if r.state.awaiting in _DATES_ASKED:
        return r.state.awaiting
    is_short = _is_short(r) or (stretch is not None and stretch.nights is not None)
    is_short = is_short or point.grain == "weekend" or r.says("per", "night")
    return Slot.CHECK_IN if is_short else Slot.AVAILABLE_FROM


def _is_end(r: Reading, point: Point) -> bool:
    """ "Until June", "hazirana kadar"."""
    before = (point.first - 1, point.first - 2)
    is_until = any(r.has(i, "until") and not r.has(i, "in") for i in before)
    return is_until or r.has(point.last + 1, "untilafter")


def _is_short(r: Reading) -> bool:
    if r.mentions("term"):
        return r.says("term", "short_term")
    filled = r.state.slots.get(Slot.RENTAL_TYPE)
    return filled is not None and filled.value == "short_term"


def _stretch(r: Reading) -> Stretch | None:
    for index in r.where("dur"):
        if not _is_price_period(r, index):
            count, _, unit = r.at(index).labels["dur"].partition(" ")
            return _stretch_of(float(count), unit, first=index, last=index)
    for index in r.free_numbers() if r.mentions("unit") else ():
        amount = amount_at(r, index)
        unit_at = amount.last + 1 if amount else 0
        unit_name = r.label(unit_at, "unit")
        if amount and unit_name and not r.has(unit_at, "cur"):
            return _stretch_of(amount.value, unit_name, first=index, last=unit_at)
    return _bare_unit(r)


def _bare_unit(r: Reading) -> Stretch | None:
    """ "A year", when we asked for how long."""
    for kind in ("unit", "per") if r.awaits(Slot.RENTAL_TYPE) else ():
        index = next(r.where(kind), -1)
        unit = r.label(index, kind)
        if r.has(index, "term", "term_if_asked"):
            return None  # "monthly" is a kind of let, not one month
        if unit in _DAYS or unit in _MONTHS:
            return _stretch_of(1, unit, first=index, last=index)
    return None


def _is_price_period(r: Reading, index: int) -> bool:
    """Words that mean "for a day" alone mean "per day" behind money."""
    before = r.at(index - 1)
    return r.has(index, "per") and (before.has("cur") or before.number is not None)


def _stretch_of(count: float, unit: str, *, first: int, last: int) -> Stretch | None:
    if not 0 < count <= _LONGEST_DURATION:
        return None
    if unit in _DAYS:
        return Stretch(int(count * _DAYS[unit]), None, first, last)
    months = max(1, round(count * _MONTHS[unit]))
    return Stretch(None, months, first, last) if months <= _LONGEST_TERM_MONTHS else None


def _lasting(r: Reading, stretch: Stretch, changes: list[SlotChange]) -> list[SlotChange]:
    span = r.take(stretch.first, stretch.last)
    if _is_from_now(r, stretch):
        return [_set(Slot.AVAILABLE_FROM, _ahead(r.today, stretch), span, "so long from today")]
    if stretch.months:
        return [_set(Slot.MIN_TERM_MONTHS, stretch.months, span, "how many months")]
    nights = stretch.nights or 1
    said = [_set(Slot.MIN_NIGHTS, nights, span, "how many nights")]
    start = next((c.value for c in changes if c.slot == Slot.CHECK_IN), None) or _known_start(r)
    if isinstance(start, date) and not any(c.slot == Slot.CHECK_OUT for c in changes):
        out = start + timedelta(days=nights)
        said.append(_set(Slot.CHECK_OUT, out, span, "check-in and so many nights"))
    return said


def _known_start(r: Reading) -> SlotValue | None:
    filled = r.state.slots.get(Slot.CHECK_IN)
    return filled.value if filled else None


def _is_from_now(r: Reading, stretch: Stretch) -> bool:
    return r.has(stretch.first - 1, "later") or r.has(stretch.last + 1, "laterafter")


def _ahead(today: date, stretch: Stretch) -> date:
    return today + timedelta(days=stretch.nights or 30 * (stretch.months or 1))


def _set(
    slot: Slot, value: SlotValue, span: Span, why: str, confidence: float = 0.95
) -> SlotChange:
    return SlotChange(slot, Op.SET, value, span, confidence, why)
