"""The way forward, phase by phase: soak, steps, promotion, baking."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gatehouse.rollout.gates import has_units
from gatehouse.rollout.lacking import Lack, held_by, told_of
from gatehouse.rollout.move_shapes import BAKE, Look, is_waived, leaving, stay
from gatehouse.rollout.soaking import soaking
from gatehouse.rollout.types import WHOLE, GateSpec, Held, Move, Phase, Verdict

UNITS: Final = "units"  # the name under which too few conversations can be waived
CEILING: Final = "RE_PROMPT_CANARY_PERCENT"
PERMISSION: Final = "USE_RE_PROMPT_DRIVEN"


def drafted(look: Look) -> Move:
    phase = Phase.SOAKING if look.plan.soak else Phase.READY
    return Move(phase, 0, 0, reason="submitted", is_observing=False)


def ready(look: Look) -> Move:
    return _entered(look, 0)


def observing(look: Look) -> Move:
    """One step of the ramp: applied everywhere, then its time, its conversations, its verdicts."""
    standing = look.standing
    if standing.observing_since is None:
        return _applied(look)
    if look.observed_seconds < look.step.min_seconds:
        left = look.step.min_seconds - look.observed_seconds
        return stay(standing, reason=f"{left:.0f} s of the step's shortest time are left")
    lacks = list(_lacks(look)) if look.step.is_monitored else []
    if not lacks:
        return _onward(look)
    if look.observed_seconds >= look.step.max_seconds:
        return _inconclusive(look, lacks)
    held: Held | None = "breaker" if any(lack.is_breaker for lack in lacks) else None
    return stay(standing, held=held, reason=told_of(lacks))


def _applied(look: Look) -> Move:
    """The clock of a step starts when every process has its share, not when it was asked for."""
    around, standing = look.around, look.standing
    if not around.is_everywhere:
        told = f"{around.workers_on_revision} of {around.workers} processes have the share"
        return stay(standing, reason=told)
    return Move(
        standing.phase, standing.step, standing.share, reason="every process has the share",
        is_observing=True,
    )  # fmt: skip


def _lacks(look: Look) -> Iterator[Lack]:
    """What is missing for a verdict at this step. Whatever could not be measured is missing."""
    judged, standing = look.judged, look.standing
    if judged is None:
        yield Lack("all", Verdict.ERROR, "nothing could be read")
        return
    canary, stable = judged.matured_canary, judged.matured_stable
    is_enough = has_units(look.plan, standing.step, canary=canary, stable=stable)
    if not is_enough and not is_waived(standing, UNITS):
        told = f"{canary} canary and {stable} stable of {look.step.min_units} conversations"
        yield Lack(UNITS, Verdict.RUNNING if canary else Verdict.NODATA, told)
    for spec in look.plan.gates:
        if spec.from_step <= standing.step and not is_waived(standing, spec.name):
            yield from _lack(look, spec)


def _lack(look: Look, spec: GateSpec) -> Iterator[Lack]:
    found = look.judged.of(spec.name) if look.judged else None
    if found is None:
        yield Lack(spec.name, Verdict.ERROR, "it was not judged")
        return
    why = str(found.outputs.get("why", ""))
    if found.outputs.get("is_open_now"):
        yield Lack(spec.name, found.verdict, why, is_breaker=True)
    elif found.verdict is Verdict.ERROR or (spec.required and found.verdict is not Verdict.PASS):
        yield Lack(spec.name, found.verdict, why)


def _inconclusive(look: Look, lacks: list[Lack]) -> Move:
    """The longest time is over without a verdict: never simply onward."""
    choice, told = look.step.on_inconclusive, f"no verdict in time: {told_of(lacks)}"
    if choice == "rollback":
        return leaving(look.standing, Phase.ROLLING_BACK, reason=told)
    is_measured = all(lack.verdict is not Verdict.ERROR for lack in lacks)
    if choice == "promote_with_approval" and is_measured:
        if _is_approved_since_over(look):
            return _onward(look)
        return stay(look.standing, held="approval", reason=told)
    return stay(look.standing, held=held_by(lacks), reason=told)


def _is_approved_since_over(look: Look) -> bool:
    """Whether a person let it go on who could know that there is no verdict."""
    given = look.standing.approvals.get(f"step:{look.standing.step + 1}")
    begun = look.standing.observing_since
    if not isinstance(given, Mapping) or begun is None:
        return False
    return float(given.get("at", 0.0)) >= begun + look.step.max_seconds


def _onward(look: Look) -> Move:
    following = look.standing.step + 1
    if following >= len(look.plan.steps):
        return _promoted(look)
    if _is_missed(look, following):
        folded = _entered(look, following + 1)
        if folded.step == following + 1:
            return folded
    return _entered(look, following)


def _is_missed(look: Look, number: int) -> bool:
    """Whether the controller was away for the whole of that step: then, if it goes by time alone,
    it is folded. One only, and none that is monitored or approved (2.2)."""
    step, begun = look.plan.steps[number], look.standing.observing_since
    if look.around.last_look_at is None or begun is None:
        return False
    if step.is_monitored or step.needs_approval or number + 1 >= len(look.plan.steps):
        return False
    away = look.now - max(look.around.last_look_at, begun + look.step.min_seconds)
    return away >= step.min_seconds


def _entered(look: Look, number: int) -> Move:
    """At the beginning of a step, or held before it."""
    step = look.plan.steps[number]
    if step.needs_approval and f"step:{number}" not in look.standing.approvals:
        return stay(look.standing, held="approval", reason=f"step {number + 1} waits for approval")
    if (obstacle := _obstacle(look, step.share)) is not None:
        return stay(look.standing, held=obstacle[0], reason=obstacle[1])
    reason = f"step {number + 1}: {step.share * 100 / WHOLE:g} %"
    return Move(Phase.RAMPING, number, step.share, reason=reason, is_observing=False)


def _obstacle(look: Look, share: int) -> tuple[Held, str] | None:
    around = look.around
    if not around.is_permitted:
        return "ceiling", f"{PERMISSION} is false"
    if share > around.most_share:
        allowed = around.most_share * 100 / WHOLE
        return "ceiling", f"{CEILING} allows {allowed:g} %, and {share * 100 / WHOLE:g} % is next"
    if around.frozen_until is not None:
        return "window_closed", "the calendar is frozen"
    if not around.is_window_open:
        return "window_closed", "no window is open"
    return None


def _promoted(look: Look) -> Move:
    """Everybody gets it: a permission of its own, or a releaser's approval."""
    key = f"step:{len(look.plan.steps)}"
    if not look.plan.is_auto_promoted and key not in look.standing.approvals:
        return stay(look.standing, held="approval", reason="the promotion waits for approval")
    if (obstacle := _obstacle(look, WHOLE)) is not None:
        return stay(look.standing, held=obstacle[0], reason=obstacle[1])
    reason = "every step is done"
    return Move(Phase.PROMOTING, look.standing.step, WHOLE, reason=reason, is_observing=False)


