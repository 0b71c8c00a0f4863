"""Counts of rooms and people, areas, and numbers within bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gatehouse.understanding.numbers import Amount, amount_at
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import DialogueState, Range, Span
from gatehouse.understanding.values.amounts import numbered
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.values.types import Bounds, Counted, Kind, Settings, Value

_COUNTED: Mapping[str, str] = {
    "bedroom": "bedrooms", "bathroom": "bathrooms", "person": "guests", "floor": "floors",
    "room": "rooms",
}  # fmt: skip
_SQUARE_METRES: Mapping[str, float] = {"area": 1.0, "sqft": 0.09290304}


def read_measures(page: Page, settings: Settings) -> Iterator[Value]:
    """ "Two or three bedrooms", "at least 80 m²", "900 sq ft"."""
    r = Reading(list(numbered(page)), settings.language, DialogueState(), settings.now.date())
    for amount in _amounts(r):
        at = next((i for i in (amount.last, amount.last + 1) if r.has(i, "noun")), None)
        noun = r.label(at, "noun") if at is not None else None
        if at is None or noun is None:
            continue
        span = Span(r.at(amount.first).start, r.at(at).end)
        if noun in _COUNTED:
            yield Value(Kind.COUNT, span, Counted(_COUNTED[noun], amount.range), 0.95)
        elif noun in _SQUARE_METRES:
            yield Value(Kind.AREA, span, _scaled(amount.range, _SQUARE_METRES[noun]), 0.95)


def read_bounds(page: Page, settings: Settings) -> Iterator[Value]:
    """ "Between 20 and 30", "more than 100"; the span is that of the numbers."""
    r = Reading(list(numbered(page)), settings.language, DialogueState(), settings.now.date())
    for amount in _amounts(r):
        if amount.low != amount.high:
            span = r.span(amount.first, amount.value_at)
            yield Value(Kind.BOUNDS, span, Bounds(amount.low, amount.high), 0.8)


def _amounts(r: Reading) -> Iterator[Amount]:
    behind = -1
    for at in r.numbers:
        amount = amount_at(r, at) if at > behind else None
        if amount is not None:
            behind = amount.last
            yield amount


def _scaled(sizes: Range, factor: float) -> Range:
    low, high = (None if v is None else v * factor for v in (sizes.low, sizes.high))
    return Range(low, high)
