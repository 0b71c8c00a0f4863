"""Slips of the fingers: one random edit in each longer word, on the keyboard of the language."""

from __future__ import annotations

import re
from random import Random

from gatehouse.understanding.names import bending
from gatehouse.understanding.types import Language

SHORTEST = 5  # letters; shorter words are left as they are
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST},}}")


def mistype(text: str, language: Language, dice: Random) -> str:
    """The text with one edit in each word of five letters or more; numbers stay untouched."""
    return _WORD.sub(lambda match: _mistype(match[0], language, dice), text)


def _mistype(word: str, language: Language, dice: Random) -> str:
    edits = [_swap, _drop, _double, _miss]
    dice.shuffle(edits)
    for edit in edits:
        changed = edit(word, dice.randrange(len(word)), language=language, dice=dice)
        if changed != word:
            return changed
    return word + word[-1]


def _swap(word: str, at: int, *, language: Language, dice: Random) -> str:
    at = min(at, len(word) - 2)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _drop(word: str, at: int, *, language: Language, dice: Random) -> str:
    return word[:at] + word[at + 1 :]


def _double(word: str, at: int, *, language: Language, dice: Random) -> str:
    return word[: at + 1] + word[at:]


def _miss(word: str, at: int, *, language: Language, dice: Random) -> str:
    """A neighbouring key is hit instead; the word itself if its letter is not on the keyboard."""
    letter = word[at]
    near = neighbours(letter.lower(), language)
    if not near:
        return word
    hit = dice.choice(near)
    return word[:at] + (hit.upper() if letter.isupper() else hit) + word[at + 1 :]


def neighbours(letter: str, language: Language) -> str:
    """The keys left, right, above and below, in the order of the keyboard."""
    rows = bending(language).keyboard
    for r, row in enumerate(rows):
        if (column := row.find(letter)) >= 0:
            beside = row[max(column - 1, 0) : column] + row[column + 1 : column + 2]
            above = rows[r - 1][column : column + 2] if r else ""
            below = rows[r + 1][max(column - 1, 0) : column + 1] if r + 1 < len(rows) else ""
            return beside + above + below
    return ""
