"""The state machine, explored as a whole; and broken on purpose, which the same search finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from gatehouse.rollout import doubts, moves, plans, ramping, soaking
from gatehouse.rollout.gates import Judged
from gatehouse.rollout.move_shapes import Look, Surroundings
from gatehouse.rollout.moves import next_move
from gatehouse.rollout.plan_shapes import OnInconclusive, Plan
from gatehouse.rollout.stepping import moved
from gatehouse.rollout.types import TERMINAL, Move, Phase, Standing, Verdict
from tests.unit.rollout.looks import SMALL, T0, judged, small, standing
from tests.unit.rollout.machine import AROUND, explore

Break = Callable[[pytest.MonkeyPatch], None]


def test_no_state_breaks_a_promise() -> None:
    told = explore(next_move)
    assert told.broken == []
    print(f"{told.states} states, {told.looks} looks, {len(told.broken)} broken promises")
    assert told.states > 100 and told.looks > 10_000


SOAKED = f"""{SMALL}
soak:
  duration: 2h
  gates: [{{name: soaked, kind: rule, metric: turn_error, limit: 1%}}]
"""


@pytest.mark.parametrize("choice", ["rollback", "promote_with_approval"])
def test_with_a_soak_and_a_person_for_the_promotion_no_state_breaks_a_promise(
    choice: OnInconclusive,
) -> None:
    plan = replace(plans.load(SOAKED), is_auto_promoted=False)
    first = replace(plan.steps[0], on_inconclusive=choice)
    assert explore(next_move, plan=replace(plan, steps=(first, *plan.steps[1:]))).broken == []


def test_a_soak_that_ends_early_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soaking, "_soak_lacks", lambda look: iter(()))
    assert explore(next_move, plan=plans.load(SOAKED)).broken


def _without(rule: str) -> Break:
    def broken(patch: pytest.MonkeyPatch) -> None:
        kept = tuple(each for each in moves.RULES if each.__name__ != rule)
        assert len(kept) == len(moves.RULES) - 1
        patch.setattr(moves, "RULES", kept)

    return broken


def _no_lacks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ramping, "_lacks", lambda look: iter(()))


def _takes_no_data_for_good(patch: pytest.MonkeyPatch) -> None:
    real = ramping._lacks
    patch.setattr(
        ramping, "_lacks", lambda look: (x for x in real(look) if x.verdict is not Verdict.NODATA)
    )


def _takes_errors_for_good(patch: pytest.MonkeyPatch) -> None:
    real = ramping._lacks
    patch.setattr(
        ramping, "_lacks", lambda look: (x for x in real(look) if x.verdict is not Verdict.ERROR)
    )


def _promotes_what_is_inconclusive(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ramping, "_inconclusive", lambda look, _: ramping._onward(look))


def _lets_failures_recover(patch: pytest.MonkeyPatch) -> None:
    def only_now(look: Look) -> object:
        found = look.judged.failed if look.judged else None
        return doubts.failure_of(found, now=look.now) if found else None

    patch.setattr(doubts, "_failure", only_now)


def _does_not_latch(patch: pytest.MonkeyPatch) -> None:
    real = doubts.failed

    def unlatched(look: Look) -> Move | None:
        move = real(look)
        return None if move is None else replace(move, failure=None)

    rules = tuple(unlatched if each is real else each for each in moves.RULES)
    patch.setattr(moves, "RULES", rules)


def _undoes_promotions(patch: pytest.MonkeyPatch) -> None:
    real = doubts.failed

    def blind(look: Look) -> Move | None:
        return real(replace(look, standing=replace(look.standing, promoted_by=None)))

    rules = tuple(blind if each is real else each for each in moves.RULES)
    patch.setattr(moves, "RULES", rules)


def _forgets_approvals(patch: pytest.MonkeyPatch) -> None:
    real = ramping._entered

    def entered(look: Look, number: int) -> Move:
        given = {**look.standing.approvals, f"step:{number}": {}}
        return real(replace(look, standing=replace(look.standing, approvals=given)), number)

    patch.setattr(ramping, "_entered", entered)


def _does_not_wait_for_processes(patch: pytest.MonkeyPatch) -> None:
    phases = {**ramping.PHASES}

    def hasty(look: Look) -> Move:
        return ramping.promoting(
            replace(look, around=replace(look.around, workers_on_revision=look.around.workers))
        )

    patch.setattr(ramping, "PHASES", phases | {Phase.PROMOTING: hasty})


def _leaves_early(patch: pytest.MonkeyPatch) -> None:
    phases = {**ramping.PHASES}
    real = ramping.observing

    def hasty(look: Look) -> Move:
        return real(replace(look, now=look.now + look.step.min_seconds))

    patch.setattr(ramping, "PHASES", phases | {Phase.RAMPING: hasty})


BROKEN: dict[str, Break] = {
    "no failure is heard": _without("failed"),
    "no kill is heard": _without("killed"),
    "no pause is heard": _without("paused"),
    "no doubt is heard": _without("doubted"),
    "nothing is ever missing": _no_lacks,
    "no data is good": _takes_no_data_for_good,
    "an error is good": _takes_errors_for_good,
    "inconclusive is promoted": _promotes_what_is_inconclusive,
    "a failure recovers": _lets_failures_recover,
    "a failure is not written down": _does_not_latch,
    "a person's promotion is undone": _undoes_promotions,
    "approvals are not asked for": _forgets_approvals,
    "processes are not waited for": _does_not_wait_for_processes,
    "steps are left early": _leaves_early,
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_machine_is_found_out(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BROKEN[how](monkeypatch)
    assert explore(next_move).broken, f"nobody noticed: {how}"


def _run(
    begun: Standing, plan: Plan, told: Judged | None, around: Surroundings, *, ticks: int = 60
) -> Standing:
    """Ticks of a minute each with the same look."""
    for tick in range(ticks):
        now = T0 + 60.0 * tick
        begun = moved(begun, next_move(begun, plan, told, around, now), now=now)
        if begun.phase in TERMINAL:
            break
    return begun


def test_a_good_one_gets_to_its_end_by_itself() -> None:
    plan = small()
    approved = standing(plan, Phase.DRAFT, approvals={"step:2": {"by": "Alice"}})
    assert _run(approved, plan, judged(plan), AROUND["fine"][0]).phase is Phase.COMPLETED


@pytest.mark.parametrize("phase", [p for p in Phase if p not in TERMINAL])
def test_a_kill_ends_it_from_every_phase(phase: Phase) -> None:
    plan = small()
    end = _run(standing(plan, phase), plan, None, AROUND["killed"][0])
    assert end.phase is Phase.ROLLED_BACK and end.share == 0


@pytest.mark.parametrize("phase", [p for p in Phase if p not in TERMINAL])
def test_a_newer_one_supersedes_it_in_every_phase(phase: Phase) -> None:
    plan = small()
    around = replace(AROUND["fine"][0], newer="ro-2")
    move = next_move(standing(plan, phase), plan, judged(plan), around, T0)
    assert (move.phase, move.share) == (Phase.SUPERSEDED, 0)
