"""R1's rollout rows that gates and the state machine answer for, named after their ids."""

from __future__ import annotations

import math
import random
from dataclasses import replace

from gatehouse.rollout import plans
from gatehouse.rollout.gates import Judged, Observed, judge, judge_rollout
from gatehouse.rollout.moves import Surroundings, next_move
from gatehouse.rollout.stepping import moved
from gatehouse.rollout.types import (
    WHOLE,
    Count,
    GateSpec,
    Move,
    Phase,
    Reading,
    Standing,
    Units,
    Verdict,
)
from tests.unit.rollout.looks import HOUR, T0, counted, minutes, standing
from tests.unit.rollout.worlds import World

R1 = plans.named("R1")
FINE = Surroundings(workers=2, workers_on_revision=2)
SPECS = {gate.name: gate for gate in R1.gates}
ALIVE = 60_000  # milliseconds of a minute


def reading(spec: GateSpec, row: tuple[int, int, int, int], **where: int) -> Reading:
    """Conversations (canary n, bad, stable n, bad), and quiet minutes."""
    quiet = minutes(*[(ALIVE, 0, ALIVE, 0)] * (2 * spec.minutes + 1))
    if spec.kind in ("breaker", "rule"):
        return Reading(spec.metric, minutes=quiet)
    step, share = where.get("step", 0), where.get("share", 10_000)
    return Reading(spec.metric, counts=(Count(step, share, *row),))


def look(given: dict[str, Reading], row: tuple[int, int, int, int], **where: int) -> Observed:
    """All gates see the same healthy conversations, but for those that are given."""
    readings = {name: reading(spec, row, **where) for name, spec in SPECS.items()}
    units = (Units(where.get("step", 0), where.get("share", 10_000), row[0], row[2], row[0]),)
    return Observed({**readings, **given}, units=units)


def judged_at(observed: Observed, begun: Standing, *, after: float = HOUR) -> Judged:
    return judge_rollout(R1, begun, observed, now=T0 + after)


def moved_by(observed: Observed, begun: Standing, *, after: float = HOUR) -> Move:
    told = judged_at(observed, begun, after=after)
    return next_move(begun, R1, told, FINE, T0 + after)


HEALTHY = (600, 0, 5_400, 0)


def test_r1_07_a_time_of_day_on_both_arms_never_gives_fail() -> None:
    def by_day(hour: float) -> float:
        return 0.05 * (1 + math.sin(hour * math.tau / 24))  # up to 20 times the objective

    blamed_without = 0
    for seed in range(10):
        world = World(by_day, by_day, seed, metric="contract")
        for hour in range(24):
            told = world.live(hour, 120, share=50_000)
            for name in ("contract", "errors_worse"):
                assert judge(replace(SPECS[name], weight=1.0), told).verdict is not Verdict.FAIL
        alone = tuple(replace(each, stable_n=0, stable_bad=0) for each in told.counts)
        bare = judge(replace(SPECS["contract"], weight=1.0), Reading("contract", alone))
        blamed_without += bare.verdict is Verdict.FAIL
    assert blamed_without == 10, "an earlier hour as the comparator would have blamed the canary"


def test_r1_23_a_healthy_hour_passes_and_thirty_conversations_hold() -> None:
    begun = standing(R1)
    assert moved_by(look({}, HEALTHY), begun, after=HOUR - 1).share == 10_000, "60 minutes first"
    assert moved_by(look({}, HEALTHY), begun).share == 50_000
    few = look({}, (30, 0, 270, 0))
    assert moved_by(few, begun).share == 10_000
    assert moved_by(few, begun, after=24 * HOUR).held == "inconclusive"


def test_r1_23_failures_that_cluster_in_one_conversation_count_once() -> None:
    """Six bad turns of one visitor are one bad conversation; the control counts turns."""
    draw, by_talk, by_turn = random.Random(23), 0, 0
    spec = replace(SPECS["contract"], weight=1.0)
    for _ in range(100):
        bad, is_failed, is_failed_by_turns = 0, False, False
        for talks in range(50, 1001, 50):
            bad += sum(draw.random() < 0.005 for _ in range(50))
            is_failed |= _fails(spec, bad, talks)
            is_failed_by_turns |= _fails(spec, 6 * bad, 6 * talks)
        by_talk, by_turn = by_talk + is_failed, by_turn + is_failed_by_turns
    assert by_talk <= 10  # 5 of 100, and three standard errors
    assert by_turn >= 20


