"""How likely it is that one word was typed for another, by where the keys lie."""

from __future__ import annotations

from functools import cache

from gatehouse.understanding.letters import fold
from gatehouse.understanding.names import bending
from gatehouse.understanding.types import Language

# What a slip costs; beyond `most` it is no slip.
_SWAPPED, _DOUBLED, _NEXT_KEY, _MISSING, _EXTRA, _OTHER_KEY = 1.0, 1.0, 1.0, 1.2, 1.6, 2.0
_AT_THE_START = 0.6  # people seldom miss the first letter
_SHORT = 5
_LONG_ENOUGH = 7  # letters; a longer word can be told though it begins with a wrong one
_MOST, _MOST_IN_LONG = 2.0, 2.6

Keys = frozenset[tuple[str, str]]


@cache
def near_keys(language: Language) -> Keys:
    """Pairs of folded letters whose keys touch."""
    rows = bending(language).keyboard
    pairs = set()
    for r, row in enumerate(rows):
        for c, letter in enumerate(row):
            below = rows[r + 1][max(c - 1, 0) : c + 1] if r + 1 < len(rows) else ""
            for other in row[c + 1 : c + 2] + below:
                pairs |= {(fold(letter), fold(other)), (fold(other), fold(letter))}
    return frozenset(pairs)


def slip_cost(typed: str, meant: str, keys: Keys) -> float | None:
    """What the one slip between the two costs; 0 for none, None for more than one."""
    if typed == meant:
        return 0.0
    if abs(len(typed) - len(meant)) > 1:
        return None
    if typed[:2] != meant[:2] and typed[-2:] != meant[-2:] and len(typed) > _SHORT:
        return None  # one slip spoils one end of a word, not both
    at = _first_difference(typed, meant)
    cost = _cost(typed, meant, at, keys)
    if cost is None:
        return None
    cost += _AT_THE_START if at == 0 and cost != _SWAPPED else 0.0
    return cost if cost <= (_MOST_IN_LONG if len(meant) >= _LONG_ENOUGH else _MOST) else None


def _cost(typed: str, meant: str, at: int, keys: Keys) -> float | None:
    if len(typed) > len(meant):
        if typed[at + 1 :] != meant[at:]:
            return None
        return _DOUBLED if at and typed[at] == typed[at - 1] else _EXTRA
    if len(typed) < len(meant):
        return _MISSING if typed[at:] == meant[at + 1 :] else None
    if typed[at + 1 :] == meant[at + 1 :]:
        return _NEXT_KEY if (typed[at], meant[at]) in keys else _OTHER_KEY
    is_swapped = typed[at : at + 2] == meant[at : at + 2][::-1]
    return _SWAPPED if is_swapped and typed[at + 2 :] == meant[at + 2 :] else None


def _first_difference(one: str, other: str) -> int:
    shorter = min(len(one), len(other))
    for at in range(shorter):
        if one[at] != other[at]:
            return at
    return shorter
