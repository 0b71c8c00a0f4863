"""Currencies: ISO 4217 codes, the signs and names that people use, from one data file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from gatehouse.understanding.letters import fold
from gatehouse.understanding.types import Language


@dataclass(frozen=True, slots=True)
class Currency:
    """One currency: its English name, signs, and words by language ("stem*" takes endings)."""

    code: str
    name: str
    signs: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]
    minor: Mapping[str, tuple[str, ...]]  # words for the hundredth part
    decimals: int = 2


@cache
def currencies() -> Mapping[str, Currency]:
    """All that are known, by code, the commonest first."""
    source = resources.files("gatehouse.understanding").joinpath("lexicon/currencies.json")
    raw: Mapping[str, Mapping[str, Any]] = json.loads(source.read_text("utf-8"))
    return {code: _currency(code, about) for code, about in raw.items()}


def _currency(code: str, about: Mapping[str, Any]) -> Currency:
    return Currency(
        code=code,
        name=about["name"],
        signs=tuple(about.get("signs", ())),
        words={k: tuple(v) for k, v in about.get("words", {}).items()},
        minor={k: tuple(v) for k, v in about.get("minor", {}).items()},
        decimals=about.get("decimals", 2),
    )


# Codes that people also type in small letters; others could be words ("all", "pen", "try").
_SMALL = frozenset((
    "usd", "eur", "gbp", "rub", "uah", "pln", "chf", "aed", "ils", "jpy", "cny", "inr", "cad",
    "aud", "nzd", "sgd", "hkd", "sek", "nok", "dkk", "czk", "huf", "krw", "thb", "myr", "zar",
    "brl", "mxn", "kwd", "qar", "sar", "egp", "kzt", "amd", "azn", "byn", "bgn", "btc",
))  # fmt: skip


def phrases(language: Language) -> Iterator[tuple[str, Sequence[str]]]:
    """Labels "cur:USD", "minor:USD" and "code:USD" with what is said for them in a language.

    English names are understood everywhere; what stands first in the table wins a word. What
    "code" marks counts only if it is written as in `written`, capitals and all.
    """
    for code, about in currencies().items():
        said = [*about.words.get(language, ()), *about.words.get("en", ()), about.name.lower()]
        said += [s for s in about.signs if s.islower() and len(s) > 1]
        yield f"cur:{code}", _spoken([*said, *({code.lower()} & _SMALL)])
        minor = [*about.minor.get(language, ()), *about.minor.get("en", ())]
        yield f"minor:{code}", _spoken(minor)
        yield f"code:{code}", _spoken([code.lower(), *_marks(about)])


# Names of these hardly mean anything else ("won" and "mark" do).
_PLAIN = frozenset(("USD", "EUR", "GBP", "RUB", "UAH", "PLN", "CHF", "AED", "ILS", "JPY", "CNY"))


@cache
def whole_words(language: Language) -> frozenset[str]:
    """Names that mean a currency even without an amount, and codes typed in small letters."""
    labelled = (said for label, said in phrases(language) if label[4:] in _PLAIN)
    return frozenset(fold(word.rstrip("*")) for said in labelled for word in said) | _SMALL


def _marks(about: Currency) -> list[str]:
    return [sign.lower() for sign in about.signs if len(sign) > 1 and sign[-1] != "$"]


@cache
def written(code: str) -> frozenset[str]:
    """The code and the signs of a currency, letter by letter without dots."""
    return frozenset((code, *(s.replace(".", "") for s in currencies()[code].signs)))


def _spoken(said: Sequence[str]) -> list[str]:
    """Those that begin with a letter: words, not signs."""
    return [word for word in said if word[0].isalpha()]


@cache
def sign_codes() -> Mapping[str, str]:
    """Code by one-character sign."""
    found: dict[str, str] = {}
    for code, about in currencies().items():
        for sign in about.signs:
            if len(sign) == 1 and not sign.isalpha():
                found.setdefault(sign, code)
    return found
