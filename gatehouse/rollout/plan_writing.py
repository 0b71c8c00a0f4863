"""A plan as JSON: the same fields as in YAML, complete, times in seconds."""

from __future__ import annotations

from dataclasses import fields
from datetime import time
from typing import Any, Final

from gatehouse.rollout.calendar import DAYS, Calendar, Window
from gatehouse.rollout.plan_shapes import Plan, Step
from gatehouse.rollout.types import WHOLE, GateSpec

_DEFAULTS: Final = {
    each.name: each.default for each in fields(GateSpec) if each.name not in ("name", "metric")
}


def written(plan: Plan) -> dict[str, Any]:
    """See `plans.to_json`."""
    told: dict[str, Any] = {
        "name": plan.name,
        "note": plan.note,
        "alpha": plan.alpha,
        "alpha_pass": plan.alpha_pass,
        "policy": plan.policy,
        "rollback_to": _percent(plan.rollback_to),
        "auto_promote": plan.is_auto_promoted,
        "on_incident": plan.on_incident,
        "mature_after": plan.mature_seconds,
        "steps": [_step(step) for step in plan.steps],
        "gates": [_gate(gate) for gate in plan.gates],
        "bake": {"duration": plan.bake.seconds, "average_run": plan.bake.average_run},
        "calendar": _calendar(plan.calendar),
    }
    told |= {name: list(units) for name in ("allow", "deny") if (units := getattr(plan, name))}
    if plan.settle_seconds is not None:
        told["settle_after"] = plan.settle_seconds
    if plan.soak is not None:
        told["soak"] = {
            "duration": plan.soak.seconds,
            "max_duration": plan.soak.max_seconds,
            "gates": [_gate(gate) for gate in plan.soak.gates],
        }
    return told


def _percent(share: int) -> float:
    return share * 100 / WHOLE


def _step(step: Step) -> dict[str, Any]:
    return {
        "weight": _percent(step.share),
        "baseline": step.baseline,
        "min_duration": step.min_seconds,
        "max_duration": step.max_seconds,
        "min_units": step.min_units,
        "on_inconclusive": step.on_inconclusive,
        "approval": step.needs_approval,
        "monitored": step.is_monitored,
    }


def _gate(gate: GateSpec) -> dict[str, Any]:
    told: dict[str, Any] = {"name": gate.name, "kind": gate.kind, "metric": gate.metric}
    for name, default in _DEFAULTS.items():
        value = getattr(gate, name)
        if name != "kind" and value != default:
            told[name] = value
    return told


def _calendar(calendar: Calendar) -> dict[str, Any]:
    return {
        "zone": calendar.zone,
        "windows": [_window(window) for window in calendar.windows],
        "freezes": [
            {"from": each.begin.isoformat(), "to": each.end.isoformat(), "why": each.why}
            for each in calendar.freezes
        ],
    }


def _window(window: Window) -> dict[str, Any]:
    end = "24:00" if window.end == time(0) else f"{window.end:%H:%M}"
    return {"days": [DAYS[day] for day in window.days], "hours": f"{window.begin:%H:%M}-{end}"}
