"""Windows and freezes in the site's own time zone, over midnight and over the change of clocks."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.rollout.calendar import Calendar, Freeze, Window

ZONE = "Asia/Nicosia"
OFFICE = Calendar(ZONE, (Window((0, 1, 2, 3), time(9), time(17)),))
NIGHT = Calendar(ZONE, (Window((5,), time(22), time(2)),))


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp()


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T16:59", True),
        ("2026-11-23T17:00", False),
        ("2026-11-27T10:00", False),  # a Friday
    ],
)
def test_office_hours_are_those_of_the_site(when: str, is_open: bool) -> None:
    assert OFFICE.is_open(at(when)) is is_open


@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-11-28T21:59", False),
        ("2026-11-28T22:00", True),
        ("2026-11-29T01:59", True),
        ("2026-11-29T02:00", False),
        ("2026-11-28T01:00", False),
    ],
)
def test_a_window_may_go_past_midnight(when: str, is_open: bool) -> None:
    assert NIGHT.is_open(at(when)) is is_open


def test_without_windows_it_is_always_open() -> None:
    assert Calendar().is_open(0.0) and Calendar().opens_at(5.0) == 5.0


def test_a_freeze_closes_and_says_until_when() -> None:
    begin, end = datetime(2026, 12, 24), datetime(2027, 1, 2)  # noqa: DTZ001
    frozen = Calendar(ZONE, OFFICE.windows, (Freeze(begin, end, "holidays"),))
    assert frozen.frozen_until(at("2026-12-23T23:59")) is None
    assert frozen.frozen_until(at("2026-12-24T00:00")) == at("2027-01-02T00:00")
    assert frozen.frozen_until(at("2027-01-02T00:00")) is None
    assert frozen.opens_at(at("2026-12-24T12:00")) == at("2027-01-04T09:00")


def test_the_next_opening_is_told_over_the_change_of_clocks() -> None:
    assert OFFICE.opens_at(at("2026-10-23T18:00")) == at("2026-10-26T09:00")
    assert OFFICE.opens_at(at("2026-11-23T12:00")) == at("2026-11-23T12:00")


@given(st.floats(min_value=1.7e9, max_value=1.9e9))
def test_when_it_opens_it_is_open(now: float) -> None:
    opens = OFFICE.opens_at(now)
    assert opens is not None and opens >= now and OFFICE.is_open(opens)
