"""Words found by what is left of them when one letter goes; a few bytes for each such shape."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from gatehouse.understanding.letters import neighbours

_LONGEST = 64  # letters
_ID_BITS = 20
_HASH_MASK = (1 << 40) - 1
_ID_MASK = (1 << _ID_BITS) - 1


class Shapes:
    """A fixed set of words, at most a million; two that share a shape may be one slip apart."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        rows = {
            _key(shape) | at for at, word in enumerate(self._words) for shape in neighbours(word)
        }
        self._rows = array("Q", sorted(rows))

    def sharing(self, word: str) -> set[str]:
        """The words that share a shape with this one, and now and then another by chance."""
        if len(word) > _LONGEST:
            return set()  # the shapes of a text without spaces would fill the memory
        return {found for shape in neighbours(word) for found in self._at(_key(shape))}

    def _at(self, key: int) -> Iterator[str]:
        rows = self._rows
        at = bisect_left(rows, key)
        while at < len(rows) and rows[at] - key <= _ID_MASK:
            yield self._words[rows[at] - key]
            at += 1


def _key(shape: str) -> int:
    return (hash(shape) & _HASH_MASK) << _ID_BITS
