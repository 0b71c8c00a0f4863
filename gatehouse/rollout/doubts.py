"""What stands above every phase: ends, failures, a person's hold, and doubts that hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from gatehouse.rollout.move_shapes import BAKE, Look, OpenIncident, is_waived, leaving, stay
from gatehouse.rollout.types import WHOLE, Evidence, Held, Move, Phase, Verdict

STAGES: Final = (75_000, 50_000, 25_000, 10_000, 0)  # of a staged way back
STAGE_SECONDS: Final = 300.0
_UNDOUBTED: Final = frozenset((Phase.PROMOTING, Phase.ROLLING_BACK))  # they must come to their end
_UNMEASURED: Final = frozenset((Phase.DRAFT, Phase.SOAKING, Phase.READY))  # nobody was drawn yet
Doubt = tuple[Held, str]


def superseded(look: Look) -> Move | None:
    if not look.around.newer:
        return None
    return leaving(look.standing, Phase.SUPERSEDED, reason=f"{look.around.newer} was submitted")


def returning(look: Look) -> Move | None:
    """On the way back until no process gives it to anybody; nothing turns it round."""
    if look.standing.phase is not Phase.ROLLING_BACK:
        return None
    if look.standing.share:
        return leaving(look.standing, Phase.ROLLING_BACK, reason="nobody gets it any more")
    if look.around.is_everywhere or look.around.workers == 0:
        return leaving(look.standing, Phase.ROLLED_BACK, reason="every process acts on it")
    return stay(look.standing, reason=_waits(look))


def _waits(look: Look) -> str:
    return f"{look.around.workers_on_revision} of {look.around.workers} processes act on it"


def killed(look: Look) -> Move | None:
    if not look.around.kill:
        return None
    return leaving(look.standing, Phase.ROLLING_BACK, reason=look.around.kill)


def failed(look: Look) -> Move | None:
    """Once failed, always failed: only the way back is left. A person's promotion stays, and
    what failed is told to people."""
    failure = _failure(look)
    if failure is None:
        return None
    gate, promoter = failure["gate"], look.standing.promoted_by
    if promoter is None:
        move = leaving(look.standing, Phase.ROLLING_BACK, reason=f"{gate} failed")
        return replace(move, failure=failure)
    if look.standing.phase is Phase.BAKING and BAKE in look.standing.approvals:
        return None  # a person has seen it, and lets the baking go on
    reason = f"{gate} failed after {promoter} promoted it; `gatehouse rollout rollback` is offered"
    is_bound = look.standing.phase is Phase.PROMOTING and not look.standing.is_paused
    if is_bound and look.around.is_everywhere:
        return Move(Phase.BAKING, look.standing.step, look.standing.share, held="approval",
                    failure=failure, reason=reason, is_observing=True)  # fmt: skip
    return replace(stay(look.standing, held="approval", reason=reason), failure=failure)


def _failure(look: Look) -> Mapping[str, Any] | None:
    if look.standing.failure:
        return look.standing.failure
    found = look.judged.failed if look.judged else None
    return failure_of(found, now=look.now) if found else None


def failure_of(evidence: Evidence, *, now: float) -> dict[str, Any]:
    """What is latched: the gate (of all together: the one to blame), why, and the evidence."""
    return {
        "gate": evidence.outputs.get("blamed") or evidence.gate,
        "why": evidence.outputs.get("why", ""),
        "at": now,
        "evidence": {
            "gate": evidence.gate,
            "verdict": evidence.verdict.name,
            "params": evidence.params,
            "inputs": evidence.inputs,
            "outputs": evidence.outputs,
        },
    }


def harmed(look: Look) -> Move | None:
    """An incident that began under this rollout, where the plan says to go back for it."""
    worst = _worst(look)
    if worst is None or look.plan.on_incident != "rollback" or not _is_ours(look, worst):
        return None
    if look.standing.promoted_by is not None:
        return None
    reason = f"an incident of severity {worst.severity} began: {worst.title}"
    return leaving(look.standing, Phase.ROLLING_BACK, reason=reason)


def _worst(look: Look) -> OpenIncident | None:
    return min(look.around.incidents, key=lambda each: each.severity, default=None)


def _is_ours(look: Look, incident: OpenIncident) -> bool:
    return look.standing.share > 0 and incident.opened_at >= look.standing.created_at


def retreating(look: Look) -> Move | None:
    """A staged way back that a person ordered: one stage further every five minutes."""
    order = look.standing.facts.get("retreat")
    if not order or not look.standing.is_paused or look.standing.phase is not Phase.RAMPING:
        return None
    target = int(order["to"])
    is_due = look.now - float(order["since"]) >= STAGE_SECONDS
    if look.standing.share <= target or not is_due:
        return None
    share = max([target, *(each for each in STAGES if each < look.standing.share)])
    if share == 0:
        return leaving(look.standing, Phase.ROLLING_BACK, reason="the last stage of the way back")
    reason = f"one stage back, to {share * 100 / WHOLE:g} %"
    return replace(stay(look.standing, held="manual", reason=reason), share=share, is_stage=True)


def paused(look: Look) -> Move | None:
    if not look.standing.is_paused:
        return None
    return stay(look.standing, held="manual", reason="a person holds it")


def doubted(look: Look) -> Move | None:
    """Reasons to hold in every phase that could go forward; never reasons to roll back."""
    if look.standing.phase in _UNDOUBTED:
        return None
    for doubt in (_incident, _shared, _mismeasured, _over_budget):
        if (found := doubt(look)) is not None:
            return stay(look.standing, held=found[0], reason=found[1])
    return None


def _incident(look: Look) -> Doubt | None:
    worst = _worst(look)
    if worst is None:
        return None
    told = f"an incident of severity {worst.severity} is open: {worst.title}"
    if _is_ours(look, worst):
        told += "; it began under this rollout: a rollback is proposed"
    return "incident", told


def _shared(look: Look) -> Doubt | None:
    for each in look.judged.evidences if look.judged else ():
        if each.outputs.get("is_shared") and not is_waived(look.standing, each.gate):
            return "dependency", f"{each.gate}: {each.outputs['why']}"
    return None


def _mismeasured(look: Look) -> Doubt | None:
    """Nobody can answer for this: with arms that are not alike every number is empty."""
    if look.judged is None or look.standing.phase in _UNMEASURED:
        return None
    if look.judged.guard.verdict is not Verdict.PASS:
        return "measurement", str(look.judged.guard.outputs["why"])
    if look.judged.srm.verdict is not Verdict.PASS:
        return "srm", str(look.judged.srm.outputs["why"])
    return None


def _over_budget(look: Look) -> Doubt | None:
    if not look.around.is_budget_spent:
        return None
    return "error_budget", "the site's own error budget is spent"
