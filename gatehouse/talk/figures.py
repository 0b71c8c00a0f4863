"""Numbers and days as each language writes them; patterns from CLDR, read once."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from babel.dates import format_date

from gatehouse.listings.wording import locale
from gatehouse.understanding.types import Language

_YEAR = re.compile(r"\s*\by\b(\s*'[^']*'\.?)?")
_NARROW = "\u202f"


def count(language: Language, number: float) -> str:
    """A whole number with the language's grouping: 1,250 · 1.250 · 1 250."""
    return f"{number:,.0f}".replace(",", _mark(language, "group"))


def decimal(language: Language, number: float) -> str:
    """A number with one decimal place, or none if that is zero."""
    return f"{number:.1f}".removesuffix(".0").replace(".", _mark(language, "decimal"))


@lru_cache(maxsize=2048)
def weekday(language: Language, when: date) -> str:
    """A day with its weekday: Saturday, 3 May."""
    return str(format_date(when, _weekday_pattern(language), locale=locale(language)))


@cache
def _weekday_pattern(language: Language) -> str:
    """CLDR's full form without the year."""
    return _YEAR.sub("", locale(language).date_formats["full"].pattern)


@cache
def _mark(language: Language, name: str) -> str:
    mark = str(locale(language).number_symbols["latn"][name])
    return "\u00a0" if mark == _NARROW else mark
