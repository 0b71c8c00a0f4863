"""Time to a verdict: the longest of all waits, and no guess where nothing is known."""

from __future__ import annotations

from typing import Any

import pytest

from gatehouse.rollout.pace import Drawn, GateLine, until_verdict
from gatehouse.rollout.plan_shapes import Step
from gatehouse.rollout.types import Phase, Standing

STEP = Step(share=10_000, min_seconds=600, max_seconds=7200, min_units=100)


def standing(observing_since: float | None = 0.0) -> Standing:
    return Standing(
        id="ro-1", phase=Phase.RAMPING, step=0, share=10_000, revision=1, stable_version="rules",
        canary_version="v-1", plan={}, created_at=0, phase_since=0, step_since=0,
        observing_since=observing_since,
    )  # fmt: skip


def line(verdict: str = "running", **outputs: Any) -> GateLine:
    return GateLine("errors", verdict, "", 0, {"boundary_pass": 3.0, **outputs}, is_required=True)


@pytest.mark.parametrize(
    ("drawn", "lines", "seconds", "why"),
    [
        (Drawn(100, 900), [], 300, "its least duration"),
        (Drawn(25, 900), [], 900, "100 conversations of each arm"),
        (Drawn(100, 900), [line(log_e_pass=0.5)], 1500, "errors"),
        (Drawn(100, 900), [line(log_e_pass=-2.0, log_e_bounded=1.0)], 600, "errors"),
        (Drawn(100, 900), [line("pass", log_e_pass=-1.0)], 300, "its least duration"),
        (Drawn(0, 0), [], None, "no conversation has been counted yet, so no pace is known"),
        (Drawn(100, 900), [line(log_e_pass=-1.0)], None,
         "errors has shown nothing yet, so its pace is not known"),
    ],
)  # fmt: skip
def test_after_five_minutes(
    drawn: Drawn, lines: list[GateLine], seconds: float | None, why: str
) -> None:
    wait = until_verdict(standing(), STEP, lines, drawn, now=300)
    assert (wait.seconds, wait.why) == (seconds, why)


def test_the_last_step_has_no_stable_conversations_to_wait_for() -> None:
    whole = Step(share=100_000, min_seconds=600, max_seconds=7200, min_units=100)
    assert until_verdict(standing(), whole, [], Drawn(100, 0), now=300).seconds == 300


def test_before_every_process_has_the_share_no_clock_runs() -> None:
    assert until_verdict(standing(None), STEP, [], Drawn(0, 0), now=300).seconds is None
