"""What a chart says and what its badge says are the same thing."""

from __future__ import annotations

from dataclasses import replace

from gatehouse.office.gates_shown import GateShown, shown
from gatehouse.rollout import gates, plans
from gatehouse.rollout.gates import Observed
from gatehouse.rollout.judgements import Kept
from gatehouse.rollout.types import Count, Phase, Reading, Units
from tests.unit.office.test_glance import NOW, STANDING

PLAN = plans.named("default")
FEWEST = PLAN.steps[0].min_units


def looked(*sizes: int) -> list[Kept]:
    """All gates judged at each of so many flawless conversations of the new version."""
    kept = []
    for number, size in enumerate(sizes):
        count = Count(0, 10_000, size, 0, 9 * size, 0)
        readings = {gate.name: Reading(gate.metric, counts=(count,)) for gate in PLAN.gates}
        observed = Observed(readings, (Units(0, 10_000, size, 9 * size),))
        judged = gates.judge_rollout(PLAN, STANDING, observed, now=NOW)
        kept += [
            Kept(number, STANDING.id, 0, str(Phase.RAMPING), NOW + number, evidence)
            for evidence in judged.everything
        ]
    return kept


def gate(told: tuple[GateShown, ...], name: str) -> GateShown:
    return next(each for each in told if each.name == name)


def test_a_way_reaches_the_lower_edge_exactly_where_the_gate_is_certified() -> None:
    sizes = (FEWEST // 8, FEWEST // 2, FEWEST - 1, FEWEST, 4 * FEWEST)
    for size in sizes:
        for told in shown(PLAN, looked(size)):
            if told.is_charted:
                is_there = told.points[-1].safe >= 1
                assert is_there == (told.verdict_name == "PASS"), (size, told.name)


def test_what_lacks_conversations_says_how_many_and_how_long_they_take() -> None:
    early = gate(shown(PLAN, looked(FEWEST - 40), pace=0.5), "contract")
    assert (early.verdict, early.lacking, early.until) == ("watching", 40, "1 min")
    assert early.points[-1].safe < 1


def test_a_gate_that_was_never_decided_is_not_watched_once_all_is_over() -> None:
    over = gate(shown(PLAN, looked(FEWEST // 8), is_over=True), "contract")
    assert (over.verdict, over.lacking) == ("undecided", 0)


def test_what_is_counted_in_turns_says_so() -> None:
    counted = [each.seen_told for each in shown(PLAN, looked(FEWEST)) if each.kind == "invariant"]
    assert counted
    assert all(told == f"0 of {FEWEST} turns" for told in counted)


def test_a_plan_of_another_release_is_charted_all_the_same() -> None:
    assert shown(None, looked(FEWEST))
    assert shown(replace(PLAN, steps=PLAN.steps[:1]), looked(FEWEST))
