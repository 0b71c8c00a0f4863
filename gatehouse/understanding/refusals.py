"""Days that do not suit a visit: "I can't make it tomorrow, can we do Friday instead?"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatehouse.understanding.days import Point
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import Intent

_ENDS = ("stop", "but", "because")
_OF_A_SEARCH = ("place", "type", "noun", "amenity", "cur", "dur", "deal", "term", "rel", "budget")


def is_plain(r: Reading) -> bool:
    """Is nothing said that a home sought could have or be?"""
    return not r.mentions(*_OF_A_SEARCH)


def refused(r: Reading, points: Sequence[Point]) -> list[Point]:
    """Of the days named, those that stand nearest to a "can't" or a "cancel" in its clause."""
    found: list[Point] = []
    for at in _refusals(r):
        first, last = _clause(r, at)
        inside = [p for p in points if first <= p.first <= last and p not in found]
        if inside:
            found.append(min(inside, key=lambda p: min(abs(p.first - at), abs(p.last - at))))
    return found


def _refusals(r: Reading) -> Iterator[int]:
    """At most one word of each clause that turns a day down."""
    ends = set()
    said = [i for i in r.every("clash") if r.label(i, "clash") == "no"]
    said += [i for i in r.every("intent") if r.label(i, "intent") == Intent.CANCEL_VIEWING]
    said += [i for i in r.every("instead") if _names_day(r, i + 1) or _names_day(r, i + 2)]
    said += [i for i in r.every("insteadafter") if _names_day(r, i - 1)]
    for at in sorted(said):
        end = _clause(r, at)[1]
        if end not in ends:
            ends.add(end)
            yield at


def _names_day(r: Reading, at: int) -> bool:
    return r.has(at, "weekday", "day") or r.at(at).day is not None


def _clause(r: Reading, at: int) -> tuple[int, int]:
    """The first and the last item of the clause around an item."""
    first, last = at, at
    while first > 0 and not r.has(first - 1, *_ENDS):
        first -= 1
    while last + 1 < len(r.items) and not r.has(last + 1, *_ENDS):
        last += 1
    return first, last
