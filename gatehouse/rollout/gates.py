"""Verdicts: from what a gate wants and what was seen to PASS, FAIL, or not knowing yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gatehouse.rollout import evidence as packing
from gatehouse.rollout import judging_minutes, judging_rates, judging_whole, stats_intervals
from gatehouse.rollout.evidence import RATES, Ground, Told
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import (
    WHOLE,
    Count,
    Evidence,
    GateSpec,
    Phase,
    Reading,
    Standing,
    Units,
    Verdict,
)

__all__ = (
    "Ground", "Judged", "Observed", "judge", "judge_rollout", "muted", "recompute", "shown",
    "specs_of",
)  # fmt: skip

_OF_KIND: Final[Mapping[str, Callable[[GateSpec, Ground, Mapping[str, Any]], Told]]] = {
    "slo": judging_rates.slo,
    "worse": judging_rates.worse,
    "rule": judging_minutes.rule,
    "breaker": judging_minutes.breaker,
    "invariant": judging_minutes.invariant,
}
_WHOLE: Final[Mapping[str, Callable[[Mapping[str, Any], Mapping[str, Any]], Told]]] = {
    "combined": judging_whole.combined,
    "srm": judging_whole.srm,
    "guard": judging_whole.guard,
}


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was read at one look. `guard`: the same gates, the baseline slice in the canary's
    place. `trouble`: why the units could not be read."""

    readings: Mapping[str, Reading]
    units: tuple[Units, ...] = ()
    guard: Mapping[str, Reading] = field(default_factory=dict)
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Judged:
    """All verdicts of one look."""

    evidences: tuple[Evidence, ...]  # one a gate, in the plan's order
    combined: Evidence
    srm: Evidence
    guard: Evidence
    matured_canary: int = 0  # conversations of the present step that count
    matured_stable: int = 0
    muted: frozenset[str] = frozenset()  # gates overridden by an admin: they cannot fail it

    @property
    def everything(self) -> tuple[Evidence, ...]:
        return (*self.evidences, self.combined, self.srm, self.guard)

    @property
    def failed(self) -> Evidence | None:
        """The worst failure: of one gate, else of all together; None: nothing failed."""
        failed = [each for each in self.everything if each.verdict is Verdict.FAIL]
        return next((each for each in failed if each.gate not in self.muted), None)

    @property
    def log_e(self) -> float:
        """The combined evidence; at `combined.outputs["boundary"]` the rollout is rolled back."""
        return float(self.combined.outputs["log_e"])

    def of(self, gate: str) -> Evidence | None:
        return next((each for each in self.everything if each.gate == gate), None)


def judge(spec: GateSpec, reading: Reading, ground: Ground | None = None) -> Evidence:
    """One gate. Not being able to measure is ERROR, which never promotes and never rolls back."""
    ground = ground or Ground()
    params = packing.params_of(spec, ground)
    inputs = packing.packed(spec, reading, ground)
    told = _of_gate(spec, ground, inputs)
    return Evidence(spec.name, told.verdict, params, inputs, told.outputs)


def recompute(evidence: Evidence) -> Evidence:
    """The same verdict from nothing but `params` and `inputs`, bit for bit; also as read back
    from JSON."""
    return _evidence(evidence.gate, evidence.params, evidence.inputs)


def _evidence(gate: str, params: Mapping[str, Any], inputs: Mapping[str, Any]) -> Evidence:
    told = _told(params, inputs)
    return Evidence(gate, told.verdict, params, inputs, told.outputs)


def _told(params: Mapping[str, Any], inputs: Mapping[str, Any]) -> Told:
    if whole := _WHOLE.get(params["kind"]):
        return whole(params, inputs)
    return _of_gate(packing.spec_of(params), packing.ground_of(params), inputs)


def _of_gate(spec: GateSpec, ground: Ground, inputs: Mapping[str, Any]) -> Told:
    if inputs["trouble"]:
        return Told(Verdict.ERROR, {"why": inputs["trouble"], "is_shared": False})
    return _OF_KIND[spec.kind](spec, ground, inputs)


def specs_of(plan: Plan, standing: Standing) -> tuple[GateSpec, ...]:
    """The gates that are armed now: those of the soak, else all that began at a step so far."""
    if standing.phase is Phase.SOAKING:
        return plan.soak.gates if plan.soak else ()
    if standing.phase in (Phase.PROMOTING, Phase.BAKING):
        return plan.gates
    return tuple(gate for gate in plan.gates if gate.from_step <= standing.step)


def muted(standing: Standing) -> frozenset[str]:
    """Gates that an admin has overridden for this whole rollout ("waiver:<gate>@*")."""
    return frozenset(
        key.removeprefix("waiver:").removesuffix("@*")
        for key in standing.approvals
        if key.startswith("waiver:") and key.endswith("@*")
    )


