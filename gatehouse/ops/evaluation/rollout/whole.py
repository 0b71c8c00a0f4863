"""Whole rollouts of a shipped plan through the real gates: a canary that is like stable.

A look at all gates takes a millisecond, and there are hundreds a rollout. So each minute a bound
is computed that no verdict can exceed, and the gates are asked where it is high enough to matter;
they are also asked now and then to hold the bound against them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from gatehouse.ops.evaluation.rollout.peers import RULES, Rule
from gatehouse.ops.evaluation.rollout.table import ALPHA, Row, Table, null_row
from gatehouse.ops.evaluation.rollout.traces import Moment, World, moments, outcomes
from gatehouse.rollout import gates, plans, stats, stats_watch
from gatehouse.rollout.evidence import Row as Seen
from gatehouse.rollout.judging_rates import LOST, log_over
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import (
    WHOLE,
    Count,
    GateSpec,
    Minute,
    Phase,
    Reading,
    Standing,
    Units,
    Verdict,
)

PLAN = "R1"
START = datetime(2026, 6, 1, tzinfo=UTC)
HELD_AGAINST = 45  # minutes between two looks that hold the bound against the gates
PROGRESS = 100  # rollouts between two lines of progress
RATES = ("slo", "worse")
MOST_FALSE = 0.01  # of healthy canaries; the guarantee is ALPHA
HEALTHY = World({
    "turn_slow": 0.035, "search_slow": 0.035, "contract": 0.0025, "not_converted": 0.15,
    "turn_error": 0.0025, "no_recommendation": 0.2, "not_engaged": 0.4,
})  # fmt: skip
MOST_AT_EDGE = 0.15  # 3,000 baked conversations of 20,000 between two false alarms
EDGE = World({
    "turn_slow": 0.05, "search_slow": 0.05, "contract": 0.005, "not_converted": 0.2,
    "turn_error": 0.005, "no_recommendation": 0.2, "not_engaged": 0.4,
})  # fmt: skip
INCIDENT = World(
    HEALTHY.rates,
    incident={"turn_slow": 0.5, "contract": 0.3, "not_converted": 0.5, "turn_error": 0.3},
    incident_minutes=range(75, 95),  # in the second step: both arms live
)
_SEED = 20260827


class BoundExceeded(AssertionError):
    """A gate found more evidence than was thought possible: this measurement is wrong."""


@dataclass(slots=True)
class Fate:
    """What became of one rollout: whether its gates failed, its watch alarmed, and so on."""

    is_failed: bool = False
    is_alarmed: bool = False
    is_ruled: bool = False  # a hard rule of the plan
    is_doubted: bool = False  # held by SRM or the guard
    peers: dict[str, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Course:
    """One rollout as it goes, with all that was counted."""

    plan: Plan
    seen: list[Moment] = field(default_factory=list)
    counts: dict[str, list[list[int]]] = field(default_factory=dict)  # metric -> step -> Count
    arms: list[list[int]] = field(default_factory=list)

    def add(self, moment: Moment) -> None:
        self.seen.append(moment)
        if len(self.arms) <= moment.step:
            self.arms.append([0, 0, 0])
        self.arms[moment.step][0] += moment.canary
        self.arms[moment.step][1] += moment.stable
        self.arms[moment.step][2] += moment.slice
        for metric, (canary, stable) in moment.bad.items():
            steps = self.counts.setdefault(metric, [])
            if len(steps) <= moment.step:
                steps.append([0, 0])
            steps[moment.step][0] += canary
            steps[moment.step][1] += stable

    def bound(self) -> float:
        """No less than the combined evidence of the gates of a rate, in units of its boundary.

        Or of one of them alone, whichever is more.
        """
        specs = [spec for spec in self.plan.gates if _is_armed(spec, self.seen[-1].step)]
        logs = [self._log_e(spec) for spec in specs]
        return stats.combine(logs, [spec.weight for spec in specs])

    def _log_e(self, spec: GateSpec) -> float:
        steps = list(range(spec.from_step, len(self.arms)))
        restarts = stats.Restarts.equal(len(self.plan.steps) - spec.from_step)
        log_e = self._over if spec.kind == "slo" else self._worse
        return restarts.log_e(steps, lambda some: log_e(spec, some))

    def _over(self, spec: GateSpec, steps: Sequence[int]) -> float:
        bad = self.counts[spec.metric]
        return log_over(spec, [Seen(k, 0, self.arms[k][0], bad[k][0], 0, 0) for k in steps])

    def _worse(self, spec: GateSpec, steps: Sequence[int]) -> float:
        ratios = stats.CONVERSION_RATIOS if spec.metric in LOST else stats.RATIOS
        counts = self.counts[spec.metric]
        shares = [step.share / WHOLE for step in self.plan.steps]
        splits = [(shares[k], counts[k][0], counts[k][1]) for k in steps]
        return stats.log_e_worse(splits, ratios=ratios)

    def look(self) -> gates.Judged:
        """All gates of a rate, as the controller would ask them now."""
        now = self.seen[-1]
        readings = {
            spec.name: Reading(spec.metric, self._read(spec.metric)) for spec in self.plan.gates
        }
        units = tuple(
            Units(k, self.plan.steps[k].share, canary=arms[0], stable=arms[1], slice=arms[2])
            for k, arms in enumerate(self.arms)
        )
        return gates.judge_rollout(
            self.plan, _standing(now), gates.Observed(readings, units), now=_time(now).timestamp()
        )

    def _read(self, metric: str) -> tuple[Count, ...]:
        return tuple(
            Count(k, self.plan.steps[k].share, arms[0], bad[0], arms[1], bad[1])
            for k, (arms, bad) in enumerate(zip(self.arms, self.counts[metric], strict=True))
        )


def _is_armed(spec: GateSpec, step: int) -> bool:
    return spec.kind in RATES and spec.from_step <= step


def _time(moment: Moment) -> datetime:
    return START + timedelta(minutes=moment.number)


def _standing(moment: Moment) -> Standing:
    at = START.timestamp()
    return Standing(
        id="ro-simulated", phase=Phase.RAMPING, step=moment.step, share=moment.share, revision=1,
        stable_version="rules", canary_version="v-000000000000", plan={}, created_at=at,
        phase_since=at, step_since=at, observing_since=at,
    )  # fmt: skip


def rates_only(plan: Plan) -> Plan:
    """The same plan with nothing but its gates of a rate: what the error budget is about."""
    kept = tuple(gate for gate in plan.gates if gate.kind in RATES)
    return Plan(plan.name, plan.steps, kept, plan.bake, alpha=plan.alpha)


def fate(plan: Plan, world: World, dice: Random) -> Fate:
    """Follows one rollout to its end, with a look each minute."""
    course, told, limit = Course(rates_only(plan)), Fate(), stats.threshold(plan.alpha)
    for moment in moments(plan, world, dice):
        course.add(moment)
        is_near = not told.is_failed and course.bound() >= limit
        if is_near or moment.number % HELD_AGAINST == HELD_AGAINST - 1:
            judged = course.look()
            _hold_against(course, judged)
            told.is_failed |= judged.failed is not None
            doubts = judged.srm.verdict, judged.guard.verdict
            told.is_doubted |= doubts != (Verdict.PASS, Verdict.PASS)
    told.is_alarmed = _is_alarmed(plan, course, dice)
    told.is_ruled = any(_breaks(spec, course) for spec in plan.gates if spec.kind == "rule")
    told.peers = {name: _is_rolled_back(plan, course, rule) for name, rule in RULES.items()}
    return told


def _hold_against(course: Course, judged: gates.Judged) -> None:
    if judged.log_e > course.bound() + 1e-9:
        raise BoundExceeded(f"{judged.log_e} is more than {course.bound()}")


def _is_alarmed(plan: Plan, course: Course, dice: Random) -> bool:
    """Whether the watch of the bake alarmed: at most where the sum of the peaks is so high."""
    baked = [moment for moment in course.seen if moment.is_baking]
    slo = [gate for gate in plan.gates if gate.kind == "slo"]
    whole, risen = sum(gate.weight for gate in slo), 0.0
    for gate in slo:
        watch = stats_watch.ShiryaevRoberts(gate.limit or 0.0)
        watch.feed(outcomes(baked, gate.metric, dice))
        risen += watch.peak * gate.weight / whole
    return risen >= plan.bake.average_run


def _breaks(spec: GateSpec, course: Course) -> bool:
    """A hard rule, looked at once over all minutes: it misses no run of them."""
    minutes = tuple(
        Minute(_time(moment), moment.canary, moment.bad[spec.metric][0], moment.stable,
               moment.bad[spec.metric][1])
        for moment in course.seen
    )  # fmt: skip
    return gates.judge(spec, Reading(spec.metric, (), minutes)).verdict is Verdict.FAIL


def _is_rolled_back(plan: Plan, course: Course, rule: Rule) -> bool:
    """A rule of others on the canary's minutes, for each objective of the plan."""
    return any(
        rule([(each.canary, each.bad[spec.metric][0]) for each in course.seen], spec.limit or 0.0)
        for spec in plan.gates
        if spec.kind == "slo"
    )


