"""What a move is decided from, and the few moves that every rule makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gatehouse.rollout.gates import Judged, muted
from gatehouse.rollout.plan_shapes import Plan, Step
from gatehouse.rollout.types import WHOLE, Held, Move, Phase, Standing

BAKE: Final = "bake"  # in the place of a step's number, in approvals of the time of baking


@dataclass(frozen=True, slots=True)
class OpenIncident:
    severity: int  # 1 is the worst
    title: str
    opened_at: float  # seconds since 1970


@dataclass(frozen=True, slots=True)
class Surroundings:
    """All that a move looks at besides the gates. Times in seconds since 1970."""

    workers: int = 1  # server processes that are alive
    workers_on_revision: int = 1  # … of them acting on the newest revision
    is_window_open: bool = True
    frozen_until: float | None = None
    incidents: tuple[OpenIncident, ...] = ()  # open ones of severity 1 and 2
    most_share: int = WHOLE  # that the environment allows the canary
    is_permitted: bool = True  # the environment permits a prompt-driven version at all
    kill: str = ""  # why everybody is taken back now: kill file, denied version
    newer: str = ""  # the id of a rollout submitted since
    is_budget_spent: bool = False  # of the site's own objectives
    last_look_at: float | None = None  # of the controller; None: just now

    @property
    def is_everywhere(self) -> bool:
        """Every process acts on what was written last, and there is one at all."""
        return 0 < self.workers <= self.workers_on_revision


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one rollout."""

    standing: Standing
    plan: Plan
    judged: Judged | None  # None: nothing could be read
    around: Surroundings
    now: float

    @property
    def step(self) -> Step:
        return self.plan.steps[self.standing.step]

    @property
    def observed_seconds(self) -> float:
        begun = self.standing.observing_since
        return 0.0 if begun is None else max(0.0, self.now - begun)


def stay(standing: Standing, *, held: Held | None = None, reason: str = "") -> Move:
    """Nothing changes but why it is held."""
    return Move(standing.phase, standing.step, standing.share, held=held, reason=reason)


def leaving(standing: Standing, phase: Phase, *, reason: str) -> Move:
    """On the way out: nobody gets the canary any more."""
    return Move(phase, standing.step, 0, reason=reason, is_observing=False)


def is_stay(standing: Standing, move: Move) -> bool:
    """Whether the move changes nothing that is written down."""
    place = (standing.phase, standing.step, standing.share, standing.held)
    is_latched = move.failure is None or standing.failure is not None
    is_timeless = move.is_observing is None and not move.is_stage
    return place == (move.phase, move.step, move.share, move.held) and is_latched and is_timeless


def waiver_key(standing: Standing, gate: str) -> str:
    """Where `Standing.approvals` keeps that a person answers for this gate at this step."""
    return f"waiver:{gate}@{BAKE if standing.phase is Phase.BAKING else standing.step}"


def is_waived(standing: Standing, gate: str) -> bool:
    """Whether a person answers for that gate's missing verdict at this step."""
    return waiver_key(standing, gate) in standing.approvals or gate in muted(standing)


def approval_key(standing: Standing) -> str:
    """Where `Standing.approvals` keeps that a person lets it go on from where it is."""
    if standing.phase is Phase.BAKING:
        return BAKE
    return f"step:{standing.step + 1 if standing.phase is Phase.RAMPING else 0}"
