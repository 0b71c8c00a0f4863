"""Number words added up in the order said, and cut out of words written together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_HUNDRED = 100.0
_THOUSAND = 1000.0
_HALF = 0.5
_MOST = 1e24  # beyond this nothing is counted
_LONGEST_COMPOUND = 90  # letters
_LONGEST_PIECE = 16
_TEENS_FOLLOW = (60.0, 80.0)  # French counts soixante-dix, quatre-vingt-dix


@dataclass(slots=True)
class Tally:
    """What was said so far: groups closed by a scale word, and the group that is open."""

    total: float = 0.0
    group: float = 0.0
    scale: float = math.inf  # the last scale word; what follows must be smaller
    count: int = 0
    is_digits: bool = False  # the open group was written in digits
    is_scaled: bool = False  # a scale word came last
    opens: bool = False  # a ten that ones may follow: "on iki" is twelve

    @property
    def value(self) -> float:
        return self.total + self.group

    def takes(self, value: float, *, is_digits: bool, ones_first: bool = False) -> bool:
        """Adds the next number if it continues this one."""
        if self.count == 0:
            self._begin(value, is_digits=is_digits)
        elif is_digits:
            if not self._takes_digits(value):
                return False
        elif value >= _THOUSAND:
            if not self._multiplies(value):
                return False
        elif value == _HUNDRED:
            if not self._hundreds():
                return False
        elif not self._takes_word(value, ones_first=ones_first):
            return False
        self.count += 1
        self.opens = False
        return True

    def _begin(self, value: float, *, is_digits: bool) -> None:
        self.is_digits = is_digits
        if is_digits or value < _THOUSAND:
            self.group = value
            self.is_scaled = not is_digits and value >= _HUNDRED
        else:
            self.total, self.scale, self.is_scaled = value, _scale_of(value), True

    def _takes_digits(self, value: float) -> bool:
        """ "4 thousand 3 hundred and 21": digits behind a scale word only."""
        room = self.scale if self.group == 0 else _HUNDRED
        if not self.is_scaled or not 0 < value < room or value != int(value):
            return False
        self.group += value
        self.is_digits, self.is_scaled = True, False
        return True

    def _multiplies(self, value: float) -> bool:
        if self.group == 0 and self.is_scaled and value >= self.scale:
            self.total *= value  # "three lakh crore"
        elif self.group > 0 and value < self.scale:
            self.total += self.group * value
            self.group = 0.0
        elif self.is_scaled and value < self.scale:
            self.total += value  # Turkish says "bir milyon bin" for a million and a thousand
        elif self.total and value != _scale_of(value) and value < self.scale:
            self.total += value  # "eine Million zweihunderttausend", written as one word
        else:
            return False
        self.scale, self.is_digits, self.is_scaled = _scale_of(value), False, True
        return self.total < _MOST

    def _hundreds(self) -> bool:
        if self.group == 0:
            self.group = _HUNDRED
        elif self.group < _HUNDRED:
            self.group *= _HUNDRED
        else:
            return False
        self.is_digits, self.is_scaled = False, True
        return True

    def _takes_word(self, value: float, *, ones_first: bool) -> bool:
        low = self.group % _HUNDRED
        if value == 0 or self.value == 0 or value % 1 or self.group % 1:
            return False
        if self.is_digits and not self.is_scaled:
            return False
        if value > _HUNDRED:
            fits = self.group == 0
        elif low == 0 or (low >= 20 and low % 10 == 0 and value < 10):
            fits = True
        elif low in _TEENS_FOLLOW:
            fits = 10 <= value < 20
        elif low == 10 and self.opens:
            fits = value < 10
        else:
            fits = ones_first and low < 10 and value >= 20 and value % 10 == 0
        if not fits or (self.total and value >= self.scale):
            return False
        self.group += value
        self.is_digits, self.is_scaled = False, value >= _HUNDRED
        return True

    def takes_times(self, value: float) -> bool:
        """ "Three dozen"."""
        if self.group == 0 or self.total:
            return False
        self.group *= value
        return True

    def adds_part(self, part: float) -> None:
        """ "and a half": of one, or of the scale that was said last ("3 million and a half")."""
        is_of_scale = self.is_scaled and self.group == 0 and part in (0.5, 0.25, 0.75)
        self.group += part * self.scale if is_of_scale else part
        self.is_scaled = False


def _scale_of(value: float) -> float:
    """2000 as one word (Arabic has one) is a thousand twice."""
    scale = 10.0 ** math.floor(math.log10(value) + 1e-9)
    return scale if scale < 1e6 else 1e6 if scale < 1e9 else scale


Words = Mapping[str, float]  # number words of one language, folded: {"fünf": 5, ...}


def compound(word: str, words: Words, joints: Sequence[str]) -> float | None:
    """The value of number words written together: "fünfundzwanzigtausend", "ikiyüzelli"."""
    if len(word) > _LONGEST_COMPOUND or not any(word.startswith(w) for w in words):
        return None
    parts = _segments(word, words, joints)
    if parts is None or len(parts) < 2:
        return None
    tally = Tally()
    for value, is_after_joint in parts:
        tally.opens = True
        if value == _HALF and tally.count:
            tally.adds_part(value)
        elif not tally.takes(value, is_digits=False, ones_first=is_after_joint):
            return None
    return tally.value


def _segments(word: str, words: Words, joints: Sequence[str]) -> list[tuple[float, bool]] | None:
    """The word cut into number words, longest last piece first; None if it does not come out."""
    best: list[list[tuple[float, bool]] | None] = [None] * (len(word) + 1)
    best[0] = []
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - _LONGEST_PIECE), end):
            before, piece = best[start], word[start:end]
            if before is None:
                continue
            joint = next((j for j in joints if start and piece.startswith(j)), "")
            value = words.get(piece)
            is_linked = value is None and bool(joint)
            value = words.get(piece[len(joint) :]) if is_linked else value
            if value is not None:
                best[end] = [*before, (value, is_linked)]
                break
    return best[-1]
