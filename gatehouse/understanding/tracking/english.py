"""English as the ear reads it: schemas, and the talks about them, are in English by nature."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from gatehouse.understanding.contact import blank, find_reach
from gatehouse.understanding.glossary import Glossary
from gatehouse.understanding.letters import fold
from gatehouse.understanding.numbers import join_numbers
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.reading import Reading, read
from gatehouse.understanding.types import DialogueState, Slot
from gatehouse.understanding.vocabulary import load
from gatehouse.understanding.words import split

_LONG_WORD = re.compile(r"[a-z]{4,}")


class English:
    """Reads with the ear's own lexicon, against the day that `today` gives."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today
        self._vocabulary = load("en")
        self._glossary = Glossary({"en": self._vocabulary}, Gazetteer(()))

    def reading(self, text: str, awaited: Slot | None = None) -> Reading:
        """The items of a text; `awaited` is what the assistant asked for."""
        folded = fold(text)
        tokens = split(blank(folded, find_reach(folded, text)[2]))
        items = join_numbers(read(tokens, self._vocabulary, self._glossary))
        return Reading(items, "en", DialogueState(awaiting=awaited), self._today())

    def mended(self, text: str) -> str:
        """The folded text with its slips of the finger taken out."""
        return _LONG_WORD.sub(lambda m: self._mended(m[0]), fold(text))

    def _mended(self, word: str) -> str:
        known = self._vocabulary
        return word if known.knows(word) else known.mended(word) or word

    def has(self, plain: str) -> bool:
        """Is this folded word one of English, as far as we have it?"""
        return self._vocabulary.knows(plain)

    def may_have(self, plain: str) -> bool:
        """Is it one, or one slip away from one, or a form of one with an apostrophe?"""
        base = plain.partition("'")[0]
        known = self._vocabulary
        return known.knows(base) or known.knows(plain) or known.mended(base) is not None
