"""Price strings as shops write them: "1.298,00 €", "$119. 95", "от 2 750 руб."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from gatehouse.understanding.letters import fold
from gatehouse.understanding.values.currencies import currencies
from gatehouse.understanding.writing import of_all

LONGEST_TAG = 400  # characters; what follows is not read
_AMOUNT = re.compile(
    r"\d{1,3}(?:\s\d{3})+(?!\d)(?:[.,]\s?\d{1,2}(?!\d))?"
    r"|\d+(?:[.,'’`]\d+)*(?:[.,]\s\d{2}(?!\d))?"
)
_CENTS = re.compile(r"\s?[€£$]\s?(\d\d)(?![\d.,%])")  # "35€ 99"
_LEADING = re.compile(r"(?<![\d\w])[.,](?=\d+(?![\d.,]))")
_BETWEEN = re.compile(r"[\s:=.\-(]*$")
# Codes that are words too count only beside a number.
_WORDS = frozenset(("ALL", "TOP", "CUP", "MAD", "TRY", "PEN", "COP", "BAM", "BOB", "GEL", "SOS"))


class PriceTag(NamedTuple):
    """What a price string says; `said` is the currency as written there, or in the hint."""

    amount: Decimal | None
    currency: str | None
    said: str | None


class _Mark(NamedTuple):
    code: str
    start: int
    end: int
    is_code: bool


def parse_price(
    text: str | None, hint: str | None = None, *, decimal: str | None = None
) -> PriceTag:
    """The amount of a short string, and its currency from there or else from the hint near it.

    `decimal` is the decimal sign where the source is known to use one. Three figures behind a
    single separator are thousands, unless it says otherwise. Never raises.
    """
    text, hint = (text or "")[:LONGEST_TAG], (hint or "")[:LONGEST_TAG]
    marks = list(_marks(text))
    found = _nearest_amount(text, marks, decimal)
    amount = _value(found.group(), decimal) if found else None
    if found and amount is not None and decimal in (None, ".") and _LEADING.search(text):
        amount = _below_one(text, found, amount)
    if found and amount is not None and (cents := _CENTS.match(text, found.end())):
        amount += Decimal(cents.group(1)) / 100 if amount % 1 == 0 else 0
    if amount is None and _free().search(fold(text)):
        amount = Decimal(0)
    mark = _best(text, marks, found)
    if mark:
        return PriceTag(amount, mark.code, text[mark.start : mark.end])
    mark = _best(hint, list(_marks(hint)), None)
    said = hint[mark.start : mark.end] if mark else None
    return PriceTag(amount, mark.code if mark else None, said)


@cache
def _free() -> re.Pattern[str]:
    """A word for a price of nothing, in any language."""
    return re.compile(rf"\b(?:{'|'.join(of_all(lambda w: w.free))})\b")


def _below_one(text: str, found: re.Match[str], amount: Decimal) -> Decimal:
    """ "$.75" is less than one."""
    if not _LEADING.match(text, found.start() - 1) or not found.group().isdecimal():
        return amount
    return Decimal(f"0.{found.group()}")


def _nearest_amount(text: str, marks: list[_Mark], decimal: str | None) -> re.Match[str] | None:
    """The first number beside a currency; else the first of all."""
    pattern = _AMOUNT
    if decimal and decimal not in ".,":
        pattern = re.compile(rf"\d+(?:{re.escape(decimal)}\d+)?")
    amounts = [a for a in pattern.finditer(text) if text[a.end() : a.end() + 1] != "%"]
    for amount in amounts:
        if any(_is_beside(text, amount, mark) for mark in marks):
            return amount
    return amounts[0] if amounts else None


def _is_beside(text: str, amount: re.Match[str], mark: _Mark) -> bool:
    if mark.end <= amount.start():
        return bool(_BETWEEN.match(text[mark.end : amount.start()]))
    return not text[amount.end() : mark.start].strip()


def _best(text: str, marks: list[_Mark], amount: re.Match[str] | None) -> _Mark | None:
    """A code beside the amount before a sign beside it, before any other."""
    if amount is None:
        return min(marks, key=lambda m: m.start, default=None)
    near = [m for m in marks if _is_beside(text, amount, m)]
    codes = [m for m in near if m.is_code]
    return next(iter(codes or near or marks), None)


def _value(said: str, decimal: str | None) -> Decimal | None:
    plain = re.sub(r"[\s'’`]", "", said)
    if decimal:
        plain = re.sub(rf"[^\d{re.escape(decimal)}]", "", plain).replace(decimal, ".", 1)
        return Decimal(plain) if re.fullmatch(r"\d*\.?\d+", plain) else None
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return Decimal(plain)
    whole, sign, part = plain[:last], plain[last], plain[last + 1 :]
    is_group = len(part) == 3 and whole.strip("0") and (sign in whole or not _signs(whole))
    if is_group or sign in whole:
        return Decimal(re.sub(r"[.,]", "", plain))
    return Decimal(f"{re.sub('[.,]', '', whole)}.{part}")


def _signs(text: str) -> bool:
    return "." in text or "," in text


def _marks(text: str) -> Iterator[_Mark]:
    """The currencies that the text names, in its order."""
    pattern, codes = _pattern()
    for found in pattern.finditer(text):
        said = found.group()
        code = codes.get(said) or _code_of(said.lower(), codes)
        if code is None or (said in _WORDS and not _touches_number(text, found)):
            continue
        is_letter = len(said) == 1 and said.isalpha() and text.strip() != said
        if is_letter and not _touches_number(text, found):
            continue
        yield _Mark(code, found.start(), found.end(), said.upper() == code)


def _code_of(said: str, codes: Mapping[str, str]) -> str | None:
    """By the word itself, or by the longest stem that it begins with."""
    if said in codes:
        return codes[said]
    stems = (f"{said[:length]}*" for length in range(len(said), 2, -1))
    return next((codes[stem] for stem in stems if stem in codes), None)


def _touches_number(text: str, found: re.Match[str]) -> bool:
    before, after = text[: found.start()].rstrip()[-1:], text[found.end() :].lstrip(". ")[:1]
    return before.isdecimal() or after.isdecimal()


@cache
def _pattern() -> tuple[re.Pattern[str], Mapping[str, str]]:
    """All codes, signs and whole words for currencies, the longest first, each with its code."""
    codes: dict[str, str] = {}
    for code, about in currencies().items():
        for said in (code, code.lower(), *about.signs):
            codes.setdefault(said, code)
        for word in (w for words in about.words.values() for w in words if len(w) > 2):
            codes.setdefault(word, code)
    signs = sorted(codes, key=len, reverse=True)
    pattern = "|".join(_bounded(sign) for sign in signs)
    return re.compile(rf"(?=[^\s\d.,])(?:{pattern})"), codes


def _bounded(sign: str) -> str:
    """Letters end where letters end; a word may be written in capitals, a stem goes on."""
    if sign.endswith("*"):
        return rf"(?<![^\W\d_])(?i:{re.escape(sign[:-1])})[^\W\d_]{{0,6}}(?![^\W\d_])"
    start = r"(?<![^\W\d_])" if sign[0].isalpha() else ""
    end = r"(?![^\W\d_])" if sign[-1].isalpha() else ""
    body = re.escape(sign) if not (sign.islower() and len(sign) > 3) else f"(?i:{re.escape(sign)})"
    return f"{start}{body}{end}"
