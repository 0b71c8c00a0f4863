"""Number words of a language written together: "ikiyüzelli", "fünfundzwanzigtausend"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache

from gatehouse.understanding.letters import fold
from gatehouse.understanding.tally import compound
from gatehouse.understanding.types import Language
from gatehouse.understanding.vocabulary import phrases
from gatehouse.understanding.writing import writing

_HUNDRED = 100.0
_REMEMBERED_WORDS = 8_192


@lru_cache(_REMEMBERED_WORDS)
def value_of(word: str, language: Language) -> float | None:
    """What a folded word of two number words or more comes to; None if it is none."""
    return compound(word, _words(language), writing(language).joints)


@cache
def _words(language: Language) -> Mapping[str, float]:
    return _number_words(phrases(language, "values"))


def _number_words(labelled: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Single number words of two letters or more, for compounds."""
    words: dict[str, float] = {}
    for label, said in labelled.items():
        kind, _, value = label.partition(":")
        if kind in ("num", "half"):
            value = value or "0.5"
            words |= {fold(w): float(value) for w in _single(said)}
    return {w: v for w, v in words.items() if not _is_one_of(w, v, words)}


def _is_one_of(word: str, value: float, words: Mapping[str, float]) -> bool:
    """ "Eintausend" is "ein" and "tausend", and in "einhunderteintausend" it must come apart."""
    if value < _HUNDRED:
        return False
    pairs = ((words.get(word[:cut]), words.get(word[cut:])) for cut in range(2, len(word) - 1))
    return any(value in (one * two, one + two) for one, two in pairs if one and two)


def _single(said: Sequence[str]) -> Iterator[str]:
    """Phrases of one word without their marks: "fünf/fuenf" and "milyon*" are three words."""
    for phrase in said:
        if " " not in phrase:
            words = phrase.rstrip("*").split("/")
            yield from (word for word in words if word.isalpha() and len(word) > 1)
