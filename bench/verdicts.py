"""`python -m bench.verdicts`: what one tick of the controller's judgement costs, with 20 gates.

Ten objectives, six comparisons, two hard rules, a breaker and an invariant, judged in the last of
three steps and while baking, and the next move drawn from them; some conversations end between two
ticks. No database is read or written. Processor time of one core; exit code 1 if the median of
many ticks is above 1 ms.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median

from gatehouse.rollout import gates, moves, stats, stats_intervals
from gatehouse.rollout.plan_shapes import Bake, Plan, Step
from gatehouse.rollout.types import (
    Count,
    GateSpec,
    Minute,
    Phase,
    Reading,
    Standing,
    Units,
)

TICKS, MOST_MS, CALLS = 1_000, 1.0, 5_000
SHARES = (10_000, 50_000, 100_000)  # as in the shipped plans
PER_STEP, BAKED, PER_TICK = 4_000, 5_000, 5
BAD = 25  # one conversation in so many
NOW = 1_780_000_000.0
ARM = {"turn_slow": 1200, "search_slow": 450, "model_slow": 5_000, "store_slow": 1_000}
OBJECTIVES = ("turn_error", "contract", "turn_slow", "search_slow", "model_slow", "store_slow",
              "not_converted", "validation", "model_error", "ungrounded")  # fmt: skip
COMPARISONS = ("turn_error", "turn_slow", "not_converted", "not_completed", "not_engaged",
               "negative_feedback")  # fmt: skip


def plan() -> Plan:
    """Three steps and twenty gates."""
    steps = tuple(Step(share, 1_800, 86_400, 400) for share in SHARES)
    slo = [
        GateSpec(f"{metric}_slo", "slo", metric, limit=0.05, edge_ms=ARM.get(metric), weight=0.05,
                 required=True)
        for metric in OBJECTIVES
    ]  # fmt: skip
    worse = [
        GateSpec(f"{metric}_worse", "worse", metric, edge_ms=ARM.get(metric), weight=0.05)
        for metric in COMPARISONS
    ]
    others = [
        GateSpec("contract_rule", "rule", "contract", limit=0.02),
        GateSpec("slow_rule", "rule", "turn_slow", limit=0.05, edge_ms=1200),
        GateSpec("breaker", "breaker", "breaker_open", limit=0.5, service="backend_search"),
        GateSpec("reask", "invariant", "reask"),
    ]
    return Plan("bench", steps, (*slo, *worse, *others), Bake(7_200))


def observed(made: Plan, *, tick: int, is_baking: bool) -> gates.Observed:
    """A healthy canary after so many conversations of each step, and more with each tick."""
    more = PER_TICK * tick
    readings = {gate.name: _reading(gate, more=more, is_baking=is_baking) for gate in made.gates}
    units = tuple(
        Units(step, share, canary=share * PER_STEP // 100_000,
              stable=PER_STEP - share * PER_STEP // 100_000, slice=0)
        for step, share in enumerate(SHARES)
    )  # fmt: skip
    rates = {gate.name for gate in made.gates if gate.kind in ("slo", "worse")}
    return gates.Observed(readings, units, {name: readings[name] for name in rates})


def _reading(gate: GateSpec, *, more: int, is_baking: bool) -> Reading:
    never = gate.kind in ("invariant", "breaker")
    counts = []
    for step, share in enumerate(SHARES):
        canary = share * PER_STEP // 100_000
        stable = PER_STEP - canary
        canary += more if step == len(SHARES) - 1 else 0
        bad = (0, 0) if never else (canary // BAD, stable // BAD)
        counts.append(Count(step, share, canary, bad[0], stable, bad[1]))
    start = datetime(2026, 6, 1, tzinfo=UTC)
    minutes = tuple(Minute(start + timedelta(minutes=k), 60, k % 2, 60, 0) for k in range(60))
    if never:
        minutes = tuple(replace(minute, canary_bad=0) for minute in minutes)
    baked = ((bytes(BAD * 2 - 1) + b"\x01") * (BAKED // BAD))[: BAKED + more]
    bake = baked if is_baking and gate.kind == "slo" else b""
    return Reading(gate.metric, tuple(counts), minutes, bake)


def standing(*, is_baking: bool) -> Standing:
    """At the last step, or baking."""
    return Standing(
        id="ro-bench", phase=Phase.BAKING if is_baking else Phase.RAMPING, step=len(SHARES) - 1,
        share=100_000, revision=9, stable_version="rules", canary_version="v-000000000000",
        plan={}, created_at=NOW - 90_000, phase_since=NOW - 900, step_since=NOW - 900,
        observing_since=NOW - 900,
    )  # fmt: skip


def main() -> int:
    """Prints the cost of each part; 1 if a tick is too dear."""
    made, dearest = plan(), 0.0
    for name, is_baking in (("ramping, last of three steps", False), ("baking", True)):
        times = [_tick_ms(made, tick=tick, is_baking=is_baking) for tick in range(TICKS)]
        dearest = max(dearest, median(times))
        p99 = sorted(times)[TICKS * 99 // 100]
        _say(f"tick of {len(made.gates)} gates, {name}: best {min(times):.3f} ms,"
             f" median {median(times):.3f} ms (at most {MOST_MS:g}), p99 {p99:.3f} ms")  # fmt: skip
    for name, call in _parts().items():
        _say(f"  {name}: {_us(call):.2f} µs")
    return int(dearest > MOST_MS)


def _tick_ms(made: Plan, *, tick: int, is_baking: bool) -> float:
    seen = observed(made, tick=tick, is_baking=is_baking)
    stands = standing(is_baking=is_baking)
    begun = time.thread_time_ns()
    judged = gates.judge_rollout(made, stands, seen, now=NOW)
    moves.next_move(stands, made, judged, moves.Surroundings(), NOW)
    return (time.thread_time_ns() - begun) / 1e6


def _us(call: Callable[[int], object]) -> float:
    begun = time.thread_time_ns()
    for k in range(CALLS):
        call(k)
    return (time.thread_time_ns() - begun) / CALLS / 1e3


def _parts() -> dict[str, Callable[[int], object]]:
    """With another number each time: what is remembered is not what is measured."""
    return {
        "evidence against an objective": lambda k: stats.log_e_slo(12, 2_300 + k, 0.005),
        "certification": lambda k: stats.log_e_certify(12, 2_300 + k, 0.01),
        "two arms, two shares": lambda k: stats.log_e_worse([(0.1, 5, 15), (0.5, 8, k)]),
        "ratio of the sample": lambda k: stats.log_e_srm([(0.1, 600, 4_400 + k)]),
        "interval for display": lambda k: stats_intervals.interval(12, 2_300 + k),
    }


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
