"""A Prometheus that looks on is heard, and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from gatehouse.observe import journal
from gatehouse.rollout.cross_checked import CrossChecked, disagree
from gatehouse.rollout.types import Count, GateSpec, Reading, Standing
from tests.store.rollout.talks import gate, standing


@dataclass
class Told:
    """A source that says what it is told to say."""

    reading: Reading
    asked: int = 0
    specs: list[GateSpec] = field(default_factory=list)

    def read(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float
    ) -> dict[str, Reading]:
        self.asked += 1
        return {spec.name: self.reading for spec in specs}


def seen(bad: int, n: int) -> Reading:
    return Reading("turn_error", (Count(0, 10_000, n, bad, 0, 0),))


@pytest.fixture
def events(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []

    def note(name: str, **_: Any) -> None:
        told.append(name)

    monkeypatch.setattr(journal, "event", note)
    return told


def test_the_ledger_is_what_counts_and_disagreement_is_told(events: list[str]) -> None:
    checked = CrossChecked(Told(seen(1, 1000)), Told(seen(300, 1000)))
    assert checked.read(standing(), [gate("turn_error")], now=0)["turn_error"] == seen(1, 1000)
    assert events == ["readings_disagree"]


def test_one_that_is_away_is_told_and_harms_nobody(events: list[str]) -> None:
    away = Reading("turn_error", trouble="Prometheus cannot be asked: refused")
    checked = CrossChecked(Told(seen(1, 1000)), Told(away))
    assert checked.read(standing(), [gate("turn_error")], now=0)["turn_error"] == seen(1, 1000)
    assert events == ["prometheus_away"]


def test_it_is_asked_once_a_minute(events: list[str]) -> None:
    now, other = 0.0, Told(seen(1, 1000))
    checked = CrossChecked(Told(seen(1, 1000)), other, monotonic=lambda: now)
    for now in (0.0, 2.0, 59.0, 60.0):  # noqa: B007 - read by the clock above
        checked.read(standing(), [gate("turn_error")], now=0)
    assert other.asked == 2 and events == []


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (seen(10, 1000), seen(10, 1000), False),
        (seen(100, 1000), seen(30, 3000), False),
        (seen(10, 1000), seen(30, 1000), False),
        (seen(10, 1000), seen(300, 1000), True),
        (seen(0, 0), seen(300, 1000), False),
        (Reading("turn_error", trouble="away"), seen(300, 1000), False),
    ],
)
def test_only_what_cannot_both_be_right_is_disagreement(
    mine: Reading, theirs: Reading, expected: bool
) -> None:
    assert disagree(mine, theirs, step=0) is expected
