"""R1-18: verdicts may be looked at at any time, every five seconds or every fifteen minutes.

Whole rollouts of the runbook's plan through the gates that the controller asks. The full size is
`gatehouse evaluate rollout null`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from random import Random

import pytest

from gatehouse.ops.evaluation.rollout import whole
from gatehouse.ops.evaluation.rollout.traces import moments
from gatehouse.rollout import plans, stats

ROLLOUTS = 10


def test_r1_18_healthy_canaries_are_not_rolled_back_by_looking_each_minute() -> None:
    found = list(whole.fates(whole.HEALTHY, runs=ROLLOUTS, name="in small"))
    assert not any(fate.is_failed or fate.is_doubted for fate in found)
    assert sum(fate.is_ruled or fate.is_alarmed for fate in found) <= 1
    assert sum(fate.peers["runbook rule"] for fate in found) > ROLLOUTS / 2


def test_r1_18_a_canary_that_is_worse_is_found_by_the_same_looks() -> None:
    worse = replace(whole.HEALTHY, worse_by={"contract": 30.0})
    found = list(whole.fates(worse, runs=3, name="worse"))
    assert all(fate.is_failed for fate in found)


def test_r1_18_evidence_that_grows_by_itself_would_be_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The classic mistake: each look is judged as if it were the only one."""

    def peeking(bad: int, n: int, p0: float) -> float:
        return 100.0 if n and (bad - n * p0) > 1.6449 * (n * p0 * (1 - p0)) ** 0.5 else 0.0

    def comparing(splits: Iterable[stats.Split], *, ratios: Sequence[float] = ()) -> float:
        found = [split for split in splits if 0 < split[0] < 1]
        gap = sum(canary - share * (canary + stable) for share, canary, stable in found)
        spread = sum(share * (1 - share) * (x + y) for share, x, y in found)
        return 100.0 if gap > 1.6449 * spread**0.5 else 0.0

    monkeypatch.setattr(stats, "log_e_slo", peeking)
    monkeypatch.setattr(stats, "log_e_worse", comparing)
    found = list(whole.fates(whole.EDGE, runs=6, name="peeking"))
    assert sum(fate.is_failed for fate in found) >= 3


def test_r1_18_an_hour_that_is_bad_for_both_arms_fails_nobody() -> None:
    assert not any(fate.is_failed for fate in whole.fates(whole.INCIDENT, runs=3, name="incident"))


def test_r1_18_the_bound_of_the_simulation_is_above_the_gates() -> None:
    """Held against the real gates at every tenth minute, or the simulation says so."""
    course = whole.Course(whole.rates_only(plans.named("R1")))
    for moment in moments(course.plan, whole.EDGE, Random(4)):
        course.add(moment)
        if moment.number % 10 == 9 and not moment.is_baking:
            assert course.look().log_e <= course.bound() + 1e-9


def test_r1_18_a_bound_that_is_too_low_stops_the_simulation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(whole.Course, "bound", lambda self: -9.0)
    with pytest.raises(whole.BoundExceeded):
        list(whole.fates(whole.HEALTHY, runs=1, name="low"))