def fates(world: World, *, runs: int, name: str) -> Iterator[Fate]:
    """So many rollouts of the plan."""
    plan, dice = plans.named(PLAN), Random(f"{_SEED} {name}")  # noqa: S311  no secrets
    for k in range(1, runs + 1):
        yield fate(plan, world, dice)
        if k % PROGRESS == 0:
            sys.stderr.write(f"  {name}: {k} of {runs} rollouts\n")


def measured(*, runs: int) -> Iterator[Table]:
    """Healthy canaries, such at the edge of every objective, and an incident of both arms.

    At the edge the watch of the bake may alarm: its promise is a mean time of `average_run`.
    """
    title = f"whole rollouts of {PLAN}, 1,500 conversations an hour, a look each minute"
    healthy = list(fates(HEALTHY, runs=runs, name="healthy"))
    rows = [
        _share("failed by the gates (guarantee .05)", [f.is_failed for f in healthy], MOST_FALSE),
        _share("failed by the hard rules", [f.is_ruled for f in healthy], MOST_FALSE),
        _share("alarms while baking", [f.is_alarmed for f in healthy], MOST_FALSE),
        _share("held by SRM or guard", [f.is_doubted for f in healthy], MOST_FALSE),
        *(_share(f"{name} (others)", [f.peers[name] for f in healthy], None) for name in RULES),
    ]
    yield Table(f"{title}: healthy canaries", tuple(rows))
    edge = list(fates(EDGE, runs=runs // 4, name="edge"))
    yield Table(f"{title}: just at every objective", tuple(_rows(edge, alarms=MOST_AT_EDGE)))
    incident = list(fates(INCIDENT, runs=runs // 20, name="incident"))
    yield Table(f"{title}: 20 minutes bad for both arms", tuple(_rows(incident, alarms=None)))


def _rows(found: list[Fate], *, alarms: float | None) -> Iterator[Row]:
    runs, failed = len(found), sum(f.is_failed for f in found)
    yield null_row("failed by the gates", failed, runs, reference=ALPHA)
    yield _share("failed by the hard rules", [f.is_ruled for f in found], None)
    alarmed = [f.is_alarmed for f in found]
    if alarms is None:
        yield _share("alarms while baking", alarmed, None)
    else:
        yield null_row("alarms while baking", sum(alarmed), runs, most=alarms, reference=alarms)


def _share(name: str, found: list[bool], most: float | None) -> Row:
    return Row(name, sum(found) / len(found), high=most)