def judge_rollout(plan: Plan, standing: Standing, observed: Observed, *, now: float) -> Judged:
    """All gates that are armed, and what only all together show. `now`: seconds since 1970."""
    specs = specs_of(plan, standing)
    readings = {spec.name: _reading(spec, plan, observed) for spec in specs}
    canary, stable = _matured(specs, readings, standing.step)
    ground = ground_at(plan, standing, now=now, canary=canary, stable=stable)
    evidences = tuple(judge(spec, readings[spec.name], ground) for spec in specs)
    overridden = muted(standing)
    return Judged(
        evidences,
        combined=_combined(plan, evidences, overridden),
        srm=_srm(observed),
        guard=_guard(plan, specs, observed),
        matured_canary=canary,
        matured_stable=stable,
        muted=overridden,
    )


def ground_at(plan: Plan, standing: Standing, *, now: float, canary: int, stable: int) -> Ground:
    """Where the rollout stands, for its gates. `canary`, `stable`: matured in this step."""
    step = plan.steps[standing.step]
    begun = standing.observing_since
    slo = sum(gate.weight for gate in plan.gates if gate.kind == "slo")
    return Ground(
        alpha=plan.alpha,
        alpha_pass=plan.alpha_pass,
        steps=len(plan.steps),
        step=standing.step,
        is_over=begun is not None and now - begun >= step.max_seconds,
        has_units=has_units(plan, standing.step, canary=canary, stable=stable),
        is_soaking=standing.phase is Phase.SOAKING,
        is_baking=standing.phase is Phase.BAKING,
        average_run=plan.bake.average_run,
        weights=slo or None,
    )


def has_units(plan: Plan, number: int, *, canary: int, stable: int) -> bool:
    """Whether `min_units` of each arm that there is have matured in that step."""
    step = plan.steps[number]
    is_compared = step.share < WHOLE and step.baseline != "none"
    return canary >= step.min_units and (stable >= step.min_units or not is_compared)


def _reading(spec: GateSpec, plan: Plan, observed: Observed) -> Reading:
    found = observed.readings.get(spec.name)
    if found is None:
        return Reading(spec.metric, trouble="it was not read")
    bare = {no for no, step in enumerate(plan.steps) if step.baseline == "none"}
    if spec.kind not in RATES or not bare:
        return found
    counts = tuple(_bare(each) if each.step in bare else each for each in found.counts)
    return replace(found, counts=counts)


def _bare(count: Count) -> Count:
    return replace(count, stable_n=0, stable_bad=0)


def _matured(
    specs: Sequence[GateSpec], readings: Mapping[str, Reading], step: int
) -> tuple[int, int]:
    """Conversations of this step that count, by the metric that most of them have."""
    canary = stable = 0
    for spec in specs:
        if spec.kind in RATES:
            here = [each for each in readings[spec.name].counts if each.step == step]
            canary = max(canary, sum([each.canary_n for each in here]))
            stable = max(stable, sum([each.stable_n for each in here]))
    return canary, stable


def _combined(plan: Plan, evidences: Sequence[Evidence], overridden: frozenset[str]) -> Evidence:
    params = {"kind": "combined", "alpha": plan.alpha, "average_run": plan.bake.average_run}
    inputs = judging_whole.combined_inputs(evidences, overridden)
    return _evidence("combined", params, inputs)


def _srm(observed: Observed) -> Evidence:
    params = {"kind": "srm", "alpha": judging_whole.GUARD_ALPHA}
    return _evidence("srm", params, judging_whole.srm_inputs(observed.units, observed.trouble))


def _guard(plan: Plan, specs: Sequence[GateSpec], observed: Observed) -> Evidence:
    equal = frozenset(no for no, step in enumerate(plan.steps) if step.baseline == "equal")
    gates = [
        [spec.name, [[each.share, each.canary_bad, each.stable_bad] for each in found.counts]]
        for spec in specs
        if spec.kind in RATES and (found := observed.guard.get(spec.name))
    ]
    inputs = {"gates": gates, "slices": judging_whole.slices_of(observed.units, equal)}
    return _evidence("guard", {"kind": "guard", "alpha": judging_whole.GUARD_ALPHA}, inputs)


def shown(evidence: Evidence) -> dict[str, Any]:
    """For people to look at, never to decide: rates of both arms with their confidence sequences.

    `canary`, `stable`: rate, low, high, n, bad; None where there is no data or no rate.
    """
    if evidence.params["kind"] not in RATES or not evidence.inputs["counts"]:
        return {"canary": None, "stable": None}
    seen = packing.total(packing.rows_of(evidence.inputs))
    return {
        "canary": _rate(seen.canary_bad, seen.canary_n),
        "stable": _rate(seen.stable_bad, seen.stable_n),
    }


def _rate(bad: int, n: int) -> dict[str, float] | None:
    if not n:
        return None
    low, high = stats_intervals.interval(bad, n)
    return {"rate": bad / n, "low": low, "high": high, "n": n, "bad": bad}
