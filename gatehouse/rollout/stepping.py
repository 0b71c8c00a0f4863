"""From a move to the row that says it: pure, so that the same move always writes the same row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from gatehouse.rollout.types import TERMINAL, Move, Phase, Standing


def moved(standing: Standing, move: Move, *, now: float) -> Standing:
    """The standing after a move. What is latched stays; what a person decided stays."""
    is_new_phase = move.phase != standing.phase
    is_new_place = is_new_phase or (move.step, move.share) != (standing.step, standing.share)
    return replace(
        standing,
        phase=move.phase,
        step=move.step,
        share=move.share,
        held=move.held,
        held_since=_held_since(standing, move, now),
        failure=standing.failure or move.failure,
        is_paused=standing.is_paused and move.phase not in (*TERMINAL, Phase.ROLLING_BACK),
        phase_since=now if is_new_phase else standing.phase_since,
        step_since=now if is_new_place else standing.step_since,
        observing_since=_observing_since(standing, move, now),
        ended_at=now if move.phase in TERMINAL else standing.ended_at,
        facts=_facts(standing, move, now),
    )


def action_of(before: Standing, after: Standing) -> str:
    """What the audit calls it."""
    if after.phase != before.phase:
        return str(after.phase)
    if (after.step, after.share) != (before.step, before.share):
        return "advance" if after.share >= before.share else "step_back"
    if after.held != before.held:
        return f"hold_{after.held}" if after.held else "go_on"
    if after.failure and not before.failure:
        return "alarm"
    return "observe" if after.observing_since else "wait"


def _held_since(standing: Standing, move: Move, now: float) -> float | None:
    if move.held is None:
        return None
    return standing.held_since if move.held == standing.held else now


def _observing_since(standing: Standing, move: Move, now: float) -> float | None:
    if move.is_observing is None:
        return standing.observing_since
    return now if move.is_observing else None


def _facts(standing: Standing, move: Move, now: float) -> dict[str, Any]:
    facts = dict(standing.facts)
    if move.is_stage:
        facts["retreat"] = {**facts.get("retreat", {}), "since": now}
    return facts
