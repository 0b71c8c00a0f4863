"""Our own lists, one file a language, made ready once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from gatehouse.llm.safety.disguises import shuffled_keys
from gatehouse.llm.safety.folding import level
from gatehouse.llm.safety.notation import Finder, Groups

LANGUAGES = ("en", "tr", "ru", "uk", "de", "pl", "fr", "ar")
ASKED = ("steering", "machine", "injection", "abuse", "sexual", "violence", "self_harm", "illegal")
REPLIED = ("portrait", "promise", "steering", "sexual", "abuse")
_LITERAL = re.compile(r"(?<![\w*{])\w{5,}(?![\w*}])")


@dataclass(frozen=True, slots=True)
class Lists:
    """Finders over all languages at once, because visitors mix them."""

    asked: Finder
    replied: Finder
    words: Mapping[str, str]  # literal words of the lists against injection, by shuffled key


@cache
def lists() -> Lists:
    """All files, read. Raises ValueError or KeyError for a list that is wrongly written."""
    asked, replied, words = Finder(), Finder(), set[str]()
    for language in LANGUAGES:
        groups, entries = _read(language)
        for kind, phrase in _phrases(entries):
            if kind in ASKED:
                asked.add(kind, phrase, groups)
            if kind in REPLIED:
                replied.add(kind, phrase, groups)
            if kind == "injection":
                words.update(_LITERAL.findall(level(phrase)))
    return Lists(asked, replied, shuffled_keys(words))


def _read(language: str) -> tuple[Groups, Mapping[str, Sequence[str]]]:
    path = resources.files(__package__).joinpath("lists", f"{language}.json")
    found = json.loads(path.read_text("utf-8"))
    return found.pop("groups"), found


def _phrases(entries: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for kind, phrases in entries.items():
        if kind not in ASKED and kind not in REPLIED:
            raise ValueError(f"{kind} is no list")
        for phrase in phrases:
            yield kind, phrase
