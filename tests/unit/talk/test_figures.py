"""Numbers, money and days as each language writes them."""

from __future__ import annotations

from datetime import date

import pytest

from gatehouse.talk import figures
from gatehouse.talk.voice import Voice
from gatehouse.understanding.types import Language


@pytest.mark.parametrize(
    ("language", "money", "decimal", "day", "weekday"),
    [
        ("en", "£12,500", "4.5", "3 May 2026", "Sunday, 3 May"),
        ("tr", "£12.500", "4,5", "3 Mayıs 2026", "3 Mayıs Pazar"),
        ("ru", "12\u00a0500\u00a0£", "4,5", "3 мая 2026", "воскресенье, 3 мая"),
        ("uk", "12\u00a0500\u00a0£", "4,5", "3 травня 2026", "неділя, 3 травня"),
        ("de", "12.500\u00a0£", "4,5", "3. Mai 2026", "Sonntag, 3. Mai"),
        ("pl", "12\u00a0500\u00a0£", "4,5", "3 maja 2026", "niedziela, 3 maja"),
        ("fr", "12\u00a0500\u00a0£", "4,5", "3 mai 2026", "dimanche 3 mai"),
        ("ar", "12,500\u00a0£", "4.5", "3 مايو 2026", "الأحد، 3 مايو"),
    ],
)
def test_figures_follow_the_language(
    language: Language, money: str, decimal: str, day: str, weekday: str
) -> None:
    assert Voice(language).money(12_499.6, "GBP") == money
    assert figures.decimal(language, 4.5) == decimal
    assert Voice(language).day(date(2026, 5, 3)) == day
    assert figures.weekday(language, date(2026, 5, 3)) == weekday


def test_a_round_decimal_has_no_places() -> None:
    assert figures.decimal("en", 4.0) == "4"


def test_an_unknown_currency_keeps_its_code() -> None:
    assert Voice("ru").money(5, "CHF") == "5\u00a0CHF"


@pytest.mark.parametrize(
    ("parts", "said"), [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b and c")]
)
def test_lists_are_joined_as_one_says_them(parts: list[str], said: str) -> None:
    assert Voice("en").join(parts) == said
