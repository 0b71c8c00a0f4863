"""Moves one by one: what is waited for, who is asked, what is folded, and what nobody undoes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatehouse.rollout import plans
from gatehouse.rollout.gates import Judged
from gatehouse.rollout.moves import (
    OpenIncident,
    Surroundings,
    approval_key,
    is_stay,
    next_move,
    waiver_key,
)
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.stepping import moved
from gatehouse.rollout.types import WHOLE, Move, Phase, Standing, Verdict
from tests.unit.rollout.looks import SMALL, T0, judged, small, standing

FINE = Surroundings(workers=4, workers_on_revision=4)
PLAN = small()
GIVEN = {"by": "Alice", "kind": "person", "reason": "seen", "at": T0}


def move(
    begun: Standing,
    told: Judged | None = None,
    around: Surroundings = FINE,
    *,
    after: float = 61.0,
    plan: Plan = PLAN,
) -> Move:
    return next_move(begun, plan, told if told else judged(plan), around, T0 + after)


def test_a_step_waits_until_every_process_has_its_share_and_then_its_clock_starts() -> None:
    new = standing(PLAN, observing_since=None)
    behind = replace(FINE, workers_on_revision=3)
    assert is_stay(new, move(new, around=behind, after=500))
    assert move(new, after=500).is_observing is True
    assert is_stay(new, move(new, around=Surroundings(0, 0), after=500)), "nobody is alive"


def test_a_step_goes_on_after_its_time_its_units_and_its_verdicts() -> None:
    begun = standing(PLAN)
    assert is_stay(begun, move(begun, after=59))
    assert "3 canary" in move(begun, judged(PLAN, units=3)).reason
    onward = move(begun)
    assert (onward.phase, onward.step, onward.share) == (Phase.RAMPING, 1, 30_000)
    assert onward.is_observing is False


@pytest.mark.parametrize(
    ("verdict", "held"),
    [
        (Verdict.RUNNING, "inconclusive"),
        (Verdict.INCONCLUSIVE, "inconclusive"),
        (Verdict.NODATA, "nodata"),
        (Verdict.ERROR, "measurement"),
    ],
)
def test_without_a_verdict_it_is_held_when_its_time_is_over(verdict: Verdict, held: str) -> None:
    told = judged(PLAN, {"errors": verdict})
    begun = standing(PLAN)
    assert move(begun, told).held is None
    assert move(begun, told, after=601).held == held
    assert move(begun, told, after=601).share == begun.share


def test_a_hold_ends_by_itself_when_its_cause_is_gone() -> None:
    held = standing(PLAN, held="nodata", held_since=T0)
    assert move(held, after=700).step == 1


def test_no_units_at_all_are_no_data() -> None:
    assert move(standing(PLAN), judged(PLAN, units=0), after=601).held == "nodata"


def test_a_plan_may_go_back_without_a_verdict() -> None:
    steps = (replace(PLAN.steps[0], on_inconclusive="rollback"), *PLAN.steps[1:])
    told = judged(PLAN, {"errors": Verdict.RUNNING})
    end = move(standing(PLAN), told, after=601, plan=small(steps=steps))
    assert (end.phase, end.share) == (Phase.ROLLING_BACK, 0)


def test_a_plan_may_ask_a_person_who_knows_that_there_is_no_verdict() -> None:
    steps = (replace(PLAN.steps[0], on_inconclusive="promote_with_approval"), *PLAN.steps[1:])
    plan = small(steps=steps)
    told = judged(PLAN, {"errors": Verdict.RUNNING})
    early = standing(PLAN, approvals={"step:1": {**GIVEN, "at": T0 + 5}})
    late = standing(PLAN, approvals={"step:1": {**GIVEN, "at": T0 + 650}})
    assert move(standing(PLAN), told, after=601, plan=plan).held == "approval"
    assert move(early, told, after=700, plan=plan).held == "approval", "given too early to know"
    assert move(late, told, after=700, plan=plan).step == 1
    broken = judged(PLAN, {"errors": Verdict.ERROR})
    assert move(late, broken, after=700, plan=plan).held == "measurement"


def test_a_waiver_is_for_one_gate_at_one_step_and_never_for_a_failure() -> None:
    told = judged(PLAN, {"errors": Verdict.INCONCLUSIVE})
    here = standing(PLAN, approvals={"waiver:errors@0": GIVEN})
    assert waiver_key(here, "errors") in here.approvals
    assert move(here, told, after=601).step == 1
    elsewhere = standing(PLAN, approvals={"waiver:errors@1": GIVEN})
    assert move(elsewhere, told, after=601).held == "inconclusive"
    failed = judged(PLAN, {"errors": Verdict.FAIL})
    assert move(here, failed).phase is Phase.ROLLING_BACK


@pytest.mark.parametrize("name", ["srm", "guard"])
def test_nobody_can_waive_numbers_that_cannot_be_believed(name: str) -> None:
    broken = judged(PLAN, srm=Verdict.ERROR) if name == "srm" else judged(PLAN, guard=Verdict.ERROR)
    waived = standing(PLAN, approvals={f"waiver:{name}@0": GIVEN, "waiver:errors@0": GIVEN})
    assert move(waived, broken).held == ("srm" if name == "srm" else "measurement")


def test_a_shared_outage_holds_until_a_person_answers_for_it() -> None:
    told = judged(PLAN, shared=("slow",))
    assert move(standing(PLAN), told).held == "dependency"
    assert move(standing(PLAN, approvals={"waiver:slow@0": GIVEN}), told).step == 1


def test_a_step_with_approval_is_not_entered_without() -> None:
    begun = standing(PLAN, step=1)
    assert approval_key(begun) == "step:2"
    assert move(begun).held == "approval"
    assert move(replace(begun, approvals={"step:2": GIVEN})).step == 2


def test_promotion_is_a_permission_of_its_own() -> None:
    last = standing(PLAN, step=2)
    assert move(last).phase is Phase.PROMOTING
    asked = small(is_auto_promoted=False)
    assert move(last, plan=asked).held == "approval"
    approved = replace(last, approvals={"step:3": GIVEN})
    assert (move(approved, plan=asked).phase, move(approved, plan=asked).share) == (
        Phase.PROMOTING,
        WHOLE,
    )


@pytest.mark.parametrize(
    ("around", "held"),
    [
        (replace(FINE, is_window_open=False), "window_closed"),
        (replace(FINE, frozen_until=T0 + 1e6), "window_closed"),
        (replace(FINE, most_share=20_000), "ceiling"),
        (replace(FINE, is_permitted=False), "ceiling"),
        (replace(FINE, incidents=(OpenIncident(2, "mail", T0 - 9),)), "incident"),
        (replace(FINE, is_budget_spent=True), "error_budget"),
    ],
)
def test_what_is_around_holds_the_step_and_not_its_share(around: Surroundings, held: str) -> None:
    told = move(standing(PLAN), around=around)
    assert (told.held, told.step, told.share) == (held, 0, 10_000)


def test_a_ceiling_is_told_by_its_variable() -> None:
    assert (
        "RE_PROMPT_CANARY_PERCENT"
        in move(standing(PLAN), around=replace(FINE, most_share=0)).reason
    )
    assert (
        "USE_RE_PROMPT_DRIVEN"
        in move(standing(PLAN), around=replace(FINE, is_permitted=False)).reason
    )


def test_an_incident_under_the_rollout_proposes_or_does_what_the_plan_says() -> None:
    fire = replace(FINE, incidents=(OpenIncident(1, "fire", T0 + 5),))
    assert "a rollback is proposed" in move(standing(PLAN), around=fire).reason
    assert move(standing(PLAN), around=fire, plan=small(on_incident="rollback")).phase is (
        Phase.ROLLING_BACK
    )


def test_a_closed_window_does_not_keep_a_bad_one_alive() -> None:
    closed = replace(FINE, is_window_open=False)
    failed = judged(PLAN, {"slow": Verdict.FAIL})
    for begun in (standing(PLAN), standing(PLAN, is_paused=True), standing(PLAN, step=1)):
        assert move(begun, failed, closed).phase is Phase.ROLLING_BACK


def test_a_failure_names_the_gate_and_carries_the_evidence() -> None:
    failure = move(standing(PLAN), judged(PLAN, {"slow": Verdict.FAIL})).failure
    assert failure is not None
    assert (failure["gate"], failure["evidence"]["verdict"]) == ("slow", "FAIL")


def test_a_recovered_metric_does_not_undo_a_failure() -> None:
    latched = standing(PLAN, failure={"gate": "slow"})
    assert move(latched).phase is Phase.ROLLING_BACK
    back = replace(latched, phase=Phase.ROLLING_BACK, share=0)
    assert move(back).phase is Phase.ROLLED_BACK


def test_going_back_ends_when_every_process_has_gone() -> None:
    back = standing(PLAN, Phase.ROLLING_BACK)
    assert is_stay(back, move(back, around=replace(FINE, workers_on_revision=3)))
    assert move(back, around=Surroundings(0, 0)).phase is Phase.ROLLED_BACK


TIMED = SMALL.replace("min_units: 10}\n  - {weight: 30", "min_units: 10}\n  - {weight: 20, "
    "min_duration: 60s, max_duration: 600s, monitored: false}\n  - {weight: 30")  # fmt: skip


def test_after_a_downtime_one_step_that_goes_by_time_alone_is_folded_and_only_one() -> None:
    plan = plans.load(TIMED)
    begun = standing(plan)
    away = replace(FINE, last_look_at=T0 + 30)
    late = next_move(begun, plan, judged(plan), away, T0 + 5000)
    assert (late.step, late.share) == (2, 30_000), "20 % is folded, 30 % is not"
    assert (
        move(begun, plan=plan, around=replace(FINE, last_look_at=T0 + 4990), after=5000).step == 1
    )
    assert move(begun, plan=plan, after=5000).step == 1, "a controller that was there folds nothing"


def test_an_approved_or_monitored_step_is_never_folded() -> None:
    away = replace(FINE, last_look_at=T0 + 30)
    assert move(standing(PLAN), around=away, after=9000).step == 1, "the next one needs approval"
    monitored = replace(PLAN.steps[1], is_monitored=True)
    plan = small(steps=(PLAN.steps[0], monitored, PLAN.steps[2]))
    given = standing(PLAN, approvals={"step:2": GIVEN})
    assert move(given, plan=plan, around=away, after=9000).step == 1
    assert move(given, around=away, after=9000).step == 2


def test_a_staged_way_back_goes_by_five_minutes() -> None:
    ordered = standing(
        PLAN, share=75_000, is_paused=True, held="manual", facts={"retreat": {"to": 0, "since": T0}}
    )
    shares, begun = [], ordered
    for minute in range(40):
        told = move(begun, after=60.0 * minute)
        begun = moved(begun, told, now=T0 + 60 * minute)
        shares.append((minute, begun.share, begun.phase))
        if begun.phase is not Phase.RAMPING:
            break
    changes = [(at, share) for at, share, _ in shares if at % 5 == 0]
    assert changes == [(0, 75_000), (5, 50_000), (10, 25_000), (15, 10_000), (20, 0)]
    assert begun.phase is Phase.ROLLING_BACK


def test_a_failure_ends_a_staged_way_back_at_once() -> None:
    ordered = standing(
        PLAN, share=75_000, is_paused=True, facts={"retreat": {"to": 0, "since": T0}}
    )
    end = move(ordered, judged(PLAN, {"slow": Verdict.FAIL}), after=1)
    assert (end.phase, end.share) == (Phase.ROLLING_BACK, 0)


def baking(**changes: object) -> Standing:
    return replace(standing(PLAN, Phase.BAKING, step=2, share=WHOLE, observing_since=T0), **changes)  # type: ignore[arg-type]


def test_baking_ends_well_only_if_somebody_was_seen() -> None:
    assert is_stay(baking(), move(baking(), after=59))
    assert move(baking()).phase is Phase.COMPLETED
    unseen = judged(PLAN)
    blind = replace(
        unseen,
        evidences=tuple(replace(e, outputs={**e.outputs, "baked": 0}) for e in unseen.evidences),
    )
    assert move(baking(), blind).held == "nodata"
    assert next_move(baking(), PLAN, None, FINE, T0 + 61).held == "measurement"
    assert move(baking(approvals={"bake": GIVEN}), blind).phase is Phase.COMPLETED


def test_late_harm_goes_back_by_itself_but_never_against_a_person_s_promotion() -> None:
    failed = judged(PLAN, {"errors": Verdict.FAIL})
    assert move(baking(), failed).phase is Phase.ROLLING_BACK
    by_hand = move(baking(promoted_by="Alice"), failed)
    assert (by_hand.phase, by_hand.held, by_hand.share) == (Phase.BAKING, "approval", WHOLE)
    assert by_hand.failure is not None and "rollback" in by_hand.reason
    seen = baking(promoted_by="Alice", failure={"gate": "errors"})
    assert move(seen).held == "approval", "it does not complete with a failure nobody answered for"
    answered = replace(seen, approvals={"bake": GIVEN})
    assert move(answered).phase is Phase.COMPLETED


SOAKED = f"""{SMALL}
soak:
  duration: 48h
  max_duration: 7d
  gates:
    - {{name: soak_slow, kind: rule, metric: turn_slow, edge_ms: 1500, limit: 5%, minutes: 60}}
"""


def test_a_soak_is_a_phase_of_its_own_before_anybody_gets_it() -> None:
    plan = plans.load(SOAKED)
    draft = standing(plan, Phase.DRAFT)
    first = move(draft, plan=plan)
    assert (first.phase, first.share) == (Phase.SOAKING, 0)
    assert move(standing(PLAN, Phase.DRAFT)).phase is Phase.READY


def test_a_soak_that_never_gets_through_is_held() -> None:
    plan = plans.load(SOAKED)
    begun = standing(plan, Phase.SOAKING)
    none = judged(plan, {"soak_slow": Verdict.NODATA})
    assert move(begun, none, plan=plan, after=8 * 86400).held == "nodata"
    breached = judged(plan, {"soak_slow": Verdict.INCONCLUSIVE})
    assert move(begun, breached, plan=plan, after=8 * 86400).held == "inconclusive"