def _fails(spec: GateSpec, bad: int, n: int) -> bool:
    return judge(spec, counted(spec.metric, (bad, n))).verdict is Verdict.FAIL


def test_r1_25_conversion_of_79_fails_and_of_81_passes_at_large_numbers() -> None:
    strict = replace(SPECS["conversion"], policy="certified", delta_max=None)
    n = 60_000
    worse = counted("not_converted", (int(n * 0.21), n))
    better = counted("not_converted", (int(n * 0.19), n))
    assert judge(strict, worse).verdict is Verdict.FAIL
    assert judge(strict, better).verdict is Verdict.PASS
    assert judge(strict, counted("not_converted", (42, 200))).verdict is Verdict.RUNNING


def breached(name: str, lasting: int, *, share_bad: float) -> Observed:
    """A breach of the canary that has lasted so many minutes, after healthy ones."""
    spec, n = SPECS[name], 200
    rows = [(n, 0, 9 * n, 0)] * (2 * spec.minutes + 1 - lasting)
    rows += [(n, int(n * share_bad), 9 * n, 0)] * lasting
    return look({name: Reading(spec.metric, minutes=minutes(*rows))}, HEALTHY)


def test_r1_26_a_breach_of_11_minutes_rolls_back_and_one_of_9_does_not() -> None:
    for name in ("turn_p95_10m", "search_p95_10m", "contract_10m"):
        over = moved_by(breached(name, 11, share_bad=0.1), standing(R1))
        assert over.phase is Phase.ROLLING_BACK and over.failure is not None
        assert over.failure["gate"] == name
        assert moved_by(breached(name, 9, share_bad=0.1), standing(R1)).phase is Phase.RAMPING


def fused(
    *canary: float, stable: tuple[float, ...] = (), openings: tuple[int, int] = (0, 0), fuse: str
) -> Observed:
    """Shares of the last minutes in which the breaker was not closed."""
    spec = SPECS[fuse]
    length = 2 * spec.minutes + 1
    mine = [0.0] * (length - len(canary)) + list(canary)
    theirs = [0.0] * (length - len(stable)) + list(stable)
    rows = [
        (ALIVE, round(a * ALIVE), ALIVE, round(b * ALIVE))
        for a, b in zip(mine, theirs, strict=True)
    ]
    count = Count(0, 10_000, 2, openings[0], 2, openings[1])
    return look({fuse: Reading("breaker_open", (count,), minutes(*rows))}, HEALTHY)


def test_r1_27_open_for_more_than_5_minutes_fails_or_holds_if_the_stable_one_is_open_too() -> None:
    six = [1.0] * 6
    alone = moved_by(fused(*six, fuse="breaker_10m"), standing(R1))
    assert alone.phase is Phase.ROLLING_BACK
    both = moved_by(fused(*six, stable=tuple(six), fuse="breaker_10m"), standing(R1))
    assert (both.phase, both.held) == (Phase.RAMPING, "dependency")
    four = moved_by(fused(*[1.0] * 4, fuse="breaker_10m"), standing(R1))
    assert (four.phase, four.held, four.share) == (Phase.RAMPING, "breaker", 10_000)


def test_r1_33_six_percent_of_an_hour_open_fails_and_four_pass() -> None:
    def hour(share: float) -> Verdict:
        observed = fused(*[share] * 61, fuse="breaker_60m")
        return judge(SPECS["breaker_60m"], observed.readings["breaker_60m"]).verdict

    assert hour(0.06) is Verdict.FAIL
    blinked = fused(*[0.04 * 61 / 60] * 60, 0.0, fuse="breaker_60m")
    gate = judge(SPECS["breaker_60m"], blinked.readings["breaker_60m"])
    assert gate.verdict is Verdict.PASS


def test_r1_34_errors_are_compared_with_the_stable_arm_of_the_same_time() -> None:
    spec = replace(SPECS["errors_worse"], weight=1.0)
    assert judge(spec, counted("turn_error", (40, 2_000), (90, 18_000))).verdict is Verdict.FAIL
    assert judge(spec, counted("turn_error", (10, 2_000), (90, 18_000))).verdict is Verdict.RUNNING
    assert judge(spec, counted("turn_error", (40, 2_000), (360, 18_000))).verdict is Verdict.RUNNING


