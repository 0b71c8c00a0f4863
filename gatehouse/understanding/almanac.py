"""Days that only the wide calendar of values knows: feasts, "first Friday of May", ordinals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from gatehouse.understanding.days import Point
from gatehouse.understanding.letters import fold
from gatehouse.understanding.reading import Reading
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.calendar import Calendar
from gatehouse.understanding.values.dates import calendar_of
from gatehouse.understanding.values.lexicon import figures
from gatehouse.understanding.values.page import page
from gatehouse.understanding.values.spans import found_at
from gatehouse.understanding.values.types import Days, Settings

_COUNTED = ("month", "nextspan")  # an ordinal beside these counts days
_LONGEST_MESSAGE = 400  # characters; longer ones keep to the days that every message may name


class Cues(NamedTuple):
    """The feasts, their first words, and the first words of ordinals."""

    feasts: tuple[str, ...]
    openings: tuple[str, ...]
    ordinals: tuple[str, ...]


def almanac_days(r: Reading) -> tuple[Point, ...]:
    """One day, or the first and the last of a range, that the ear's own days do not know."""
    if len(r.text) > _LONGEST_MESSAGE:
        return ()
    cues = _cues(r.language)
    is_counted = r.mentions(*_COUNTED) and _opens(r, cues.ordinals)
    if not is_counted and not (_opens(r, cues.openings) and _is_any_in(cues.feasts, r.text)):
        return ()
    return next(_days(r), ())


def _opens(r: Reading, words: tuple[str, ...]) -> bool:
    return any(word.startswith(words) for item in r.items for word in item.text.split(" "))


def _is_any_in(phrases: tuple[str, ...], text: str) -> bool:
    folded = fold(text)
    return any(phrase in folded for phrase in phrases)


@cache
def _cues(language: Language) -> Cues:
    said = figures(language)
    feasts = _said(said, "holiday:")
    openings = tuple({phrase.partition(" ")[0] for phrase in feasts})
    return Cues(feasts, openings, tuple(p.partition(" ")[0] for p in _said(said, "ord:", "past:")))


def _said(said: Mapping[str, Sequence[str]], *kinds: str) -> tuple[str, ...]:
    labels = (label for label in said if label.startswith(kinds))
    return tuple(fold(phrase.rstrip("*")) for label in labels for phrase in said[label])


def _days(r: Reading) -> Iterator[tuple[Point, ...]]:
    settings = Settings(r.language, datetime.combine(r.today, datetime.min.time(), UTC))
    calendar = calendar_of(page(r.text, r.language), settings)
    for at in range(len(calendar.items)):
        found = found_at(calendar, at)
        if found is None or not isinstance(found.what, Days) or found.what.start is None:
            continue
        said = range(found.first, found.last + 1)
        if found.what.start < r.today or not _is_own(calendar, said):
            continue
        first, last = _items(r, calendar.at(found.first).start, calendar.at(found.last).end)
        one = calendar.named_at(at)
        is_whole = one is not None and one.last == found.last and not found.is_day
        start = Point(found.what.start, first, last, "week" if is_whole else "day")
        if found.is_day or is_whole or found.what.end is None:
            yield (start,)
        else:
            yield start, start._replace(day=found.what.end)


def _is_own(calendar: Calendar, said: range) -> bool:
    """A feast, or an ordinal beside a month: "the first" alone may be a home."""
    if any(calendar.has(at, "holiday") for at in said):
        return True
    is_counted = any(calendar.has(at, *_COUNTED) for at in said)
    return is_counted and any(calendar.has(at, "ord", "past") for at in said)


def _items(r: Reading, begin: int, end: int) -> tuple[int, int]:
    """The first and the last item of the ear within these characters."""
    within = [at for at, item in enumerate(r.items) if item.end > begin and item.start < end]
    return within[0], within[-1]
