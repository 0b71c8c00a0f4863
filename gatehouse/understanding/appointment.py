"""Days and hours of a visit as people name them in a talk: wanted, clashing, or left open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from gatehouse.understanding.reading import Item, Reading
from gatehouse.understanding.types import Intent

_AFTERNOON = range(1, 8)  # hours that are of the afternoon where nobody says "am"
_LONGEST_DAY, _NOON = 24, 12
_STEPS = {"late": 1, "early": -1}
_LEADS = ("at", "about", "weekday", "max", "min", "until", "between", "bound", "or")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, an hour, or both, as one clause names them.

    `weekday` counts from Monday = 0, `ahead` in days from today or, if `is_relative`, from the
    day talked about; `hour` is 0 to 23, `hours_open` when only a bound or any time was named.
    """

    weekday: int | None = None
    ahead: int | None = None
    hour: int | None = None
    has_half_day: bool = False  # "am", "pm" or a 24-hour clock was said with the hour
    is_relative: bool = False
    is_refused: bool = False
    is_open: bool = False  # "any time on Friday", "before 7"
    until: int | None = None  # the last hour of "between 4 and 6 pm"
    step: int = 1  # -1 where an earlier hour is wished rather than a later one

    @property
    def has_day(self) -> bool:
        """Does it name a day?"""
        return self.weekday is not None or self.ahead is not None


def moments(r: Reading, *, awaits_hour: bool = False, is_ours: bool = False) -> list[Moment]:
    """Every day and hour that a message names, in order, clause by clause.

    A lone number is an hour where one was asked for; what we say ourselves (`is_ours`) clashes
    with no plans of ours.
    """
    found = (_of_clause(r, c, awaits_hour=awaits_hour, is_ours=is_ours) for c in _clauses(r))
    return [moment for clause in found for moment in clause]


def start_of_span(r: Reading) -> str | None:
    """ "14:00" for "between 2 and 5 pm", whose start is booked."""
    spans = (m for m in moments(r) if m.until is not None and not m.is_refused)
    return next((f"{m.hour:02d}:00" for m in spans if m.hour is not None), None)