def test_r1_36_four_openings_of_two_seconds_are_seen_and_three_are_not_flapping() -> None:
    blinks = [2 / 60] * 4 + [0.0] * 4
    assert moved_by(fused(*blinks, openings=(4, 0), fuse="breaker_10m"), standing(R1)).phase is (
        Phase.ROLLING_BACK
    )
    three = fused(*blinks, openings=(3, 0), fuse="breaker_10m")
    assert judged_at(three, standing(R1)).failed is None


def test_r1_57_one_clean_cycle_fails_nothing() -> None:
    cycle = fused(10 / 60, *[0.0] * 3, openings=(1, 0), fuse="breaker_10m")
    assert judged_at(cycle, standing(R1)).failed is None
    assert moved_by(cycle, standing(R1)).phase is Phase.RAMPING


def test_r1_37_the_last_step_then_baking_then_completed_and_late_harm_rolls_back() -> None:
    given = {"step:3": {"by": "Alice", "at": T0}}
    begun = standing(R1, step=2, approvals=given)
    full = look({}, (3_000, 0, 0, 0), step=2, share=WHOLE)
    assert moved_by(full, begun, after=2 * HOUR - 1).phase is Phase.RAMPING
    promoted = moved(begun, moved_by(full, begun, after=2 * HOUR), now=T0)
    assert (promoted.phase, promoted.share) == (Phase.PROMOTING, WHOLE)
    baking = moved(promoted, moved_by(full, promoted), now=T0)
    assert baking.phase is Phase.BAKING and baking.observing_since == T0
    assert moved_by(baked(bytes(400)), baking, after=R1.bake.seconds).phase is Phase.COMPLETED
    late = moved_by(baked(bytes(400) + b"\x01" * 8), baking, after=600)
    assert late.phase is Phase.ROLLING_BACK and late.failure is not None
    assert late.failure["gate"] in ("contract", "combined")


def baked(outcomes: bytes) -> Observed:
    observed = look({}, (3_000, 0, 0, 0), step=2, share=WHOLE)
    readings = {
        name: replace(each, bake=outcomes if name == "contract" else bytes(len(outcomes)))
        for name, each in observed.readings.items()
    }
    return replace(observed, readings=readings)


def test_r1_37_gates_of_earlier_phases_stay_armed_to_the_end() -> None:
    for step, share in ((1, 50_000), (2, WHOLE)):
        bad = look({}, (800, 0, 800 if share < WHOLE else 0, 0), step=step, share=share)
        bad = replace(
            bad,
            readings={
                **bad.readings,
                "turn_p95": Reading("turn_slow", (Count(step, share, 800, 200, 800, 20),)),
            },
        )
        assert judged_at(bad, standing(R1, step=step)).failed is not None


def test_r1_39_equal_shares_of_acts_at_unequal_volume_do_not_fail() -> None:
    spec = replace(SPECS["acts_worse"], weight=1.0)
    equal = counted("no_recommendation", (300, 1_000), (2_700, 9_000))
    assert judge(spec, equal).verdict is not Verdict.FAIL
    fewer = counted("no_recommendation", (500, 1_000), (2_700, 9_000))
    assert judge(spec, fewer).verdict is Verdict.FAIL


def test_r1_50_a_stream_of_3_percent_is_rolled_back_by_minute_11() -> None:
    """At 100 replies a minute by the hard rule; with 20 the sequential gate is there first."""
    rule = SPECS["contract_2pc"]
    stream = [(100, 3, 900, 2)] * 11
    assert judge(rule, Reading("contract", minutes=minutes(*stream))).verdict is Verdict.FAIL
    assert judge(rule, Reading("contract", minutes=minutes(*stream[:10]))).verdict is not (
        Verdict.FAIL
    )
    slow = look({"contract": counted("contract", (7, 220), (5, 1_980))}, HEALTHY)
    assert moved_by(slow, standing(R1), after=660).phase is Phase.ROLLING_BACK


def test_r1_61_open_for_60_percent_of_ten_minutes_rolls_back_and_a_shared_outage_holds() -> None:
    flickering = [1.0, 1.0, 0.2, 1.0, 1.0, 0.2, 1.0, 0.2, 1.0, 0.0, 0.1]
    alone = moved_by(fused(*flickering, fuse="breaker_10m"), standing(R1))
    assert alone.phase is Phase.ROLLING_BACK
    both = moved_by(fused(*flickering, stable=tuple(flickering), fuse="breaker_10m"), standing(R1))
    assert (both.phase, both.held) == (Phase.RAMPING, "dependency")
