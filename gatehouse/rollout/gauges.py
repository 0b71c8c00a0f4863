"""The running rollout as metrics show it; set by the process that leads, zero in the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Final

from gatehouse.observe import meters
from gatehouse.observe.labels import ARMS, ROLLOUT_PHASES, VERDICTS
from gatehouse.rollout.types import WHOLE, Evidence, Standing, Units

NOBODY: Final = -1.0


def show(standing: Standing | None, *, now: float) -> None:
    """Where the rollout is; without one, the phase "none"."""
    phase = str(standing.phase) if standing else "none"
    for name in ROLLOUT_PHASES:
        meters.rollout_info.labels(phase=name).set(float(name == phase))
    meters.rollout_share_ratio.set(standing.share / WHOLE if standing else 0.0)
    meters.rollout_step.set(float(standing.step) if standing else NOBODY)
    meters.rollout_step_duration_seconds.set(now - standing.step_since if standing else 0.0)


def weigh(judged: Iterable[Evidence], units: Iterable[Units]) -> None:
    """What the gates say, and how many conversations they saw."""
    verdicts = Counter(each.verdict.name.lower() for each in judged)
    for name in VERDICTS:
        meters.rollout_gates.labels(verdict=name).set(float(verdicts[name]))
    drawn = list(units)
    sums = {"canary": sum(each.canary for each in drawn), "stable": sum(u.stable for u in drawn)}
    for arm in ARMS:
        meters.rollout_units.labels(arm=arm).set(float(sums.get(arm, 0)))


def step_down(now: float) -> None:
    """Another process leads: what this one showed is no longer its own to show."""
    show(None, now=now)
    meters.rollout_info.labels(phase="none").set(0.0)
    weigh((), ())
    meters.rollout_evidence_ratio.set(0.0)
    meters.rollout_srm_log_evalue.set(0.0)
