"""What a home should have or be: extras, wishes that no listing states, and room for whom."""

from __future__ import annotations

from gatehouse.understanding.numbers import amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import changed, is_shunned
from gatehouse.understanding.types import Op, Slot, SlotChange

_MOST_GUESTS = 50
_OPPOSITES = {"furnished": "unfurnished", "unfurnished": "furnished"}
_OWNED = {"pets_allowed"}  # "no pets" tells of the visitor, not of the home
_ONLY_SHUNNED = {"agents"}  # nobody wishes for them


def hear_amenities(r: Reading) -> list[SlotChange]:
    """Extras wanted (ADD), shunned (REMOVE) or no longer needed (CLEAR with the code)."""
    changes: list[SlotChange] = []
    if not r.mentions("amenity", "negamenity"):
        return changes
    for index in list(r.where("amenity")):
        if r.has(index, "negamenity"):
            continue
        code = r.label(index, "amenity") or ""
        why = is_shunned(r, index)
        op = {None: Op.ADD, "noneed": Op.CLEAR}.get(why, Op.REMOVE)
        if op == Op.REMOVE and code in _OWNED:
            op = Op.CLEAR
        if op == Op.REMOVE and code in _OPPOSITES:
            op, code = Op.ADD, _OPPOSITES[code]
        changes.append(changed(r, Slot.AMENITIES, op, (code,), index, "an extra"))
    for index in list(r.where("negamenity")):
        code = r.label(index, "negamenity") or ""
        op = Op.CLEAR if code in _OWNED else Op.REMOVE
        changes.append(changed(r, Slot.AMENITIES, op, (code,), index, "a word for without"))
    return changes


def hear_features(r: Reading) -> list[SlotChange]:
    """What no listing states: floors, condition, agents, bills; wanted or shunned."""
    changes: list[SlotChange] = []
    for kind in ("quality", "negquality"):
        for index in list(r.where(kind)):
            code = r.label(index, kind) or ""
            if not code:
                continue
            why = is_shunned(r, index)
            op = Op.CLEAR if why == "noneed" else Op.REMOVE if why or kind != "quality" else Op.ADD
            if op == Op.ADD and code in _ONLY_SHUNNED:
                continue
            changes.append(changed(r, Slot.FEATURES, op, (code,), index, "no listing states it"))
            r.take(index)
    return changes


def hear_guests(r: Reading) -> list[SlotChange]:
    """How many will live there: "for two", "a family of four"."""
    for index in list(r.free_numbers()) if r.mentions("noun", "party") else ():
        amount = amount_at(r, index)
        if amount is None or not 1 <= amount.value <= _MOST_GUESTS:
            continue
        is_counted = r.label(amount.last + 1, "noun") == "person"
        if is_counted or (r.has(amount.first - 1, "party") and _is_last_word(r, amount.last)):
            span = r.take(index, amount.last + is_counted)
            return [SlotChange(Slot.GUESTS, Op.SET, amount.range, span, 0.95, "so many people")]
    return []


def _is_last_word(r: Reading, index: int) -> bool:
    """Does the number count what was said before it, "a family of four", and nothing after?"""
    return not r.has(index + 1, "noun", "unit", "cur", "per", "type", "home", "age", "month")
