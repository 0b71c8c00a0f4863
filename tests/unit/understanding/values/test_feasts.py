"""Feasts fall where the calendars of their churches, laws and moons put them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gatehouse.understanding.types import Language
from gatehouse.understanding.values.feasts import falls_on
from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Days, Settings


@pytest.mark.parametrize(
    ("feast", "year", "day"),
    [
        ("easter", 2026, date(2026, 4, 5)),
        ("easter+49", 2026, date(2026, 5, 24)),
        ("orthodox", 2024, date(2024, 5, 5)),
        ("orthodox", 2026, date(2026, 4, 12)),
        ("hijri 1001", 2025, date(2025, 3, 30)),
        ("hijri 1210", 2024, date(2024, 6, 16)),
        ("nth 11 4 3", 2025, date(2025, 11, 27)),
        ("nth 05 -1 0", 2025, date(2025, 5, 26)),
        ("1225", 2026, date(2026, 12, 25)),
    ],
)
def test_a_feast_falls_on_its_day(feast: str, year: int, day: date) -> None:
    assert falls_on(feast, after=date(2020, 1, 1), year=year) == day


def test_a_feast_that_is_over_comes_next_year() -> None:
    assert falls_on("easter", after=date(2026, 4, 6)) == date(2027, 3, 28)


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "free over thanksgiving?", date(2026, 11, 26)),
        ("tr", "kurban bayramında boş mu", date(2026, 5, 26)),
        ("de", "zu Pfingsten", date(2026, 5, 24)),
        ("fr", "à la Pentecôte", date(2026, 5, 24)),
        ("pl", "w Boże Ciało", date(2026, 6, 4)),
        ("ru", "на троицу", date(2026, 5, 31)),
        ("uk", "на трійцю", date(2026, 5, 31)),
        ("ar", "في عيد الأضحى", date(2026, 5, 26)),
    ],
)
def test_a_feast_is_a_day_in_every_language(language: Language, text: str, day: date) -> None:
    settings = Settings(language, datetime(2026, 4, 15, tzinfo=UTC))
    (value,) = find(text, settings)
    assert isinstance(value.normal, Days)
    assert value.normal.start == day


def test_names_inside_names_without_end_raise_nothing() -> None:
    settings = Settings("en", datetime(2026, 4, 15, tzinfo=UTC))
    find("first of " * 1000, settings)
