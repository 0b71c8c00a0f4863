"""How each language writes figures, contractions and hours; data of each language."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gatehouse.understanding.letters import fold
from gatehouse.understanding.types import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Writing:
    """The customs of one language. All words are folded."""

    decimal: str  # what stands before the part of a number below one: "." or ","
    has_points_in_dates: bool  # is 7.6 a day in June?
    joints: tuple[str, ...]  # "and" inside number words: fünf-und-zwanzig
    elided: tuple[str, ...]  # words that an apostrophe ties to the next one: d'un, qu'il
    clock: tuple[str, ...]  # words that make hours of "15.30"
    free: tuple[str, ...]  # prices that are none: gratis
    telephone: tuple[str, ...]  # what stands before a number to call; "stem*" takes endings


@cache
def writing(language: Language) -> Writing:
    """The customs of one language, read once from its data file."""
    source = resources.files(__package__).joinpath(f"lexicon/{language}/language.json")
    about: dict[str, Any] = json.loads(source.read_text("utf-8"))
    return Writing(
        decimal=about["decimal"],
        has_points_in_dates=about["points_in_dates"],
        joints=_folded(about["number_joints"]),
        elided=_folded(about["elided"]),
        clock=_folded(about["clock"]),
        free=_folded(about["free"]),
        telephone=_folded(about["telephone"]),
    )


def of_all(part: Callable[[Writing], tuple[str, ...]]) -> tuple[str, ...]:
    """The words of one kind in all languages together, longest first."""
    words = {word for language in LANGUAGES for word in part(writing(language))}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _folded(words: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(fold, words)))
