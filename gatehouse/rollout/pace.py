"""How long until a step can have its verdict, at the pace that has been seen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gatehouse.rollout.plan_shapes import Step
from gatehouse.rollout.types import WHOLE, Standing

NOT_YET = ("running", "nodata", "inconclusive")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Conversations of this step that count so far."""

    canary: int
    stable: int


@dataclass(frozen=True, slots=True)
class GateLine:
    """One gate as it was judged last. `at`: seconds since 1970."""

    gate: str
    verdict: str
    why: str
    at: float
    outputs: Mapping[str, Any] = field(default_factory=dict)
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """`seconds` None: cannot be told; `why` says for what it waits, or why not."""

    seconds: float | None
    why: str


def until_verdict(
    standing: Standing, step: Step, lines: Iterable[GateLine], drawn: Drawn, *, now: float
) -> Wait:
    """The longest of all waits: the step's time, its conversations, each required gate."""
    if standing.observing_since is None:
        return Wait(None, "not every process has the share of this step yet")
    observed = max(now - standing.observing_since, 0.0)
    waits = [Wait(max(step.min_seconds - observed, 0.0), "its least duration")]
    waits.append(_for_units(step, drawn, observed))
    waits.extend(_for_gates(lines, observed))
    unknown = next((each for each in waits if each.seconds is None), None)
    return unknown or max(waits, key=lambda each: each.seconds or 0.0)


def _for_units(step: Step, drawn: Drawn, observed: float) -> Wait:
    is_compared = step.share < WHOLE and step.baseline != "none"
    fewest = min(drawn.canary, drawn.stable) if is_compared else drawn.canary
    missing = step.min_units - fewest
    told = f"{step.min_units} conversations{' of each arm' if is_compared else ''}"
    if missing <= 0:
        return Wait(0.0, told)
    if not fewest or not observed:
        return Wait(None, "no conversation has been counted yet, so no pace is known")
    return Wait(missing * observed / fewest, told)


def _for_gates(lines: Iterable[GateLine], observed: float) -> Iterator[Wait]:
    """Evidence of something good grows with the number of conversations, so with time."""
    for line in lines:
        needed = line.outputs.get("boundary_pass")
        if not line.is_required or line.verdict not in NOT_YET or needed is None:
            continue
        shown = max(line.outputs.get("log_e_pass", 0.0), line.outputs.get("log_e_bounded", 0.0))
        if shown <= 0:
            yield Wait(None, f"{line.gate} has shown nothing yet, so its pace is not known")
        elif shown < needed:
            yield Wait(observed * (needed / shown - 1), line.gate)
