"""Amounts with their currency as one item each: "$ 75 million", "10k€", "15 dollars 50"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from gatehouse.understanding.numerals import is_digits
from gatehouse.understanding.reading import Item
from gatehouse.understanding.values.currencies import currencies
from gatehouse.understanding.values.page import Page
from gatehouse.understanding.words import parse_number

_GROUPS = re.compile(r"\d{1,3}(?:\.\d{3})+$|\d{1,3}(?:,\d{3})+$")
_MILLION = 1e6
_FURTHEST = 2  # characters between an amount and its currency
_SPACED = frozenset(("c", "hk", "nz", "au", "ca", "abd", "avustralya", "kanada"))
_BY_WORD: Mapping[str, str] = {"abd": "USD", "avustralya": "AUD", "kanada": "CAD"}


class _Currency(NamedTuple):
    code: str
    end: int  # index behind it
    is_word: bool
    is_minor: bool


def with_coins(page: Page, items: Sequence[Item]) -> list[Item]:
    """The items with each amount and its currency joined; such items are labelled "coin"."""
    found: list[Item] = []
    at = 0
    while at < len(items):
        coin = _coin_at(page, items, at)
        if coin is None:
            found.append(items[at])
            at += 1
            continue
        item, at = coin
        found.append(item)
    return found


def _coin_at(page: Page, items: Sequence[Item], at: int) -> tuple[Item, int] | None:
    led = _led(page, items, at)
    if led is not None:
        return led
    item = items[at]
    if item.number is None:
        return _single(items, at)
    after = _currency_at(items, at + 1, item.end) or _millions(page, items, at + 1)
    if after is None or _leads_next(items, at, after):
        return None
    scale, end = _scale_behind(items, after.end)
    value = _money_value(item, after.code) * scale
    if after.is_minor:
        return _coin(items, at, end, after.code, value, minor=True), end
    part, end = _minor_behind(items, end)
    return _coin(items, at, end, after.code, value + part), end


def _leads_next(items: Sequence[Item], at: int, unit: _Currency) -> bool:
    """ "1 $10 bill": the sign belongs to the number that it touches."""
    if unit.is_word or unit.end >= len(items) or items[unit.end].number is None:
        return False
    is_apart = items[at + 1].start > items[at].end
    return is_apart and items[unit.end].start == items[unit.end - 1].end


def _led(page: Page, items: Sequence[Item], at: int) -> tuple[Item, int] | None:
    """The currency before the amount: "$10", "USD 200", "dollar 22.5 million"."""
    before = _currency_at(items, at, None) or _millions(page, items, at)
    if before is None:
        return None
    end = before.end
    if end < len(items) and items[end].text in (".", ":") and _is_near(items, end):
        end += 1
    if end >= len(items) or items[end].number is None or not _is_near(items, end):
        return None
    item = items[end]
    if before.is_word and _currency_at(items, end + 1, item.end):
        return None  # "dollar 143.80 yen"
    factor = 1.0 if _currency_at(items, at, None) else _MILLION
    value = _money_value(item, before.code) * factor
    part, last = (0.0, end + 1) if before.is_minor else _minor_behind(items, end + 1)
    return _coin(items, at, last, before.code, value + part, minor=before.is_minor), last


def _single(items: Sequence[Item], at: int) -> tuple[Item, int] | None:
    """ "A dollar", where no number follows."""
    if "article" not in items[at].labels:
        return None
    unit = _currency_at(items, at + 1, items[at].end)
    if unit is None or not unit.is_word:
        return None
    if unit.end < len(items) and items[unit.end].number is not None:
        return None
    return _coin(items, at, unit.end, unit.code, 1.0, minor=unit.is_minor), unit.end


def _is_near(items: Sequence[Item], at: int) -> bool:
    return items[at].start - items[at - 1].end <= _FURTHEST


def _currency_at(items: Sequence[Item], at: int, behind: int | None) -> _Currency | None:
    """The currency that begins here; not farther than a blank from the character `behind`."""
    if at >= len(items) or (behind is not None and items[at].start - behind > _FURTHEST):
        return None
    item, after = items[at], items[at + 1] if at + 1 < len(items) else None
    if after is not None and "sign" in after.labels and "sign" not in item.labels:
        code = _with_sign(item, after)
        if code:
            return _Currency(code, at + 2, False, False)
    code = item.labels.get("cur")
    if code is not None:
        return _Currency(code, at + 1, "sign" not in item.labels, False)
    minor = item.labels.get("minor")
    if minor is not None and (len(item.text) > 1 or behind is not None):
        return _Currency(minor, at + 1, True, True)
    return None


def _with_sign(item: Item, sign: Item) -> str | None:
    """ "US$", "c $", "mxn$", "abd $": a prefix and the sign make one currency."""
    gap = sign.start - item.end
    if gap > (1 if item.text in _SPACED or "cur" in item.labels else 0) or item.number is not None:
        return None
    code = item.labels.get("cur") or item.labels.get("code")
    if code and sign.labels.get("cur") in ("USD", code) and (gap == 0 or "cur" in item.labels):
        return code
    if item.text in _BY_WORD:
        return _BY_WORD[item.text]
    return _prefixes().get(item.text + sign.text)


@cache
def _prefixes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, about in currencies().items():
        for sign in about.signs:
            if len(sign) > 1 and not sign[-1].isalpha() and sign[:-1].isalpha():
                found.setdefault(sign.lower(), code)
    return found


def _millions(page: Page, items: Sequence[Item], at: int) -> _Currency | None:
    """ "120 MEUR", "MAUD 60": a capital M before a code."""
    if at >= len(items):
        return None
    said = page.raw[items[at].start : items[at].end]
    if len(said) == 4 and said[0] == "M" and said[1:] in currencies():
        return _Currency(said[1:], at + 1, True, False)
    return None


def _scale_behind(items: Sequence[Item], end: int) -> tuple[float, int]:
    """ "75 USD million", or the million of "MEUR"."""
    said = items[end - 1]
    if "cur" not in said.labels and "sign" not in said.labels and "minor" not in said.labels:
        return _MILLION, end
    after = items[end] if end < len(items) else None
    is_word = after is not None and after.text.isalpha() and len(after.text) > 1
    if after is not None and is_word and (after.number or 0) >= _MILLION:
        return after.number or 1.0, end + 1
    return 1.0, end


def _minor_behind(items: Sequence[Item], end: int) -> tuple[float, int]:
    """ "And forty-five cents", "50" with nothing counted behind it: the part below one."""
    at = end
    if at < len(items) and ("and" in items[at].labels or "numand" in items[at].labels):
        at += 1
    if at >= len(items) or items[at].number is None:
        return 0.0, end
    value = items[at].number or 0.0
    if not 0 < value < 100 or value != int(value) or not _is_near(items, at):
        return 0.0, end
    after = items[at + 1] if at + 1 < len(items) else None
    if after is not None and "minor" in after.labels and _is_near(items, at + 1):
        return value / 100, at + 2
    is_last = after is None or "stop" in after.labels
    if not is_last or value < 10 or (at > end and "numand" not in items[end].labels):
        return 0.0, end
    return value / 100, at + 1


def _money_value(item: Item, code: str) -> float:
    """Three figures behind a point are thousands, save where money has three decimals."""
    about = currencies().get(code)
    if is_digits(item) and _GROUPS.match(item.text) and (about is None or about.decimals == 2):
        return parse_number(item.text) or 0.0
    return item.number or 0.0


def _coin(
    items: Sequence[Item], at: int, end: int, code: str, value: float, *, minor: bool = False
) -> Item:
    first, last = items[at], items[end - 1]
    labels = {"num": "", "cur": code, "coin": ""} | ({"minor": ""} if minor else {})
    behind = last.end - (len(last.tail) + 1 if last.tail else 0)
    text = " ".join(i.text for i in items[at:end])
    return Item(text, first.start, behind, labels, value)
