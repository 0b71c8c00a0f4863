"""Homes told apart by what they are: "the cheaper one", "the one with the pool"."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import HomeRef, Shown

_MEASURES: dict[str, tuple[Callable[[Shown], float | None], bool]] = {
    "cheaper": (lambda home: home.price, False),
    "dearer": (lambda home: home.price, True),
    "bigger": (lambda home: home.area_m2, True),
    "smaller": (lambda home: home.area_m2, False),
}
# An order asked for is a pointer too, where something is wanted of the home: "book the cheapest".
_SUPERLATIVES = {"price": "cheaper", "-price": "dearer", "area": "bigger"}
_WANTING = ("attr", "askhome")


def by_comparison(r: Reading) -> Iterator[HomeRef]:
    """ "The cheaper one": the first or last of those shown by that measure."""
    for index in list(r.where("refrel")):
        kind = r.label(index, "refrel") or ""
        if r.has(index, "rel") and not _is_to_be_seen(r, index):
            continue
        yield from _other(r, index) if kind == "other" else _extreme(r, index, kind)
    if r.says("intent", "book_viewing", "move_viewing") or r.mentions(*_WANTING):
        for index in list(r.where("sort")):
            extreme = _SUPERLATIVES.get(r.label(index, "sort") or "")
            if extreme and not r.has(index, "findq") and _is_pointer(r, index):
                yield from _extreme(r, index, extreme)


def _is_to_be_seen(r: Reading, index: int) -> bool:
    """One word for "cheaper" and "the cheaper one" points only where a home is to be viewed."""
    is_viewing = r.says("intent", "book_viewing", "move_viewing")
    return is_viewing and not (r.mentions("findq") or r.has(index + 1, "type", "home"))


def _is_pointer(r: Reading, index: int) -> bool:
    """ "Is the cheapest one furnished?", not "which one is cheapest?"."""
    return not r.has(index, "q") and not r.has(index - 1, "q", "type", "home")


def _extreme(r: Reading, index: int, kind: str) -> Iterator[HomeRef]:
    measure, is_most = _MEASURES[kind]
    sizes = [size for home in r.state.shown if (size := measure(home))]
    if len(sizes) >= 2 and len(sizes) == len(r.state.shown):
        number = sizes.index(max(sizes) if is_most else min(sizes)) + 1
        yield HomeRef(r.take(index), number)


def _other(r: Reading, index: int) -> Iterator[HomeRef]:
    """Of two homes the one that is not talked about; of more, nobody can say which."""
    ids = [home.id for home in r.state.shown]
    span = r.take(index)
    if len(ids) == 2 and r.state.focus in ids:
        yield HomeRef(span, 2 - ids.index(r.state.focus))
    else:
        yield HomeRef(span, is_other=True)


def by_extra(r: Reading) -> Iterator[HomeRef]:
    """ "The one with the pool", if we know which of those shown have one."""
    for index in list(r.where("amenity")):
        if not _is_pointed(r, index, index):
            continue
        code = r.label(index, "amenity") or ""
        owners = [at for at, home in enumerate(r.state.shown, 1) if code in home.amenities]
        if owners:
            span = r.take(index)
            yield from (HomeRef(span, at) for at in owners)


def by_number(r: Reading) -> Iterator[HomeRef]:
    """ "The 3 bedroom one", "the one for 450": what a single number says of those shown."""
    for index in list(r.free_numbers()):
        number, is_rooms = r.at(index).number, r.label(index + 1, "noun") == "bedroom"
        last = index + is_rooms
        if not _is_pointed(r, index, last):
            continue
        told = [
            at
            for at, home in enumerate(r.state.shown, 1)
            if number == (home.bedrooms if is_rooms else home.price)
        ]
        if told:
            span = r.take(index, last)
            yield from (HomeRef(span, at) for at in told)


def _is_pointed(r: Reading, first: int, last: int) -> bool:
    before = r.has(first - 1, "one") or r.has(first - 2, "one") or is_that_which(r, first)
    return before or r.has(last + 1, "oneafter")


def is_that_which(r: Reading, index: int) -> bool:
    """ "Та, что в Лапте": a demonstrative, a comma, and a clause that ends here."""
    if not r.mentions("onethat"):
        return False
    for at in range(index - 1, max(-1, index - 5), -1):
        if r.has(at, "stop"):
            return r.has(at - 1, "onethat")
    return False
