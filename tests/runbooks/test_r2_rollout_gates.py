"""R2's rollout rows that gates and the state machine answer for, named after their ids."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.rollout import plans
from gatehouse.rollout.forecast import SiteTraffic, forecast
from gatehouse.rollout.gates import Observed, judge_rollout
from gatehouse.rollout.moves import Surroundings, next_move
from gatehouse.rollout.stepping import moved
from gatehouse.rollout.types import WHOLE, Count, GateSpec, Move, Phase, Reading, Standing, Units
from tests.unit.rollout.looks import HOUR, T0, minutes, standing

R2 = plans.named("R2")
FINE = Surroundings(workers=3, workers_on_revision=3)
SPECS = {gate.name: gate for gate in R2.gates}
N = 400  # conversations of the canary; the stable arm has nineteen times as many


def healthy(spec: GateSpec, step: int, share: int) -> Reading:
    if spec.kind == "rule":
        return Reading(spec.metric, minutes=minutes(*[(100, 0, 1900, 0)] * (2 * spec.minutes + 1)))
    stable = 19 * N if share < WHOLE else 0
    return Reading(spec.metric, counts=(Count(step, share, N, 0, stable, 0),))


def look(given: dict[str, Reading], *, step: int = 0, share: int = 5_000) -> Observed:
    readings = {name: healthy(spec, step, share) for name, spec in SPECS.items()}
    return Observed({**readings, **given}, units=(Units(step, share, N, 19 * N, N),))


def decided(
    given: dict[str, Reading], begun: Standing | None = None, *, after: float = HOUR
) -> Move:
    at = begun or standing(R2)
    told = judge_rollout(R2, at, look(given, step=at.step, share=at.share), now=T0 + after)
    return next_move(at, R2, told, FINE, T0 + after)


def lasting(name: str, row: tuple[int, int, int, int]) -> dict[str, Reading]:
    spec = SPECS[name]
    quiet = [(row[0], 0, row[2], 0)] * spec.minutes
    return {name: Reading(spec.metric, minutes=minutes(*quiet, *[row] * (spec.minutes + 1)))}


def test_r2_16_the_canary_begins_with_5_to_10_percent_of_the_conversations() -> None:
    begun = standing(R2, Phase.READY)
    first = next_move(begun, R2, None, FINE, T0)
    assert (first.phase, first.share) == (Phase.RAMPING, 5_000)
    assert R2.steps[1].share == 10_000


def test_r2_17_thirty_minutes_are_not_enough_without_the_units_and_the_estimate_says_so() -> None:
    assert decided({}, after=30 * 60 - 1).share == 5_000
    assert decided({}, after=30 * 60).share == 10_000
    few = {
        name: Reading(spec.metric, counts=(Count(0, 5_000, 12, 0, 228, 0),))
        for name, spec in SPECS.items()
        if spec.kind in ("slo", "worse")
    }
    held = decided(few)
    assert (held.phase, held.share) == (Phase.RAMPING, 5_000)
    assert "12 canary" in held.reason
    assert forecast(R2, SiteTraffic(48)).steps[0].min_units_hours == pytest.approx(42.2, abs=0.1)


def two_arms(name: str, canary: int, stable: int) -> dict[str, Reading]:
    row = Count(0, 5_000, N, canary, 19 * N, stable)
    return {name: Reading(SPECS[name].metric, counts=(row,))}


def test_r2_18_errors_and_slow_commits_are_compared_with_the_stable_arm() -> None:
    for name in ("errors_worse", "store_worse"):
        assert decided(two_arms(name, 16, 38)).phase is Phase.ROLLING_BACK
        assert decided(two_arms(name, 2, 38)).phase is Phase.RAMPING
        assert decided(two_arms(name, 16, 19 * 16)).phase is Phase.RAMPING


@pytest.mark.parametrize("name", ["end_to_end_12s", "store_1500ms"])
def test_r2_19_each_latency_alone_triggers(name: str) -> None:
    assert SPECS[name].edge_ms == {"end_to_end_12s": 12_000, "store_1500ms": 1_500}[name]
    assert decided(lasting(name, (100, 9, 1900, 10))).phase is Phase.ROLLING_BACK
    assert decided(lasting(name, (100, 4, 1900, 10))).phase is Phase.RAMPING


@pytest.mark.parametrize(("name", "bad"), [("validation_2pc", 5), ("model_errors_1pc", 4)])
def test_r2_20_errors_of_the_canary_roll_back_and_an_outage_on_both_arms_holds(
    name: str, bad: int
) -> None:
    alone = decided(lasting(name, (100, bad, 1900, 2)))
    assert alone.phase is Phase.ROLLING_BACK and alone.failure is not None
    assert alone.failure["gate"] == name
    both = decided(lasting(name, (100, bad, 1900, bad * 19)))
    assert (both.phase, both.held, both.share) == (Phase.RAMPING, "dependency", 5_000)


def test_r2_21_a_single_loss_of_state_is_a_failure() -> None:
    lost = {"state_loss": Reading("state_loss", counts=(Count(0, 5_000, N, 1, 19 * N, 0),))}
    end = decided(lost, after=1)
    assert end.phase is Phase.ROLLING_BACK and end.failure is not None
    assert end.failure["gate"] == "state_loss"
    elsewhere = {"state_loss": Reading("state_loss", counts=(Count(0, 5_000, N, 0, 19 * N, 1),))}
    assert decided(elsewhere).phase is Phase.RAMPING


def test_r2_21_a_broken_store_is_a_failure_of_its_own() -> None:
    slow = Reading("store_slow", counts=(Count(0, 5_000, N, 80, 19 * N, 4),))
    assert decided({"store_p99": slow}).phase is Phase.ROLLING_BACK


def test_r2_22_everybody_and_then_two_hours_of_watching_once_every_process_follows() -> None:
    last = standing(R2, step=2, approvals={"step:3": {"by": "Alice"}})
    promoted = moved(last, decided({}, last), now=T0)
    assert promoted.phase is Phase.PROMOTING
    behind = replace(FINE, workers_on_revision=2)
    assert next_move(promoted, R2, None, behind, T0).phase is Phase.PROMOTING
    baking = moved(promoted, next_move(promoted, R2, None, FINE, T0), now=T0)
    assert baking.phase is Phase.BAKING and R2.bake.seconds == 120 * 60
    late = look({}, step=2, share=WHOLE)
    harmed = {**late.readings, "validation": replace(
        late.readings["validation"], bake=bytes(300) + b"\x01" * 9
    )}  # fmt: skip
    told = judge_rollout(R2, baking, replace(late, readings=harmed), now=T0 + 60)
    assert next_move(baking, R2, told, FINE, T0 + 60).phase is Phase.ROLLING_BACK
