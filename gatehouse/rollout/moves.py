"""What is to be done next with a rollout: a pure function, and the only one that advances it.

The rules are asked in this order: an end is an end; what goes back goes back; a kill and a
failure take everybody back; a person's hold or promotion is never undone; incidents, shared
outages and doubts about the measurement hold; and then a phase goes forward, if it lacks nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from gatehouse.rollout import doubts, ramping
from gatehouse.rollout.gates import Judged
from gatehouse.rollout.move_shapes import (
    Look,
    OpenIncident,
    Surroundings,
    approval_key,
    is_stay,
    is_waived,
    stay,
    waiver_key,
)
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import TERMINAL, Move, Standing

__all__ = (
    "OpenIncident", "Surroundings", "approval_key", "is_stay", "is_waived", "next_move",
    "waiver_key",
)  # fmt: skip

RULES: Final[tuple[Callable[[Look], Move | None], ...]] = (
    doubts.superseded,
    doubts.returning,
    doubts.killed,
    doubts.failed,
    doubts.harmed,
    doubts.retreating,
    doubts.paused,
    doubts.doubted,
)


def next_move(
    standing: Standing,
    plan: Plan,
    judged: Judged | None,
    surroundings: Surroundings,
    now: float,
) -> Move:
    """The next move. Asking twice gets the same answer; written once, the second is `is_stay`.

    `judged`: None where nothing could be read. `now`: seconds since 1970.
    """
    if standing.phase in TERMINAL:
        return stay(standing)
    look = Look(standing, plan, judged, surroundings, now)
    for rule in RULES:
        if (move := rule(look)) is not None:
            return move
    return ramping.PHASES[standing.phase](look)