def promoting(look: Look) -> Move:
    standing, around = look.standing, look.around
    if not around.is_everywhere:
        told = f"{around.workers_on_revision} of {around.workers} processes have the new version"
        return stay(standing, reason=told)
    reason = "every process has it"
    return Move(Phase.BAKING, standing.step, standing.share, reason=reason, is_observing=True)


def baking(look: Look) -> Move:
    """Done when nothing alarmed for the whole time, and something was there to alarm."""
    if look.standing.observing_since is None:
        return _applied(look)
    if look.observed_seconds < look.plan.bake.seconds:
        left = look.plan.bake.seconds - look.observed_seconds
        return stay(look.standing, reason=f"{left:.0f} s of baking are left")
    lacks = [] if BAKE in look.standing.approvals else list(_bake_lacks(look))
    if lacks:
        return stay(look.standing, held=held_by(lacks), reason=told_of(lacks))
    return leaving(look.standing, Phase.COMPLETED, reason="baked without an alarm")


def _bake_lacks(look: Look) -> Iterator[Lack]:
    if look.judged is None:
        yield Lack("all", Verdict.ERROR, "nothing could be read")
        return
    baked = [each.outputs["baked"] for each in look.judged.evidences if "baked" in each.outputs]
    watched = {spec.name for spec in look.plan.gates if spec.kind == "slo"}
    if watched and not any(baked):
        yield Lack(UNITS, Verdict.NODATA, "no conversation was seen while baking")
    for spec in look.plan.gates:
        found = look.judged.of(spec.name)
        if is_waived(look.standing, spec.name):
            continue
        if found is None or found.verdict is Verdict.ERROR:
            yield Lack(spec.name, Verdict.ERROR, "it could not be measured")


PHASES: Final[Mapping[Phase, Callable[[Look], Move]]] = {
    Phase.DRAFT: drafted,
    Phase.SOAKING: soaking,
    Phase.READY: ready,
    Phase.RAMPING: observing,
    Phase.PROMOTING: promoting,
    Phase.BAKING: baking,
}
