"""Which of the languages a message is in, and how sure that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import NamedTuple

from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.types import Language
from gatehouse.understanding.vocabulary import Script
from gatehouse.understanding.words import Token

_LETTER_WEIGHT = 2.0
_SUFFIX_WEIGHT = 0.5
_ENOUGH = 0.9  # evidence below this says nothing
_CLEAR = 0.62  # and a share below this decides nothing
_PLAIN = 0.85  # with less, mistyped words are looked at too
_SLIP_WEIGHT = 0.6
_MOST_MENDED = 12
_FEW_WORDS = 3
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]")


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
    candidates = _candidates(words, glossary)
    scores = _weighed(raw, words, candidates=candidates, glossary=glossary)
    best, share = _leading(scores)
    if share < _PLAIN or scores[best] < 2 * _ENOUGH:
        _weigh_slips(words, scores, glossary)
        best, share = _leading(scores)
    total = sum(scores.values())
    usual = next((f for f in fallbacks if f in candidates), None)
    if scores[best] < _ENOUGH or share < _CLEAR:
        if len(words) <= _FEW_WORDS and candidates == glossary.of_script["latin"]:
            candidates = tuple(glossary.vocabularies)  # "ok", "Girne 500": people of any language
        return _fall_back(candidates, fallbacks, share=share, best=best if total else None)
    if usual and usual != best and len(words) <= 2 and scores[best] < 2 * _ENOUGH:
        return Guess(usual, 0.5, "too short to leave the language of the talk")
    return Guess(best, round(share, 2), f"{scores[best]:.1f} of {total:.1f} by words and letters")


def evidence(tokens: Iterable[Token], glossary: Glossary) -> dict[Language, list[str]]:
    """For people: the words that speak for each language, the best known language first."""
    found: dict[Language, list[str]] = {}
    for token in tokens:
        if token.kind == "word":
            for language in glossary.entry(token.text).languages:
                found.setdefault(language, []).append(token.text)
    return dict(sorted(found.items(), key=lambda said: -len(said[1])))


def _weighed(
    raw: str, words: list[Token], *, candidates: tuple[Language, ...], glossary: Glossary
) -> dict[Language, float]:
    """What the words, and their letters, say for each language."""
    scores = dict.fromkeys(candidates, 0.0)
    is_marked = not raw.isascii()
    for token in words:
        if is_marked:
            _weigh_letters(raw[token.start : token.end], scores, glossary)
        _weigh(token, scores, glossary)
    return scores


def _leading(scores: dict[Language, float]) -> tuple[Language, float]:
    """The language with the most evidence, and its share."""
    best = max(scores, key=scores.__getitem__)
    total = sum(scores.values())
    return best, scores[best] / total if total else 0.0


def _weigh_slips(words: list[Token], scores: dict[Language, float], glossary: Glossary) -> None:
    """Words that nobody knows, for the languages in which they are one slip from a word."""
    strange = (t for t in words if not glossary.entry(t.text).languages)
    for token in islice(strange, _MOST_MENDED):
        costs = {
            language: found[0]
            for language in scores
            if (found := glossary.vocabularies[language].slips.nearest(token.text))
        }
        least = min(costs.values(), default=0.0)
        nearest = [language for language, cost in costs.items() if cost == least]
        for language in nearest:
            scores[language] += _SLIP_WEIGHT / len(nearest) ** 2


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


def _candidates(words: list[Token], glossary: Glossary) -> tuple[Language, ...]:
    """The languages written in the letters that most of the words begin with."""
    counts = dict.fromkeys(glossary.of_script, 0)
    for word in words:
        script = _script(word.text[0])
        if script in counts:
            counts[script] += 1
    # Where as many are Latin, they are names: "Villa в Girne".
    most = max(counts, key=lambda script: (counts[script], script != "latin"))
    return glossary.of_script[most] if counts[most] else tuple(glossary.vocabularies)


def _script(char: str) -> Script | None:
    if "a" <= char <= "z":
        return "latin"
    if "\u0400" <= char <= "\u04ff":
        return "cyrillic"
    return "arabic" if _ARABIC.match(char) else None


def _weigh_letters(raw: str, scores: dict[Language, float], glossary: Glossary) -> None:
    """Letters that only one of the languages has; none of them is ASCII."""
    for language in scores:
        pattern = glossary.vocabularies[language].letters
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
