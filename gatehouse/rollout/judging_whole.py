"""Evidence about all gates together: their combination, the arms' sizes, and the A/A guard."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from gatehouse.rollout import stats
from gatehouse.rollout.evidence import Told
from gatehouse.rollout.types import WHOLE, Evidence, Units, Verdict

GUARD_ALPHA: Final = 0.001  # of SRM and of the A/A guard, each
Params = Mapping[str, Any]


def combined(params: Params, inputs: Params) -> Told:
    """The weighted mean of all evidence (3.4): rolls back at 1/alpha, blaming the largest part.

    The same for the detectors of late harm, at `average_run`.
    """
    weighed = [(name, log_e + math.log(weight)) for name, log_e, weight in inputs["gates"]]
    log_e = stats.log_sum([each for _, each in weighed]) if weighed else 0.0
    boundary = stats.threshold(params["alpha"])
    risen, run = sum(inputs["sr"]), params["average_run"]
    outputs: dict[str, Any] = {"log_e": log_e, "boundary": boundary, "sr": risen}
    outputs["boundary_sr"] = run
    outputs["blamed"] = max(weighed, key=lambda pair: pair[1])[0] if weighed else None
    if log_e >= boundary:
        return Told(Verdict.FAIL, outputs | {"why": "all evidence together is enough"})
    if risen >= run:
        return Told(Verdict.FAIL, outputs | {"why": "harm began while baking"})
    return Told(Verdict.RUNNING, outputs | {"why": "below the boundary"})


def srm(params: Params, inputs: Params) -> Told:
    """Do the arms get their planned shares? If not, nothing that is counted can be believed."""
    log_e = stats.log_e_srm(
        (share / WHOLE, canary, stable) for share, canary, stable in inputs["units"]
    )
    boundary = stats.threshold(params["alpha"])
    outputs = {"log_e": log_e, "boundary": boundary}
    if inputs["trouble"]:
        return Told(Verdict.ERROR, outputs | {"why": inputs["trouble"]})
    if log_e >= boundary:
        return Told(Verdict.ERROR, outputs | {"why": "the arms are not drawn as planned"})
    return Told(Verdict.PASS, outputs | {"why": "as planned"})


def guard(params: Params, inputs: Params) -> Told:
    """Stable against stable: whatever differs there is a fault of the measurement."""
    logs = [_two_sided(splits) for _, splits in inputs["gates"]]
    slices = [(share / WHOLE, part, rest) for share, part, rest in inputs["slices"]]
    logs.append(stats.log_e_srm(slices))
    log_e = stats.log_sum(logs) - math.log(len(logs))
    boundary = stats.threshold(params["alpha"])
    outputs = {"log_e": log_e, "boundary": boundary}
    if log_e >= boundary:
        return Told(Verdict.ERROR, outputs | {"why": "stable differs from stable"})
    return Told(Verdict.PASS, outputs | {"why": "stable is like stable"})


def _two_sided(splits: Iterable[Sequence[int]]) -> float:
    drawn = [(share / WHOLE, part, rest) for share, part, rest in splits]
    sides = stats.log_e_worse(drawn), stats.log_e_better(drawn)
    return stats.log_sum(sides) - math.log(2)


def combined_inputs(evidences: Iterable[Evidence], muted: frozenset[str]) -> dict[str, Any]:
    """Of each gate with a share of the error budget: name, log E, weight; and its detector."""
    counted = [each for each in evidences if "log_e" in each.outputs and each.gate not in muted]
    return {
        "gates": [
            [each.gate, each.outputs["log_e"], each.params["gate"]["weight"]] for each in counted
        ],
        "sr": [each.outputs["sr"] for each in counted if "sr" in each.outputs],
    }


def srm_inputs(units: Iterable[Units], trouble: str) -> dict[str, Any]:
    rows = [[each.share, each.canary, each.stable] for each in units if 0 < each.share < WHOLE]
    return {"units": rows, "trouble": trouble}


def slices_of(units: Iterable[Units], equal_steps: frozenset[int]) -> list[list[int]]:
    """The slice's planned share of the stable conversations, what it got, and the rest."""
    rows = []
    for each in units:
        rest = WHOLE - each.share
        slice_ = min(each.share, rest if each.step in equal_steps else rest // 2)
        if 0 < slice_ < rest:
            rows.append([slice_ * WHOLE // rest, each.slice, each.stable - each.slice])
    return rows
