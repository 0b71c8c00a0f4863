"""Each gate as the console shows it: its demand, what was seen, and the way to its boundary."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gatehouse.office import words
from gatehouse.office.words import Tone
from gatehouse.rollout import evidence as packing
from gatehouse.rollout import stats, stats_intervals
from gatehouse.rollout.evidence import RATES
from gatehouse.rollout.judgements import Kept
from gatehouse.rollout.plan_shapes import Step
from gatehouse.rollout.plans import Plan
from gatehouse.rollout.types import WHOLE, Evidence, GateSpec, Verdict

POINTS_AT_MOST = 120  # of one chart
SHORT_OF_IT = 0.97  # where a way ends that has the evidence and lacks something else
COUNTED_BY_TURN = ("rule", "invariant")
WHOLE_ROLLOUT = {
    "combined": "All gates together",
    "srm": "Sizes of the arms",
    "guard": "The measurement itself",
    "bake": "Late harm",
}
GUARDS = {
    "combined": "The error budget of the whole rollout, shared by its gates.",
    "srm": "The arms must have the sizes that were drawn.",
    "guard": "Two halves of the stable version must not differ.",
    "bake": "Harm that begins late, looked for while everybody has the version.",
}


@dataclass(frozen=True, slots=True)
class Arm:
    """What one arm showed: `bad` of `n` conversations."""

    n: int
    bad: int

    @property
    def rate(self) -> float | None:
        return self.bad / self.n if self.n else None

    @property
    def told(self) -> str:
        return words.rate(self.rate)


@dataclass(frozen=True, slots=True)
class Point:
    """One look: evidence of harm and of safety, as parts of what a decision needs (1)."""

    at: float
    step: int
    harm: float
    safe: float


@dataclass(frozen=True, slots=True)
class GateShown:
    """One gate."""

    name: str
    title: str
    promise: str
    kind: str
    is_required: bool
    verdict_name: str
    verdict: str
    tone: Tone
    why: str
    canary: Arm
    stable: Arm
    interval: tuple[float, float] | None
    limit: float | None
    points: tuple[Point, ...]
    lacking: int = 0  # conversations without a failure that a certification still needs
    until: str = ""  # how long they take at the pace of this step

    @property
    def is_charted(self) -> bool:
        """Whether its way says more than its last word."""
        return bool(self.points) and (self.kind in RATES or self.verdict_name == "FAIL")

    @property
    def chart_json(self) -> str:
        """What the drawing needs."""
        points = [[p.at, round(p.harm, 4), round(p.safe, 4), p.step] for p in self.points]
        return json.dumps({"points": points})

    @property
    def interval_told(self) -> str:
        if self.interval is None:
            return ""
        low, high = self.interval
        return f"between {words.rate(low)} and {words.rate(high)}"

    @property
    def seen_told(self) -> str:
        """What a rule or an invariant was told of, which is turns."""
        if not self.canary.n or self.kind not in COUNTED_BY_TURN:
            return ""
        return f"{self.canary.bad:,} of {self.canary.n:,} turns"


def shown(
    plan: Plan | None, history: Sequence[Kept], *, pace: float = 0.0, is_over: bool = False
) -> tuple[GateShown, ...]:
    """Every gate of the plan and every guard that has spoken; the worst ones first.

    `pace`: conversations of the canary a second. `is_over`: nothing is watched any more.
    """
    by_gate: dict[str, list[Kept]] = defaultdict(list)
    for kept in history:
        by_gate[kept.evidence.gate].append(kept)
    specs = {gate.name: gate for gate in _specs(plan)}
    names = [*specs, *(name for name in by_gate if name not in specs)]
    asked = (Asked(name, specs.get(name), plan, is_over) for name in names)
    told = [_gate(each, by_gate[each.name], pace) for each in asked]
    return tuple(sorted(told, key=_urgency))


@dataclass(frozen=True, slots=True)
class Asked:
    """One gate of a plan, or a guard of the whole rollout."""

    name: str
    spec: GateSpec | None
    plan: Plan | None
    is_over: bool


def _specs(plan: Plan | None) -> tuple[GateSpec, ...]:
    if plan is None:
        return ()
    return (*(plan.soak.gates if plan.soak else ()), *plan.gates)


def _gate(asked: Asked, looks: Sequence[Kept], pace: float) -> GateShown:
    name, spec = asked.name, asked.spec
    last = looks[-1].evidence if looks else None
    verdict = last.verdict if last else Verdict.NODATA
    is_late = asked.is_over and verdict is Verdict.RUNNING
    said, tone = words.UNDECIDED if is_late else words.VERDICTS[verdict.name]
    kind = spec.kind if spec else "guard"
    canary, stable = _arms(last)
    lacking = 0 if asked.is_over else _lacking(asked, canary, looks)
    return GateShown(
        name=name,
        title=words.title(spec) if spec else WHOLE_ROLLOUT.get(name, name),
        promise=words.promise(spec) if spec else GUARDS.get(name, ""),
        kind=kind,
        is_required=bool(spec and spec.required),
        verdict_name=verdict.name,
        verdict=_said(last, kind, said),
        tone=tone,
        why=_why(last),
        canary=canary,
        stable=stable,
        interval=_interval(canary, kind),
        limit=spec.limit if spec else None,
        points=tuple(_point(look, asked.plan) for look in looks),
        lacking=lacking,
        until=words.lasting(lacking / pace) if lacking and pace else "",
    )


def _said(last: Evidence | None, kind: str, said: str) -> str:
    """Rules and guards certify nothing: they are kept."""
    if last is None:
        return "no look yet"
    return "kept" if last.verdict is Verdict.PASS and kind not in RATES else said


def _why(last: Evidence | None) -> str:
    """As the gate said it; or that its evidence is there and the least number is not."""
    if last is None:
        return ""
    bounded, needed = last.outputs.get("log_e_bounded"), last.outputs.get("boundary_pass")
    is_early = last.verdict is Verdict.RUNNING and bounded is not None and bounded >= needed
    return "enough evidence, too few conversations" if is_early else str(last.outputs["why"])


def _lacking(asked: Asked, canary: Arm, looks: Sequence[Kept]) -> int:
    """How many more good ones a required objective needs; 0 if it has them, or cannot say."""
    spec = asked.spec
    if not looks or spec is None or spec.kind != "slo" or not spec.required:
        return 0
    last = looks[-1].evidence
    if last.verdict is not Verdict.RUNNING and last.verdict is not Verdict.INCONCLUSIVE:
        return 0
    limit = spec.delta_max if spec.policy == "no_evidence" else spec.limit
    needed = last.outputs.get("boundary_pass")
    if not limit or not needed or (canary.n and canary.bad / canary.n >= limit):
        return 0
    by_evidence = stats.fewest_to_certify(canary.bad, limit, log_e=needed) - canary.n
    by_number = 0
    if spec.policy == "no_evidence" and (step := _step(looks[-1], asked.plan)):
        by_number = step.min_units - _here(looks[-1])[0]
    return max(by_evidence, by_number, 0)


def _urgency(gate: GateShown) -> tuple[int, bool, bool]:
    order: dict[str, int] = {"bad": 0, "wait": 1, "calm": 1, "good": 1}
    return order[gate.tone], not gate.is_required, gate.kind == "guard"


def _arms(evidence: Evidence | None) -> tuple[Arm, Arm]:
    """What the new and the stable arm showed, as far as this kind of gate counts them."""
    if evidence is None:
        return Arm(0, 0), Arm(0, 0)
    outputs = evidence.outputs
    if evidence.params.get("kind") in RATES:
        seen = packing.total(packing.rows_of(evidence.inputs))
        return Arm(seen.canary_n, seen.canary_bad), Arm(seen.stable_n, seen.stable_bad)
    if "canary_n" in outputs:
        pairs = [(outputs[f"{arm}_n"], outputs[f"{arm}_bad"]) for arm in ("canary", "stable")]
        return Arm(*pairs[0]), Arm(*pairs[1])
    return Arm(outputs.get("n", 0), outputs.get("bad", 0)), Arm(0, 0)


def _interval(canary: Arm, kind: str) -> tuple[float, float] | None:
    """Where the new version's rate lies, however often one has looked."""
    return stats_intervals.interval(canary.bad, canary.n) if canary.n and kind in RATES else None


