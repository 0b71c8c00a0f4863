"""The words of values: those that the ear knows, and more that only the reader needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

from gatehouse.understanding.letters import fold
from gatehouse.understanding.numerals import compound
from gatehouse.understanding.types import Language
from gatehouse.understanding.values.currencies import phrases
from gatehouse.understanding.vocabulary import Start, starts

_LEXICON = "gatehouse.understanding"
_PARTS = ("figures", "values")  # what stands first wins
_FROM_OTHERS: Mapping[str, frozenset[str]] = {
    "homes": frozenset(("noun",)),
    "talk": frozenset(("yes", "no", "any")),
}
_HUNDRED = 100.0
_REMEMBERED_WORDS = 8_192
_JOINTS: Mapping[str, tuple[str, ...]] = {"de": ("und",), "fr": ("et",), "ar": ("و",)}
# Words with a suffix or prefix that only make sense to the ear's own grammar of endings.
_NOT_READ = frozenset(("cur", "weak"))


class Lexicon(NamedTuple):
    """One language: what a word may begin, and the value of number words written together."""

    start: Callable[[str], Start]
    compound: Callable[[str], float | None]


@cache
def lexicon(language: Language) -> Lexicon:
    """The words of one language, read once."""
    labelled = dict(_labelled(language))
    words = _number_words(labelled)
    joints = _JOINTS.get(language, ())
    return Lexicon(
        starts([*labelled.items(), *phrases(language)]),
        lru_cache(_REMEMBERED_WORDS)(lambda word: compound(word, words, joints)),
    )


def _labelled(language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    found: dict[str, list[str]] = {}
    for part in _PARTS:
        for label, said in _read(language, part).items():
            if label.partition(":")[0] not in _NOT_READ:
                found.setdefault(label, []).extend(said)
    yield from found.items()
    yield from _borrowed(language)


def _borrowed(language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    """What the other files know of rooms, square metres, yes, no and any."""
    for part, kinds in _FROM_OTHERS.items():
        for label, said in _read(language, part).items():
            if label.partition(":")[0] in kinds:
                yield label, said


def _read(language: Language, part: str) -> Mapping[str, Sequence[str]]:
    source = resources.files(_LEXICON).joinpath(f"lexicon/{language}/{part}.json")
    if not source.is_file():
        return {}
    found: Mapping[str, Sequence[str]] = json.loads(source.read_text("utf-8"))
    return found


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
    """ "Eintausend" is "ein" and "tausend": in "einhunderteintausend" it must come apart."""
    return value >= _HUNDRED and any(
        words.get(word[cut:]) == value and words.get(word[:cut]) == 1.0
        for cut in range(2, len(word) - 2)
    )


def _single(said: Sequence[str]) -> Iterator[str]:
    """Phrases of one word without their marks: "fünf/fuenf" and "milyon*" are three words."""
    for phrase in said:
        if " " not in phrase:
            words = phrase.rstrip("*").split("/")
            yield from (word for word in words if word.isalpha() and len(word) > 1)
