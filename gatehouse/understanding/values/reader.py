"""The value reader: every value that a text holds, found with the grammar of the ear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from gatehouse.understanding.types import Span
from gatehouse.understanding.values.amounts import read_numbers
from gatehouse.understanding.values.clock import read_answers, read_times
from gatehouse.understanding.values.dates import read_dates
from gatehouse.understanding.values.measures import read_bounds, read_measures
from gatehouse.understanding.values.page import Page, page
from gatehouse.understanding.values.prices import read_money
from gatehouse.understanding.values.reach import read_reach
from gatehouse.understanding.values.types import Kind, Settings, Value

Finder = Callable[[Page, Settings], Iterable[Value]]


# Each finder and the kinds it finds; what stands first wins characters from what follows.
_FINDERS: Sequence[tuple[frozenset[Kind], Finder]] = (
    (frozenset((Kind.EMAIL, Kind.PHONE)), read_reach),
    (frozenset((Kind.MONEY,)), read_money),
    (frozenset((Kind.COUNT, Kind.AREA)), read_measures),
    (frozenset((Kind.TIME,)), read_times),
    (frozenset((Kind.DATE, Kind.DATE_RANGE, Kind.DURATION)), read_dates),
    (frozenset((Kind.BOUNDS,)), read_bounds),
    (frozenset((Kind.NUMBER, Kind.ORDINAL, Kind.PERCENT)), read_numbers),
    (frozenset((Kind.ANSWER,)), read_answers),
)


def find(
    text: str, settings: Settings, *, kinds: Collection[Kind] | None = None
) -> tuple[Value, ...]:
    """The values of these kinds (all if None) in the order of the text, none inside another.

    Never raises on any text; characters beyond LONGEST_TEXT are not read.
    """
    at = page(text, settings.language)
    found: list[Value] = []
    for own, finder in _FINDERS:
        if kinds is None or not own.isdisjoint(kinds):
            values = finder(at, settings)
            found += [v for v in values if kinds is None or v.kind in kinds]
    return tuple(_moved(v, at.origins) for v in _apart(found))


def _apart(found: Sequence[Value]) -> list[Value]:
    """Without those that overlap an earlier-ranked one; in the order of the text."""
    kept: list[Value] = []
    taken: set[int] = set()
    for value in found:
        covered = range(value.span.start, value.span.end)
        if taken.isdisjoint(covered):
            taken.update(covered)
            kept.append(value)
    return sorted(kept, key=lambda v: v.span.start)


def _moved(value: Value, origins: Sequence[int] | None) -> Value:
    """The same with its span counted in the text as it came, loose marks included."""
    if origins is None:
        return value
    return replace(value, span=Span(origins[value.span.start], origins[value.span.end]))
