"""Words that a slip of the finger may have made something else of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from gatehouse.understanding.keyboards import near_keys, slip_cost
from gatehouse.understanding.names import bending
from gatehouse.understanding.prefixes import Prefixes
from gatehouse.understanding.shapes import Shapes
from gatehouse.understanding.types import Language

_SHORTEST = 5
_SHORTEST_STEM = 4
_SHORTEST_SOUND_STEM = 2
_LONGEST = 24
_REMEMBERED_WORDS = 16_384
_MOST_NEAR = 5
_EVERYDAY = 0.3  # a word that means nothing to us had better be the nearer one
_ODD_ENDING = 0.3  # so had a stem with an ending that we do not know
_ENDS = 2  # letters: of five, no single slip spoils both the first and the last two
_LIKELY = 1.2  # what a slip in a short stem may cost

Nearest = tuple[float, str]  # what the slip costs, and the word meant
_Candidate = tuple[float, int, int, str]  # with what decides between equal costs


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
        self._own_stems = frozenset(stems)
        self._said = frozenset((*words, *self._own_stems))
        self._known = self._said.union(everyday)
        self._wholes = Shapes(w for w in self._known if _SHORTEST <= len(w) <= _LONGEST)
        self._stems = _by_starts(self._own_stems)
        self.near = lru_cache(_REMEMBERED_WORDS)(self._near)
        self.is_sound = lru_cache(_REMEMBERED_WORDS)(self._is_sound)

    def mended(self, word: str) -> str | None:
        """The known word that this one differs from by one slip."""
        nearest = self.nearest(word)
        return nearest[1] if nearest else None

    def nearest(self, word: str) -> Nearest | None:
        """The same, with what the slip costs."""
        return next(iter(self.near(word)), None)

    def _near(self, word: str) -> tuple[Nearest, ...]:
        """The few words that may have been meant, the likeliest first."""
        found: dict[str, _Candidate] = {}
        for form in (word, *self._prefixes.all_forms(word)):
            if _SHORTEST - 1 <= len(form) <= _LONGEST:
                for candidate in (*self._whole_words_near(form), *self._stems_near(form)):
                    known = candidate[3]
                    found[known] = min(candidate, found.get(known, candidate))
        best = sorted(found.values())[:_MOST_NEAR]
        return tuple((cost, known) for cost, _, _, known in best)

    def _is_sound(self, word: str) -> bool:
        """Is it a word as we know it, or a stem of ours with one of the usual endings?"""
        return any(
            form in self._known
            or any(
                form[:length] in self._own_stems and form[length:] in self._cases
                for length in range(_SHORTEST_SOUND_STEM, len(form))
            )
            for form in (word, *self._prefixes.all_forms(word))
        )

    def _whole_words_near(self, word: str) -> Iterator[_Candidate]:
        """Our words, or stems without an ending, one slip away."""
        for known in self._wholes.sharing(word):
            cost = slip_cost(word, known, self._keys)
            if cost is not None:
                cost += 0.0 if known in self._said else _EVERYDAY
                yield cost, abs(len(known) - len(word)), -_common(known, word), known

    def _stems_near(self, word: str) -> Iterator[_Candidate]:
        """Our stems one slip away from the start of a word, each with the rest of the word."""
        inner = (word[at : at + _ENDS] for at in (_ENDS - 1, _ENDS, _ENDS + 1))
        for key in ((0, word[:_ENDS]), *((1, letters) for letters in inner)):
            for stem in self._stems.get(key, ()):
                for length in (len(stem) - 1, len(stem), len(stem) + 1):
                    cost = slip_cost(word[:length], stem, self._keys)
                    if cost is not None and length < len(word):
                        yield from self._bent(stem, word[length:], cost)

    def _bent(self, stem: str, ending: str, cost: float) -> Iterator[_Candidate]:
        """The stem with that ending, if it is likely; a short one is told by its ending only."""
        is_usual = ending in self._cases
        if len(stem) >= _SHORTEST or (is_usual and cost <= _LIKELY):
            yield cost + (0.0 if is_usual else _ODD_ENDING), -len(stem), 0, stem + ending


def _common(one: str, other: str) -> int:
    """How many letters the two begin with in common."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _by_starts(stems: Iterable[str]) -> dict[tuple[int, str], tuple[str, ...]]:
    """The longer stems by their first two letters, and by the two after those."""
    found: dict[tuple[int, str], list[str]] = {}
    for stem in sorted(stems):
        if _SHORTEST_STEM <= len(stem) <= _LONGEST:
            for key in ((0, stem[:_ENDS]), (1, stem[_ENDS : 2 * _ENDS])):
                found.setdefault(key, []).append(stem)
    return {key: tuple(names) for key, names in found.items()}
