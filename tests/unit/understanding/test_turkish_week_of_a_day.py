"""In Turkish a day with its ending names the week that holds it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from gatehouse.understanding.values.reader import find
from gatehouse.understanding.values.types import Days, Kind, Settings

NOW = Settings("tr", datetime(2026, 5, 4, tzinfo=UTC))


@pytest.mark.parametrize("text", ["18'i haftası", "18'i haftasında gelirim", "18'inin haftası"])
def test_a_bent_day_names_its_week(text: str) -> None:
    days = [v.normal for v in find(text, NOW, kinds=(Kind.DATE_RANGE,))]
    assert days == [Days(date(2026, 5, 18), date(2026, 5, 25))]


def test_a_bent_number_without_a_week_is_no_days() -> None:
    assert not find("18'i yeni", NOW, kinds=(Kind.DATE_RANGE,))
