"""Which slot a sentence asks about: a filled one is not asked in words either. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib import resources

from gatehouse.understanding.types import Language, Slot

_NO_SLOTS = ("asks", "promises")
_QUESTION = re.compile(r"[?؟]")


def asks(sentence: str, language: Language) -> bool:
    """Does it want an answer, with a question mark or without?"""
    if _QUESTION.search(sentence):
        return True
    return any(_patterns(own)["asks"].search(sentence) for own in _tongues(language))


def asked_slots(sentence: str, language: Language) -> frozenset[Slot]:
    """What it asks about; empty for a statement, and for a question about no slot."""
    if not asks(sentence, language):
        return frozenset()
    return frozenset(
        Slot(name)
        for own in _tongues(language)
        for name, pattern in _patterns(own).items()
        if name not in _NO_SLOTS and pattern.search(sentence)
    )


def promises(sentence: str, language: Language) -> bool:
    """Does it speak of what only the house may promise: a discount, a booking, a payment?"""
    return any(_patterns(own)["promises"].search(sentence) for own in _tongues(language))


def _tongues(language: Language) -> tuple[Language, ...]:
    return ("en",) if language == "en" else (language, "en")


@cache
def _patterns(language: Language) -> Mapping[str, re.Pattern[str]]:
    return {name: _pattern(tuple(words)) for name, words in _topics()[language].items()}


def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    parts = (re.escape(w.rstrip("*")) + (r"\w*" if w.endswith("*") else "") for w in words)
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)


@cache
def _topics() -> dict[str, dict[str, list[str]]]:
    text = resources.files(__package__).joinpath("prompts/topics.json").read_text("utf-8")
    return {language: words for language, words in json.loads(text).items() if language != "about"}
