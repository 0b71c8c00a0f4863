"""How languages bend, spell and type the names of places; data of each language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gatehouse.understanding.letters import fold
from gatehouse.understanding.types import Language

_SHORTEST_STEM = 4
_SHORTEST_BENT_WORD = 3  # of a name of several words
_DOUBLED = re.compile(r"(.)\1+")
_GLIDE = re.compile(r"(?<=[aeou])i|i(?=[aeou])")  # kirenia, kireniya, kirenea
_LAST_VOWELS = re.compile(r"[aeiou]+$")


@dataclass(frozen=True, slots=True)
class Bending:
    """What a language does to a name in a sentence. All letters are folded.

    `finals` are the last letters that a name may lose before an ending; a language without
    them puts its endings after the whole name.
    """

    language: Language
    script: str
    endings: tuple[str, ...]
    cases: frozenset[str]  # endings of any noun or adjective
    finals: str
    softened: tuple[tuple[str, str], ...]  # end of a stem -> the same in the name itself
    prefixes: tuple[str, ...]
    local: tuple[str, ...]  # endings that make "the one in Lapta" of Lapta
    origin: tuple[str, ...]  # endings that make "from the third" of the third
    keyboard: tuple[str, ...]  # its rows of letters, from the top
    spelling: Mapping[str, str]  # letters, not folded -> sounds
    _letters: re.Pattern[str]

    @property
    def loses_finals(self) -> bool:
        """Does an ending take the place of the last letter?"""
        return bool(self.finals)

    def base(self, name: str) -> str:
        """The part of a folded name that stays when it is bent."""
        return name[:-1] if self.finals and name[-1] in self.finals else name

    def stems(self, word: str) -> Iterator[str]:
        """What remains of a bent word without its ending, as the name may have it."""
        for start in self._starts(word):
            for ending in (*self.endings, "") if self.finals or start is not word else self.endings:
                stem = start[: len(start) - len(ending)]
                if len(stem) >= _SHORTEST_STEM and start.endswith(ending):
                    yield stem
                    yield from self._hardened(stem)

    def _starts(self, word: str) -> Iterator[str]:
        yield word
        for prefix in self.prefixes:
            if word.startswith(prefix):
                yield word[len(prefix) :]

    def _hardened(self, stem: str) -> Iterator[str]:
        for soft, hard in self.softened:
            if stem.endswith(soft):
                yield stem[: -len(soft)] + hard

    def loose(self, name: str) -> str:
        """A name of several words with each of them cut to its stem."""
        return " ".join(self._cut(word) for word in name.split(" "))

    def _cut(self, word: str) -> str:
        for ending in self.endings:
            if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_BENT_WORD:
                return word[: -len(ending)]
        return word

    def sound(self, name: str) -> str:
        """How the language would say it, coarsely: what all alphabets can agree on."""
        said = self._letters.sub(lambda m: self.spelling[m.group()], name)
        plain = "".join(c if c in "CS" else fold(c) for c in said if c.isalpha())
        return _DOUBLED.sub(r"\1", _GLIDE.sub("", _DOUBLED.sub(r"\1", plain)))


def trunk(sound: str) -> str:
    """A sound without the vowels it ends in, which cases change."""
    return _LAST_VOWELS.sub("", sound)


@cache
def bending(language: Language) -> Bending:
    """How the language bends and spells names; read once from its data file."""
    source = resources.files(__package__).joinpath(f"lexicon/{language}/names.json")
    own: dict[str, Any] = json.loads(source.read_text("utf-8"))
    keys = sorted(own["spelling"], key=len, reverse=True)
    return Bending(
        language=language,
        script=own["script"],
        endings=_folded(own["endings"]),
        cases=frozenset(map(fold, own["cases"])),
        finals=fold(own["finals"]),
        softened=tuple((fold(soft), fold(hard)) for soft, hard in own["softened"].items()),
        prefixes=_folded(own["prefixes"]),
        local=_folded(own["local"]),
        origin=_folded(own["from"]),
        keyboard=tuple(own["keyboard"]),
        spelling=own["spelling"],
        _letters=re.compile("|".join(map(re.escape, keys)) or "(?!)"),
    )


def _folded(endings: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fold(e) for e in endings))


__all__ = ["Bending", "bending", "trunk"]
