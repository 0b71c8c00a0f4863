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
_SHORTEST_BENT, _LONGEST_BENT = 3, 5
_SHORTEST_REST = 3
_LONG_STEM = 6  # letters; whatever follows so many, they are no accident
_LONGEST = 24
_REMEMBERED_WORDS = 16_384
_MOST_NEAR = 5
_EVERYDAY = 0.3  # a word that means nothing to us had better be the nearer one
_ODD_ENDING = 0.3  # so had a stem with an ending that we do not know
_ENDS = 2  # letters: of five, no single slip spoils both the first and the last two
_CUT = 0.15  # and a word that is left when a prefix falls away
_LIKELY = 1.2  # what a slip in a short stem may cost

# How much it speaks against a word as it stands that it is a stem with a usual ending, a word with
# a prefix, a stem without an ending or with an odd one, a word with an ending, or nothing we know.
ENDED, FORM, BARE, BENT, KIN, STRANGE = 0.2, 0.3, 0.4, 1.3, 1.0, 2.9

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
        self._has_bare_stems = not bending(language).finals  # a stem is a word of its own
        self._prefixes = prefixes
        self._own_stems = frozenset(stems)
        self._said = frozenset(words)
        self._everyday = frozenset(everyday)
        known = {*self._said, *self._everyday, *self._own_stems, *self._bent_forms()}
        self._wholes = Shapes(w for w in known if _SHORTEST <= len(w) <= _LONGEST)
        self._stems = _by_starts(self._own_stems)
        self.near = lru_cache(_REMEMBERED_WORDS)(self._near)
        self.doubt = lru_cache(_REMEMBERED_WORDS)(self._doubt)

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
                for candidate in self._candidates(form):
                    cost, *ties, known = candidate
                    if cost:  # else it is only the word without its prefix
                        cost += 0.0 if form is word else _CUT
                        rated = (cost, ties[0], ties[1], known)
                        found[known] = min(rated, found.get(known, rated))
        best = sorted(c for c in found.values() if self._is_other(word, c[3]))[:_MOST_NEAR]
        return tuple((cost, known) for cost, _, _, known in best)

    def _is_other(self, word: str, known: str) -> bool:
        """Is it more than the same stem with another ending?"""
        if known in self._said or known in self._everyday:
            return True
        stem = self._own_stem(word)
        return not stem or self._own_stem(known) != stem

    def _bent_forms(self) -> Iterator[str]:
        """Short stems with endings and short words with prefixes: told only by the whole."""
        lengths = range(_SHORTEST_BENT, _LONGEST_BENT + 1)
        for stem in self._own_stems:
            if len(stem) in lengths:
                yield from (stem + ending for ending in self._cases)
        prefixes = [p for p in self._prefixes.bound if len(p) > 1] + [*self._prefixes.joined]
        for word in self._said:
            if prefixes and len(word) in lengths:
                yield from (prefix + word for prefix in prefixes)

    def _candidates(self, word: str) -> Iterator[_Candidate]:
        yield from self._whole_words_near(word)
        yield from self._stems_near(word)
        yield from self._prefixes_near(word)

    def _doubt(self, word: str) -> float:
        """How sure it is that this is no slip: 0 for a word as we know it, up to `STRANGE`."""
        if len(word) > _LONGEST:
            return 0.0
        forms = (word, *self._prefixes.all_forms(word))
        if word in self._said or word in self._everyday:
            return 0.0
        if any(form in self._said or form in self._everyday for form in forms):
            return FORM
        if any(form in self._own_stems for form in forms):
            return 0.0 if self._has_bare_stems else BARE
        if any(self._is_bent(form, self._own_stems) for form in forms):
            return ENDED if self._has_bare_stems else 0.0
        stem = max(map(self._own_stem, forms), key=len)
        if stem:
            return BENT if len(stem) < _LONG_STEM else ENDED
        is_kin = any(self._is_bent(f, s) for f in forms for s in (self._said, self._everyday))
        return KIN if is_kin else STRANGE

    def _is_bent(self, word: str, stems: frozenset[str]) -> bool:
        """Is it one of these with a usual ending?"""
        lengths = range(_SHORTEST_SOUND_STEM, len(word))
        return any(word[:n] in stems and self._is_usual(word[n:]) for n in lengths)

    def _is_usual(self, ending: str) -> bool:
        """Is it an ending of the language, or two where stems are words: "köpeğ-im-iz"?"""
        cases = self._cases
        if ending in cases or not self._has_bare_stems:
            return ending in cases
        return any(ending[:n] in cases and ending[n:] in cases for n in range(1, len(ending)))

    def _own_stem(self, word: str) -> str:
        """The longest of our stems that it begins with."""
        starts = (word[:n] for n in range(len(word), _SHORTEST_SOUND_STEM, -1))
        return next((start for start in starts if start in self._own_stems), "")

    def _whole_words_near(self, word: str) -> Iterator[_Candidate]:
        """Our words, or stems without an ending, one slip away."""
        for known in self._wholes.sharing(word):
            cost = slip_cost(word, known, self._keys)
            if cost is not None:
                is_everyday = known in self._everyday and known not in self._said
                cost += _EVERYDAY if is_everyday else 0.0
                known = self._unjoined(known)
                yield cost, abs(len(known) - len(word)), -_common(known, word), known

    def _unjoined(self, form: str) -> str:
        """The word without a small one on its front, which says nothing of homes."""
        joined = self._prefixes.joined
        if not joined or form in self._said or form in self._everyday:
            return form
        rests = (form[len(prefix) :] for prefix in joined if form.startswith(prefix))
        return next((rest for rest in rests if rest in self._said), form)

    def _stems_near(self, word: str) -> Iterator[_Candidate]:
        """Our stems one slip away from the start of a word, each with the rest of the word."""
        inner = (word[at : at + _ENDS] for at in (_ENDS - 1, _ENDS, _ENDS + 1))
        for key in ((0, word[:_ENDS]), *((1, letters) for letters in inner)):
            for stem in self._stems.get(key, ()):
                for length in (len(stem) - 1, len(stem), len(stem) + 1):
                    cost = slip_cost(word[:length], stem, self._keys)
                    if cost is not None and length < len(word):
                        yield from self._bent(stem, word[length:], cost)

    def _prefixes_near(self, word: str) -> Iterator[_Candidate]:
        """Words with a slip in the small word that is written onto their front."""
        for prefix in (*self._prefixes.bound, *self._prefixes.joined):
            is_bound = prefix in self._prefixes.bound
            for length in range(len(prefix) - is_bound, len(prefix) + 2):
                rest = word[length:]
                if length and len(rest) >= _SHORTEST_REST and rest in self._said:
                    cost = slip_cost(word[:length], prefix, self._keys)
                    if cost:
                        yield cost, -len(rest), 0, prefix + rest if is_bound else rest

    def _bent(self, stem: str, ending: str, cost: float) -> Iterator[_Candidate]:
        """The stem with that ending, if it is likely; a short one is told by its ending only."""
        is_usual = self._is_usual(ending)
        if len(stem) >= _LONG_STEM or (is_usual and (len(stem) >= _SHORTEST or cost <= _LIKELY)):
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
