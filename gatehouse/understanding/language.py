"""Which of the languages a message is in, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from gatehouse.understanding.types import LANGUAGES, Language
from gatehouse.understanding.vocabulary import Vocabulary, load
from gatehouse.understanding.words import Token

_LETTERS: dict[Language, re.Pattern[str]] = {
    "tr": re.compile("[ığşİĞŞ]|[çöüÇÖÜ]"),
    "ru": re.compile("[ыэъё]", re.IGNORECASE),
    "uk": re.compile("[іїєґ]|[а-я]['’ʼ][яюєї]", re.IGNORECASE),
}
_LETTER_WEIGHT = 2.0
_SUFFIX_WEIGHT = 0.5
_ENOUGH = 0.9  # evidence below this says nothing
_CLEAR = 0.62  # and a share below this decides nothing
_FEW_WORDS = 3
_REMEMBERED_WORDS = 16_384
_CYRILLIC: tuple[Language, ...] = ("ru", "uk")
_LATIN: tuple[Language, ...] = ("en", "tr")


@dataclass(frozen=True, slots=True)
class Guess:
    """A language, the share of the evidence for it (0..1), and why."""

    language: Language
    confidence: float
    why: str


def detect(
    raw: str,
    tokens: Iterable[Token],
    *,
    vocabularies: dict[Language, Vocabulary],
    fallbacks: tuple[Language | None, ...] = (),
) -> Guess:
    """The language of the tokens of `raw`; `fallbacks` decide what the words leave open."""
    words = [t for t in tokens if t.kind == "word"]
    candidates = _script(words)
    scores = dict.fromkeys(candidates, 0.0)
    for token in words:
        _weigh(token, raw[token.start : token.end], scores=scores, vocabularies=vocabularies)
    best = max(candidates, key=lambda language: scores[language])
    total = sum(scores.values())
    share = scores[best] / total if total else 0.0
    usual = next((f for f in fallbacks if f in candidates), None)
    if scores[best] < _ENOUGH or share < _CLEAR:
        if len(words) <= _FEW_WORDS and candidates == _LATIN:
            candidates = LANGUAGES  # "ok", "Girne 500": people write so in any language
        return _fall_back(candidates, fallbacks, share=share, best=best if total else None)
    if usual and usual != best and len(words) <= 2 and scores[best] < 2 * _ENOUGH:
        return Guess(usual, 0.5, "too short to leave the language of the talk")
    return Guess(best, round(share, 2), f"{scores[best]:.1f} of {total:.1f} by words and letters")


def _fall_back(
    candidates: tuple[Language, ...],
    fallbacks: tuple[Language | None, ...],
    *,
    share: float,
    best: Language | None,
) -> Guess:
    for language in fallbacks:
        if language in candidates:
            return Guess(language, max(0.3, round(share, 2)), "the talk's or the page's language")
    return Guess(best or candidates[0], 0.3, "a guess by the script alone")


def _script(words: list[Token]) -> tuple[Language, ...]:
    cyrillic = sum("\u0400" <= w.text[0] <= "\u04ff" for w in words)
    latin = sum("a" <= w.text[0] <= "z" for w in words)
    if cyrillic == latin == 0:
        return LANGUAGES
    return _CYRILLIC if cyrillic >= latin else _LATIN


@lru_cache(_REMEMBERED_WORDS)
def _knowing(word: str, base: str, candidates: tuple[Language, ...]) -> tuple[Language, ...]:
    """Which of the languages know the word."""
    known = ((code, load(code)) for code in candidates)
    return tuple(code for code, v in known if word in v.words or v.knows(base))


def _weigh(
    token: Token,
    raw: str,
    *,
    scores: dict[Language, float],
    vocabularies: dict[Language, Vocabulary],
) -> None:
    knowing = _knowing(token.text, token.base, tuple(scores))
    for language in knowing:
        scores[language] += 1.0 / len(knowing) ** 2
    for language in scores:
        pattern = _LETTERS.get(language)
        if pattern and pattern.search(raw):
            scores[language] += _LETTER_WEIGHT
        if not knowing and token.text.endswith(vocabularies[language].suffixes):
            scores[language] += _SUFFIX_WEIGHT
