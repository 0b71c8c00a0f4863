"""Which of our languages a reader wants, by the address or by the browser. Pure."""

from __future__ import annotations

from typing import Literal

from babel.core import Locale

from gatehouse.listings.wording import capital
from gatehouse.understanding.types import LANGUAGES, Language

NAMES: dict[Language, str] = {
    language: capital(str(Locale.parse(language).get_language_name()), language)
    for language in LANGUAGES
}
DIRECTIONS: dict[Language, Literal["ltr", "rtl"]] = {
    language: "rtl" if Locale.parse(language).text_direction == "rtl" else "ltr"
    for language in LANGUAGES
}
_MOST_READ = 20


def chosen(asked: str | None, accept: str | None) -> Language:
    """`?lang` first, then the best of Accept-Language, then English."""
    return _known(asked or "") or _accepted(accept or "") or "en"


def _accepted(header: str) -> Language | None:
    wanted: list[tuple[float, Language]] = []
    for part in header.split(",")[:_MOST_READ]:
        name, _, quality = part.partition(";")
        language = _known(name.strip().partition("-")[0].lower())
        if language:
            wanted.append((_quality(quality), language))
    best = max(wanted, key=lambda each: each[0], default=None)
    return best[1] if best and best[0] > 0 else None


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _known(name: str) -> Language | None:
    return next((language for language in LANGUAGES if language == name), None)
