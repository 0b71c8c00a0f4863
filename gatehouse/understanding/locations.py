"""Where a home should be: named, between two places, around one, or anywhere but there."""

from __future__ import annotations

from collections.abc import Iterator

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.slots import corrected, is_also, is_shunned
from gatehouse.understanding.types import Op, PlaceName, Slot, SlotChange

_MILE_KM = 1.609
_FARTHEST_KM = 100.0
_FARTHEST_ITEMS = 4  # from "5 km" to the place that it is measured from


def hear_location(r: Reading) -> list[SlotChange]:
    """The places wanted (one SET or ADD) and those shunned (one REMOVE each)."""
    wanted: list[int] = []
    changes: list[SlotChange] = []
    for index in list(r.where("place")):
        why = is_shunned(r, index)
        if why is not None and not _is_mere_no(r, index):
            op = Op.CLEAR if why == "instead" else Op.REMOVE
            span = r.span(index, index)
            changes.append(SlotChange(Slot.LOCATION, op, _names(r, [index]), span, 0.95, why))
        else:
            wanted.append(index)
        r.take(index)
    wanted = corrected(r, wanted)
    _find_centres(r, wanted)
    return changes + ([_wanted(r, wanted)] if wanted else [])


def _wanted(r: Reading, wanted: list[int]) -> SlotChange:
    op = Op.ADD if is_also(r, wanted[0]) and Slot.LOCATION in r.state.slots else Op.SET
    span = r.span(wanted[0], wanted[-1])
    places, why = _between(r, wanted), "what lies between two places"
    if not places:
        places, why = _names(r, wanted), "a place was named"
    radius = _radius_km(r, wanted[0]) if len(wanted) == 1 else None
    if radius:
        places = (PlaceName(places[0].key, places[0].said, radius),)
        why = "so far around a place"
    return SlotChange(Slot.LOCATION, op, places, span, 1.0, why)


def _find_centres(r: Reading, wanted: list[int]) -> None:
    """ "In the centre of Kyrenia" is the place of that name, where there is one."""
    for index in wanted:
        at = next((b for b in (index - 1, index - 2) if r.label(b, "quality") == "central"), None)
        if at is None:
            continue
        name = f"{r.at(at).text.rpartition(' ')[2]} {r.at(index).text}"
        key = r.gazetteer.exact(name)
        if key:
            r.items[index].labels = {**r.items[index].labels, "place": key}
            r.take(at)


def _is_mere_no(r: Reading, index: int) -> bool:
    """ "No Famagusta" after another place is a correction, unless "no" and "not" are one word."""
    filled = r.state.slots.get(Slot.LOCATION)
    is_no = r.has(index - 1, "no") and not r.has(index - 1, "not")
    return filled is not None and is_no and filled.value is not None


def _between(r: Reading, wanted: list[int]) -> tuple[PlaceName, ...]:
    """ "Between Girne and Lapta", "Girne ile Lapta arasında": both, and what is on the way."""
    if len(wanted) != 2 or not r.mentions("between", "betweenafter"):
        return ()
    first, last = wanted
    before = any(r.has(at, "between") for at in range(max(0, first - 3), first))
    after = any(r.has(at, "betweenafter") for at in (last + 1, last + 2))
    if not (before or after) or last - first > 3:
        return ()
    said = {_key(r, at): r.at(at).text for at in wanted}
    keys = r.gazetteer.between(_key(r, first), _key(r, last))
    return tuple(PlaceName(key, said.get(key, key)) for key in keys)


def _radius_km(r: Reading, index: int) -> float | None:
    """ "Within 5 km of Girne", "Girne'ye 5 km"."""
    near = range(max(0, index - _FARTHEST_ITEMS), index + _FARTHEST_ITEMS)
    for at in near if r.mentions("noun") else ():
        number, unit = r.at(at).number, r.label(at + 1, "noun")
        if number and unit in ("km", "mile"):
            reach = number * (_MILE_KM if unit == "mile" else 1.0)
            if reach <= _FARTHEST_KM:
                r.take(at, at + 1)
                return round(reach, 1)
    return None


def _key(r: Reading, index: int) -> str:
    """The key of the place said; of namesakes the one in a city that the talk is about."""
    key, text = r.label(index, "place") or "", r.at(index).text
    return r.gazetteer.of_city(key, text, cities=_cities(r, index)) if " " in text else key


def _cities(r: Reading, index: int) -> Iterator[str]:
    """The places around this one in the message, then those of the talk."""
    near = (at for at in range(max(0, index - 6), index + 6) if at != index)
    yield from filter(None, (r.label(at, "place") for at in near))
    filled = r.state.slots.get(Slot.LOCATION)
    said = filled.value if filled and isinstance(filled.value, tuple) else ()
    yield from (p.key for p in said if isinstance(p, PlaceName))


def _names(r: Reading, indexes: list[int]) -> tuple[PlaceName, ...]:
    keys = [_key(r, i) for i in indexes]
    if len(keys) == 1:
        return (PlaceName(keys[0], r.at(indexes[0]).text),)
    cities = {k.partition("/")[0] for k in keys if "/" in k}
    names: dict[str, PlaceName] = {}
    for index, key in zip(indexes, keys, strict=True):
        is_both = r.mentions("or") or r.has(index + 1, "and", "q") or r.has(index - 1, "and")
        is_narrowed = key in cities and not is_both
        if not is_narrowed and key not in names:
            names[key] = PlaceName(key, r.at(index).text)
    return tuple(names.values())
