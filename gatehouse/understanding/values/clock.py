"""Times of day: "15:30", "3 pm", "half past two", "at noon", and yes, no and any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time

from gatehouse.understanding.reading import Item
from gatehouse.understanding.types import Span
from gatehouse.understanding.values.amounts import numbered
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.values.types import Kind, Settings, Value

_NOON = time(12)
_HALF = 0.5


def read_times(page: Page, _: Settings) -> Iterator[Value]:
    """Every time of day that is said with a sign of being one."""
    items = numbered(page)
    for at, item in enumerate(items):
        if item.clock is not None:
            clock, last = _shifted(items, at, *map(int, item.clock.split(":")))
        elif "noon" in item.labels:
            clock, last = _NOON, at
        elif item.number is not None:
            clock, last = _hour(items, at, item.number)
        else:
            continue
        if clock is not None:
            yield Value(Kind.TIME, Span(item.start, items[last].end), clock, 0.9)


def _labels(items: Sequence[Item], at: int) -> set[str]:
    return set(items[at].labels) if 0 <= at < len(items) else set()


def _shifted(items: Sequence[Item], at: int, hour: int, minute: int) -> tuple[time | None, int]:
    after = _labels(items, at + 1)
    if "pm" in after and hour < 12:
        return time(hour + 12, minute), at + 1
    if "am" in after:
        return time(hour % 12, minute), at + 1
    return time(hour, minute), at


def _hour(items: Sequence[Item], at: int, value: float) -> tuple[time | None, int]:
    """A bare hour needs "am", "pm", "o'clock" or "at" beside it."""
    if not 0 <= value < 24 or value % 1 not in (0.0, _HALF):
        return None, at
    last = at
    if "oclock" in _labels(items, last + 1) and not {"am", "pm"} & _labels(items, last + 1):
        last += 1
    part = {"am", "pm"} & _labels(items, last + 1)
    if not part and last == at and "at" not in _labels(items, at - 1):
        return None, at
    if {"noun", "unit", "cur", "month", "th"} & _labels(items, at + 1):
        return None, at
    clock, end = _shifted(items, last, int(value), 30 if value % 1 else 0)
    return clock, end


def read_answers(page: Page, _: Settings) -> Iterator[Value]:
    """Yes, no or any where they stand alone: at the start, or behind a pause."""
    items = numbered(page)
    for at, item in enumerate(items):
        kind = next((k for k in ("yes", "no", "any") if k in item.labels), None)
        is_apart = at == 0 or "stop" in items[at - 1].labels
        ends = at + 1 == len(items) or "stop" in items[at + 1].labels
        if kind is not None and is_apart and (ends or kind == "yes"):
            yield Value(Kind.ANSWER, Span(item.start, item.end), kind, 0.9 if ends else 0.6)
