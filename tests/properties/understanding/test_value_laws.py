"""Laws of the value reader: words and digits there and back, any text, linear time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatehouse.understanding.types import Language
from gatehouse.understanding.values.currencies import currencies
from gatehouse.understanding.values.pricetags import parse_price
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Kind, Price, Settings
from tests.properties.understanding.test_work import counted, filled, is_linear

HOSTILE = ("9 ", "3 to ", "two hundred ", "5 May - ", "$ 5 ", "1/2 ", "a\u0301", "in two ", "1,")
NOW = datetime(2026, 4, 15, tzinfo=UTC)
_ONES = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
]  # fmt: skip
_TENS = [
    "-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
]  # fmt: skip
_ONES_TR = [
    "sıfır", "bir", "iki", "üç", "dört", "beş", "altı", "yedi", "sekiz", "dokuz",
]  # fmt: skip
_TENS_TR = [
    "-", "on", "yirmi", "otuz", "kırk", "elli", "altmış", "yetmiş", "seksen", "doksan",
]  # fmt: skip
_ONES_DE = [
    "null", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun",
    "zehn", "elf", "zwölf", "dreizehn", "vierzehn", "fünfzehn", "sechzehn", "siebzehn",
    "achtzehn", "neunzehn",
]  # fmt: skip
_TENS_DE = [
    "-", "-", "zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig",
    "neunzig",
]  # fmt: skip


def english(n: int) -> str:
    if n < 20:
        return _ONES[n]
    if n < 100:
        return _TENS[n // 10] + (f"-{_ONES[n % 10]}" if n % 10 else "")
    if n < 1000:
        return f"{_ONES[n // 100]} hundred" + (f" and {english(n % 100)}" if n % 100 else "")
    scale, word = (1_000_000, "million") if n >= 1_000_000 else (1000, "thousand")
    rest = n % scale
    link = " and " if 0 < rest < 100 else " "
    return f"{english(n // scale)} {word}" + (f"{link}{english(rest)}" if rest else "")


def turkish(n: int) -> str:
    if n < 10:
        return _ONES_TR[n]
    if n < 100:
        return _TENS_TR[n // 10] + (f" {_ONES_TR[n % 10]}" if n % 10 else "")
    if n < 1000:
        head = "yüz" if n < 200 else f"{_ONES_TR[n // 100]} yüz"
        return head + (f" {turkish(n % 100)}" if n % 100 else "")
    scale, word = (1_000_000, "milyon") if n >= 1_000_000 else (1000, "bin")
    head = word if n // scale == 1 and scale == 1000 else f"{turkish(n // scale)} {word}"
    return head + (f" {turkish(n % scale)}" if n % scale else "")


def german(n: int) -> str:
    """One word below a million, as it is written."""
    if n < 20:
        return _ONES_DE[n]
    if n < 100:
        return (f"{_ONES_DE[n % 10]}und" if n % 10 else "") + _TENS_DE[n // 10]
    if n < 1000:
        return f"{_ONES_DE[n // 100]}hundert" + (german(n % 100) if n % 100 else "")
    return f"{german(n // 1000)}tausend" + (german(n % 1000) if n % 1000 else "")


def number(text: str, language: Language) -> list[object]:
    found = find(text, Settings(language, NOW), kinds=(Kind.NUMBER,))
    return [(v.normal, v.span.start, v.span.end) for v in found]


@given(st.integers(0, 9_999_999))
def test_english_words_come_back_as_their_number(n: int) -> None:
    words = english(n)
    assert number(words, "en") == [(float(n), 0, len(words))]


@given(st.integers(0, 9_999_999))
def test_turkish_words_come_back_apart_and_written_together(n: int) -> None:
    words = turkish(n)
    assert number(words, "tr") == [(float(n), 0, len(words))]
    joined = turkish(n % 1000).replace(" ", "")
    assert number(joined, "tr") == [(float(n % 1000), 0, len(joined))]


@given(st.integers(20, 999_999))
def test_german_words_come_back_written_as_one(n: int) -> None:
    word = german(n)
    assert number(word, "de") == [(float(n), 0, len(word))]


@given(st.integers(0, 99_999_999), st.sampled_from(sorted(currencies())))
def test_money_written_with_its_code_comes_back(cents: int, code: str) -> None:
    amount = cents / 100
    (value,) = find(f"{code} {amount:,.2f}", Settings("en", NOW), kinds=(Kind.MONEY,))
    assert isinstance(value.normal, Price)
    assert (value.normal.high, value.normal.currency) == (amount, code)
    assert parse_price(f"{amount:,.2f} {code}")[:2] == (
        parse_price(f"{amount:.2f}").amount, code,
    )  # fmt: skip


@settings(deadline=None)
@given(st.text(max_size=400), st.sampled_from(("en", "tr", "ru", "uk", "de", "pl", "fr", "ar")))
def test_any_text_is_read_and_spans_lie_within_it(text: str, language: Language) -> None:
    for value in find(text, Settings(language, NOW)):
        assert 0 <= value.span.start < value.span.end <= len(text)
    parse_price(text, text)


@given(st.text(alphabet="0123456789.,/-:€ %^eE+½th", max_size=60))
def test_any_figures_are_read(text: str) -> None:
    find(text, Settings("en", NOW))
    find(text, Settings("tr", NOW))


@pytest.mark.parametrize("piece", HOSTILE)
def test_work_grows_with_the_length_only(piece: str) -> None:
    short, middle, long = (_calls(filled(piece, length)) for length in (1_000, 2_000, 4_000))
    assert is_linear(short, middle, long)


def _calls(text: str) -> int:
    return counted(lambda: find(text, Settings("en", NOW)))
