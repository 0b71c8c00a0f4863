"""The amounts that numbers make with "up to", "from … to", "about"."""

from __future__ import annotations

from typing import NamedTuple

from gatehouse.understanding.numerals import join_numbers
from gatehouse.understanding.reading import Item, Reading
from gatehouse.understanding.types import Range

_FURTHEST_CUE = 3
_CUES_BEFORE = frozenset(("max", "min", "about", "from"))
_CUES_AFTER = frozenset(("maxafter", "minafter", "aboutafter"))
_NO_CUES: frozenset[str] = frozenset()
_THOUSAND = 1000.0
_FEW = 9.0  # counts that people are of two minds about


class Amount(NamedTuple):
    """A number with its bounds, and the items `first` to `last` that say so.

    `value` is the number itself (the upper one of a range); `is_plain` means that nothing
    was said about bounds.
    """

    value: float
    low: float | None
    high: float | None
    is_about: bool
    first: int
    last: int
    has_cue: bool
    value_at: int  # the item that holds `value`

    @property
    def is_plain(self) -> bool:
        """Just a number."""
        return self.low == self.high

    @property
    def range(self) -> Range:
        """As the value of a counted slot."""
        return Range(self.low, self.high)


def amount_at(r: Reading, at: int) -> Amount | None:
    """The amount that the number at `at` belongs to; None if there is no free number."""
    value = r.at(at).number
    if value is None or not r.is_free(at):
        return None
    known = r.amounts.get(at)
    if not isinstance(known, Amount) or not r.is_free(known.value_at):
        r.amounts[at] = known = _amount(r, at, value)
    return known


def _amount(r: Reading, at: int, value: float) -> Amount:
    if _is_in_thousands(r, at, value):
        return Amount(value * _THOUSAND, None, value * _THOUSAND, False, at - 2, at, True, at)
    last, other = _range_end(r, at)
    cue = _cue_before(r, at)
    if other is not None:
        low, high = sorted((_scaled(value, other, r.at(last).text), other))
        return Amount(high, low, high, "about" in cue, at, last, True, last)
    after = _cue_after(r, last)
    return _bounded(value, cue | after, at=at, last=_last_of_cue(r, last, after))


def _is_in_thousands(r: Reading, at: int, value: float) -> bool:
    """ "Тысяч до 120": the word for thousands stands before the bound."""
    thousand = r.at(at - 2)
    is_said = thousand.number == _THOUSAND and thousand.text.isalpha()
    is_alone = r.at(at - 3).number is None and r.is_free(at - 2)
    return is_said and is_alone and r.has(at - 1, "max") and value < _THOUSAND


def _bounded(value: float, cues: frozenset[str], *, at: int, last: int) -> Amount:
    is_about = bool(cues & {"about", "aboutafter"})
    if cues & {"max", "maxafter"}:
        return Amount(value, None, value, is_about, at, last, True, at)
    if cues & {"min", "minafter", "from", "plus"}:
        return Amount(value, value, None, is_about, at, last, True, at)
    return Amount(value, value, value, is_about, at, last, is_about, at)


def _scaled(low: float, high: float, said: str) -> float:
    """In "100-150k" both are thousands, in "4 to 5 hundred" both are hundreds."""
    if high >= 10 * _THOUSAND and low < high / 50:
        return low * _THOUSAND
    unit = _unit_of(high, said)
    return low * unit if unit and low < high / unit else low


def _unit_of(value: float, said: str) -> float | None:
    """100 or 1000 where a figure and a word make the number: "5 hundred"."""
    figure = said.partition(" ")[0]
    count = float(figure) if " " in said and figure.isdecimal() else 0.0
    return value / count if count and value / count in (100.0, _THOUSAND) else None


