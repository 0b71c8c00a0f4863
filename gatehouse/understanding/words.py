"""A message taken apart: words, numbers, dates, times and signs, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal
from unicodedata import category

from gatehouse.understanding.writing import of_all

TokenKind = Literal["word", "number", "date", "time", "sign", "stop"]

_SHAPES = (
    r"(?P<word>(?:sq)?[mм]2(?!\w)|(?:{elided})(?='[^\W\d_])|[^\W\d_]+(?:'[^\W\d_]+)*)"
    r"|(?P<date>\d{{4}}-\d{{1,2}}-\d{{1,2}}(?!\d)"
    r"|\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d{{2}})(?!\d))"
    r"|(?P<time>\d{{1,2}}[:h]\d{{2}}(?!\w)|\d{{1,2}}\.\d{{2}}(?= ?(?:{clock})))"  # 15h30
    r"|(?P<number>(?<![+])(?<![+] )\d{{1,3}}(?: \d{{3}})+(?:[.,]\d{{1,2}})?(?!\d)"
    r"|\d+(?:[.,]\d+)*)"
    r"|(?P<sign>[^\w\s]|_|\n)"
)
_STOPS = frozenset(".,;!?\n:()…")
_SIGNS = frozenset("£€$₺₽₴+-/~<>%#№@&")
_MOST_DIGITS = 12
_YEARS = range(2000, 2101)
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+$")


@dataclass(slots=True)
class Token:
    """A piece of the folded text; `number` and `day` are set for those kinds only.

    `base` is a word without what follows an apostrophe, `tail` what follows: girne'de, girne, de.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    number: float | None = None
    day: date | None = None
    base: str = ""
    tail: str = ""
    forms: tuple[str, ...] = ()  # what it may be without a small word written onto its front


def split(folded: str, *, keeps_signs: bool = False) -> list[Token]:
    """The tokens of a folded text, in order; quotes and joining hyphens fall away.

    `keeps_signs`: any currency's sign and signs of comparison are tokens too.
    """
    tokens: list[Token] = []
    for found in _pattern().finditer(folded):
        start, end = found.span()
        text = folded[start:end]
        if found.lastgroup == "word":
            plain = "'" not in text
            tokens.append(
                Token("word", text, start, end, None, None, text)
                if plain
                else word(text, start, end)
            )
            continue
        token = _token(str(found.lastgroup), text, start=start, end=end)
        if token is not None and not (text == "-" and _is_joint(token, folded)):
            tokens.append(token)
        elif keeps_signs and (text in "=^" or category(text[0]) == "Sc"):
            tokens.append(Token("sign", text, start, end))
    return tokens


@cache
def _pattern() -> re.Pattern[str]:
    """What a token is; words that are tied to the next one are those of all languages."""
    elided, clock = of_all(lambda w: w.elided), of_all(lambda w: w.clock)
    return re.compile(_SHAPES.format(elided="|".join(elided), clock="|".join(clock)))


def word(text: str, start: int, end: int) -> Token:
    """A word at these characters of the folded text."""
    if "'" not in text:
        return Token("word", text, start, end, None, None, text)
    base, _, tail = text.partition("'")
    return Token("word", text, start, end, None, None, base, tail)


def _token(group: str, text: str, *, start: int, end: int) -> Token | None:
    if group == "number":
        return Token("number", text, start, end, parse_number(text), None, text)
    if group == "date":
        day = parse_date(text)
        return Token("date" if day else "stop", text, start, end, day=day)
    if group == "time":
        hours, minutes = re.split("[:.h]", text)
        is_clock = int(hours) < 24 and int(minutes) < 60
        return Token("time" if is_clock else "stop", f"{hours}:{minutes}", start, end)
    if text in _STOPS:
        return Token("stop", text, start, end)
    return Token("sign", text, start, end) if text in _SIGNS else None


def _is_joint(token: Token, folded: str) -> bool:
    """Is this a hyphen or slash that joins words, not one that spans numbers or pauses?"""
    before = folded[token.start - 1 : token.start]
    after = folded[token.end : token.end + 1]
    if before == " " and after == " " and not _between_digits(token, folded):
        token.kind = "stop"
        return False
    return not _between_digits(token, folded)


def _between_digits(token: Token, folded: str) -> bool:
    before = folded[max(0, token.start - 3) : token.start].rstrip(" .")  # "3.-10. Juli"
    after = folded[token.end : token.end + 3].lstrip(" £€$₺₽₴")
    return bool(before) and bool(after) and _ends_amount(before[-1]) and after[0].isdigit()


def _ends_amount(char: str) -> bool:
    return char.isdigit() or char in "kкh£€$₺₽₴"


def parse_number(text: str) -> float | None:
    """The value of digits with separators in either style; None beyond twelve digits."""
    if text.isdecimal():
        return float(text) if len(text) <= _MOST_DIGITS else None
    plain = text.replace(" ", "")
    if sum(c.isdigit() for c in plain) > _MOST_DIGITS:
        return None
    if _GROUPED.match(plain) and not plain.startswith("0"):
        return _grouped(plain)
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return float(plain)
    whole = plain[:last].replace(".", "").replace(",", "")
    return float(f"{whole}.{plain[last + 1 :]}")


def _grouped(plain: str) -> float:
    """1,500 and 1.500 are fifteen hundred; the separators may not be mixed."""
    return float(plain.replace(".", "").replace(",", ""))


def parse_date(text: str) -> date | None:
    """An ISO date, or day.month.year (day first, as everywhere on the island)."""
    parts = [int(p) for p in re.split(r"[-./]", text)]
    year, month, day = parts if len(text) > 4 and text[4] == "-" else parts[::-1]
    year += 2000 if year < 100 else 0
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None
