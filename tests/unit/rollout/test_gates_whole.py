"""All gates together: combination, arms' sizes, the guard; and each verdict computed again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.rollout import judgements, plans, stats
from gatehouse.rollout.gates import (
    Judged,
    Observed,
    judge,
    judge_rollout,
    recompute,
    specs_of,
)
from gatehouse.rollout.types import (
    WHOLE,
    Count,
    Evidence,
    GateSpec,
    Phase,
    Reading,
    Units,
    Verdict,
)
from tests.unit.rollout.looks import HOUR, T0, counted, minutes, observed, small, standing

PLAN = small()


def told(
    given: dict[str, Reading] | None = None, *, at: float = T0 + HOUR, step: int = 0, **more: object
) -> Judged:
    return judge_rollout(PLAN, standing(PLAN, step=step), observed(PLAN, given, **more), now=at)


def test_a_healthy_look_passes_everything() -> None:
    judged = told()
    assert [each.verdict for each in judged.evidences] == [Verdict.PASS, Verdict.PASS]
    assert judged.failed is None
    assert (judged.matured_canary, judged.matured_stable) == (5_000, 45_000)


def test_two_gates_that_are_each_not_enough_fail_together() -> None:
    plan = small(gates=tuple(replace(gate, weight=0.5) for gate in PLAN.gates))
    given = {
        "errors": counted("turn_error", (7, 150), (0, 1500)),
        "slow": counted("turn_slow", (14, 100), (0, 900)),
    }
    judged = judge_rollout(plan, standing(plan), observed(plan, given), now=T0)
    logs = [stats.log_e_slo(7, 150, 0.01), stats.log_e_slo(14, 100, 0.05)]
    begun = [stats.combine([log, 0.0, 0.0], [1 / 3] * 3) for log in logs]
    assert judged.log_e == pytest.approx(stats.combine(begun, [0.5, 0.5]))
    assert all(log < stats.threshold(plan.alpha, 0.5) for log in begun)
    assert judged.combined.verdict is Verdict.FAIL
    assert judged.failed is judged.combined


def test_together_they_blame_the_larger_part() -> None:
    bad = {
        "errors": counted("turn_error", (2, 30), (0, 3000)),
        "slow": counted("turn_slow", (40, 100), (9, 900)),
    }
    judged = told(bad)
    assert judged.combined.verdict is Verdict.FAIL
    assert judged.combined.outputs["blamed"] == "slow"


def test_a_muted_gate_fails_nothing_alone_or_together() -> None:
    bad = observed(PLAN, {"errors": counted("turn_error", (50, 100), (0, 900))})
    begun = standing(PLAN, approvals={"waiver:errors@*": {"by": "Alice"}})
    judged = judge_rollout(PLAN, begun, bad, now=T0)
    assert judged.failed is None
    assert judged.of("errors") is not None
    assert judge_rollout(PLAN, standing(PLAN), bad, now=T0).failed is not None


def test_what_was_not_read_is_an_error_and_counts_nothing() -> None:
    judged = judge_rollout(PLAN, standing(PLAN), Observed({}), now=T0)
    assert {each.verdict for each in judged.evidences} == {Verdict.ERROR}
    assert judged.matured_canary == 0


def test_arms_off_their_plan_are_told_and_a_ramp_is_not_taken_for_it() -> None:
    off = (Units(0, 10_000, 1_300, 8_700),)
    assert told(units=(Units(0, 10_000, 1_000, 9_000),)).srm.verdict is Verdict.PASS
    assert told(units=off).srm.outputs["log_e"] == pytest.approx(
        stats.log_e_srm([(0.1, 1300, 8700)])
    )
    assert told(units=off).srm.verdict is Verdict.ERROR
    ramp = (Units(0, 10_000, 1_000, 9_000, 1_000), Units(1, 50_000, 5_000, 5_000, 2_500))
    assert told(units=ramp).srm.verdict is Verdict.PASS
    mixed = (Units(0, 10_000, 6_000, 14_000),)
    assert told(units=mixed).srm.verdict is Verdict.ERROR, "the same units under one share are off"


def test_units_that_could_not_be_read_are_no_agreement() -> None:
    assert told(trouble="down").srm.verdict is Verdict.ERROR


def test_stable_that_differs_from_stable_is_a_broken_measurement() -> None:
    alike = {"errors": counted("turn_error", (5, 500), (40, 4_000), share=11_111)}
    assert told(guard=alike).guard.verdict is Verdict.PASS
    worse = {"errors": counted("turn_error", (60, 500), (40, 4_000), share=11_111)}
    assert told(guard=worse).guard.verdict is Verdict.ERROR
    better = {"errors": counted("turn_error", (0, 500), (900, 4_000), share=11_111)}
    assert told(guard=better).guard.verdict is Verdict.ERROR


def test_a_slice_of_the_wrong_size_is_a_broken_measurement() -> None:
    units = (Units(0, 10_000, 5_000, 45_000, 7_000),)
    assert told(units=units).guard.verdict is Verdict.ERROR


def test_gates_are_armed_from_their_step_on_and_stay_armed() -> None:
    late = replace(PLAN.gates[1], from_step=1)
    plan = small(gates=(PLAN.gates[0], late))
    armed = [specs_of(plan, standing(plan, step=step)) for step in (0, 1, 2)]
    assert [len(each) for each in armed] == [1, 2, 2]
    assert specs_of(plan, standing(plan, Phase.BAKING, step=2)) == plan.gates


def test_a_late_gate_does_not_look_at_earlier_steps() -> None:
    late = GateSpec("late", "slo", "turn_error", limit=0.005, weight=1.0, from_step=1)
    rows = (Count(0, 10_000, 100, 50, 900, 0), Count(1, 50_000, 1000, 0, 1000, 0))
    assert judge(late, Reading("turn_error", counts=rows)).outputs["canary_rate"] == 0


def test_a_step_without_a_baseline_is_judged_alone() -> None:
    steps = tuple(replace(step, baseline="none") for step in PLAN.steps)
    plan = small(steps=steps)
    both = {"errors": counted("turn_error", (20, 100), (180, 900))}
    assert judge_rollout(plan, standing(plan), observed(plan, both), now=T0).failed is not None
    assert told(both).failed is None


KINDS = ("slo", "worse", "rule", "breaker", "invariant")


def spec_of(kind: str) -> GateSpec:
    common = {"weight": 0.3, "minutes": 3, "least": 5, "limit": 0.05, "delta_max": 0.2}
    metric = "breaker_open" if kind == "breaker" else "contract"
    return GateSpec("g", kind, metric, policy="no_evidence", **common)  # type: ignore[arg-type]


count = st.tuples(st.integers(0, 300), st.integers(0, 300)).map(sorted)
arm = st.tuples(count, count, st.integers(0, 3), st.sampled_from([5_000, 50_000, WHOLE]))


@given(
    kind=st.sampled_from(KINDS),
    arms=st.lists(arm, max_size=4),
    lived=st.lists(st.tuples(count, count), max_size=9),
    bake=st.binary(max_size=30).map(lambda raw: bytes(each % 2 for each in raw)),
    phase=st.sampled_from((Phase.RAMPING, Phase.BAKING)),
    trouble=st.sampled_from(("", "", "", "down")),
)
def test_every_verdict_is_computed_again_bit_for_bit_from_what_is_stored(
    kind: str,
    arms: list[tuple[list[int], list[int], int, int]],
    lived: list[tuple[list[int], list[int]]],
    bake: bytes,
    phase: Phase,
    trouble: str,
) -> None:
    counts = tuple(Count(k, share, c[1], c[0], s[1], s[0]) for c, s, k, share in arms)
    beats = minutes(*[(c[1], c[0], s[1], s[0]) for c, s in lived])
    plan = small(gates=(spec_of(kind),))
    seen = Observed({"g": Reading("contract", counts, beats, bake, trouble)}, guard={})
    judged = judge_rollout(plan, standing(plan, phase, step=2), seen, now=T0)
    for each in judged.everything:
        stored = judgements.read(judgements.text_of(each))
        assert judgements.text_of(recompute(stored)) == judgements.text_of(each)
        assert recompute(each) == each


def test_a_tampered_verdict_or_number_is_noticed() -> None:
    genuine = judge(spec_of("slo"), counted("contract", (9, 50), (1, 500)))
    assert genuine.verdict is Verdict.FAIL
    for forged in (
        replace(genuine, verdict=Verdict.PASS),
        replace(genuine, outputs={**genuine.outputs, "log_e": 0.0}),
        replace(genuine, inputs={**genuine.inputs, "counts": [[0, 10_000, 50, 0, 500, 1]]}),
    ):
        assert not _is_genuine(forged)
    assert _is_genuine(genuine)


def _is_genuine(each: Evidence) -> bool:
    return recompute(each) == each


def test_shipped_plans_are_judged_without_any_data_and_nothing_is_promoted() -> None:
    for name in plans.SHIPPED:
        plan = plans.named(name)
        judged = judge_rollout(plan, standing(plan), Observed({}), now=T0)
        assert judged.failed is None
        assert {each.verdict for each in judged.evidences} == {Verdict.ERROR}
