"""A word of a sentence as the finders of names see it: where it stands, and its first letter."""

from __future__ import annotations

from dataclasses import dataclass

from gatehouse.understanding.letters import fold


@dataclass(frozen=True, slots=True)
class Word:
    """Characters `start` to `end` (exclusive) of a text."""

    text: str
    start: int
    end: int
    opens: bool  # begins a sentence
    is_known: bool = True  # is a word of the language; where nobody asks, it is taken for one

    @property
    def plain(self) -> str:
        """In comparable letters."""
        return fold(self.text)

    @property
    def has_capital(self) -> bool:
        """Does it begin with one?"""
        return self.text[0].isupper()
