"""The shapes of a plan: plain values, as checked and complete as `plan_reading` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gatehouse.rollout.calendar import Calendar
from gatehouse.rollout.types import Baseline, GateSpec, Policy

OnInconclusive = Literal["hold", "rollback", "promote_with_approval"]
OnIncident = Literal["hold", "rollback"]
ALWAYS: Final = Calendar()
AVERAGE_RUN: Final = 20_000.0  # conversations between two false alarms while baking


@dataclass(frozen=True, slots=True)
class Step:
    """One share of the canary, and what has to be seen before the next one."""

    share: int  # in 1/100,000
    min_seconds: float
    max_seconds: float  # then `on_inconclusive`
    min_units: int  # matured conversations of each arm
    baseline: Baseline = "all"
    on_inconclusive: OnInconclusive = "hold"
    needs_approval: bool = False  # of a releaser, before the step begins
    is_monitored: bool = True  # False: goes on by time alone, as long as nothing fails


@dataclass(frozen=True, slots=True)
class Soak:
    """Simulated visitors first: all gates kept without interruption for `seconds`."""

    seconds: float
    max_seconds: float
    gates: tuple[GateSpec, ...]


@dataclass(frozen=True, slots=True)
class Bake:
    """Everybody has it, and late harm is looked for."""

    seconds: float
    average_run: float = AVERAGE_RUN


@dataclass(frozen=True, slots=True)
class Plan:
    """`alpha`: the chance of a false failure of one whole rollout, split by the gates' weights."""

    name: str
    steps: tuple[Step, ...]
    gates: tuple[GateSpec, ...]
    bake: Bake
    soak: Soak | None = None
    calendar: Calendar = ALWAYS
    alpha: float = 0.05
    alpha_pass: float = 0.05  # of each certification
    policy: Policy = "migrate_next_turn"
    rollback_to: int = 0  # of a person's rollback without a target, in 1/100,000
    is_auto_promoted: bool = False  # else a releaser approves "step:<number of steps>"
    on_incident: OnIncident = "hold"
    mature_seconds: float = 1800.0  # silent for so long: a conversation is over
    settle_seconds: float | None = None  # after its first turn it counts for the quick metrics
    note: str = ""
    allow: tuple[str, ...] = ()  # units that always get the canary, outside the statistics
    deny: tuple[str, ...] = ()  # … and those that never do
