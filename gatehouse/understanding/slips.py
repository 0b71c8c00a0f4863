"""Words that a slip of the finger may have made something else of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from gatehouse.understanding.keyboards import near_keys, slip_cost
from gatehouse.understanding.names import bending
from gatehouse.understanding.prefixes import Prefixes
from gatehouse.understanding.types import Language

_SHORTEST = 5
_SHORTEST_STEM = 4
_LONGEST = 24
_REMEMBERED_WORDS = 16_384
_MOST_NEAR = 5
_EVERYDAY = 0.3  # a word that means nothing to us had better be the nearer one
_ENDS = 2  # letters: of five, no single slip spoils both the first and the last two
_LIKELY = 1.2  # what a slip in a short stem may cost

Nearest = tuple[float, str]  # what the slip costs, and the word meant


class Slips:
    """The words and stems of one language, found by the letters that a slip leaves alone."""

    def __init__(
        self,
        language: Language,
        words: Iterable[str],
        stems: Iterable[str],
        *,
        everyday: Iterable[str],
        prefixes: Prefixes,
    ) -> None:
        self._keys = near_keys(language)
        self._cases = bending(language).cases
        self._prefixes = prefixes
        self._said = frozenset((*words, *stems))
        self._wholes = _by_ends({*self._said, *everyday})
        self._stems = _by_starts(stems)
        self._nearest = lru_cache(_REMEMBERED_WORDS)(self._find)
        self._near = lru_cache(_REMEMBERED_WORDS)(self._all_near)

    def mended(self, word: str) -> str | None:
        """The known word or stem that this one differs from by one slip."""
        nearest = self.nearest(word)
        return nearest[1] if nearest else None

    def near(self, word: str) -> tuple[Nearest, ...]:
        """The few words that may have been meant, the likeliest first."""
        return self._near(word)

    def _all_near(self, word: str) -> tuple[Nearest, ...]:
        found: dict[str, float] = {}
        for form in (word, *self._prefixes.all_forms(word)):
            if _SHORTEST - 1 <= len(form) <= _LONGEST:
                for cost, _, _, known in self._candidates(form):
                    found[known] = min(cost, found.get(known, cost))
        return tuple(sorted((cost, known) for known, cost in found.items())[:_MOST_NEAR])

    def _candidates(self, word: str) -> list[tuple[float, int, int, str]]:
        return [*self._whole_words_near(word), *self._stems_near(word)]

    def nearest(self, word: str) -> Nearest | None:
        """The same, with what the slip costs."""
        for form in (word, *self._prefixes.all_forms(word)):
            if _SHORTEST - 1 <= len(form) <= _LONGEST and (found := self._nearest(form)):
                return found
        return None

    def _find(self, word: str) -> Nearest | None:
        whole = min(self._whole_words_near(word), default=None)
        stem = min(self._stems_near(word), default=None)
        if whole is None or (stem is not None and stem[0] < whole[0]):
            return (stem[0], stem[3]) if stem else None
        return whole[0], whole[3]

    def _whole_words_near(self, word: str) -> Iterator[tuple[float, int, int, str]]:
        """Our words, or stems without an ending, one slip away: the best first."""
        for length in (len(word) - 1, len(word), len(word) + 1):
            for key in ((word[:_ENDS], "", length), ("", word[-_ENDS:], length)):
                for known in self._wholes.get(key, ()):
                    cost = slip_cost(word, known, self._keys)
                    if cost is not None:
                        cost += 0.0 if known in self._said else _EVERYDAY
                        yield cost, abs(len(known) - len(word)), -_common(known, word), known

    def _stems_near(self, word: str) -> Iterator[tuple[float, int, int, str]]:
        """Our stems one slip away from the start of a word; the longer, the better."""
        inner = (word[at : at + _ENDS] for at in (_ENDS - 1, _ENDS, _ENDS + 1))
        for key in ((0, word[:_ENDS]), *((1, letters) for letters in inner)):
            for stem in self._stems.get(key, ()):
                for length in (len(stem) - 1, len(stem), len(stem) + 1):
                    cost = slip_cost(word[:length], stem, self._keys)
                    if cost is not None and length < len(word):
                        if len(stem) >= _SHORTEST or self._is_likely(cost, word[length:]):
                            yield cost, -len(stem), -_common(stem, word), stem

    def _is_likely(self, cost: float, ending: str) -> bool:
        """A short stem is told by an ending that the language has."""
        return cost <= _LIKELY and ending in self._cases


def _common(one: str, other: str) -> int:
    """How many letters the two begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _by_ends(words: set[str]) -> dict[tuple[str, str, int], tuple[str, ...]]:
    """The longer words by their first letters and length, and by their last."""
    found: dict[tuple[str, str, int], list[str]] = {}
    for word in sorted(words):
        if _SHORTEST <= len(word) <= _LONGEST:
            for key in ((word[:_ENDS], "", len(word)), ("", word[-_ENDS:], len(word))):
                found.setdefault(key, []).append(word)
    return {key: tuple(names) for key, names in found.items()}


def _by_starts(stems: Iterable[str]) -> dict[tuple[int, str], tuple[str, ...]]:
    """The longer stems by their first two letters, and by the two after those."""
    found: dict[tuple[int, str], list[str]] = {}
    for stem in sorted(stems):
        if _SHORTEST_STEM <= len(stem) <= _LONGEST:
            for key in ((0, stem[:_ENDS]), (1, stem[_ENDS : 2 * _ENDS])):
                found.setdefault(key, []).append(stem)
    return {key: tuple(names) for key, names in found.items()}