def _point(look: Kept, plan: Plan | None) -> Point:
    """The way to the lower edge ends there only if the gate was certified at that look."""
    outputs = look.evidence.outputs
    needed = outputs.get("boundary_pass")
    bounded = min(_part(outputs.get("log_e_bounded"), needed), _matured(look, plan))
    safe = max(_part(outputs.get("log_e_pass"), needed), bounded)
    if look.evidence.verdict is not Verdict.PASS:
        safe = min(safe, SHORT_OF_IT)
    return Point(at=look.at, step=look.step, harm=_harm(outputs), safe=safe)


def _matured(look: Kept, plan: Plan | None) -> float:
    """The conversations of a step as a part of those that it needs at least."""
    step, evidence = _step(look, plan), look.evidence
    if step is None or "log_e_bounded" not in evidence.outputs or not step.min_units:
        return 2.0
    if evidence.params["ground"]["has_units"]:
        return 2.0
    canary, stable = _here(look)
    is_compared = step.share < WHOLE and step.baseline != "none"
    return min(canary, stable if is_compared else canary) / step.min_units


def _step(look: Kept, plan: Plan | None) -> Step | None:
    return plan.steps[look.step] if plan and look.step < len(plan.steps) else None


def _here(look: Kept) -> tuple[int, int]:
    """Conversations of the new and of the stable arm in the step of a look."""
    rows = [row for row in packing.rows_of(look.evidence.inputs) if row.step == look.step]
    return sum(row.canary_n for row in rows), sum(row.stable_n for row in rows)


def _harm(outputs: Mapping[str, Any]) -> float:
    """Of a rule or a fuse: the rate as a part of its limit."""
    if "log_e" in outputs:
        return _part(outputs["log_e"], outputs.get("boundary"))
    limit, n = outputs.get("limit"), outputs.get("canary_n")
    if limit and n:
        return min(float(outputs["canary_bad"] / n / limit), 2.0)
    return 1.0 if outputs.get("bad") else 0.0


def _part(log_e: object, boundary: object) -> float:
    """Evidence as a part of what is needed; none, and evidence to the contrary, are 0."""
    if not isinstance(log_e, int | float) or not isinstance(boundary, int | float):
        return 0.0
    if boundary <= 0 or math.isnan(log_e):
        return 0.0
    return min(max(log_e / boundary, 0.0), 2.0)
