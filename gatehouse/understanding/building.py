"""Where in a building a home lies: which floors, and which way its balcony looks."""

from __future__ import annotations

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import is_shunned
from gatehouse.understanding.types import Op, Range, Slot, SlotChange

_HIGHEST_FLOOR = 200
_LOOK_BACK = 6  # items between "not" and the side it turns away
_TURNS_AWAY = ("neg", "no", "noneed")
_BALCONIES = ("balcony", "terrace")
Floors = tuple[float | None, float | None]


def hear_building(r: Reading) -> list[SlotChange]:
    """Floors wanted, and the sides that a balcony should look to or should not."""
    changes: list[SlotChange] = []
    if "facing" in r.kinds:
        changes += _sides(r)
    if "floor" in r.kinds or r.awaits(Slot.FLOOR):
        changes += _floors(r)
    return changes


def _floors(r: Reading) -> list[SlotChange]:
    """The floors that the message names, as one range: from the lowest to the highest said."""
    said = [found for at in r.every("floor") if (found := _floor_at(r, at))]
    said = [one for one in said if not (one[0][0] == one[0][1] and is_shunned(r, one[1]))]
    if not said and r.awaits(Slot.FLOOR):
        said = [found for at in r.free_numbers() if (found := _bounded(r, at, at))]
    if not said:
        return []
    lows = [low for (low, _), _, _ in said]
    highs = [high for (_, high), _, _ in said]
    low = None if None in lows else min(v for v in lows if v is not None)
    high = None if None in highs else max(v for v in highs if v is not None)
    span = r.take(min(s[1] for s in said), max(s[2] for s in said))
    return [SlotChange(Slot.FLOOR, Op.SET, Range(low, high), span, 0.95, "a floor was named")]


def _floor_at(r: Reading, at: int) -> tuple[Floors, int, int] | None:
    """The floors of "the 3rd floor", "floor 14 or higher", "between the 2nd and 5th floor"."""
    if r.label(at, "floor"):  # "третий этаж" in one
        return _bounded(r, at, at)
    for first in (at - 1, at - 2):
        if _number(r, first) is not None:
            return _bounded(r, first, at)
        if not r.has(first, "th") and r.at(first).text != ".":
            break
    after = at + 1
    while after < at + 4 and r.has(after, "in", "nr", "min", "max", "floorup", "floordown", "stop"):
        after += 1
    is_number = _number(r, after) is not None and not r.has(after + 1, "noun", "cur", "unit")
    return _bounded(r, after, after) if is_number else None


def _number(r: Reading, at: int) -> float | None:
    """A whole number that may count floors, also "third"; basements are no wish."""
    item = r.at(at)
    ordinal = item.labels.get("ord") or item.labels.get("floor")
    value = float(ordinal) if ordinal and item.number is None else item.number
    is_floor = value is not None and value == int(value) and 0 <= value <= _HIGHEST_FLOOR
    return value if is_floor and r.is_free(at) else None


def _bounded(r: Reading, first: int, last: int) -> tuple[Floors, int, int] | None:
    """The number at `first` with what is said around it: "at least", "or higher", "to the 5th"."""
    value = _number(r, first)
    if value is None:
        return None
    other = _range_start(r, first)
    if other is not None:
        start = r.at(other)
        low = _number(r, other) or 0.0
        return ((min(low, value), max(low, value)), r.items.index(start), last)
    after = (last + 1, last + 2, last + 3)
    before = (first - 1, first - 2, first - 3)
    is_up = any(r.has(i, "floorup", "minafter") for i in after[:2]) or _cued(r, before, up=True)
    is_down = any(r.has(i, "floordown", "maxafter") for i in after[:2]) or _cued(
        r, before, up=False
    )
    if is_up and not is_down:
        return ((value, None), first, last)
    if is_down and not is_up:
        return ((None, value), first, last)
    return ((value, value), first, last)


def _cued(r: Reading, before: tuple[int, ...], *, up: bool) -> bool:
    """ "At least the 3rd", "not lower than the 3rd": turned round by a "not"."""
    for i in before:
        if r.at(i).number is not None or r.has(i, "stop"):
            return False
        is_turned = any(r.has(i - back, *_TURNS_AWAY) for back in (1, 2))
        if r.has(i, "min", "floorup", "from"):
            return up is not is_turned
        if r.has(i, "max", "floordown"):
            return up is is_turned
    return False


def _range_start(r: Reading, at: int) -> int | None:
    """The first number of "2nd to 5th", "2-5", "between 2 and 5"."""
    for link in (at - 1, at - 2):
        if r.has(link, "to", "dash", "and", "or", "until"):
            start = link - 1 - r.has(link - 1, "th")
            return start if _number(r, start) is not None else None
        if not r.at(link).is_word:
            return None
    return None


def _sides(r: Reading) -> list[SlotChange]:
    """ "A balcony not facing west": the balcony is wanted, the side is not."""
    changes: list[SlotChange] = []
    for at in list(r.where("facing")):
        code = f"facing_{r.label(at, 'facing')}"
        op = Op.REMOVE if _turned_away(r, at) else Op.ADD
        span = r.take(at)
        changes.append(SlotChange(Slot.FEATURES, op, (code,), span, 0.95, "which way it looks"))
    balcony = next((i for i in r.where("amenity") if r.label(i, "amenity") in _BALCONIES), None)
    if changes and balcony is not None:
        wish = (r.label(balcony, "amenity") or "",)
        span = r.take(balcony)
        changes.append(SlotChange(Slot.AMENITIES, Op.ADD, wish, span, 0.95, "one that looks so"))
    return changes


def _turned_away(r: Reading, at: int) -> bool:
    for index in range(at - 1, max(-1, at - 1 - _LOOK_BACK), -1):
        if r.has(index, *_TURNS_AWAY):
            return True
        if r.has(index, "stop", "but", "facing"):
            return False
    return r.has(at + 1, "negafter")
