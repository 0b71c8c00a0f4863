"""Twins for verdict tests: a plan, a standing, readings, and judgements as one wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from gatehouse.rollout import plans
from gatehouse.rollout.gates import Judged, Observed
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import (
    Count,
    Evidence,
    GateSpec,
    Minute,
    Phase,
    Reading,
    Standing,
    Units,
    Verdict,
)

T0 = 1_800_000_000.0  # a Friday morning
HOUR = 3600.0

SMALL = """
name: small
steps:
  - {weight: 10, min_duration: 60s, max_duration: 600s, min_units: 10}
  - {weight: 30, min_duration: 60s, max_duration: 600s, monitored: false}
  - {weight: 50, min_duration: 60s, max_duration: 600s, min_units: 10, approval: true}
bake: {duration: 60s}
auto_promote: true
gates:
  - {name: errors, kind: slo, metric: turn_error, limit: 1%, weight: 0.4, required: true}
  - {name: slow, kind: slo, metric: turn_slow, edge_ms: 1200, limit: 5%, weight: 0.3}
"""


def small(**changes: Any) -> Plan:
    return replace(plans.load(SMALL), **changes)


def standing(plan: Plan, phase: Phase = Phase.RAMPING, step: int = 0, **changes: Any) -> Standing:
    share = plan.steps[step].share if phase is Phase.RAMPING else 0
    begun = Standing(
        id="ro-1",
        phase=phase,
        step=step,
        share=share,
        revision=1,
        stable_version="rules",
        canary_version="v-1",
        plan=plans.to_json(plan),
        created_at=T0,
        phase_since=T0,
        step_since=T0,
        observing_since=T0 if phase is Phase.RAMPING else None,
    )
    return replace(begun, **changes)


def counted(
    metric: str,
    canary: tuple[int, int],
    stable: tuple[int, int] = (0, 0),
    *,
    step: int = 0,
    share: int = 10_000,
) -> Reading:
    """Both arms as (bad, n)."""
    return Reading(metric, counts=(Count(step, share, canary[1], canary[0], stable[1], stable[0]),))


def minutes(*rows: tuple[int, int, int, int]) -> tuple[Minute, ...]:
    """Minutes as (canary n, bad, stable n, bad), oldest first."""
    return tuple(
        Minute(datetime.fromtimestamp(T0 + 60 * at, UTC), *row) for at, row in enumerate(rows)
    )


def observed(plan: Plan, given: Mapping[str, Reading] | None = None, **more: Any) -> Observed:
    """What was read: healthy, but for what is given by the gate's name."""
    readings = {gate.name: healthy(gate) for gate in plan.gates}
    units = (Units(0, 10_000, 5_000, 45_000, 5_000),)
    return Observed(**{"readings": {**readings, **(given or {})}, "units": units, **more})


def healthy(gate: GateSpec, *, step: int = 0, share: int = 10_000) -> Reading:
    if gate.kind in ("rule", "breaker"):
        alive = (1000, 0, 1000, 0)
        return Reading(gate.metric, minutes=minutes(*[alive] * (2 * gate.minutes + 1)))
    return counted(gate.metric, (0, 5_000), (0, 45_000), step=step, share=share)


def evidence(gate: str, verdict: Verdict, **outputs: Any) -> Evidence:
    """A verdict without its mathematics, for the state machine."""
    told = {"why": verdict.name.lower(), "is_shared": False, "baked": 1, **outputs}
    return Evidence(gate, verdict, {"kind": "slo"}, {}, told)


def judged(
    plan: Plan,
    verdicts: Mapping[str, Verdict] | None = None,
    *,
    units: int = 1000,
    srm: Verdict = Verdict.PASS,
    guard: Verdict = Verdict.PASS,
    missing: tuple[str, ...] = (),
    shared: tuple[str, ...] = (),
    muted: frozenset[str] = frozenset(),
) -> Judged:
    """All gates pass, but for what is said."""
    given = verdicts or {}
    specs = [*plan.gates, *(plan.soak.gates if plan.soak else ())]
    told = [
        evidence(spec.name, given.get(spec.name, Verdict.PASS), is_shared=spec.name in shared)
        for spec in specs
        if spec.name not in missing
    ]
    combined = evidence("combined", given.get("combined", Verdict.RUNNING), log_e=0.0, boundary=3.0)
    return Judged(
        tuple(told),
        combined=combined,
        srm=evidence("srm", srm),
        guard=evidence("guard", guard),
        matured_canary=units,
        matured_stable=units,
        muted=muted,
    )
