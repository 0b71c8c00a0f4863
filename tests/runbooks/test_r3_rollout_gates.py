"""R3's rollout rows that gates and the state machine answer for, named after their ids."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gatehouse.rollout import plans
from gatehouse.rollout.gates import Judged, Observed, judge, judge_rollout, specs_of
from gatehouse.rollout.moves import Surroundings, next_move
from gatehouse.rollout.stepping import moved
from gatehouse.rollout.types import (
    TERMINAL,
    WHOLE,
    Count,
    Phase,
    Reading,
    Standing,
    Units,
    Verdict,
)
from tests.unit.rollout.looks import HOUR, T0, counted, minutes, standing

R3 = plans.named("R3")
FINE = Surroundings(workers=2, workers_on_revision=2)
SPECS = {gate.name: gate for gate in R3.gates}
DAY = 24 * HOUR


@dataclass
class Walk:
    """A rollout under a clock that one turns: one look an hour."""

    begun: Standing = field(default_factory=lambda: standing(R3, Phase.DRAFT))
    now: float = T0
    hourly: int = 1_500
    soak_row: tuple[int, int, int, int] = (10, 0, 0, 0)
    bad_share: float = 0.0
    bake: bytes = bytes(500)  # outcomes while everybody has it, in their order

    def look(self) -> Judged:
        readings = {spec.name: self._reading(spec.name) for spec in specs_of(R3, self.begun)}
        return judge_rollout(R3, self.begun, Observed(readings, self._units()), now=self.now)

    def _reading(self, name: str) -> Reading:
        soak = R3.soak.gates if R3.soak else ()
        spec = next(each for each in (*R3.gates, *soak) if each.name == name)
        if spec.kind in ("rule", "breaker"):
            row = self.soak_row if spec.kind == "rule" else (60_000, 0, 60_000, 0)
            return Reading(spec.metric, minutes=minutes(*[row] * (2 * spec.minutes + 1)))
        if self.begun.phase is Phase.SOAKING:
            seen = self.soak_row[0] * 60
            return Reading(spec.metric, counts=(Count(-1, 0, seen, 0, 0, 0),))
        usual = 0.2 if spec.metric == "not_completed" else 0.0
        counts = tuple(self._count(*each, usual=usual) for each in self._steps())
        is_baking = self.begun.phase is Phase.BAKING
        return Reading(spec.metric, counts=counts, bake=self.bake if is_baking else b"")

    def _steps(self) -> list[tuple[int, int]]:
        return [(no, step.share) for no, step in enumerate(R3.steps[: self.begun.step + 1])]

    def _count(self, step: int, share: int, *, usual: float = 0.0) -> Count:
        hours = 12 if step < self.begun.step else max(0.0, self.now - self._observed()) / HOUR
        canary = int(self.hourly * hours * share / WHOLE)
        stable = int(self.hourly * hours) - canary
        bad = int(canary * max(usual, self.bad_share))
        return Count(step, share, canary, bad, stable, int(stable * usual))

    def _observed(self) -> float:
        begun = self.begun.observing_since
        return self.now if begun is None else begun

    def _units(self) -> tuple[Units, ...]:
        return tuple(_units(self._count(*each)) for each in self._steps())

    def tick(self) -> Standing:
        told = self.look() if self.begun.phase is not Phase.DRAFT else None
        move = next_move(self.begun, R3, told, FINE, self.now)
        self.begun = moved(self.begun, move, now=self.now)
        return self.begun

    def until(self, phase: Phase, *, step: int = 0, hours: int = 400) -> float:
        """Hours that it took to get there."""
        start = self.now
        for _ in range(hours):
            at = self.tick()
            if (at.phase is phase and at.step >= step) or at.phase in TERMINAL:
                return (self.now - start) / HOUR
            self.now += HOUR
        raise AssertionError(f"still {self.begun.phase} at step {self.begun.step}")


def _units(count: Count) -> Units:
    rest = WHOLE - count.share
    slice_ = count.stable_n * min(count.share, rest // 2) // rest if rest else 0
    return Units(count.step, count.share, count.canary_n, count.stable_n, slice_)


APPROVED = {"step:2": {"by": "Alice"}, "step:4": {"by": "Alice"}}


def test_r3_01_from_soak_to_canary_to_everybody_and_each_in_its_turn() -> None:
    walk = Walk(replace(standing(R3, Phase.DRAFT), approvals=APPROVED))
    seen: list[str] = []
    for _ in range(300):
        at = walk.tick()
        name = f"{at.phase} {at.share // 1000}"
        seen += [] if seen and seen[-1] == name else [name]
        if at.phase in TERMINAL:
            break
        walk.now += HOUR
    assert seen == [
        "soaking 0", "ready 0", "ramping 10", "ramping 20", "ramping 50", "ramping 100",
        "promoting 100", "baking 100", "completed 0",
    ]  # fmt: skip


def test_r3_10_all_thresholds_hold_for_48_hours_without_a_break() -> None:
    walk = Walk()
    assert 48 <= walk.until(Phase.READY) <= 50


def test_r3_10_a_breach_begins_the_48_hours_anew() -> None:
    walk = Walk()
    for _ in range(40):
        walk.tick()
        walk.now += HOUR
    assert walk.begun.phase is Phase.SOAKING
    walk.soak_row = (10, 1, 0, 0)
    broken = walk.tick()
    assert (broken.phase, broken.observing_since) == (Phase.SOAKING, None)
    walk.soak_row, walk.now = (10, 0, 0, 0), walk.now + HOUR
    assert walk.until(Phase.READY) >= 48


def test_r3_10_hours_without_data_do_not_count() -> None:
    walk = Walk(soak_row=(0, 0, 0, 0))
    for _ in range(60):
        walk.tick()
        walk.now += HOUR
    assert (walk.begun.phase, walk.begun.observing_since) == (Phase.SOAKING, None)
    walk.soak_row = (10, 0, 0, 0)
    assert walk.until(Phase.READY) >= 48


def test_r3_16_a_day_at_10_and_20_percent_then_half_with_approval() -> None:
    walk = Walk(standing(R3, Phase.READY, approvals={"step:2": {"by": "Alice"}}))
    assert walk.until(Phase.RAMPING) == 0
    hours = walk.until(Phase.RAMPING, step=2)
    assert 24 <= hours <= 30
    assert [step.share for step in R3.steps[:2]] == [10_000, 20_000]


def test_r3_16_a_quiet_day_holds_and_a_bad_canary_does_not_last_it() -> None:
    quiet = Walk(standing(R3, step=0), hourly=10)
    for _ in range(80):
        quiet.tick()
        quiet.now += HOUR
    assert (quiet.begun.step, quiet.begun.held) == (0, "inconclusive")
    bad = Walk(standing(R3, step=0), bad_share=0.10)
    assert bad.until(Phase.ROLLED_BACK) <= 4
    assert bad.begun.failure is not None


def worse(name: str, canary: tuple[int, int], stable: tuple[int, int]) -> Verdict:
    return judge(
        replace(SPECS[name], weight=1.0), counted(SPECS[name].metric, canary, stable)
    ).verdict


def test_r3_22_reported_issues_are_compared_per_arm() -> None:
    assert worse("feedback_worse", (12, 100), (9, 900)) is Verdict.FAIL
    assert worse("feedback_worse", (2, 100), (18, 900)) is not Verdict.FAIL


def test_r3_23_the_completion_rate_is_unchanged_or_it_fails() -> None:
    assert worse("completion_worse", (600, 1_000), (1_800, 9_000)) is Verdict.FAIL
    assert worse("completion_worse", (200, 1_000), (1_800, 9_000)) is Verdict.PASS
    assert worse("completion_worse", (4, 20), (36, 180)) is Verdict.RUNNING


def test_r3_24_the_time_to_the_first_words_is_unchanged_or_it_fails() -> None:
    assert SPECS["first_words_worse"].edge_ms == 1500
    assert worse("first_words_worse", (60, 300), (90, 2_700)) is Verdict.FAIL
    assert worse("first_words_worse", (10, 300), (90, 2_700)) is not Verdict.FAIL


def test_r3_29_half_for_15_minutes_then_everybody_once_enough_were_seen() -> None:
    begun = standing(R3, step=2)
    assert (begun.share, R3.steps[2].min_seconds) == (50_000, 15 * 60)
    walk = Walk(begun, now=T0 + 15 * 60 - 1)
    assert walk.tick().step == 2
    walk.now = T0 + 15 * 60
    assert (walk.tick().step, walk.begun.share) == (3, WHOLE)
    quiet = Walk(begun, now=T0 + 15 * 60, hourly=8)
    assert quiet.tick().step == 2 and quiet.begun.share == 50_000


def test_r3_39_everybody_has_it_and_three_days_are_watched() -> None:
    calm = Walk(standing(R3, Phase.BAKING, step=3))
    assert calm.until(Phase.COMPLETED) == R3.bake.seconds / HOUR == 72
    late = Walk(standing(R3, Phase.BAKING, step=3))
    for _ in range(60):
        late.tick()
        late.now += HOUR
    before: Phase = late.begun.phase
    assert before is Phase.BAKING
    late.bake = bytes(500) + b"\x01" * 9
    assert late.until(Phase.ROLLED_BACK) <= 1
    after: Phase = late.begun.phase
    assert after is Phase.ROLLED_BACK
