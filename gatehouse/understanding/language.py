"""Which of the languages a message is in, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.types import LANGUAGES, Language
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
_CYRILLIC: tuple[Language, ...] = ("ru", "uk")
_LATIN: tuple[Language, ...] = ("en", "tr")


class Guess(NamedTuple):
    """A language, the share of the evidence for it (0..1), and why."""

    language: Language
    confidence: float
    why: str


def detect(
    raw: str,
    tokens: Iterable[Token],
    *,
    glossary: Glossary,
    fallbacks: tuple[Language | None, ...] = (),
) -> Guess:
    """The language of the tokens of `raw`; `fallbacks` decide what the words leave open."""
    words = [t for t in tokens if t.kind == "word"]
    candidates = _script(words)
    scores = dict.fromkeys(candidates, 0.0)
    is_marked = not raw.isascii()
    for token in words:
        if is_marked:
            _weigh_letters(raw[token.start : token.end], scores)
        _weigh(token, scores, glossary)
    best = max(candidates, key=scores.__getitem__)
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
    cyrillic = latin = 0
    for word in words:
        first = word.text[0]
        latin += "a" <= first <= "z"
        cyrillic += "\u0400" <= first <= "\u04ff"
    if cyrillic == latin == 0:
        return LANGUAGES
    return _CYRILLIC if cyrillic >= latin else _LATIN


def _weigh_letters(raw: str, scores: dict[Language, float]) -> None:
    """Letters that only one of the languages has; none of them is ASCII."""
    for language in scores:
        pattern = _LETTERS.get(language)
        if pattern and pattern.search(raw):
            scores[language] += _LETTER_WEIGHT


def _weigh(token: Token, scores: dict[Language, float], glossary: Glossary) -> None:
    """A word weighs the less, the more of the languages have it."""
    knowing = glossary.entry(token.text).languages
    if len(knowing) > 1:
        knowing = tuple([code for code in knowing if code in scores])
    if knowing and knowing[0] in scores:
        weight = 1.0 / len(knowing) ** 2
        for language in knowing:
            scores[language] += weight
        return
    for language in scores:
        if token.text.endswith(glossary.vocabularies[language].suffixes):
            scores[language] += _SUFFIX_WEIGHT
