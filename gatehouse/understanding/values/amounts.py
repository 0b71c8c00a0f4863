"""Numbers, ordinals and percentages: signs, fractions, powers and what must not count as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from gatehouse.understanding.numerals import is_digits, join_numbers, numeral_at
from gatehouse.understanding.reading import Item
from gatehouse.understanding.types import Span
from gatehouse.understanding.values.page import Page, local_number
from gatehouse.understanding.values.types import Kind, Settings, Value

_NUMBER = r"\d+(?:[.,]\d+)?"
_POWER = re.compile(
    rf"(?<![\w.,])([-+]?)({_NUMBER})(?:e([-+]?\d{{1,3}})|(x\s?10)?\^([-+]{{0,2}})(\d{{1,3}}))(?!\w)"
)
_FRACTION = re.compile(
    r"(?<![\w/.,-])(?<!\d )(-\s?)?(?:(\d{1,6})\s{1,3})?(\d{1,6})/(\d{1,3})(?![\w/]|[.,]\d)"
)
_MINUS = re.compile(r"(?:^|[\s(=:])-\s{0,2}$")


class Figure(NamedTuple):
    """A number found in the items, and its characters."""

    value: float
    span: Span
    kind: Kind
    confidence: float = 1.0


def read_numbers(page: Page, _: Settings) -> list[Value]:
    """Every number, ordinal and percentage, in the order of the text."""
    figures = list(_written(page))
    folded = page.folded
    for figure in figures:
        start, end = figure.span.start, figure.span.end
        folded = folded[:start] + ";" * (end - start) + folded[end:]
    plain = with_numbers(page.items(folded)) if figures else list(numbered(page))
    items = with_ordinals(_quotients(plain))
    figures += _said(page, items)
    figures.sort(key=lambda f: f.span.start)
    return [Value(f.kind, f.span, f.value, f.confidence) for f in figures]


def with_numbers(items: list[Item]) -> list[Item]:
    """The items with number words joined and fractions worked out."""
    return join_numbers(_with_fractions(_without_dashes(items)))


def numbered(page: Page) -> Sequence[Item]:
    """The items of the whole text with their numbers joined; worked out once for a page."""
    if not page.ready:
        page.ready.extend(with_numbers(page.items()))
    return page.ready


def with_ordinals(items: list[Item]) -> list[Item]:
    """The items with "twenty third" as one ordinal."""
    if all("ord" not in item.labels for item in items):
        return items
    found: list[Item] = []
    for item in items:
        ones = float(item.labels.get("ord", 0))
        before = found[-1] if found else None
        if before is None or not 0 < ones < 10 or not _opens_ordinal(before):
            found.append(item)
            continue
        labels = {"ord": f"{(before.number or 0) + ones:g}"}
        found[-1] = Item(f"{before.text} {item.text}", before.start, item.end, labels)
    return found


def _opens_ordinal(item: Item) -> bool:
    value = item.number or 0.0
    return not is_digits(item) and value % 100 >= 20 and value % 10 == 0


def _without_dashes(items: list[Item]) -> list[Item]:
    """ "Ninety - five", "one - third": dashes inside number words, set apart by a typesetter."""
    if all(item.text != "-" for item in items):
        return items
    last = len(items) - 1
    return [
        item
        for at, item in enumerate(items)
        if not (item.text == "-" and 0 < at < last and _joins_words(items[at - 1], items[at + 1]))
    ]


def _joins_words(one: Item, other: Item) -> bool:
    if is_digits(one) or one.number is None:
        return False
    is_part = "denom" in other.labels or "subord" in other.labels
    return is_part or ((one.number or 0) >= 20 and 0 < (other.number or 0) < 10)


def _written(page: Page) -> Iterator[Figure]:
    """Powers ("1.1^23", "12e+14") and fractions in digits ("1 4/5")."""
    taken = -1
    for found in _POWER.finditer(page.folded) if _may_hold_power(page.folded) else ():
        value = _power(found, page)
        if value is not None:
            taken = found.end()
            yield Figure(value, Span(found.start(), found.end()), Kind.NUMBER)
    for found in _FRACTION.finditer(page.folded) if "/" in page.folded else ():
        minus, whole, top, bottom = found.groups()
        if found.start() >= taken and int(bottom):
            value = int(whole or 0) + int(top) / int(bottom)
            span = Span(found.start(), found.end())
            yield Figure(-value if minus else value, span, Kind.NUMBER, 0.8)


def _may_hold_power(folded: str) -> bool:
    return "^" in folded or "e" in folded


def _power(found: re.Match[str], page: Page) -> float | None:
    sign, base, tens, ten, signs, power = found.groups()
    value = local_number(base, page.language)
    if value is None:
        return None
    exponent = int(tens) if tens else int(power) * (-1 if signs.count("-") % 2 else 1)
    try:
        value = value * 10.0**exponent if tens or ten else value**exponent
    except (OverflowError, ZeroDivisionError):
        return None
    return -value if sign == "-" else value


def _with_fractions(items: list[Item]) -> list[Item]:
    if all("denom" not in item.labels and "subord" not in item.labels for item in items):
        return items
    found: list[Item] = []
    at = 0
    while at < len(items):
        part = _fraction_at(items, at)
        if part is None:
            found.append(items[at])
            at += 1
            continue
        value, end = part
        text = " ".join(i.text for i in items[at:end])
        labels = {"num": "", "fraction": ""}
        found.append(Item(text, items[at].start, items[end - 1].end, labels, value))
        at = end
    return found


def _fraction_at(items: Sequence[Item], at: int) -> tuple[float, int] | None:
    """ "Two thirds", "a half", "three and a quarter", "one hundred and three and two thirds"."""
    part = _part_at(items, at)
    mixed = _mixed_at(items, at) if items[at].number is not None else None
    if mixed is not None:
        return mixed
    return _scaled(items, *part) if part is not None else None


def _mixed_at(items: Sequence[Item], at: int) -> tuple[float, int] | None:
    """A whole number, "and", and a part of one or of the scale said last."""
    whole = numeral_at(items, at)
    end = whole.end if whole else at
    for joint in range(min(end, len(items) - 2), at, -1):
        part = _part_at(items, joint + 1) if _is_and(items[joint]) else None
        before = numeral_at(items[:joint], at) if part else None
        if part is None or before is None or before.end != joint:
            continue
        value, last = _scaled(items, *part)
        if last == part[1] and _is_scale(items[joint - 1]):
            value *= items[joint - 1].number or 1.0
        return before.value + value, last
    return None


def _is_and(item: Item) -> bool:
    return "numand" in item.labels


def _is_scale(item: Item) -> bool:
    return not is_digits(item) and (item.number or 0.0) >= 1e6


def _scaled(items: Sequence[Item], value: float, end: int) -> tuple[float, int]:
    """ "Three quarters million"."""
    if end < len(items) and _is_scale(items[end]) and len(items[end].text) > 1:
        return value * (items[end].number or 1.0), end + 1
    return value, end


def _part_at(items: Sequence[Item], at: int) -> tuple[float, int] | None:
    """Numerator and denominator from here on: "two thirds", "a twenty-first", "a half"."""
    if at >= len(items):
        return None
    if "article" in items[at].labels:
        top = 1.0
        end = at + 1
        if end < len(items) and items[end].number is not None and not _is_tens(items, end):
            return None
    elif items[at].number is not None and "ord" not in items[at].labels:
        numeral = numeral_at(items, at)
        if numeral is None:
            return None
        top, end = numeral
    else:
        return None
    if end - 1 == at and _is_tens(items, at) and "ord" in items[end].labels:
        return None  # "twenty-third"
    bottom, last = _denominator(items, end)
    if end - 1 > at and _is_tens(items, end - 1) and "article" not in items[at].labels:
        bottom, last = _denominator(items, end - 1)
        shorter = numeral_at(items[: end - 1], at)
        top = shorter.value if shorter else top
    return (top / bottom, last) if bottom else None


def _is_tens(items: Sequence[Item], at: int) -> bool:
    """A round number of tens that an ordinal follows: one denominator together."""
    value = items[at].number or 0.0
    if is_digits(items[at]) or not (20 <= value < 100 and value % 10 == 0):
        return False
    after = items[at + 1].labels if at + 1 < len(items) else {}
    return "subord" in after or 1 < float(after.get("denom", 0)) < 10


def _denominator(items: Sequence[Item], at: int) -> tuple[float | None, int]:
    if at >= len(items):
        return None, at
    labels = items[at].labels
    if "denom" in labels:
        return float(labels["denom"]), at + 1
    whole = numeral_at(items, at) if items[at].number is not None else None
    after = items[whole.end].labels if whole and whole.end < len(items) else {}
    ones = float(after.get("denom") or after.get("subord") or 0)
    if whole is None or is_digits(items[at]) or not 0 < ones < 10 or whole.value % 10:
        return None, at
    return whole.value + ones, whole.end + 1


def _quotients(items: list[Item]) -> list[Item]:
    """ "One over three", "2 out of 5", "beş bölü sekiz"."""
    if all("over" not in item.labels for item in items):
        return items
    found: list[Item] = []
    for item in items:
        top = found[-2] if len(found) > 1 and "over" in found[-1].labels else None
        if top is None or item.number is None or top.number is None or not item.number:
            found.append(item)
            continue
        if "of" in found[-1].text.split() and top.number > item.number:
            found.append(item)
            continue
        text = f"{top.text} {found[-1].text} {item.text}"
        value = top.number / item.number
        found[-2:] = [Item(text, top.start, item.end, {"num": ""}, value, tail=item.tail)]
    return found


def _said(page: Page, items: Sequence[Item]) -> Iterator[Figure]:
    for at, item in enumerate(items):
        ordinal = _ordinal(items, at)
        if ordinal is not None:
            yield ordinal
        elif item.number is not None and not (
            _is_no_number(page, items, at) or _is_repeated(items, at)
        ):
            yield _number(page, items, at)


def _is_repeated(items: Sequence[Item], at: int) -> bool:
    """ "45 (forty-five)"."""
    if at < 2 or items[at - 1].text != "(":
        return False
    return items[at - 2].number == items[at].number


def _ordinal(items: Sequence[Item], at: int) -> Figure | None:
    item = items[at]
    if item.number is not None:
        after = items[at + 1] if at + 1 < len(items) else None
        if after and "th" in after.labels and after.start - item.end <= 1:
            return Figure(item.number, Span(item.start, after.end), Kind.ORDINAL)
        return None
    if "ord" not in item.labels:
        return None
    return Figure(float(item.labels["ord"]), Span(item.start, item.end), Kind.ORDINAL, 0.9)


def _is_no_number(page: Page, items: Sequence[Item], at: int) -> bool:
    """Glued to letters ("29km", "B2"), or "one" as in "this one"."""
    item, folded = items[at], page.folded
    after, before = folded[item.end : item.end + 1], folded[item.start - 1 : item.start]
    is_written = is_digits(item) or item.text[0].isdigit()
    if is_written and (after.isalpha() or (item.start and before.isalpha())):
        return not _is_money_glued(items, at)
    is_one = item.number == 1 and not is_digits(item) and " " not in item.text
    return is_one and at > 0 and "det" in items[at - 1].labels


def _is_money_glued(items: Sequence[Item], at: int) -> bool:
    near = [items[i] for i in (at - 1, at + 1) if 0 <= i < len(items)]
    return any("cur" in item.labels for item in near)


def _number(page: Page, items: Sequence[Item], at: int) -> Figure:
    item = items[at]
    value, start, end = item.number or 0.0, item.start, item.end
    if at and "article" in items[at - 1].labels and not is_digits(item) and _is_round(item):
        start = items[at - 1].start
        at -= 1
    minus = _MINUS.search(page.folded[max(0, start - 4) : start])
    if minus and page.folded[:start].count("-", max(0, start - 4)) == 1:
        value, start = -value, page.folded.rindex("-", 0, start)
    elif at and "minus" in items[at - 1].labels:
        value, start = -value, items[at - 1].start
    if page.folded[end : end + 1] == "%" or page.folded[end : end + 2] == " %":
        return Figure(value, Span(start, page.folded.index("%", end) + 1), Kind.PERCENT)
    return Figure(value, Span(start, end), Kind.NUMBER)


def _is_round(item: Item) -> bool:
    if not item.text[0].isalpha():
        return False
    return (item.number or 0.0) >= 100 or "fraction" in item.labels or "times" in item.labels
