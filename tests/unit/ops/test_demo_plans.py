"""The demo's plans decide what its acts bring, and are fair on a machine that is itself slow."""

from __future__ import annotations

from importlib import resources

import pytest

from gatehouse.ops.demo import story
from gatehouse.rollout import plans
from gatehouse.rollout.gates import Ground, judge
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import Count, Evidence, Reading, Verdict


def read(name: str) -> Plan:
    return plans.load((resources.files(story.__package__) / name).read_text("utf-8"))


def judged(gate: str, *, canary: float, stable: float) -> Evidence:
    """At the end of the step at half, with rates like these of all that it asks for."""
    plan = read(story.PLAN)
    spec = next(each for each in plan.gates if each.name == gate)
    n = plan.steps[1].min_units
    told = n * 2 // 3 if spec.metric == "model_slow" else n  # a third of the turns ask no model
    count = Count(1, plan.steps[1].share, told, round(told * canary), told, round(told * stable))
    return judge(spec, Reading(spec.metric, (count,)), Ground(steps=3, step=1))


def test_the_first_plan_needs_nobody_to_compare_with() -> None:
    assert [step.baseline for step in read(story.FIRST).steps] == ["none"]
    assert read(story.FIRST).is_auto_promoted


@pytest.mark.parametrize("usual", [0.0, 0.01, 0.03])
def test_a_model_that_is_slow_in_one_answer_of_ten_is_found(usual: float) -> None:
    told = judged("model_worse", canary=usual + 0.1 * (1 - usual), stable=usual)
    assert told.verdict is Verdict.FAIL


@pytest.mark.parametrize("usual", [0.02, 0.1, 0.4])
def test_a_slow_machine_is_not_blamed_on_a_good_version(usual: float) -> None:
    assert judged("model_worse", canary=usual * 1.1, stable=usual).verdict is Verdict.RUNNING


def test_lost_visitors_are_found_and_usual_ones_let_it_go_on() -> None:
    assert judged("completion", canary=0.45, stable=0.22).verdict is Verdict.FAIL
    assert judged("completion_shown", canary=0.40, stable=0.22).verdict is not Verdict.PASS
    assert judged("completion_shown", canary=0.23, stable=0.22).verdict is Verdict.PASS
