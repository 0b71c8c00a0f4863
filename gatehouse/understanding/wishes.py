"""Wishes about wishes: "anything", "forget the budget", "something cheaper", "the cheapest"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil, floor
from statistics import median

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import (
    Budget,
    Currency,
    DialogueState,
    Op,
    Range,
    Slot,
    SlotChange,
    SlotValue,
    Span,
)

CHEAPER = 0.85  # "cheaper": this share of the cheapest home shown, else of the budget
DEARER = 1.2
BIGGER = 1.2
SMALLER = 0.8
LONGER = 1.5
_LONGEST_BARE_ANY = 6
_EITHER = (Slot.RENTAL_TYPE, Slot.PROPERTY_TYPE)
_DAYS = (Slot.CHECK_OUT, Slot.AVAILABLE_FROM)
_BATHROOMS = ("more_bathrooms", "fewer_bathrooms")
_MORE_ROOMS = {"bigger", "more_bedrooms"}


def hear_any(r: Reading, changes: Iterable[SlotChange]) -> list[SlotChange]:
    """Slots that may be anything: the one named, else the one asked for."""
    filled = {c.slot for c in changes if not _is_anywhere_but(r, c)}
    found: list[SlotChange] = []
    either = ["pair"] if r.state.awaiting in _EITHER else []  # "both", of long and short term
    for index in [at for kind in ("any", *either) for at in r.where(kind)]:
        slot = _any_slot(r, index)
        if slot is not None and slot not in filled and slot not in {c.slot for c in found}:
            span = r.take(index)
            found.append(SlotChange(slot, Op.ANY, None, span, 0.95, "it may be anything"))
            found += _other_days(r, slot, span)
    return found


def _is_anywhere_but(r: Reading, change: SlotChange) -> bool:
    """ "Anywhere except Lapta" lets go of the place said before."""
    return change.op == Op.REMOVE and change.slot in r.state.slots


def _other_days(r: Reading, slot: Slot, span: Span) -> list[SlotChange]:
    """Who lets the dates go lets all of them go."""
    others = _DAYS if slot == Slot.CHECK_IN else ()
    said = (s for s in others if s in r.state.slots)
    return [SlotChange(s, Op.CLEAR, None, span, 0.95, "the dates were let go") for s in said]


def _any_slot(r: Reading, index: int) -> Slot | None:
    named = r.label(index, "any")
    if named:
        return Slot(named)
    for at in (index + 1, index - 1, index - 2, index + 2):
        slot = r.label(at, "slot")
        if slot and not r.has(at, "type"):
            return Slot(slot)
    if r.has(index + 1, "type", "home", "amenity") or len(r.items) > _LONGEST_BARE_ANY:
        return None
    return r.state.awaiting


def hear_clear(r: Reading) -> list[SlotChange]:
    """Slots, or single extras and kinds, that are let go."""
    found: list[SlotChange] = []
    for kind, steps in (("clear", (1, 2, 3)), ("clearafter", (-1, -2))):
        for index in list(r.where(kind)):
            at = next((at for at in _near(r, index, steps) if _may_be_cleared(r, at)), None)
            if at is not None:
                change = _cleared(r, index, at)
                found += [change, *_other_days(r, change.slot, change.span or r.span(at, at))]
    return found


def _near(r: Reading, index: int, steps: tuple[int, ...]) -> Iterator[int]:
    """The items that the word may mean; none beyond a stop, but then the one just before."""
    for step in steps:
        if r.has(index + step, "stop"):
            break
        yield index + step
    if steps[0] > 0 and (index + 1 == len(r.items) or r.has(index + 1, "stop")):
        yield index - 1


def _may_be_cleared(r: Reading, at: int) -> bool:
    return r.is_free(at) and r.has(at, "slot", "amenity", "type", "place", "term")


def _cleared(r: Reading, index: int, at: int) -> SlotChange:
    span = r.take(min(index, at), max(index, at))
    slot, value = Slot(r.label(at, "slot") or Slot.LOCATION), None
    codes: SlotValue | None = value
    if r.has(at, "slot"):
        pass
    elif r.has(at, "amenity"):
        slot, codes = Slot.AMENITIES, (r.label(at, "amenity") or "",)
    elif r.has(at, "type"):
        slot = Slot.PROPERTY_TYPE
    elif r.has(at, "term"):
        slot = Slot.RENTAL_TYPE
    return SlotChange(slot, Op.CLEAR, codes, span, 0.95, "to be forgotten")


def hear_relative(r: Reading, changes: Iterable[SlotChange]) -> list[SlotChange]:
    """ "Cheaper", "bigger", "one more bedroom", as the new limits they mean here."""
    filled = {c.slot for c in changes}
    found: list[SlotChange] = []
    for index, kind in _comparisons(r):
        if kind in ("bigger", "smaller") and Slot.AREA in filled:
            continue  # "too small, at least 110 m²" says by how much
        change = _relative(r, index, kind)
        if change and change.slot not in filled and change.value is not None:
            filled.add(change.slot)
            found.append(change)
    return found


def _restayed(state: DialogueState, kind: str, span: Span) -> SlotChange | None:
    """A longer stay is half as long again; where no length is known, it is a long or short let."""
    factor, op = (LONGER, Op.MORE) if kind == "longer" else (1 / LONGER, Op.LESS)
    for slot in (Slot.MIN_NIGHTS, Slot.MIN_TERM_MONTHS):
        filled = state.slots.get(slot)
        if filled and isinstance(filled.value, int):
            length = max(1, round(filled.value * factor))
            return SlotChange(slot, op, length, span, 0.8, f"{kind} than now")
    term = "long_term" if kind == "longer" else "short_term"
    return SlotChange(Slot.RENTAL_TYPE, Op.SET, term, span, 0.8, f"{kind} than now")


def _counted(state: DialogueState, kind: str, count: float, *, span: Span) -> SlotChange:
    """ "One more bathroom", "two more bedrooms"."""
    slot = Slot.BATHROOMS if kind in _BATHROOMS else Slot.BEDROOMS
    is_more = kind.startswith("more") or kind in _MORE_ROOMS
    rooms = _recounted(_range(state, slot), count if is_more else -count)
    op, why = Op.MORE if is_more else Op.LESS, f"{count:g} {'more' if is_more else 'fewer'}"
    return SlotChange(slot, op, rooms, span, 0.95, why)


def _recounted(rooms: Range | None, step: float) -> Range | None:
    """So many rooms more, at least; or so many fewer, at most."""
    if step > 0:
        return Range(((rooms.low or rooms.high or 0.0) if rooms else 1.0) + step, None)
    if rooms is None:
        return None
    return Range(None, max(0.0, (rooms.high or rooms.low or 1.0) + step))


def _comparisons(r: Reading) -> list[tuple[int, str]]:
    """ "Cheaper", and "the cheaper one" where we cannot tell which of those shown it is."""
    said = [
        (at, kind, r.label(at, kind) or "") for kind in ("rel", "refrel") for at in r.where(kind)
    ]
    return sorted((at, code) for at, kind, code in said if kind == "rel" or code != "other")


def _relative(r: Reading, index: int, kind: str) -> SlotChange | None:
    kind, _, said = kind.partition("+")
    count = float(said or 1)
    if kind in ("bigger", "smaller") and r.has(index + 1, "amenity"):
        return None  # "a bigger garden" is not a bigger home
    span = r.take(index)
    if kind in ("cheaper", "dearer"):
        op = Op.LESS if kind == "cheaper" else Op.MORE
        value = cheaper(r.state) if kind == "cheaper" else _dearer(r.state)
        return SlotChange(Slot.BUDGET, op, value, span, 0.95, f"{kind} than now")
    if kind in ("longer", "shorter"):
        return _restayed(r.state, kind, span)
    if kind in _BATHROOMS or count != 1:
        return _counted(r.state, kind, count, span=span)
    op = Op.MORE if kind in _MORE_ROOMS else Op.LESS
    slot, size = _resized(r.state, kind)
    return SlotChange(slot, op, size, span, 0.95, f"{kind.replace('_', ' ')} than now")


def cheaper(state: DialogueState) -> Budget | None:
    """85 % of the cheapest home shown, else of the budget; never above the budget."""
    now = _budget(state)
    priced = [s for s in state.shown if s.price]
    cheapest = min(priced, key=lambda s: s.price or 0.0, default=None)
    if cheapest is not None:
        currency = _as_currency(cheapest.currency) or (now.currency if now else None)
        high = round((cheapest.price or 0.0) * CHEAPER)
        return Budget(None, float(high), currency, now.period if now else None)
    limit = (now.high or now.low) if now else None
    if now is None or not limit:
        return None
    return Budget(None, float(round(limit * CHEAPER)), now.currency, now.period)


def _dearer(state: DialogueState) -> Budget | None:
    now = _budget(state)
    if now is None or not now.high:
        return None
    return Budget(now.low, float(round(now.high * DEARER)), now.currency, now.period)


def _budget(state: DialogueState) -> Budget | None:
    filled = state.slots.get(Slot.BUDGET)
    return filled.value if filled and isinstance(filled.value, Budget) else None


def _as_currency(code: str | None) -> Currency | None:
    known: tuple[Currency, ...] = ("GBP", "EUR", "USD", "TRY", "RUB", "UAH")
    return next((c for c in known if c == code), None)


def _range(state: DialogueState, slot: Slot) -> Range | None:
    filled = state.slots.get(slot)
    return filled.value if filled and isinstance(filled.value, Range) else None


def _resized(state: DialogueState, kind: str) -> tuple[Slot, Range | None]:
    """Square metres if they were named; else bedrooms."""
    area, rooms = _range(state, Slot.AREA), _range(state, Slot.BEDROOMS)
    if area and kind in ("bigger", "smaller"):
        return Slot.AREA, _resized_area(area, kind)
    if rooms is None:
        if kind not in ("bigger", "smaller"):
            return Slot.BEDROOMS, None
        return Slot.AREA, _unlike_shown(state, kind)
    if kind in _MORE_ROOMS:
        return Slot.BEDROOMS, Range((rooms.low or rooms.high or 0) + 1, None)
    fewer = max(0.0, (rooms.high or rooms.low or 1) - 1)
    return Slot.BEDROOMS, Range(None, fewer)


def _unlike_shown(state: DialogueState, kind: str) -> Range | None:
    """Larger, or smaller, than most of the homes on the screen."""
    sizes = [shown.area_m2 for shown in state.shown if shown.area_m2]
    if not sizes:
        return None
    middle = median(sizes)
    if kind == "bigger":
        return Range(floor(middle) + 1.0, None)
    return Range(None, max(1.0, ceil(middle) - 1.0))


def _resized_area(area: Range, kind: str) -> Range:
    size = area.low or area.high or 0.0
    if kind == "bigger":
        return Range(float(round(size * BIGGER)), None)
    return Range(None, float(round(size * SMALLER)))


def hear_sort(r: Reading) -> str | None:
    """The order asked for: "price" after "the cheapest", or "cheaper" than nothing known."""
    index = next(r.where("sort"), None)
    if index is not None:
        return r.label(index, "sort")
    is_cheap = r.says("rel", "cheaper") and cheaper(r.state) is None
    return "price" if is_cheap else None
