"""Small words that a language writes onto the next one: "the", "with", "to", "and"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gatehouse.understanding.words import Token, word

_SHORTEST_REST = 2  # letters
_LONGEST = 40  # no word is longer


@dataclass(frozen=True, slots=True)
class Prefixes:
    """What may stand on the front of a word, longest first, all folded.

    `joined` are words of their own ("and"); `bound` fall away where the bare word is meant
    ("with the garden" means a garden). Both are empty in most languages.
    """

    joined: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()

    def forms(self, text: str) -> tuple[str, ...]:
        """The word without each of the bound prefixes that it may begin with."""
        return tuple(dict.fromkeys(self._rests(text, self.bound)))

    def all_forms(self, text: str) -> tuple[str, ...]:
        """The same, with a joined word before the bound ones left out too."""
        rests = tuple(self._rests(text, self.joined))
        return (*self.forms(text), *rests, *(form for rest in rests for form in self.forms(rest)))

    def joint(self, text: str, is_word: Callable[[str], bool]) -> int:
        """How many letters of a word that is none are a word of its own before one that is."""
        if not self.joined or is_word(text):
            return 0
        rests = self._rests(text, self.joined)
        return next((len(text) - len(rest) for rest in rests if is_word(rest)), 0)

    @staticmethod
    def _rests(text: str, prefixes: tuple[str, ...]) -> Iterator[str]:
        for prefix in prefixes if len(text) <= _LONGEST else ():
            if text.startswith(prefix) and len(text) - len(prefix) >= _SHORTEST_REST:
                yield text[len(prefix) :]


NO_PREFIXES = Prefixes()


def unjoined(
    tokens: list[Token], prefixes: Prefixes, is_word: Callable[[str], bool]
) -> list[Token]:
    """The tokens with joined words taken apart, and what the others may be without prefixes.

    What follows a joined word keeps the place of the whole: spans show words as written.
    """
    if not (prefixes.joined or prefixes.bound):
        return tokens
    apart: list[Token] = []
    for token in tokens:
        length = prefixes.joint(token.text, is_word) if token.kind == "word" else 0
        if length:
            middle = token.start + length
            apart.append(word(token.text[:length], token.start, middle))
            token = word(token.text[length:], token.start, token.end)
        token.forms = prefixes.forms(token.text) if token.kind == "word" else ()
        apart.append(token)
    return apart