def _range_end(r: Reading, at: int) -> tuple[int, float | None]:
    """The item that ends "400 to 600", "400-600", "2 or 3", and its number."""
    if _is_next_word(r, at):
        return at + 1, r.at(at + 1).number
    if not r.mentions("dash", "to", "until", "or", "and", "stop", "maybe"):
        return at, None
    second = _second_thought(r, at)
    if second is not None:
        return second, r.at(second).number
    link = at + 1
    while r.has(link, "cur") and r.at(link).number is None and link < at + 3:
        link += 1
    item = r.at(link)
    is_link = item.has("dash", "to", "until", "or") or item.text in ("-", "…")
    is_link = is_link or (item.has("and") and _is_between(r, at, link + 1))
    after = link + 1
    while r.has(after, "cur") and r.at(after).number is None and after < link + 3:
        after += 1
    number = r.at(after).number
    if is_link and number is not None and r.is_free(after):
        unit = _unit_of(number, r.at(after).text)
        if _alike(r.at(at), number) or (unit and (r.at(at).number or 0) < number / unit):
            return after, number
    return at, None


def _is_next_word(r: Reading, at: int) -> bool:
    """ "Dwie-trzy": two small numbers in words, one after the other."""
    first, second = r.at(at), r.at(at + 1)
    is_spoken = first.text.isalpha() and second.text.isalpha() and not first.has("weak")
    if not (is_spoken and r.is_free(at + 1)):
        return False
    low, high = first.number or 0.0, second.number or 0.0
    return 1 <= low < 10 and high == low + 1


def _second_thought(r: Reading, at: int) -> int | None:
    """The next number up in "two, maybe three", "two, three at most"; None if there is none."""
    first, cue = r.at(at).number or 0.0, at + 1
    while r.has(cue, "stop", "or"):
        cue += 1
    after = cue + 1 if r.has(cue, "maybe") or (cue > at + 1 and r.has(cue, "max")) else -1
    is_next = r.at(after).number == first + 1 and first < _FEW and r.is_free(after)
    return after if is_next else None


def _alike(first: Item, second: float) -> bool:
    """Bounds of one range: not "2 or 500"."""
    value = first.number or 0.0
    return second >= value and (value >= 10 or second < 20 or second >= _THOUSAND > value >= 1)


def _is_between(r: Reading, at: int, second: int) -> bool:
    before = any(r.has(at - back, "between", "from") for back in (1, 2))
    return before or any(r.has(second + ahead, "betweenafter") for ahead in (1, 2))


def _cue_before(r: Reading, at: int) -> frozenset[str]:
    if not r.mentions("max", "min", "about", "from"):
        return _NO_CUES
    found: set[str] = set()
    for index in range(at - 1, max(-1, at - 1 - _FURTHEST_CUE), -1):
        item = r.at(index)
        if not _CUES_BEFORE.isdisjoint(item.labels):
            found |= _strongest(_CUES_BEFORE & item.labels.keys())
            if found & {"max", "min", "from"}:
                break
        elif not _lets_cue_through(item):
            break
    return frozenset(found)


def _strongest(cues: frozenset[str]) -> set[str]:
    return {next(kind for kind in ("max", "min", "from", "about") if kind in cues)}


def _lets_cue_through(item: Item) -> bool:
    if item.number is not None or item.has("stop", "noun", "type", "amenity", "place", "ord"):
        return False
    return item.has("cur", "budget", "in", "per", "weak") or (item.is_word and item.is_known)


def _cue_after(r: Reading, last: int) -> frozenset[str]:
    if not r.mentions("maxafter", "minafter", "aboutafter", "plus"):
        return _NO_CUES
    for index in range(last + 1, last + 4):
        item = r.at(index)
        if not _CUES_AFTER.isdisjoint(item.labels):
            if item.has(*_CUES_BEFORE) and r.at(index + 1).number is not None:
                break  # "2 baths, max 600": it bounds what follows
            return _CUES_AFTER & item.labels.keys()
        if item.has("plus") and index == last + 1 and r.at(index + 1).number is None:
            return frozenset({"plus"})
        if not item.has("cur", "per", "noun", "in"):
            break
    return _NO_CUES


def _last_of_cue(r: Reading, last: int, after: frozenset[str]) -> int:
    return last + 1 if after and r.has(last + 1, *after) else last


__all__ = ["Amount", "amount_at", "join_numbers"]
