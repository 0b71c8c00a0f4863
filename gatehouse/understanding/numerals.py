"""The grammar of numbers: digits, number words, scales and halves, added up in the order said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gatehouse.understanding.reading import Item
from gatehouse.understanding.tally import Tally

_HUNDRED = 100.0
_THOUSAND = 1000.0
_HALF = 0.5
_ONE_LETTER_SCALES = frozenset(("k", "к", "m", "м", "b", "g", "г", "t"))


class Numeral(NamedTuple):
    """A number and the index behind the last item of it."""

    value: float
    end: int


def join_numbers(items: list[Item]) -> list[Item]:
    """Joins "two hundred and fifty", "2 тыс", "beş yüz bin", "500k" into one number each."""
    if all(item.number is None and "frac" not in item.labels for item in items):
        return items
    joined: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        if item.number is not None and _is_bare_scale(item):
            item.number = None
        found = numeral_at(items, at)
        if found is None or found.end == at + 1:
            if found and item.number is None:
                item.number = found.value
            joined.append(item)
            at += 1
            continue
        joined.append(_joined(items, at, found))
        at = found.end
    return joined


def _is_bare_scale(item: Item) -> bool:
    return item.text in _ONE_LETTER_SCALES and not is_digits(item)


def _joined(items: Sequence[Item], at: int, found: Numeral) -> Item:
    first, last = items[at], items[found.end - 1]
    text = " ".join([i.text for i in items[at : found.end]])
    labels = {"num": ""}
    return Item(text, first.start, last.end, labels, found.value, tail=last.tail)


def is_digits(item: Item) -> bool:
    """Was it written in digits?"""
    return "num" not in item.labels


def numeral_at(items: Sequence[Item], at: int) -> Numeral | None:
    """The number that begins at this item, as long as it goes."""
    if items[at].number is None or _is_bare_scale(items[at]):
        return _leading_part(items, at)
    tally, end = Tally(), at
    while end < len(items):
        step = _step(items, end, at, tally)
        if step == 0:
            break
        end += step
    point = _decimals(items, end) if tally.value % 1 == 0 else None
    if point is None:
        return Numeral(tally.value, end)
    return _scaled(items, Numeral(tally.value + point.value, point.end))


def _scaled(items: Sequence[Item], found: Numeral) -> Numeral:
    """ "Two point two million"."""
    after = items[found.end] if found.end < len(items) else None
    if after is None or is_digits(after) or _is_bare_scale(after):
        return found
    scale = after.number or 0.0
    return Numeral(found.value * scale, found.end + 1) if scale >= _THOUSAND else found


def _step(items: Sequence[Item], end: int, at: int, tally: Tally) -> int:
    """Lets the tally take what stands here; how many items it took."""
    item = items[end]
    if item.number is not None:
        if end > at and "times" in item.labels:
            return int(tally.takes_times(item.number))
        taken = _takes_number(items, end, at, tally)
        tally.opens = taken and "tens" in item.labels
        return int(taken)
    if end == at:
        return 0
    if "half" in item.labels and tally.group == int(tally.group):
        tally.adds_part(0.5)
        return 1
    if "frac" in item.labels and " " in item.text:  # "and a half"; "three quarters" are not 3.25
        return _takes_part(items, end, tally)
    if "numand" in item.labels:
        return _over_and(items, end, tally)
    return _over_comma(items, end, tally) if item.text == "," else 0


def _over_comma(items: Sequence[Item], end: int, tally: Tally) -> int:
    """ "Five thousand, four hundred": more hundreds or thousands in words, not another number."""
    after = end + 1
    if not (tally.is_scaled and tally.group == 0 and tally.total) or after >= len(items):
        return 0
    if items[after].number is None or is_digits(items[after]):
        return 0
    is_led = (items[after].number or 0.0) >= _HUNDRED or _is_scale_ahead(items, after)
    return 2 if is_led and _takes_number(items, after, 0, tally) else 0


def _is_scale_ahead(items: Sequence[Item], at: int) -> bool:
    """Does a hundred or thousand follow within this number ("twenty-six thousand")?"""
    return any(_is_scale_next(items, index) for index in (at + 1, at + 2))


def _takes_number(items: Sequence[Item], end: int, at: int, tally: Tally) -> bool:
    item = items[end]
    value = item.number or 0.0
    digits = is_digits(item)
    if end > at and not _may_follow(items, end, is_number=digits):
        return False
    return tally.takes(value, is_digits=digits, ones_first=_has_ones_first(items, end))


def _may_follow(items: Sequence[Item], end: int, *, is_number: bool) -> bool:
    """Lone letters and digits continue a number in few places only."""
    item, before = items[end], items[end - 1]
    if not is_number:
        is_letter = item.text in _ONE_LETTER_SCALES
        return not is_letter or (is_digits(before) and may_multiply(items, end))
    is_led = (item.number or 0.0) >= _HUNDRED or "numand" in before.labels
    return is_led or _is_scale_next(items, end + 1)


def _is_scale_next(items: Sequence[Item], at: int) -> bool:
    """ "4 thousand 3 hundred": more is to come; "500 thousand, 3 bedrooms" are two numbers."""
    if at >= len(items) or is_digits(items[at]):
        return False
    return (items[at].number or 0.0) >= _HUNDRED and not _is_bare_scale(items[at])


def _has_ones_first(items: Sequence[Item], at: int) -> bool:
    """Five-and-twenty: in Arabic, and in German written apart."""
    text = items[at].text
    return "\u0600" <= text[:1] <= "\u06ff" or (
        at > 0 and items[at - 1].labels.get("numand") == "ones"
    )


def _over_and(items: Sequence[Item], end: int, tally: Tally) -> int:
    """ "Two hundred and five": how many items the joint and what follows take; 0 if it parts."""
    if end + 1 >= len(items):
        return 0
    after = items[end + 1]
    if after.number is not None and not _is_bare_scale(after):
        low, way = tally.group % _HUNDRED, items[end].labels["numand"]
        is_open = (tally.total > 0 or tally.group >= _HUNDRED) and low == 0
        is_open = is_open or (way == "tens" and low >= 20 and after.number in (1.0, 11.0))
        is_open = is_open or (way == "ones" and 0 < low < 10)
        is_open = is_open and (not tally.is_digits or tally.is_scaled)
        smaller = after.number < _HUNDRED if tally.group else after.number < tally.scale
        if is_open and smaller and _takes_number(items, end + 1, 0, tally):
            return 2
        return 0
    if "frac" in after.labels:
        taken = _takes_part(items, end + 1, tally)
        return taken + 1 if taken else 0
    return 0


def _takes_part(items: Sequence[Item], at: int, tally: Tally) -> int:
    if tally.group != int(tally.group):
        return 0
    tally.adds_part(float(items[at].labels["frac"]))
    return 1


def _leading_part(items: Sequence[Item], at: int) -> Numeral | None:
    """ "Half a million", "quarter million", "пол миллиона"; alone, a part is no number yet."""
    part = items[at].labels.get("frac")
    after = at + 1
    if part is None or after >= len(items):
        return None
    scale = items[after].number
    if scale is None or is_digits(items[after]) or scale < _THOUSAND:
        return None
    return None if _is_bare_scale(items[after]) else Numeral(float(part) * scale, after + 1)


def _decimals(items: Sequence[Item], at: int) -> Numeral | None:
    """ "Point seven five", "nokta yetmiş beş", "virgule cinq": the part below one."""
    if at >= len(items) or "point" not in items[at].labels:
        return None
    digits, end, last = "", at + 1, 0.0
    while end < len(items) and len(digits) < 9:
        value = items[end].number
        if value is None or value != int(value) or (digits and value >= _HUNDRED):
            break
        said = items[end].text if is_digits(items[end]) else str(int(value))
        if digits and last >= 20 and last % 10 == 0 and 0 < value < 10:
            digits = digits[:-1] + said
        elif not digits or max(last, value) < 10:
            digits += said
        else:
            break
        last, end = value, end + 1
    return Numeral(float(f"0.{digits}"), end) if digits.isdecimal() else None


def may_multiply(items: Sequence[Item], at: int) -> bool:
    """ "500k", "1.5m pounds"; not "2к квартира" (two rooms), not "80m" (metres)."""
    item, before = items[at], items[at - 1]
    is_glued, is_part = item.start == before.end, (before.number or 0.0) % 1 > 0
    if item.start - before.end > 2:
        return False
    if item.text in "bgtг":
        return is_glued and ("capital" in item.labels or is_part)
    if item.text in ("m", "м"):
        after = items[at + 1] if at + 1 < len(items) else None
        is_money = bool(after and after.has("cur")) or (at > 1 and items[at - 2].has("cur"))
        return is_money or "capital" in item.labels
    if item.text == "к":
        previous = before.number or 0.0
        return is_glued and (previous >= 10 or is_part)
    return is_glued or item.text == "k"
