"""What each lever makes of a rollout's standing: values in, values out, or a plain refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gatehouse.base.errors import BadInput, Conflict
from gatehouse.rollout.types import WHOLE, Actor, Phase, Policy, Standing

LONGEST_REASON: Final = 500
STAGES: Final = (75_000, 50_000, 25_000, 10_000, 0)  # of a staged retreat, in 1/100,000
STAGE_SECONDS: Final = 300.0


class Refused(Conflict):
    """The rollout is not in a state for it, or a rule forbids it; the detail says which."""

    code, title = "rollout-refused", "That cannot be done with this rollout now"


def said(reason: str) -> str:
    """The reason, trimmed. Raises BadInput without one."""
    text = " ".join(reason.split())
    if not text:
        raise BadInput("reason: must not be empty; it is what others read afterwards")
    if len(text) > LONGEST_REASON:
        raise BadInput(f"reason: at most {LONGEST_REASON} characters")
    return text


def shares_of(plan: Mapping[str, Any]) -> tuple[int, ...]:
    """The share of each step of a plan, in 1/100,000."""
    return tuple(round(step["weight"] * WHOLE / 100) for step in plan["steps"])


def next_step(standing: Standing) -> int:
    """The step that comes next: the first one before ramping began."""
    return standing.step + 1 if standing.phase == Phase.RAMPING else 0


def entered(standing: Standing, step: int, share: int, *, now: float) -> Standing:
    """At the beginning of a step: nobody is observed before every process has its share."""
    return replace(
        standing,
        phase=Phase.RAMPING,
        step=step,
        share=share,
        held=None,
        held_since=None,
        is_paused=False,
        phase_since=standing.phase_since if standing.phase == Phase.RAMPING else now,
        step_since=now,
        observing_since=None,
    )


def withdrawn(standing: Standing, policy: Policy, *, now: float) -> Standing:
    """On the way back: nobody new gets it, and those who have it go as the policy says."""
    if standing.phase == Phase.ROLLING_BACK and not standing.share and policy == standing.policy:
        raise Refused(f"{standing.id} is being rolled back already")
    return replace(
        standing,
        phase=Phase.ROLLING_BACK,
        share=0,
        held=None,
        held_since=None,
        is_paused=False,
        policy=policy,
        phase_since=now,
        step_since=now,
        observing_since=None,
    )


def ended(standing: Standing, phase: Phase, *, now: float) -> Standing:
    """In one of the phases that nothing leaves."""
    return replace(
        standing, phase=phase, share=0, held=None, held_since=None, phase_since=now, ended_at=now
    )


def stepped_back(standing: Standing, share: int, *, now: float) -> Standing:
    """Fewer people, and paused: the engine does not raise again what a person has lowered."""
    refuse_failed(standing)
    if standing.phase != Phase.RAMPING:
        raise Refused(f"{standing.id} is {standing.phase}: only a ramp goes back by steps")
    if share >= standing.share:
        raise Refused(f"{standing.share / 1000:g} % get it now; that is no way back")
    step = max((i for i, each in enumerate(shares_of(standing.plan)) if each <= share), default=0)
    return replace(
        standing,
        step=step,
        share=share,
        is_paused=True,
        held="manual",
        held_since=now,
        step_since=now,
        observing_since=None,
    )


def staged(standing: Standing, *, now: float) -> Standing:
    """On the way back by stages, for want of capacity alone: a bad version goes at once."""
    refuse_failed(standing)
    if standing.phase not in (Phase.RAMPING, Phase.PROMOTING, Phase.BAKING):
        raise Refused(f"{standing.id} is {standing.phase}: there is nothing to take back by stages")
    return replace(
        withdrawn(standing, "drain", now=now), share=stage_below(standing.share), step_since=now
    )


def stage_below(share: int) -> int:
    """The next smaller stage of a staged retreat."""
    return max(stage for stage in STAGES if stage < share)


def next_stage(standing: Standing, *, now: float) -> Standing | None:
    """The standing at the next stage, when this one has had its time; None: not yet, or over."""
    if standing.phase != Phase.ROLLING_BACK or not standing.share:
        return None
    if now - standing.step_since < STAGE_SECONDS:
        return None
    return replace(standing, share=stage_below(standing.share), step_since=now)


def refuse_failed(standing: Standing) -> None:
    if standing.failure:
        gate = standing.failure.get("gate", "a gate")
        raise Refused(f"{gate} has failed, which is latched: the only way is a whole rollback")


def waiver(gate: str, step: int) -> str:
    return f"waiver:{gate}@{step}"


def who(actor: Actor, reason: str, at: float) -> dict[str, Any]:
    return {"by": actor.name, "kind": actor.kind, "reason": said(reason), "at": at}
