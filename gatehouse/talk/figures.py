"""Numbers, money and days as each language writes them; patterns from CLDR, read once."""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from gatehouse.understanding.types import Language

_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "TRY": "₺", "RUB": "₽", "UAH": "₴"}
_WEEKDAY: dict[Language, str] = {"tr": "d MMMM EEEE"}
_NARROW = "\u202f"


@cache
def _grouping(language: Language) -> str:
    mark = Locale.parse(language).number_symbols["latn"]["group"]
    return "\u00a0" if mark == _NARROW else str(mark)


@cache
def _decimal_mark(language: Language) -> str:
    return str(Locale.parse(language).number_symbols["latn"]["decimal"])


@cache
def _is_symbol_first(language: Language) -> bool:
    return not format_currency(1, "GBP", locale=language)[0].isdigit()


def count(language: Language, number: float) -> str:
    """A whole number with the language's grouping: 1,250 · 1.250 · 1 250."""
    return f"{number:,.0f}".replace(",", _grouping(language))


def decimal(language: Language, number: float) -> str:
    """A number with one decimal place, or none if that is zero."""
    return f"{number:.1f}".removesuffix(".0").replace(".", _decimal_mark(language))


def money(language: Language, amount: float, currency: str) -> str:
    """A rounded amount with its currency: £1,250 · 1 250 £."""
    sign = _SYMBOLS.get(currency, currency)
    figure = count(language, amount)
    return f"{sign}{figure}" if _is_symbol_first(language) else f"{figure}\u00a0{sign}"


@lru_cache(maxsize=2048)
def day(language: Language, when: date) -> str:
    """A day without its weekday: 3 May 2026."""
    return str(format_date(when, "d MMMM y", locale=language))


@lru_cache(maxsize=2048)
def weekday(language: Language, when: date) -> str:
    """A day with its weekday: Saturday, 3 May."""
    return str(format_date(when, _WEEKDAY.get(language, "EEEE, d MMMM"), locale=language))
