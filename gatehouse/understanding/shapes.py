"""Words found by what is left of them when one letter goes; a few bytes for each such shape."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from gatehouse.understanding.letters import neighbours

_LONGEST = 64  # letters
_ID_BITS = 20
_HASH_MASK = (1 << 40) - 1
_SPARE = 2  # bytes for each shape, to tell at once that there is none like it
_ID_MASK = (1 << _ID_BITS) - 1


class Shapes:
    """A fixed set of words, at most a million; two that share a shape may be one slip apart."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted(set(words))
        rows = {
            (hash(shape) & _HASH_MASK) << _ID_BITS | at
            for at, word in enumerate(self._words)
            for shape in neighbours(word)
        }
        self._rows = array("Q", sorted(rows))
        self._mask = (1 << (_SPARE * len(rows) + 1).bit_length()) - 1
        self._may_have = bytearray(self._mask + 1)  # most shapes are looked up in vain
        for row in rows:
            self._may_have[(row >> _ID_BITS) & self._mask] = 1

    def sharing(self, word: str) -> set[str]:
        """The words that share a shape with this one, and now and then another by chance."""
        if len(word) > _LONGEST:
            return set()  # the shapes of a text without spaces would fill the memory
        may_have, mask = self._may_have, self._mask
        keys = [hash(shape) for shape in neighbours(word)]
        return {w for key in keys if may_have[key & mask] for w in self._at(key & _HASH_MASK)}

    def _at(self, key: int) -> Iterator[str]:
        rows, first = self._rows, key << _ID_BITS
        at = bisect_left(rows, first)
        while at < len(rows) and rows[at] - first <= _ID_MASK:
            yield self._words[rows[at] - first]
            at += 1
