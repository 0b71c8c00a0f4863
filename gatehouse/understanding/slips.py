"""Words that a slip of the finger may have made something else of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from gatehouse.understanding.letters import is_one_slip, neighbours
from gatehouse.understanding.prefixes import Prefixes

_SHORTEST = 5
_SHORTEST_STEM = 5
_LONGEST = 24
_LONG_ENOUGH = 7
_REMEMBERED_WORDS = 16_384


class Slips:
    """The words and stems of one language, found by what a slip leaves of them."""

    def __init__(self, words: Iterable[str], stems: Iterable[str], prefixes: Prefixes) -> None:
        self._stems = frozenset(stems)
        self._prefixes = prefixes
        self._shapes = _shapes({*words, *self._stems})
        self._nearest = lru_cache(_REMEMBERED_WORDS)(self._find)

    def mended(self, word: str) -> str | None:
        """The known word or stem that this one differs from by one slip."""
        for form in (word, *self._prefixes.all_forms(word)):
            if _SHORTEST - 1 <= len(form) <= _LONGEST and (better := self._nearest(form)):
                return better
        return None

    def _find(self, word: str) -> str | None:
        whole = self._whole_words_near(word)
        if whole:
            return max(whole, key=lambda w: (_common(w, word), w))
        starts = (word[:length] for length in range(_SHORTEST_STEM - 1, len(word)))
        stems = {stem for start in starts for stem in self._stems_near(start)}
        return max(stems, key=lambda s: (len(s), s)) if stems else None

    def _whole_words_near(self, word: str) -> list[str]:
        """Our words, or stems without an ending, one slip away from this one."""
        return _near(word, {w for shape in neighbours(word) for w in self._shapes.get(shape, ())})

    def _stems_near(self, start: str) -> list[str]:
        """Our stems one slip away from the start of a word."""
        shapes = neighbours(start)
        stems = {s for h in shapes for s in self._shapes.get(h, ()) if s in self._stems}
        return _near(start, stems)


def _near(word: str, candidates: Iterable[str]) -> list[str]:
    return [c for c in candidates if _begins_alike(c, word) and is_one_slip(c, word)]


def _begins_alike(one: str, other: str) -> bool:
    """People seldom miss the first letter; if they do, the word must be long enough to tell."""
    return one[0] == other[0] or one[:2] == other[1::-1] or len(one) >= _LONG_ENOUGH


def _common(one: str, other: str) -> int:
    """How many letters the two begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _shapes(words: set[str]) -> dict[str, tuple[str, ...]]:
    """What a slip may have made of the longer words of our phrases, not of everyday ones."""
    found: dict[str, list[str]] = {}
    for word in sorted(words):
        if len(word) >= _SHORTEST:
            for shape in neighbours(word):
                found.setdefault(shape, []).append(word)
    return {shape: tuple(names) for shape, names in found.items()}
