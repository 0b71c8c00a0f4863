"""How a home's facts are written: message ids for the phrase catalogues, money, places, days."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_currency

from gatehouse.listings.types import Listing, Variant
from gatehouse.understanding.places import Gazetteer
from gatehouse.understanding.types import LANGUAGES, Language

Say = Callable[[str], str]


def N_(msgid: str) -> str:
    """Marks a text for the phrase catalogues; it is translated where it is said."""
    return msgid


PRICES: dict[Variant, str] = {
    "long_term": N_("{money} a month"),
    "short_term": N_("{money} a night"),
    "sale": N_("{money}"),
}
PROPERTY_TYPES = {
    "apartment": N_("apartment"),
    "studio": N_("studio"),
    "villa": N_("villa"),
    "house": N_("house"),
    "townhouse": N_("townhouse"),
    "penthouse": N_("penthouse"),
    "bungalow": N_("bungalow"),
    "land": N_("land"),
    "commercial": N_("commercial property"),
    "room": N_("room"),
}
# The most telling first: a card shows the first six.
AMENITIES = {
    "private_pool": N_("private pool"),
    "sea_view": N_("sea view"),
    "pets_allowed": N_("pets allowed"),
    "pool": N_("pool"),
    "near_sea": N_("near the sea"),
    "near_university": N_("near the university"),
    "furnished": N_("furnished"),
    "unfurnished": N_("unfurnished"),
    "garden": N_("garden"),
    "terrace": N_("terrace"),
    "balcony": N_("balcony"),
    "mountain_view": N_("mountain view"),
    "wifi": N_("Wi-Fi"),
    "air_conditioning": N_("air conditioning"),
    "parking": N_("parking"),
    "fireplace": N_("fireplace"),
    "lift": N_("lift"),
    "gym": N_("gym"),
    "security": N_("security"),
    "wheelchair_access": N_("wheelchair access"),
    "garage": N_("garage"),
    "heating": N_("heating"),
    "washing_machine": N_("washing machine"),
    "dishwasher": N_("dishwasher"),
    "white_goods": N_("white goods"),
    "generator": N_("generator"),
    "storage": N_("storage room"),
    "no_pets": N_("no pets"),
}
ALTS = (
    N_("The home from outside"), N_("Living room"), N_("Bedroom"), N_("Kitchen"), N_("Bathroom"),
    N_("The view"), N_("Terrace"), N_("Pool"), N_("The plot of land"), N_("The road to the plot"),
    N_("The premises inside"),
)  # fmt: skip
_DOTTED_I = ("tr", "az")  # by Unicode's SpecialCasing.txt; Python knows no languages
_DIRECTION_MARKS = "\u200e\u200f\u061c"
_YEAR_WORD = re.compile(r"\s*'[^']*'\.?$")
_SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "$", "TRY": "₺", "RUB": "₽", "UAH": "₴"}


def spoken(language: str) -> Language:
    """A language that we have texts in; English for all others."""
    return next((known for known in LANGUAGES if known == language), "en")


def capital(text: str, language: str) -> str:
    """With a capital first letter; some languages keep the dot of their İ."""
    first = "İ" if language in _DOTTED_I and text[:1] == "i" else text[:1].upper()
    return first + text[1:]


@lru_cache(maxsize=4096)
def money(amount: float, currency: str, language: str) -> str:
    """£1,250 · 1 250 £: whole units, as the language writes them."""
    mark = _group_mark(language)
    figure = f"{amount:,.0f}".replace(",", mark)
    sign = _SYMBOLS.get(currency, f"{currency}\u00a0")
    return f"{sign}{figure}" if _is_symbol_first(language) else f"{figure}\u00a0{sign.strip()}"


def decimal(number: float, language: str) -> str:
    """A number with one decimal place: 4.5 · 4,5."""
    return f"{number:.1f}".replace(".", str(locale(language).number_symbols["latn"]["decimal"]))


@cache
def comma(language: str) -> str:
    """What stands between the parts of a list."""
    return "، " if locale(language).text_direction == "rtl" else ", "


@cache
def locale(language: str) -> Locale:
    """Where its figures and days are looked up; in English as in Britain: prices are in pounds."""
    return Locale.parse("en_GB" if spoken(language) == "en" else spoken(language))


def price(home: Listing, say: Say, language: str) -> str:
    """The price with its period: "£500 a month"."""
    return say(PRICES[home.variant]).format(money=money(home.price, home.currency, language))


def place(home: Listing, language: str) -> str:
    """Alsancak, Kyrenia; or only the first where it names its town."""
    return _place(home.district, home.city, language)


def title(home: Listing, language: str) -> str:
    return home.titles.get(language, home.title)


def description(home: Listing, language: str) -> str:
    return home.descriptions.get(language, home.description)


@lru_cache(maxsize=2048)
def day(when: date, language: str) -> str:
    """3 May 2026; French counts the first day: 1er mai 2026."""
    said = str(format_date(when, _day_pattern(language), locale=locale(language)))
    return said.replace("1", "1er", 1) if language == "fr" and when.day == 1 else said


@lru_cache(maxsize=1024)
def _place(district: str | None, city: str, language: str) -> str:
    names = Gazetteer.default()
    town = names.display(city, spoken(language))
    if district is None:
        return town
    quarter = names.display(district, spoken(language))
    return quarter if town[:5] in quarter else f"{quarter}{comma(language)}{town}"


@cache
def _group_mark(language: str) -> str:
    mark = locale(language).number_symbols["latn"]["group"]
    return "\u00a0" if mark == "\u202f" else str(mark)


@cache
def _is_symbol_first(language: str) -> bool:
    price = format_currency(1, "GBP", locale=locale(language))
    return not price.lstrip(_DIRECTION_MARKS)[0].isdigit()


@cache
def _day_pattern(language: str) -> str:
    """CLDR's long form without the word for "year" that some languages add."""
    return _YEAR_WORD.sub("", locale(language).date_formats["long"].pattern)
