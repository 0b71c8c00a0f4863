"""`python -m bench.verdicts`: what one tick of the controller's judgement costs, with 20 gates.

Ten objectives, six comparisons, two hard rules, a breaker and an invariant, judged late in a ramp
of five steps and while baking, and the next move drawn from them. No database is read or written.
Best and median of many ticks, on one core, in one process; exit code 1 if the median is above 1 ms.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median

from gatehouse.rollout import gates, moves, stats, stats_intervals, stats_watch
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

TICKS, MOST_MS, CALLS = 1_000, 1.0, 20_000
SHARES = (5_000, 10_000, 25_000, 50_000, 100_000)
PER_STEP, BAKED = 4_000, 20_000
NOW = 1_780_000_000.0
ARM = {"turn_slow": 1200, "search_slow": 450, "model_slow": 5_000, "store_slow": 1_000}
OBJECTIVES = ("turn_error", "contract", "turn_slow", "search_slow", "model_slow", "store_slow",
              "not_converted", "validation", "model_error", "ungrounded")  # fmt: skip
COMPARISONS = ("turn_error", "turn_slow", "not_converted", "not_completed", "not_engaged",
               "negative_feedback")  # fmt: skip


def plan() -> Plan:
    """Five steps and twenty gates."""
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


def observed(made: Plan, *, is_baking: bool) -> gates.Observed:
    """A healthy canary after so many conversations of each step."""
    readings = {gate.name: _reading(gate, is_baking=is_baking) for gate in made.gates}
    units = tuple(
        Units(step, share, canary=share * PER_STEP // 100_000,
              stable=PER_STEP - share * PER_STEP // 100_000, slice=0)
        for step, share in enumerate(SHARES)
    )  # fmt: skip
    guard = {name: found for name, found in readings.items() if not name.endswith("_rule")}
    return gates.Observed(readings, units, guard)


def _reading(gate: GateSpec, *, is_baking: bool) -> Reading:
    bad = 0 if gate.kind in ("invariant", "breaker") else 25  # one conversation in so many is bad
    counts = []
    for step, share in enumerate(SHARES):
        canary = share * PER_STEP // 100_000
        stable = PER_STEP - canary
        counts.append(
            Count(step, share, canary, canary // bad if bad else 0, stable,
                  stable // bad if bad else 0)
        )  # fmt: skip
    start = datetime(2026, 6, 1, tzinfo=UTC)
    minutes = tuple(Minute(start + timedelta(minutes=k), 60, 0, 60, 0) for k in range(60))
    bake = (bytes(49) + b"\x01") * (BAKED // 50) if is_baking and gate.kind == "slo" else b""
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
    for name, is_baking in (("ramping, last of five steps", False), ("baking", True)):
        seen, stands = observed(made, is_baking=is_baking), standing(is_baking=is_baking)

        def tick(seen: gates.Observed = seen, stands: Standing = stands) -> None:
            judged = gates.judge_rollout(made, stands, seen, now=NOW)
            moves.next_move(stands, made, judged, moves.Surroundings(), NOW)

        times = _times_ms(tick)
        dearest = max(dearest, median(times))
        _say(f"tick of {len(made.gates)} gates, {name}: best {min(times):.3f} ms,"
             f" median {median(times):.3f} ms (at most {MOST_MS:g})")  # fmt: skip
    for name, call in _parts().items():
        _say(f"  {name}: {_us(call):.2f} µs")
    return int(dearest > MOST_MS)


def _times_ms(call: Callable[[], None]) -> list[float]:
    times = []
    for _ in range(TICKS):
        begun = time.thread_time_ns()
        call()
        times.append((time.thread_time_ns() - begun) / 1e6)
    return times


def _us(call: Callable[[], object]) -> float:
    calls = CALLS // 100 if call.__name__ == "display" else CALLS
    begun = time.thread_time_ns()
    for _ in range(calls):
        call()
    return (time.thread_time_ns() - begun) / calls / 1e3


def _parts() -> dict[str, Callable[[], object]]:
    def display() -> object:
        return stats_intervals.interval(12, 2_300)

    def watch() -> object:
        return stats_watch.ShiryaevRoberts(0.05).feed(b"\0\0\1")

    splits = [(0.1, 5, 15), (0.5, 8, 2)]
    return {
        "evidence against an objective": lambda: stats.log_e_slo(12, 2_300, 0.005),
        "certification": lambda: stats.log_e_certify(12, 2_300, 0.01),
        "two arms, two shares": lambda: stats.log_e_worse(splits),
        "ratio of the sample": lambda: stats.log_e_srm([(0.1, 600, 4_400)]),
        "watch of the bake, three conversations": watch,
        "interval for display": display,
    }


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
