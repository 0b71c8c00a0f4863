"""Plans: what is read, what is refused and how it is told, and that JSON keeps all of it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.base.errors import BadInput
from gatehouse.rollout import plans
from gatehouse.rollout.plan_fields import seconds_of
from gatehouse.rollout.types import WHOLE
from tests.unit.rollout.looks import SMALL, small


@pytest.mark.parametrize("name", plans.SHIPPED)
def test_a_shipped_plan_reads_and_comes_back_from_json_as_it_was(name: str) -> None:
    plan = plans.named(name)
    assert plans.from_json(json.loads(json.dumps(plans.to_json(plan)))) == plan
    assert plan.steps[-1].share == WHOLE
    assert {"reask", "state_loss"} & {gate.metric for gate in plan.gates}


def test_a_plan_with_everything_in_it_comes_back_from_json_as_it_was() -> None:
    text = f"""{SMALL}
policy: drain
rollback_to: 10
on_incident: rollback
mature_after: 5m
settle_after: 30s
alpha: 2%
allow: [0b7c-friend, "42"]
deny: [0b7c-auditor]
soak:
  duration: 2h
  gates: [{{name: soaked, kind: rule, metric: turn_error, limit: 0.3%, minutes: 60}}]
calendar:
  zone: Asia/Nicosia
  windows: [{{days: [mon, fri], hours: "09:00-17:00"}}, {{days: [sat], hours: "22:00-02:00"}}]
  freezes: [{{from: 2026-12-24, to: 2027-01-02T06:00, why: holidays}}]
"""
    plan = plans.load(text)
    again = plans.from_json(json.loads(json.dumps(plans.to_json(plan))))
    assert again == plan
    assert (plan.rollback_to, plan.settle_seconds, plan.alpha) == (10_000, 30.0, 0.02)
    assert plan.calendar.freezes[0].why == "holidays"
    assert (plan.allow, plan.deny) == (("0b7c-friend", "42"), ("0b7c-auditor",))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("steps: {}", "steps: must be a list"),
        ("- 1", "must have the fields steps and gates"),
        ("a: b: c", "not YAML"),
        (SMALL.replace("weight: 30", "weight: 10"), "steps[1].weight: must be larger"),
        (SMALL.replace("weight: 10", "weight: 110"), "steps[0].weight: 110"),
        (SMALL.replace("min_duration: 60s", "min_duration: soon"), "no time like 30m"),
        (SMALL.replace("600s", "10s"), "max_duration: is shorter than min_duration"),
        (SMALL.replace("min_units", "min_unit"), "steps[0].min_unit: is unknown"),
        (SMALL.replace("approval: true", "on_inconclusive: promote"), "without a verdict"),
        (SMALL.replace("approval: true", "baseline: equals"), "is not one of all, equal, none"),
        (SMALL.replace("required: true", "required: false"), "none is required"),
        (SMALL.replace("weight: 0.4", "weight: 0.9"), "more than the whole error budget"),
        (SMALL.replace("edge_ms: 1200, ", ""), "turn_slow needs edge_ms"),
        (SMALL.replace("limit: 1%", "limit: 1"), "needs a limit between 0 and 1"),
        (SMALL.replace("name: slow", "name: errors"), "several have the name errors"),
        (SMALL.replace("name: slow", "name: srm"), "has a meaning of its own"),
        (SMALL.replace("metric: turn_error", "metric: mood"), "'mood' is not one of"),
        (SMALL.replace("min_units: 10}", "monitored: false}"), "first and the last one must be"),
        (SMALL + "rollback_to: 20", "rollback_to: must be 0 or the weight of a step"),
        (SMALL + "calendar: {zone: Nowhere}", "is no time zone"),
        (SMALL + "calendar: {windows: [{hours: 9-17}]}", "is not like 09:00-17:00"),
        (SMALL + "soak: {duration: 1h, gates: []}", "a soak without gates"),
        (SMALL.replace("required: true", "required: true, policy: no_evidence"), "delta_max above"),
        (SMALL + "allow: u-1", "allow: must be a list of texts"),
        (SMALL + "deny: [u-1, 7]", "deny: must be a list of texts; put numbers in quotes"),
        (SMALL + "deny: [u-1, u-1]", "deny: has an entry more than once"),
        (SMALL + "allow: [u-1]\ndeny: [u-1]", "allow: u-1 is in deny as well"),
        (SMALL + f"allow: {[f'u-{k}' for k in range(101)]}", "allow: has 101 entries; at most 100"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(wrong: str, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        plans.load(wrong)
    assert told in refused.value.detail


def test_all_troubles_are_told_at_once() -> None:
    wrong = SMALL.replace("weight: 30", "weight: 5").replace("limit: 5%", "limit: 500%")
    with pytest.raises(BadInput, match=r"limit.*steps\[1\].weight"):
        plans.load(wrong)


def test_a_worse_gate_that_could_never_be_certified_is_refused() -> None:
    gate = "  - {name: w, kind: worse, metric: turn_error, required: true}"
    with pytest.raises(BadInput, match="tolerance above 1"):
        plans.load(f"{SMALL}{gate}")


def test_a_step_above_the_ceiling_is_refused_with_the_variable_s_name() -> None:
    plans.check_ceiling(small(), 50_000)
    with pytest.raises(plans.PlanRefused, match=r"steps\[1\] is 30 %.*RE_PROMPT_CANARY_PERCENT"):
        plans.check_ceiling(small(), 20_000)
    with pytest.raises(plans.PlanRefused, match="USE_RE_PROMPT_DRIVEN"):
        plans.check_ceiling(small(), WHOLE, is_permitted=False)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=4)
                    | st.dictionaries(st.text(max_size=8), inner, max_size=4)))  # fmt: skip
def test_whatever_is_handed_in_is_a_plan_or_a_plain_refusal(raw: object) -> None:
    with pytest.raises(BadInput):
        plans.from_json(raw)


FIELDS = ("weight", "min_duration", "max_duration", "min_units", "baseline", "approval", "limit",
          "metric", "kind", "required", "policy", "delta_max", "from_step", "minutes")  # fmt: skip


@given(st.sampled_from(FIELDS), st.none() | st.integers() | st.floats() | st.text() | st.binary())
def test_no_value_of_a_field_breaks_the_reading(name: str, value: object) -> None:
    document = plans.to_json(small())
    for part in (document["steps"][0], document["gates"][0]):
        if name in part or name in ("limit", "delta_max", "from_step"):
            part[name] = value
    try:
        plans.from_json(document)
    except BadInput as refused:
        assert refused.detail


@given(st.floats(min_value=0, max_value=1e7))
def test_seconds_are_read_back(seconds: float) -> None:
    assert seconds_of(seconds) == seconds
    assert seconds_of("1h 30m") == 5400 and seconds_of("90 s") == 90 and seconds_of("h") is None


def test_a_plan_keeps_its_name_unless_the_file_says_another() -> None:
    assert plans.load(SMALL.replace("name: small", ""), name="mine").name == "mine"
    assert replace(small(), name="x") != small()
