"""What a home should have or be: extras, wishes that no listing states, and room for whom."""

from __future__ import annotations

from gatehouse.understanding.numbers import amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import changed, is_shunned
from gatehouse.understanding.types import Op, Range, Slot, SlotChange

_MOST_GUESTS = 50
_COUPLE = Range(2.0, 2.0)
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
    return _decided(changes)


def _decided(changes: list[SlotChange]) -> list[SlotChange]:
    """ "Furnished or unfurnished" asks for neither."""
    wanted = {c.value for c in changes if c.op == Op.ADD}
    both = {(code,) for code in _OPPOSITES}
    return [c for c in changes if c.value not in both] if both <= wanted else changes


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
            if op != Op.ADD and code.endswith("_floor"):
                op = Op.REMOVE if _is_refused(r, index) else op
                changes += _other_floor(r, index, op)
            changes.append(changed(r, Slot.FEATURES, op, (code,), index, "no listing states it"))
            r.take(index)
    return changes


def _is_refused(r: Reading, index: int) -> bool:
    """ "На первом этаже не надо": where "no need" is also a "no", a floor is refused."""
    return any(r.has(at, "neg") and r.has(at, "noneedafter") for at in (index + 1, index + 2))


def _other_floor(r: Reading, index: int, op: Op) -> list[SlotChange]:
    """ "Neither the first nor the top floor": the floor that stands for the first one too."""
    at = index - 1
    while r.has(at, "and", "or", "neg", "no", "in", "stop") and not r.has(at, "ord"):
        at -= 1
    if at == index - 1 or r.label(at, "ord") != "1":
        return []
    span = r.take(at)
    return [SlotChange(Slot.FEATURES, op, ("ground_floor",), span, 0.9, "a floor refused too")]


def hear_guests(r: Reading) -> list[SlotChange]:
    """How many will live there: "for two", "a family of four"."""
    for index in list(r.free_numbers()) if r.mentions("noun", "party") else ():
        amount = amount_at(r, index)
        if amount is None or not 1 <= amount.value <= _MOST_GUESTS:
            continue
        is_counted = r.label(amount.last + 1, "noun") == "person"
        is_led = r.has(amount.first - 1, "party") and _is_last_word(r, amount.last)
        if is_counted or is_led or r.has(index, "party"):  # Arabic says "two people" in one word
            span = r.take(index, amount.last + is_counted)
            people = _with_children(r, amount.range) if is_counted else amount.range
            return [SlotChange(Slot.GUESTS, Op.SET, people, span, 0.95, "so many people")]
    return _couple_with_children(r)


def _couple_with_children(r: Reading) -> list[SlotChange]:
    """ "Me, my wife and 2 kids" are four: the speaker is one of them."""
    spouse = next(r.where("spouse"), None)
    people = _with_children(r, _COUPLE)
    if spouse is None or people == _COUPLE:
        return []
    why = "a couple and their children"
    return [SlotChange(Slot.GUESTS, Op.SET, people, r.take(spouse), 0.9, why)]


def _with_children(r: Reading, adults: Range) -> Range:
    """ "2 adults and 3 kids" are five; "a family with a child" is not counted."""
    for index in list(r.free_numbers()) if r.mentions("noun") else ():
        children = r.at(index).number or 0.0
        is_dual = r.label(index, "noun") == "child"  # Arabic says "two children" in one word
        is_counted = is_dual or r.label(index + 1, "noun") == "child"
        if is_counted and 1 <= children <= _MOST_GUESTS:
            r.take(index, index + (not is_dual))
            low, high = (None if n is None else n + children for n in (adults.low, adults.high))
            return Range(low, high)
    return adults


def _is_last_word(r: Reading, index: int) -> bool:
    """Does the number count what was said before it, "a family of four", and nothing after?"""
    return not r.has(index + 1, "noun", "unit", "cur", "per", "type", "home", "age", "month")
