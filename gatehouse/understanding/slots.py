"""What a message says about rooms, kinds of homes and terms, and what it turns away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gatehouse.understanding.numbers import Amount, amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import Op, Range, Slot, SlotChange, SlotValue, Span

_LOOK_BACK = 4
_SQUARE_FOOT = 0.0929
_MOST_ROOMS = 20
_AREA_LIMITS = (8.0, 100_000.0)
_TERMS = ("term", "deal", "term_if_asked", "deal_if_asked")
_TURNS_AWAY = (
    "than", "rather", "noneed", "instead", "neg", "noneedafter", "insteadafter", "negafter",
)  # fmt: skip
_ROOM_SLOTS = (Slot.BEDROOMS, Slot.BATHROOMS)
_WIDEST_CHOICE = 3
_COUNTED = {
    "bedroom": Slot.BEDROOMS,
    "room": Slot.BEDROOMS,
    "room_all": Slot.BEDROOMS,  # rooms with the living room among them: one bedroom fewer
    "bathroom": Slot.BATHROOMS,
}
_THINGS = ("place", "type", "amenity", "quality")
_PASSED = frozenset(("or", "and", "in", *_THINGS, "negamenity", "it", "weak"))


def is_shunned(r: Reading, index: int) -> str | None:
    """The kind of word that turns this item away ("neg", "instead", "noneed"), if one does."""
    if not r.mentions(*_TURNS_AWAY):
        return None
    for at in range(index - 1, max(-1, index - 1 - _LOOK_BACK), -1):
        item = r.at(at)
        kind = next((k for k in ("noneed", "instead", "neg") if k in item.labels), None)
        if kind is not None and not _is_refusal(r, at):
            return kind
        is_passed_over = item.has("than") or (item.has("to") and r.has(at - 1, *_THINGS))
        if is_passed_over and any(r.has(i, "rather") for i in range(at)):
            return "instead"  # "rather a house than a flat"
        if item.has(*_THINGS) and not r.has(at + 1, "or", "and"):
            break
        if item.has("stop", "but", "corr", "also") or not (item.is_word or item.has(*_PASSED)):
            break
    return _shunned_after(r, index)


def _is_refusal(r: Reading, at: int) -> bool:
    """ "No, …": an answer, not a "no pool"."""
    return r.has(at, "no") and r.has(at + 1, "stop", "corr")


def _shunned_after(r: Reading, index: int) -> str | None:
    """Languages that put the "no" behind: "havuz olmasın", "Lapta hariç"."""
    if index == 0 or r.has(index - 1, "stop", "but"):  # "парковка и сад не нужны": both
        while r.has(index + 1, "and", "or") and r.has(index + 2, *_THINGS):
            index += 2
        while r.has(index, "amenity") and r.has(index + 1, "amenity"):  # "otopark bahçe gerekmez"
            index += 1
    for at in (index + 1, index + 2):
        item = r.at(at)
        for kind in ("noneedafter", "insteadafter", "negafter"):
            if kind in item.labels and not r.has(at + 1, "q"):
                return kind.removesuffix("after")
        if not (item.is_word or item.has("in", "home", "it", "type", "noun")) or item.has("stop"):
            break
    return None


def is_also(r: Reading, index: int) -> bool:
    """Does the message add this to what was said before, rather than replace it?"""
    if not r.mentions("also"):
        return False
    near = (*range(max(0, index - 3), index), index + 1, index + 2)
    return any(r.has(at, "also") for at in near) and not r.mentions("rel")


def corrected(r: Reading, wanted: list[int]) -> list[int]:
    """After "Girne, no, sorry, Famagusta" only what follows the correction counts."""
    for at in reversed(list(r.where("corr"))) if len(wanted) > 1 else ():
        if wanted[0] < at < wanted[-1]:
            return [i for i in wanted if i > at]
    return wanted


def hear_rooms(r: Reading) -> list[SlotChange]:
    """Bedrooms and bathrooms, however they are counted."""
    changes = [_planned(r, i) for i in list(_plans(r))]
    for kind, slot in (("bedrooms", Slot.BEDROOMS), ("bathrooms", Slot.BATHROOMS)):
        changes += [_worded(r, i, kind, slot=slot) for i in list(r.where(kind))]
    may_count = r.mentions("noun") or r.state.awaiting in _ROOM_SLOTS
    for index in r.free_numbers() if may_count else ():
        changes += _counted(r, index)
    changes = _united(r, changes)
    changes = [_widened(r, c) for c in changes] if r.mentions("maybe") else changes
    return _amended(r, changes) if changes and r.mentions("corr") else changes


def _widened(r: Reading, change: SlotChange) -> SlotChange:
    """ "2 bedrooms, maybe 3": the next number up, and nothing else that it counts."""
    rooms = change.value
    if not isinstance(rooms, Range):
        return change
    for at in r.every("maybe"):
        counts = r.has(at + 2, "unit", "month", "cur", "plus", "th") or r.label(
            at + 2, "noun"
        ) not in (None, "bedroom", "bathroom", "room")
        if r.at(at + 1).number == (rooms.high or 0) + 1 and r.is_free(at + 1) and not counts:
            span = r.take(at + 1, at + 1 + r.has(at + 2, "noun"))
            return replace(change, value=Range(rooms.low, r.at(at + 1).number), span=span)
    return change


def _amended(r: Reading, changes: list[SlotChange]) -> list[SlotChange]:
    """ "2 bedrooms... actually 3": a bare number after the correction counts the same."""
    last = changes[-1]
    for index in r.free_numbers():
        item, number = r.at(index), r.at(index).number or 0.0
        is_after = last.span is not None and item.start >= last.span.end
        is_bare = index + 1 == len(r.items) or r.has(index + 1, "stop", "corr")
        if is_after and is_bare and r.has(index - 1, "corr", "stop") and 0 < number <= _MOST_ROOMS:
            span = r.take(index)
            amended = replace(last, value=Range(number, number), span=span, why="put right")
            return [*changes[:-1], amended]
    return changes


def _worded(r: Reading, index: int, kind: str, *, slot: Slot) -> SlotChange:
    """ "Двушка": a word for a number of rooms, "1", or for one of two, "0-1"; Arabic duals."""
    low, _, high = (r.label(index, kind) or "1").partition("-")
    is_least = r.has(index - 1, "min") or r.has(index + 1, "minafter")
    is_most = r.has(index - 1, "max") or (
        r.has(index + 1, "maxafter") and r.at(index + 2).number is None
    )
    rooms = Range(None if is_most else float(low), None if is_least else float(high or low))
    other = _one_or(r, index) if r.has(index - 1, "or", "to", "dash") else None
    if other and rooms.low == rooms.high and 0 < float(low) - other <= _WIDEST_CHOICE - 1:
        rooms = Range(other, rooms.high)
    elif other and other == rooms.high:  # "zwei- oder Dreizimmerwohnung": one is a living room
        rooms = Range(other - 1, rooms.high)
    return SlotChange(slot, Op.SET, rooms, r.take(index), 0.95, f"a word for so many {kind}")


def _one_or(r: Reading, index: int) -> float | None:
    """The other number of "two or three-room flat"; Arabic "a room or two" says it by the noun."""
    number = r.at(index - 2).number
    return 1.0 if number is None and r.label(index - 2, "type") == "room" else number


def _united(r: Reading, changes: list[SlotChange]) -> list[SlotChange]:
    """ "2+1 or 3+1" is a range; otherwise the last number said stands."""
    rooms = [c for c in changes if c.slot == Slot.BEDROOMS and isinstance(c.value, Range)]
    if len(rooms) < 2:
        return changes
    last = rooms[-1]
    if (r.mentions("or", "slash", "maybe") or _is_spanned(r, rooms)) and not r.mentions("corr"):
        bounds = [c.value for c in rooms if isinstance(c.value, Range)]
        lows, highs = [b.low for b in bounds], [b.high for b in bounds]
        low = None if None in lows else min(v for v in lows if v is not None)
        high = None if None in highs else max(v for v in highs if v is not None)
        last = replace(last, value=Range(low, high))
    return [c for c in changes if c.slot != Slot.BEDROOMS] + [last]


def _is_spanned(r: Reading, rooms: list[SlotChange]) -> bool:
    """ "Two rooms to three rooms": does "to" stand between the first and the last?"""
    first, last = rooms[0].span, rooms[-1].span
    if first is None or last is None:
        return False
    links = [r.at(at).start for kind in ("to", "dash") for at in r.every(kind)]
    return any(first.end <= start <= last.start for start in links)


def _plans(r: Reading) -> Iterator[int]:
    """ "2+1": two bedrooms and a living room, as the island counts."""
    for at in r.where("plus"):
        rooms, living = r.at(at - 1).number, r.at(at + 1).number
        if rooms is not None and 0 <= rooms <= 9 and living in (0, 1, 2) and r.is_free(at - 1):
            yield at - 1


def _planned(r: Reading, index: int) -> SlotChange:
    count = r.at(index).number or 0.0
    span = r.take(index, index + 2)
    if count == 0:
        return SlotChange(Slot.PROPERTY_TYPE, Op.SET, ("studio",), span, 1.0, "0+1 is a studio")
    return SlotChange(Slot.BEDROOMS, Op.SET, Range(count, count), span, 1.0, "rooms + living room")


def _counted(r: Reading, index: int) -> list[SlotChange]:
    amount = amount_at(r, index)
    if amount is None or not 0 <= amount.value <= _MOST_ROOMS:
        return []
    noun_at = _noun_at(r, amount.last)
    noun = r.label(noun_at, "noun") or ""
    slot = _COUNTED.get(noun)
    if slot is None and _is_heading(r, index):
        noun = r.label(_heading_at(r, index), "noun") or ""
        noun_at, slot = amount.last, _COUNTED[noun]
    if slot is None:
        slot = r.state.awaiting if r.state.awaiting in _ROOM_SLOTS else None
        noun_at = amount.last
        if (
            slot is None
            or r.has(amount.last + 1, "unit", "month", "cur", "th")
            or r.has(index, "ord")
        ):
            return []
    if noun == "room_all":
        return [_without_living_room(amount.range, r.take(index, noun_at))]
    rooms = Range(amount.value, amount.value) if _is_made_of(r, amount) else amount.range
    span = r.take(index, noun_at)
    return [SlotChange(slot, Op.SET, rooms, span, 1.0, "a number of rooms")]


def _is_made_of(r: Reading, amount: Amount) -> bool:
    """ "A flat of three rooms", where the language has one word for "of" and "from"."""
    if r.has(amount.first - 1, "with") or r.has(amount.first, "with"):
        return True
    is_of = r.has(amount.first - 1, "of") and r.has(amount.first - 2, "type", "home", "amenity")
    return is_of and not r.mentions("min", "minafter")


def _without_living_room(rooms: Range, span: Span) -> SlotChange:
    """Where a living room counts, three rooms are two bedrooms, and one room is a studio."""
    low, high = (None if n is None else max(0.0, n - 1) for n in (rooms.low, rooms.high))
    if high == 0:
        return SlotChange(Slot.PROPERTY_TYPE, Op.SET, ("studio",), span, 0.95, "one room in all")
    return SlotChange(
        Slot.BEDROOMS, Op.SET, Range(low, high), span, 0.95, "rooms, the living room among them"
    )


def _noun_at(r: Reading, last: int) -> int:
    """The noun counted, with one plain word ("double") or a plus sign allowed before it."""
    for at in (last + 1, last + 2):
        if r.label(at, "noun") in _COUNTED:
            return at
        if not (r.at(at).is_word or r.has(at, "plus", "minafter", "maxafter", "oneafter")):
            break
    return -1


def _heading_at(r: Reading, index: int) -> int:
    at = index - 1
    while at > index - 4 and (r.at(at).text in (":", "-", "=") or r.has(at, "min", "max")):
        at -= 1
    return at


def _is_heading(r: Reading, index: int) -> bool:
    """ "bedrooms: 2"."""
    at = _heading_at(r, index)
    return r.is_free(at) and r.label(at, "noun") in _COUNTED and not r.has(index + 1, "cur", "unit")


def hear_area(r: Reading) -> list[SlotChange]:
    """Sizes in m², also where they were said in square feet."""
    for index in r.free_numbers() if r.mentions("noun") else ():
        amount = amount_at(r, index)
        noun = r.label(amount.last + 1, "noun") if amount else None
        if amount is None or noun not in ("area", "sqft"):
            continue
        if _is_distance(r, amount.last + 1):
            continue
        factor = _SQUARE_FOOT if noun == "sqft" else 1.0
        if not _AREA_LIMITS[0] <= amount.value * factor <= _AREA_LIMITS[1]:
            continue
        low, high = (
            round(v * factor) if v is not None else None for v in (amount.low, amount.high)
        )
        if amount.is_plain:
            high = None
        span = r.take(index, amount.last + 1)
        return [SlotChange(Slot.AREA, Op.SET, Range(low, high), span, 1.0, "a size")]
    return []


def _is_distance(r: Reading, unit: int) -> bool:
    """ "Closer to the sea, at most 500 m": plain metres where a wish says near to what."""
    if not r.at(unit).text.isalpha() or not any(
        (r.label(at, kind) or "").startswith("near_")
        for kind in ("amenity", "quality")
        for at in r.every(kind)
    ):
        return False
    return r.label(unit, "noun") == "area" and " " not in r.at(unit).text


def hear_kinds(r: Reading) -> list[SlotChange]:
    """Property types, wanted or shunned."""
    wanted: list[int] = []
    changes: list[SlotChange] = []
    for index in r.every("type"):
        code = r.label(index, "type") or ""
        if is_shunned(r, index):
            changes.append(changed(r, Slot.PROPERTY_TYPE, Op.REMOVE, (code,), index, "shunned"))
        elif code != "room" or not _is_counted_room(r, index):
            wanted.append(index)
    wanted = corrected(r, wanted)
    if len(wanted) > 1 and not r.mentions("or"):  # "a flat with large rooms" is no room
        wanted = [i for i in wanted if not r.has(i, "noun", "bedrooms")] or wanted
    codes = tuple(dict.fromkeys(r.label(i, "type") or "" for i in wanted))
    if "studio" in codes and "apartment" in codes and not r.mentions("or"):
        codes = tuple(c for c in codes if c != "apartment")
    if codes:
        filled = Slot.PROPERTY_TYPE in r.state.slots
        op = Op.ADD if filled and is_also(r, wanted[0]) else Op.SET
        span = r.span(wanted[0], wanted[-1])
        changes.append(SlotChange(Slot.PROPERTY_TYPE, op, codes, span, 0.95, "a kind of home"))
    return changes


def _is_counted_room(r: Reading, index: int) -> bool:
    if r.has(index + 1, "or") and r.has(index + 2, "bedrooms"):  # "a room or two rooms"
        return True
    before = index - 2 if r.at(index - 1).is_word else index - 1  # "3 large rooms"
    after = index + 2 if r.at(index + 1).text == ":" else index + 1  # "rooms: 3"
    if r.at(index - 1).number is not None or r.at(before).number is not None:
        return True
    return 0 < (r.at(after).number or 0.0) <= _MOST_ROOMS


def hear_terms(r: Reading) -> list[SlotChange]:
    """Long or short let; to rent or to buy."""
    changes: list[SlotChange] = []
    if not r.mentions(*_TERMS):
        return changes
    for kind, slot in (("term", Slot.RENTAL_TYPE), ("deal", Slot.DEAL)):
        said = [i for i in r.where(kind) if not (is_shunned(r, i) or _is_period(r, i))]
        if not said and r.awaits(slot):
            kind = f"{kind}_if_asked"
            said = list(r.where(kind))
        if said and _is_either(r, said, kind):
            span = r.span(said[0], said[-1])
            changes.append(SlotChange(slot, Op.ANY, None, span, 0.95, "the one or the other"))
        elif said:
            value = r.label(said[-1], kind) or ""
            changes.append(changed(r, slot, Op.SET, value, said[-1], f"a word for {slot.value}"))
    return changes


def _is_period(r: Reading, index: int) -> bool:
    """ "Weekly 400 pounds" says how often it is paid, not for how long one stays."""
    if not r.has(index, "per"):
        return False
    if r.has(index + 1, "budget") and r.says("attr", "price"):
        return True  # "yıllık kira ne kadar"
    before = index - 2 if r.has(index - 1, "cur") else index - 1
    after = index + 2 if r.has(index + 1, "cur") else index + 1
    return r.at(before).number is not None or r.at(after).number is not None


def _is_either(r: Reading, said: list[int], kind: str) -> bool:
    """ "To rent or to buy" leaves it open."""
    first, last = said[0], said[-1]
    if r.label(first, kind) == r.label(last, kind):
        return False
    return r.mentions("or") and any(r.has(at, "or") for at in range(first + 1, last))


def changed(
    r: Reading, slot: Slot, op: Op, value: SlotValue | None, index: int, why: str
) -> SlotChange:
    """A change that one item says."""
    return SlotChange(slot, op, value, r.span(index, index), 0.95, why)
