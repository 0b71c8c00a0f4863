"""What each lever makes of a rollout's standing: values in, values out, or a plain refusal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from gatehouse.base.errors import BadInput, Conflict
from gatehouse.rollout import plans
from gatehouse.rollout.doubts import STAGES
from gatehouse.rollout.limits import Limits
from gatehouse.rollout.move_shapes import approval_key, waiver_key
from gatehouse.rollout.ramping import UNITS
from gatehouse.rollout.types import WHOLE, Actor, Phase, Policy, Standing

LONGEST_REASON: Final = 500
FORWARD: Final = frozenset((Phase.DRAFT, Phase.SOAKING, Phase.READY, Phase.RAMPING))
Signature = Mapping[str, Any]  # who approved or waived, when and why
Lever = Callable[[Standing, float, Limits], Standing]


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
    if any(unicodedata.category(letter) in ("Cc", "Cs") for letter in text):
        raise BadInput("reason: must not contain control characters")
    return text


def signature(actor: Actor, reason: str, at: float) -> Signature:
    """What stands under an approval or a waiver. `at`: seconds since 1970."""
    return {"by": actor.name, "kind": actor.kind, "reason": said(reason), "at": at}


def pause(standing: Standing, now: float, _: Limits) -> Standing:
    return replace(standing, is_paused=True, held="manual", held_since=now)


def resume(gates: Sequence[str], signed: Signature) -> Lever:
    def resumed(standing: Standing, _: float, __: Limits) -> Standing:
        waived = _waived(standing, gates, signed)
        facts = {name: told for name, told in standing.facts.items() if name != "retreat"}
        return replace(waived, is_paused=False, held=None, held_since=None, facts=facts)

    return resumed


def approve(step: int | None, signed: Signature) -> Lever:
    def approved(standing: Standing, _: float, __: Limits) -> Standing:
        last = len(plans.from_json(standing.plan).steps)
        if step is not None and not 0 <= step <= last:
            raise Refused(f"there is no step {step + 1} to approve; {last + 1} is the promotion")
        key = approval_key(standing) if step is None else f"step:{step}"
        return replace(standing, approvals={**standing.approvals, key: dict(signed)})

    return approved


def waive(gates: Sequence[str], signed: Signature) -> Lever:
    return lambda standing, _, __: _waived(standing, gates, signed)


def advance(standing: Standing, now: float, limits: Limits) -> Standing:
    refuse_failed(standing)
    if standing.phase not in FORWARD:
        raise Refused(f"{standing.id} is {standing.phase}: there is no next step")
    steps, step = plans.from_json(standing.plan).steps, next_step(standing)
    if step >= len(steps):
        raise Refused("This is the last step; promote it")
    refuse_above(steps[step].share, limits)
    return _moved(
        standing,
        Phase.RAMPING,
        share=steps[step].share,
        now=now,
        step=step,
        phase_since=standing.phase_since if standing.phase == Phase.RAMPING else now,
    )


def promote(actor: Actor) -> Lever:
    def promoted(standing: Standing, now: float, limits: Limits) -> Standing:
        refuse_failed(standing)
        if standing.phase not in FORWARD:
            raise Refused(f"{standing.id} is {standing.phase}: it cannot be promoted")
        refuse_above(WHOLE, limits)
        steps = plans.from_json(standing.plan).steps
        by: dict[str, Any] = {"step": len(steps) - 1, "promoted_by": actor.name}
        return _moved(standing, Phase.PROMOTING, share=WHOLE, now=now, **by)

    return promoted


def rollback(to_share: int | None, *, is_staged: bool, policy: Policy | None) -> Lever:
    def rolled_back(standing: Standing, now: float, _: Limits) -> Standing:
        if is_staged:
            return _staged(standing, now)
        target = to_share
        if target is None:
            target = plans.from_json(standing.plan).rollback_to if _can_step_back(standing) else 0
        if target and not standing.failure:
            return _stepped_back(standing, target, now)
        if target:
            refuse_failed(standing)
        return _withdrawn(standing, policy or standing.policy, now)

    return rolled_back


def abort(standing: Standing, now: float, _: Limits) -> Standing:
    refuse_failed(standing)
    if standing.phase == Phase.ROLLING_BACK:
        raise Refused(f"{standing.id} is being rolled back already")
    return ended(standing, Phase.ABORTED, now=now)


def kill(standing: Standing, now: float, _: Limits) -> Standing:
    """Never refused, not even on the way back: the version has yet to be denied."""
    if standing.phase == Phase.ROLLING_BACK and not standing.share:
        return replace(standing, policy="immediate")
    return _withdrawn(standing, "immediate", now)


def ended(standing: Standing, phase: Phase, *, now: float) -> Standing:
    """In one of the phases that nothing leaves."""
    return _moved(standing, phase, share=0, now=now, ended_at=now)


def next_step(standing: Standing) -> int:
    """The step that comes next: the first one before ramping began."""
    return standing.step + 1 if standing.phase == Phase.RAMPING else 0


def refuse_failed(standing: Standing) -> None:
    """Raises Refused once a gate has failed: that is latched."""
    if standing.failure:
        gate = standing.failure.get("gate", "a gate")
        raise Refused(f"{gate} has failed, which is latched: the only way is a whole rollback")


def refuse_above(share: int, limits: Limits) -> None:
    """Raises Refused for more than the environment allows, naming the variable."""
    if not limits.is_permitted:
        raise Refused(f"{plans.PERMISSION} is false: the rules answer everybody")
    if share > limits.most_share:
        raise Refused(
            f"{share / 1000:g} % is above {plans.CEILING}, which allows "
            f"{limits.most_share / 1000:g} %"
        )


def _moved(standing: Standing, phase: Phase, *, share: int, now: float, **more: Any) -> Standing:
    """In another phase or at another share: held by nothing, and observed by nobody yet."""
    fresh: dict[str, Any] = {"phase_since": now, "step_since": now, "observing_since": None}
    free: dict[str, Any] = {"held": None, "held_since": None, "is_paused": False}
    changed: dict[str, Any] = {"phase": phase, "share": share, **fresh, **free, **more}
    return replace(standing, **changed)


def _can_step_back(standing: Standing) -> bool:
    return standing.phase == Phase.RAMPING and not standing.failure


def _waived(standing: Standing, gates: Sequence[str], signed: Signature) -> Standing:
    known = {UNITS, *(gate.name for gate in plans.from_json(standing.plan).gates)}
    if strange := [gate for gate in gates if gate not in known]:
        raise BadInput(f"no gate {', '.join(strange)}; the plan has {', '.join(sorted(known))}")
    given = {waiver_key(standing, gate): dict(signed) for gate in gates}
    return replace(standing, approvals={**standing.approvals, **given})


def _withdrawn(standing: Standing, policy: Policy, now: float) -> Standing:
    """On the way back: nobody new gets it, and those who have it go as the policy says."""
    if standing.phase == Phase.ROLLING_BACK and not standing.share and policy == standing.policy:
        raise Refused(f"{standing.id} is being rolled back already")
    return _moved(standing, Phase.ROLLING_BACK, share=0, now=now, policy=policy)


def _stepped_back(standing: Standing, share: int, now: float) -> Standing:
    """Fewer people, and paused: the engine does not raise again what a person has lowered."""
    if standing.phase != Phase.RAMPING:
        raise Refused(f"{standing.id} is {standing.phase}: only a ramp goes back by steps")
    if share >= standing.share:
        raise Refused(f"{standing.share / 1000:g} % get it now; that is no way back")
    shares = [step.share for step in plans.from_json(standing.plan).steps]
    step = max((number for number, each in enumerate(shares) if each <= share), default=0)
    back: dict[str, Any] = {"phase_since": standing.phase_since, "step": step}
    paused: dict[str, Any] = {"is_paused": True, "held": "manual", "held_since": now}
    return _moved(standing, Phase.RAMPING, share=share, now=now, **back, **paused)


def _staged(standing: Standing, now: float) -> Standing:
    """The first stage at once, the others by `moves`; for want of capacity alone: a bad version
    goes at once, since five minutes a stage would let it hurt for twenty-five."""
    refuse_failed(standing)
    if standing.phase != Phase.RAMPING:
        raise Refused(f"{standing.id} is {standing.phase}: only a ramp goes back by stages")
    share = max((stage for stage in STAGES if stage < standing.share), default=0)
    if not share:
        return _withdrawn(standing, "drain", now)
    facts = {**standing.facts, "retreat": {"to": 0, "since": now}}
    return replace(_stepped_back(standing, share, now), facts=facts, policy="drain")
