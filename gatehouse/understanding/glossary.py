"""What is known of single words, whatever stands around them; looked up once per word."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import Language
from gatehouse.understanding.vocabulary import Vocabulary
from gatehouse.understanding.words import Token

_REMEMBERED_WORDS = 16_384
_LONGEST_SHORT_WORD = 3  # letters
_FIRST_CYRILLIC = "\u0400"


@dataclass(frozen=True, slots=True)
class Entry:
    """A word by itself."""

    place: str | None  # key of the place that it names, inflected or not
    longest_place: int  # how many words the names of places have that it may begin; mostly 0
    is_latin_place: bool  # Turkish names are spelt alike in both; Cyrillic ones tell the language
    languages: tuple[Language, ...]  # that have it, for telling languages apart
    known_in: frozenset[Language]  # where it is a word, with or without what follows an apostrophe


class Glossary:
    """The words of all languages and places; remembers a bounded number of what it looked up."""

    def __init__(self, vocabularies: Mapping[Language, Vocabulary], gazetteer: Gazetteer) -> None:
        self.vocabularies = dict(vocabularies)
        self.gazetteer = gazetteer
        self.others = {
            language: tuple(v for code, v in self.vocabularies.items() if code != language)
            for language in self.vocabularies
        }
        self.of_script = {
            script: tuple(code for code, v in self.vocabularies.items() if v.script == script)
            for script in dict.fromkeys(v.script for v in self.vocabularies.values())
        }
        self.place_of = lru_cache(_REMEMBERED_WORDS)(gazetteer.exact)
        self.resolved = lru_cache(_REMEMBERED_WORDS)(gazetteer.resolve)
        self.names_near = lru_cache(_REMEMBERED_WORDS)(gazetteer.near)
        self.longest_place = gazetteer.longest_from
        self.entry = lru_cache(_REMEMBERED_WORDS)(self._entry)
        self._version = gazetteer.version

    def refresh(self) -> None:
        """Forgets what it looked up if the gazetteer has learnt places since."""
        if self._version != self.gazetteer.version:
            self._version = self.gazetteer.version
            for remembered in (self.place_of, self.resolved, self.names_near, self.entry):
                remembered.cache_clear()

    def place_near(self, token: Token) -> str | None:
        """The place that a word may mean, misspelt or with a small word on its front."""
        texts = (token.base, *token.forms)
        return next((key for text in texts if (key := self.resolved(text))), None)

    def _entry(self, text: str) -> Entry:
        base = text.partition("'")[0]
        place = self.gazetteer.exact(base)
        knowing = {code for code, v in self.vocabularies.items() if v.knows(base)}
        # Who has the very word has it before those with a stem that it only begins with.
        whole = {
            code for code, v in self.vocabularies.items() if not v.words.isdisjoint({text, base})
        }
        more = {code for code, v in self.vocabularies.items() if base != text and v.knows(text)}
        return Entry(
            place,
            self.gazetteer.longest_from(base),
            place is not None and text[0] < _FIRST_CYRILLIC,
            tuple(
                code for code in self.vocabularies if code in self._telling(base, whole or knowing)
            ),
            frozenset(knowing | more),
        )

    def _telling(self, base: str, having: set[Language]) -> set[Language]:
        """The languages that a word speaks for; a short one not for those where it is a piece.

        "w" and "od" are Polish words; elsewhere they are found within abbreviations only.
        """
        if len(base) > _LONGEST_SHORT_WORD:
            return having
        known = ((code, self.vocabularies[code]) for code in having)
        return {c for c, v in known if base in v.everyday or v.start(base).match} or having