def today_told(r: Reading) -> int | None:
    """The weekday that today is, where a message says so: "today, Monday", "Tuesday (tomorrow)"."""
    for at in r.where("weekday"):
        for beside in (at - 1, at + 1, at - 2, at + 2):
            ahead = r.label(beside, "day")
            between = r.at((at + beside) // 2) if abs(at - beside) == 2 else None
            is_same = between is None or between.has("stop", "at", "in")
            if ahead in ("0", "1") and is_same and not r.has(beside, "now"):
                return (int(r.label(at, "weekday") or 0) - int(ahead)) % 7
    return None


def _clauses(r: Reading) -> Iterator[list[int]]:
    """The items between stops and words like "because"; a stop inside a clock parts nothing."""
    clause: list[int] = []
    for at, item in enumerate(r.items):
        if item.has("stop", "because", "but") and item.text != ":":
            if clause:
                yield clause
            clause = []
        else:
            clause.append(at)
    if clause:
        yield clause


def _of_clause(
    r: Reading, clause: list[int], *, awaits_hour: bool, is_ours: bool
) -> Iterator[Moment]:
    days = [(at, day) for at in clause if (day := _day(r.at(at)))]
    hours = [(at, hour) for at in clause if (hour := _hour(r, at, awaits_hour=awaits_hour))]
    if len(hours) == 2 and any(r.has(at, "between", "bound") for at in clause):
        hours = [(hours[0][0], _start(hours[0][1], hours[1][1]))]
    if len(days) > 1 and any(r.has(at, "or") for at in range(days[0][0], days[1][0])):
        days = days[:1]  # of "Monday or Tuesday" the first is tried first
    shifts = [r.label(at, "shift") for at in clause if r.has(at, "shift")]
    is_open = bool(shifts) or any(r.has(at, "flexible", "any") for at in clause)
    is_open = is_open and not (shifts and hours)  # "an earlier slot, at 9" names its hour
    step = _STEPS[shifts[0] or ""] if shifts else 1
    is_refused = _clashes(r, clause, is_ours=is_ours)
    is_refused = is_refused or _is_negated(r, clause, [at for at, _ in days + hours])
    if not days and not hours:
        if is_open and not is_refused:
            yield Moment(is_open=True, step=step)
        return
    for n in range(max(len(days), len(hours))):
        day = days[min(n, len(days) - 1)][1] if days else Moment()
        hour = hours[min(n, len(hours) - 1)][1] if hours else Moment()
        yield Moment(
            day.weekday,
            day.ahead,
            hour.hour,
            hour.has_half_day,
            day.is_relative,
            is_refused,
            is_open or hour.is_open,
            hour.until,
            step,
        )


def _start(first: Moment, last: Moment) -> Moment:
    """The start of "between 2 and 5 pm", whose half of the day is said once."""
    is_late = last.has_half_day and (last.hour or 0) >= _NOON > (first.hour or 0)
    is_same = is_late and not first.has_half_day and (first.hour or 0) + _NOON <= (last.hour or 0)
    hour = (first.hour or 0) + _NOON if is_same else first.hour
    return replace(first, hour=hour, is_open=True, until=last.hour)


def _clashes(r: Reading, clause: list[int], *, is_ours: bool) -> bool:
    """ "I can't on Friday"; "I have an interview on Friday", but not "can we, as I have one"."""
    kinds = {r.label(at, "clash") for at in clause}
    if any(r.label(at, "intent") == Intent.CANCEL_VIEWING for at in clause):
        return True  # "I can't make it on Monday"
    if is_ours or any(r.has(at, "suitsme") for at in clause):
        return "no" in kinds
    return not kinds.isdisjoint(("no", "event"))


def _day(item: Item) -> Moment | None:
    if "weekday" in item.labels:
        return Moment(weekday=int(item.labels["weekday"]))
    if item.labels.get("day") in ("0", "1", "2") and not item.has("now"):
        return Moment(ahead=int(item.labels["day"]))
    if item.has("dayafter"):
        return Moment(ahead=1, is_relative=True)
    return Moment(ahead=-1, is_relative=True) if item.has("daybefore") else None


def _is_negated(r: Reading, clause: list[int], points: list[int]) -> bool:
    """ "Not Friday", "no, on Friday" (which is none)."""
    first = min(points, default=0)
    return any(at in clause and r.has(at, "neg") for at in (first - 1, first - 2, first - 3))


def _hour(r: Reading, at: int, *, awaits_hour: bool) -> Moment | None:
    """An hour that the item at `at` names, with what stands around it."""
    item = r.at(at)
    if item.has("noon"):
        return Moment(hour=12, has_half_day=True)
    if item.clock:
        return _clock(r, at + 1, int(item.clock[:2]))
    hour = item.number
    if hour is None or hour != int(hour) or not 0 <= hour <= _LONGEST_DAY:
        return None
    after = at + 1
    if r.at(after).text == ":" and r.at(after + 1).number is not None:
        after += 2
    while r.has(after, "oclock") and not r.has(after, "am", "pm"):
        after += 1
    is_said = after > at + 1 or r.has(after, "am", "pm") or _is_led(r, at)
    is_lone = awaits_hour and not r.has(after, "noun", "cur", "unit", "th", "month")
    if not (is_said or is_lone) or r.has(at + 1, "th", "noun", "cur", "unit", "month"):
        return None
    if r.at(at - 1).text == ":" or r.has(at - 1, "nr"):
        return None
    return _clock(
        r, after, int(hour), is_bound=r.has(at - 1, "max", "min", "until", "between", "bound")
    )


def _is_led(r: Reading, at: int) -> bool:
    """ "At 5", "around 5", "before 7", "Friday 5"; not "for 2"."""
    return r.has(at - 1, *_LEADS)


def _clock(r: Reading, after: int, hour: int, *, is_bound: bool = False) -> Moment:
    half = "" if r.has(after, "am", "pm") else _half_of_day(r)
    is_pm, is_am = r.has(after, "pm") or half == "pm", r.has(after, "am") or half == "am"
    if (is_pm or is_am) and hour <= _NOON:
        return Moment(hour=hour % 12 + 12 * is_pm, has_half_day=True, is_open=is_bound)
    if hour > 12 or hour == 0:
        return Moment(hour=hour % 24, has_half_day=True, is_open=is_bound)
    guess = hour + 12 if hour in _AFTERNOON else hour
    return Moment(hour=guess, is_open=is_bound)


def _half_of_day(r: Reading) -> str:
    """ "This evening if possible, around 8": "pm"; "" where no half or both are named."""
    halves = {r.label(at, "halfday") for at in r.every("halfday")}
    return halves.pop() or "" if len(halves) == 1 else ""
