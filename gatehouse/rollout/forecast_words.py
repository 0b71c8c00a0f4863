"""A forecast in sentences, for the command line."""

from __future__ import annotations

import math

from gatehouse.rollout.forecast_shapes import Forecast, GateForecast
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import WHOLE


def in_words(hours: float) -> str:
    if math.isinf(hours):
        return "for ever"
    if hours < 2:
        return f"{hours * 60:.0f} min"
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def lines(plan: Plan, told: Forecast) -> list[str]:
    """The forecast in words, for the command line."""
    rows = [
        f"{plan.name}: {len(plan.steps)} steps, about {in_words(told.hours)} for a healthy canary"
    ]
    for number, step in enumerate(told.steps):
        rows.append(
            f"  step {number + 1}: {step.share * 100 / WHOLE:g} %, {step.canary_per_hour:,.0f} "
            f"canary conversations an hour, goes on after about {in_words(step.ready_hours)}"
        )
    rows += [f"  {_line(each)}" for each in told.gates if each.detected is not None]
    rows += [f"  may take longer: {each}" for each in told.flags]
    return rows + [f"  REFUSED: {each}" for each in told.refusals]


def _line(gate: GateForecast) -> str:
    text = f"{gate.gate}: "
    if gate.detected is not None and gate.detected_hours is not None:
        text += (
            f"{gate.harm_rate or 0:.2%} bad is found after {_count(gate.detected.median)} (nine in "
            f"ten: {_count(gate.detected.p90)}), about {in_words(gate.detected_hours)}"
        )
    if gate.certified is not None:
        text += (
            f"; {gate.assumed_rate or 0:.2%} is shown to be good after "
            f"{_count(gate.certified.median)} ({_count(gate.certified.p90)})"
        )
    return text


def _count(units: float) -> str:
    return "never" if math.isinf(units) else f"{units:,.0f}"
