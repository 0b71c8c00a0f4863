"""The state of a talk: what we know after one more message, and what is still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from operator import attrgetter
from typing import Any

from gatehouse.understanding.types import (
    Budget,
    Contact,
    DialogueState,
    Filled,
    Heard,
    Intent,
    Op,
    PlaceName,
    Slot,
    SlotChange,
    SlotValue,
)

Slots = dict[Slot, Filled]

MANY = frozenset((Slot.LOCATION, Slot.PROPERTY_TYPE, Slot.AMENITIES, Slot.FEATURES))
SHORT_STAY_NIGHTS = 28
_LONG_TERM_MONTHS = 2
_SURE = 0.6  # how sure of a language makes it the language of the talk
_MOST_VALUES = 30
_OPEN = Filled(None)
_SPECIAL = {"pool": "private_pool", "parking": "garage"}  # forgotten with what they are a kind of
_TELLS_TERM = (
    Slot.DEAL, Slot.BUDGET, Slot.CHECK_IN, Slot.CHECK_OUT, Slot.MIN_NIGHTS, Slot.MIN_TERM_MONTHS,
)  # fmt: skip
_PARTS = tuple(part.name for part in fields(DialogueState))
_parts_of = attrgetter(*_PARTS)


def merge(state: DialogueState, heard: Heard) -> DialogueState:
    """What we know after this message. Merging the same message twice changes nothing.

    A value said later replaces an earlier one; nothing that was said is dropped unless the
    message says so. "Start over" leaves only the language and the contact.
    """
    if Intent.START_OVER in heard.intents:
        state = DialogueState(language=state.language, contact=state.contact, turn=state.turn)
    slots = dict(state.slots)
    for change in heard.changes:
        _apply(slots, change)
    _agree(slots, heard.changes, before=state.slots)
    is_sure = heard.language_confidence >= _SURE or state.language is None
    return _changed(
        state,
        slots=slots,
        language=heard.language if is_sure else state.language,
        contact=_joined(state.contact, heard.contact),
        when=heard.when or state.when,
        sort=heard.sort or state.sort,
    )


def _changed(state: DialogueState, **parts: object) -> DialogueState:
    """Like `replace`, in half its time: every turn of every talk comes through here."""
    values: dict[str, Any] = dict(zip(_PARTS, _parts_of(state), strict=True))
    return DialogueState(**(values | parts))


def required_open(state: DialogueState) -> tuple[Slot, ...]:
    """The required slots that are still to be asked, in the order in which to ask them."""
    required = [Slot.LOCATION, Slot.BUDGET]
    if not _is_sale(state.slots):
        required.append(Slot.RENTAL_TYPE)
    return tuple(slot for slot in required if not is_filled(state, slot))


def is_filled(state: DialogueState, slot: Slot) -> bool:
    """Does the slot need no asking: has it a value, or may it be anything?"""
    filled = state.slots.get(slot)
    return filled is not None and (filled.value is not None or filled.is_any)


def _apply(slots: Slots, change: SlotChange) -> None:
    old = slots.get(change.slot, _OPEN)
    if change.op == Op.ANY:
        slots[change.slot] = Filled(None, is_any=True, shunned=old.shunned)
    elif change.op == Op.CLEAR:
        _clear(slots, change, old)
    elif change.value is None:
        return
    elif change.slot in MANY:
        _apply_many(slots, change, old)
    elif change.op in (Op.SET, Op.ADD, Op.LESS, Op.MORE):
        slots[change.slot] = Filled(_inheriting(old.value, change.value))


def _inheriting(old: SlotValue | None, new: SlotValue) -> SlotValue:
    """A budget without currency or period keeps those said before."""
    if not isinstance(new, Budget) or not isinstance(old, Budget):
        return new
    return replace(new, currency=new.currency or old.currency, period=new.period or old.period)


def _apply_many(slots: Slots, change: SlotChange, old: Filled) -> None:
    said = _elements(change.value)
    names = {_name(e) for e in said}
    kept = _elements(old.value)
    if change.op == Op.REMOVE:
        left = tuple(e for e in kept if not _falls_under(_name(e), names))
        shunned = tuple(dict.fromkeys((*old.shunned, *map(_name, said))))[:_MOST_VALUES]
        slots[change.slot] = _filled(left, shunned)
        return
    wanted = names | {name.partition("/")[0] for name in names}  # a city, for its district's sake
    shunned = tuple(s for s in old.shunned if s not in wanted)
    before = kept if change.op == Op.ADD else ()
    known = {_name(e) for e in before}
    slots[change.slot] = _filled((*before, *(e for e in said if _name(e) not in known)), shunned)


def _clear(slots: Slots, change: SlotChange, old: Filled) -> None:
    """Opens the slot again; with a value, only that value goes."""
    if change.value is None or change.slot not in MANY:
        slots.pop(change.slot, None)
        return
    names = {_name(e) for e in _elements(change.value)}
    names |= {_SPECIAL[name] for name in names & _SPECIAL.keys()}
    left = tuple(e for e in _elements(old.value) if _name(e) not in names)
    shunned = tuple(s for s in old.shunned if s not in names)
    if left or shunned:
        slots[change.slot] = _filled(left, shunned)
    else:
        slots.pop(change.slot, None)


def _filled(elements: tuple[PlaceName | str, ...], shunned: tuple[str, ...]) -> Filled:
    """Values without duplicates; none at all means anything but what is shunned."""
    if len(elements) == 1:
        return Filled(elements, shunned=shunned)  # type: ignore[arg-type]
    unique = {_name(e): e for e in reversed(elements)}
    ordered = tuple(reversed(unique.values()))[:_MOST_VALUES]
    value: tuple[PlaceName, ...] | tuple[str, ...]
    places = tuple(e for e in ordered if isinstance(e, PlaceName))
    value = places or tuple(e for e in ordered if isinstance(e, str))
    return Filled(value or None, is_any=not value, shunned=shunned)


def _elements(value: SlotValue | None) -> tuple[PlaceName | str, ...]:
    return value if isinstance(value, tuple) else ()


def _name(element: PlaceName | str) -> str:
    return element.key if isinstance(element, PlaceName) else element


def _falls_under(name: str, names: set[str]) -> bool:
    """A district goes with its city."""
    return name in names or name.partition("/")[0] in names


def _agree(slots: Slots, changes: Sequence[SlotChange], *, before: Slots) -> None:
    """Makes slots agree that depend on each other, whatever order they were said in."""
    if slots.keys().isdisjoint(_TELLS_TERM):
        return
    said = {c.slot for c in changes if c.value is not None}
    _agree_on_days(slots, said)
    _agree_on_money(slots, changes, before=before)
    if _is_sale(slots):
        if Slot.DEAL in said and Slot.RENTAL_TYPE not in said:
            slots.pop(Slot.RENTAL_TYPE, None)
    elif Slot.RENTAL_TYPE not in slots and (term := _implied_term(slots)):
        slots[Slot.RENTAL_TYPE] = Filled(term)


def _agree_on_days(slots: Slots, said: set[Slot]) -> None:
    """Of first day, last day and nights, what was not said now follows from the other two."""
    start, nights = _date(slots, Slot.CHECK_IN), _count(slots, Slot.MIN_NIGHTS)
    is_moved = bool(said & {Slot.CHECK_IN, Slot.MIN_NIGHTS}) and Slot.CHECK_OUT not in said
    if start and nights and is_moved and (out := _days_after(start, nights)):
        slots[Slot.CHECK_OUT] = Filled(out)
    end = _date(slots, Slot.CHECK_OUT)
    if not start or not end:
        return
    if end <= start:
        is_last_said = Slot.CHECK_OUT in said and Slot.CHECK_IN not in said
        slots.pop(Slot.CHECK_IN if is_last_said else Slot.CHECK_OUT)
    elif nights and Slot.CHECK_OUT in said and Slot.MIN_NIGHTS not in said:
        slots[Slot.MIN_NIGHTS] = Filled((end - start).days)


def _days_after(start: date, nights: int) -> date | None:
    try:
        return start + timedelta(days=nights)
    except OverflowError:
        return None


def _agree_on_money(slots: Slots, changes: Sequence[SlotChange], *, before: Slots) -> None:
    """A price to buy is a total, a rent is not; the old one goes when the deal changes."""
    budget = slots.get(Slot.BUDGET)
    if budget is None or not isinstance(budget.value, Budget):
        return
    budgets = [c.value for c in changes if c.slot == Slot.BUDGET and c.value is not None]
    said = budgets[-1] if budgets else None
    if said is None and _is_of_other_deal(budget.value, slots, before=before):
        slots.pop(Slot.BUDGET)
    elif _is_sale(slots):
        slots[Slot.BUDGET] = Filled(replace(budget.value, period="total"))
    elif _is_rent(slots) and _lacks_period(said) and budget.value.period == "total":
        slots[Slot.BUDGET] = Filled(replace(budget.value, period=None))


def _lacks_period(said: SlotValue | None) -> bool:
    return isinstance(said, Budget) and said.period is None


def _is_of_other_deal(budget: Budget, slots: Slots, *, before: Slots) -> bool:
    """Was this budget meant for buying, and now it is renting; or the other way round?"""
    if _is_sale(before) == _is_sale(slots) or Slot.DEAL not in slots:
        return False
    if _is_sale(before):
        return budget.period == "total"
    return budget.period not in (None, "total") or (budget.period is None and _is_rent(before))


def _is_sale(slots: Slots) -> bool:
    deal = slots.get(Slot.DEAL)
    return deal is not None and deal.value == "buy"


def _is_rent(slots: Slots) -> bool:
    deal = slots.get(Slot.DEAL)
    return not _is_sale(slots) and (
        (deal is not None and deal.value == "rent") or Slot.RENTAL_TYPE in slots
    )


def _date(slots: Slots, slot: Slot) -> date | None:
    filled = slots.get(slot)
    return filled.value if filled and isinstance(filled.value, date) else None


def _implied_term(slots: Slots) -> str | None:
    """A stay of under four weeks, or a price per night, is a short let; months are a long one."""
    start, end = _date(slots, Slot.CHECK_IN), _date(slots, Slot.CHECK_OUT)
    nights = (end - start).days if start and end else _count(slots, Slot.MIN_NIGHTS)
    if nights is not None:
        return "short_term" if nights < SHORT_STAY_NIGHTS else None
    months = _count(slots, Slot.MIN_TERM_MONTHS)
    if months is not None and months >= _LONG_TERM_MONTHS:
        return "long_term"
    budget = slots.get(Slot.BUDGET)
    nightly = budget and isinstance(budget.value, Budget) and budget.value.period == "night"
    return "short_term" if nightly else None


def _count(slots: Slots, slot: Slot) -> int | None:
    filled = slots.get(slot)
    return filled.value if filled and isinstance(filled.value, int) else None


def _joined(old: Contact | None, new: Contact | None) -> Contact | None:
    if old is None or new is None:
        return new or old
    return Contact(new.name or old.name, new.phone or old.phone, new.email or old.email)


__all__ = ["is_filled", "merge", "required_open"]
