"""The soak: simulated visitors first, and every gate kept without interruption."""

from __future__ import annotations

from collections.abc import Iterator

from gatehouse.rollout.lacking import Lack, held_by, told_of
from gatehouse.rollout.move_shapes import Look, stay
from gatehouse.rollout.types import Move, Phase, Verdict


def soaking(look: Look) -> Move:
    """All soak gates kept without interruption; a breach, or no data, sets the clock to zero."""
    soak, standing = look.plan.soak, look.standing
    if soak is None:
        return Move(Phase.READY, 0, 0, reason="the plan has no soak", is_observing=False)
    lacks = list(_soak_lacks(look))
    if not lacks and standing.observing_since is None:
        return _clocked(look, is_running=True, reason="every soak gate is kept: the clock runs")
    if not lacks and look.observed_seconds >= soak.seconds:
        return Move(Phase.READY, 0, 0, reason="soaked", is_observing=False)
    why = told_of(lacks)
    if lacks and standing.observing_since is not None:
        return _clocked(look, is_running=False, reason=f"the soak begins anew: {why}")
    if look.now - standing.phase_since >= soak.max_seconds:
        return stay(standing, held=held_by(lacks), reason=why or "it has taken too long")
    return stay(standing, reason=why)


def _clocked(look: Look, *, is_running: bool, reason: str) -> Move:
    return Move(Phase.SOAKING, 0, 0, reason=reason, is_observing=is_running)


def _soak_lacks(look: Look) -> Iterator[Lack]:
    for spec in look.plan.soak.gates if look.plan.soak else ():
        found = look.judged.of(spec.name) if look.judged else None
        if found is None:
            yield Lack(spec.name, Verdict.ERROR, "it was not judged")
        elif found.verdict is not Verdict.PASS:
            yield Lack(spec.name, found.verdict, str(found.outputs.get("why", "")))
