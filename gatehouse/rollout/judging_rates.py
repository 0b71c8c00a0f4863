"""Gates on rates of conversations: against an objective (slo), and against the stable arm (worse).

Evidence may be looked at as often as one likes (rollout.stats). It begins anew at each step of the
plan, so that a good past hides no late harm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from gatehouse.rollout import stats, stats_intervals, stats_watch
from gatehouse.rollout.evidence import Ground, Row, Told, rows_of, total
from gatehouse.rollout.types import GateSpec, Verdict

WIDE: Final = 0.1  # from this limit on the alternatives of `stats` are far from it
NEAR: Final = 0.1  # of the evidence looks near it then
JUST_ABOVE: Final = (1.05, 1.1, 1.2)
JUST_BELOW: Final = (0.95, 0.9, 0.8)
LEAST_USUAL: Final = 200  # stable conversations that show what is usual
MOST_USUAL: Final = 0.9
LOST: Final = frozenset(("not_converted", "not_completed", "not_engaged", "no_recommendation"))
# Every conversation has these; any other metric only some, and perhaps more of one arm.
OF_ALL: Final = frozenset(
    ("turn_error", "turn_slow", "end_to_end_slow", "store_slow", "not_completed",
     "no_recommendation", "reask", "state_loss", "cost")
)  # fmt: skip
Rows = Sequence[Row]


def slo(spec: GateSpec, ground: Ground, inputs: Mapping[str, Any]) -> Told:
    """Is the canary's rate above `limit`, and is that the canary's doing?

    Where stable conversations of the same hours exist, the canary also has to be the worse arm:
    an outage that hits both is nobody's fault (`is_shared`).
    """
    rows, limit = rows_of(inputs), _limit(spec)
    boundary = stats.threshold(ground.alpha, spec.weight)
    usual = _usual(rows, limit)
    begun, restarts = _begun(spec, ground, rows)
    rests = [[row for step in begun[k:] for row in step] for k in range(len(begun))]
    alone = [_over(rest, limit) for rest in rests]
    compared = _worse_from(spec, begun) if max(alone) > 0 else [0.0] * len(alone)
    is_worse = restarts.mean(compared) >= boundary
    blames = [
        _blamed(rest, log_e, math.inf if is_worse else other, usual=usual)
        for rest, log_e, other in zip(rests, alone, compared, strict=True)
    ]
    raw, blamed = restarts.mean(alone), restarts.mean(blames)
    whole = total(rows)
    outputs = _outputs(blamed, boundary, whole)
    outputs["is_shared"] = raw >= boundary > blamed
    outputs["log_e_alone"] = raw
    _show_good(outputs, spec, ground, lambda most: _under(whole, most), limit)
    if ground.is_baking:
        _watch(outputs, spec, ground, runs=inputs.get("bake", ()), limit=usual)
    is_bad = blamed >= boundary or outputs.get("is_alarmed", False)
    return _told(outputs, spec, ground, is_bad=is_bad, n=whole.canary_n)


def worse(spec: GateSpec, ground: Ground, inputs: Mapping[str, Any]) -> Told:
    """Is the canary's rate above `tolerance` times that of the stable conversations?"""
    rows = rows_of(inputs)
    begun, restarts = _begun(spec, ground, rows)
    log_e = restarts.mean(_worse_from(spec, begun))
    boundary = stats.threshold(ground.alpha, spec.weight)
    compared = total(row for row in rows if 0 < row.part < 1)
    outputs = _outputs(log_e, boundary, compared)
    _show_good(outputs, spec, ground, lambda most: _no_worse(spec, rows, most), spec.tolerance)
    n = min(compared.canary_n, compared.stable_n)
    return _told(outputs, spec, ground, is_bad=log_e >= boundary, n=n)


def _limit(spec: GateSpec) -> float:
    if spec.limit is None:
        raise ValueError(f"{spec.name}: an objective without a limit")
    return spec.limit


def _outputs(log_e: float, boundary: float, whole: Row) -> dict[str, Any]:
    return {
        "log_e": log_e,
        "boundary": boundary,
        "canary_rate": whole.canary_bad / whole.canary_n if whole.canary_n else None,
        "stable_rate": whole.stable_bad / whole.stable_n if whole.stable_n else None,
        "is_shared": False,
    }


def _begun(spec: GateSpec, ground: Ground, rows: Rows) -> tuple[list[list[Row]], stats.Restarts]:
    """The rows of each step that has begun, from the one on which the gate is armed, and how the
    evidence that begins anew at each of them is weighed."""
    first = min(spec.from_step, ground.steps - 1)
    last = max(ground.step, max((row.step for row in rows), default=0))
    begun: list[list[Row]] = [[] for _ in range(first, last + 1)]
    for row in rows:
        if first <= row.step <= last:
            begun[row.step - first].append(row)
    return begun, stats.Restarts.equal(max(ground.steps - first, len(begun)))


def _over(rows: Rows, limit: float) -> float:
    seen = total(rows)
    log_e = stats.log_e_slo(seen.canary_bad, seen.canary_n, limit)
    return _also_near(log_e, seen, limit, times=JUST_ABOVE)


def _under(seen: Row, most: float) -> float:
    log_e = stats.log_e_certify(seen.canary_bad, seen.canary_n, most)
    return _also_near(log_e, seen, most, times=JUST_BELOW)


def _also_near(log_e: float, seen: Row, limit: float, *, times: Sequence[float]) -> float:
    """A tenth of the evidence looks close to a wide limit, where rates of 19 and 21 % against 20 %
    have to be told apart (R1-25); the weighted mean of two e-processes is one again."""
    if limit < WIDE:
        return log_e
    good, bad = seen.canary_n - seen.canary_bad, seen.canary_bad
    near = [
        bad * math.log(k) + good * (math.log1p(-limit * k) - math.log1p(-limit))
        for k in times
        if limit * k < stats.WIDEST
    ]
    if not near:
        return log_e
    return stats.combine([log_e, stats.log_sum(near) - math.log(len(near))], [1 - NEAR, NEAR])


def _usual(rows: Rows, limit: float) -> float:
    """The limit, or what stable conversations of this rollout had where that was above it already:
    at the full share nobody is left to compare with, and what was usual is nobody's fault.

    What they had is known from so many of them only: the upper end of its confidence sequence.
    """
    seen = total(row for row in rows if 0 < row.part < 1)
    if seen.stable_n < LEAST_USUAL or seen.stable_bad <= limit * seen.stable_n:
        return limit
    return min(_most_usual(seen.stable_bad, seen.stable_n), max(limit, MOST_USUAL))


@lru_cache(maxsize=256)
def _most_usual(bad: int, n: int) -> float:
    return stats_intervals.interval(bad, n)[1]


def _blamed(rows: Rows, alone: float, compared: float, *, usual: float) -> float:
    """The evidence against the canary alone: never more than where both arms suffer alike.

    `alone`: that it is outside its objective, whosever doing that is. `compared`: that it is the
    worse arm; infinite where that is settled, by the evidence of all beginnings together at the
    gate's own share of the error budget. So all objectives of a plan together blame an outage of
    both arms no more often than its `alpha`.
    """
    if alone <= 0:
        return alone
    if not any(row.stable_n for row in rows if row.part < 1):
        return min(alone, _over(rows, usual))
    return min(alone, compared)


def _worse_from(spec: GateSpec, steps: Sequence[Rows]) -> list[float]:
    """(B) on the bad conversations, against a ratio of `tolerance`, of each step and all after it.

    Of a metric that only some conversations have, it also has to hold among those: else an arm
    that brings more visitors so far would seem to fail more of them.
    """
    ratios = stats.CONVERSION_RATIOS if spec.metric in LOST else stats.RATIOS
    drawn = [_splits((_at_ratio(row.part, spec.tolerance), row) for row in rows) for rows in steps]
    logs = stats.log_e_worse_from(drawn, ratios=ratios)
    if spec.metric in OF_ALL:
        return logs
    met = [
        _splits((_at_ratio(_met(row), spec.tolerance), row) for row in rows if 0 < row.part < 1)
        for rows in steps
    ]
    return list(map(min, logs, stats.log_e_worse_from(met, ratios=ratios)))


def _splits(parts: Iterable[tuple[float, Row]]) -> list[stats.Split]:
    return [(part, row.canary_bad, row.stable_bad) for part, row in parts]


def _met(row: Row) -> float:
    """The canary's share among the conversations that the metric could be told of."""
    both = row.canary_n + row.stable_n
    return row.canary_n / both if both else row.part


def _at_ratio(part: float, ratio: float) -> float:
    """The canary's share of the bad ones if its rate is `ratio` times the stable one."""
    return part * ratio / (1 - part + part * ratio)


def _no_worse(spec: GateSpec, rows: Rows, ratio: float) -> float:
    """Evidence that the ratio of the rates lies below `ratio`: (B) with the arms exchanged."""
    ratios = stats.CONVERSION_RATIOS if spec.metric in LOST else stats.RATIOS
    mirrored = [
        (1 - _at_ratio(row.part, ratio), row.stable_bad, row.canary_bad)
        for row in rows
        if 0 < row.part < 1
    ]
    return stats.log_e_worse(mirrored, ratios=ratios)


def _show_good(
    outputs: dict[str, Any],
    spec: GateSpec,
    ground: Ground,
    log_e: Callable[[float], float],
    limit: float,
) -> None:
    """Adds what is shown to be good: below the limit, and (no_evidence) below `delta_max`."""
    needed = stats.threshold(ground.alpha_pass)
    outputs["log_e_pass"] = log_e(limit)
    outputs["boundary_pass"] = needed
    outputs["is_certified"] = outputs["log_e_pass"] >= needed
    if spec.policy == "no_evidence" and spec.delta_max is not None:
        outputs["log_e_bounded"] = log_e(spec.delta_max)
        outputs["is_bounded"] = ground.has_units and outputs["log_e_bounded"] >= needed


def _watch(
    outputs: dict[str, Any], spec: GateSpec, ground: Ground, *, runs: Sequence[int], limit: float
) -> None:
    """Adds the detector of late harm: an alarm at `average_run`, as weighed with its siblings."""
    detector = stats_watch.watched(limit, runs)
    weight = spec.weight / (ground.weights or spec.weight)
    outputs["baked"] = sum(runs) + max(0, len(runs) - 1)
    outputs["sr"] = detector.value * weight
    outputs["log_sr"] = math.log(detector.peak * weight) if detector.peak else None
    outputs["boundary_sr"] = math.log(ground.average_run)
    outputs["is_alarmed"] = detector.peak * weight >= ground.average_run


def _told(outputs: dict[str, Any], spec: GateSpec, ground: Ground, *, is_bad: bool, n: int) -> Told:
    is_good = outputs["is_certified"] or outputs.get("is_bounded", False)
    verdict = _verdict(ground, n=n, is_bad=is_bad, is_good=is_good and not outputs["is_shared"])
    outputs["why"] = _why(outputs, spec, verdict)
    return Told(verdict, outputs)


def _verdict(ground: Ground, *, n: int, is_bad: bool, is_good: bool) -> Verdict:
    """FAIL wins over everything; without data, or in between, nothing is promoted."""
    if is_bad:
        return Verdict.FAIL
    if n == 0:
        return Verdict.NODATA
    if is_good:
        return Verdict.PASS
    return Verdict.INCONCLUSIVE if ground.is_over else Verdict.RUNNING


def _why(outputs: Mapping[str, Any], spec: GateSpec, verdict: Verdict) -> str:
    if verdict is Verdict.FAIL:
        if outputs["log_e"] >= outputs["boundary"]:
            return "above the objective" if spec.kind == "slo" else "worse than the stable arm"
        return "began to be above the objective while baking"
    if outputs["is_shared"]:
        return "above the objective, and so is the stable arm"
    if verdict is Verdict.PASS:
        return "certified" if outputs["is_certified"] else "no evidence of harm"
    return "no data" if verdict is Verdict.NODATA else "too little to say"


def log_over(spec: GateSpec, rows: Rows) -> float:
    """The evidence that the canary is outside its objective, whosever doing that is."""
    return _over(rows, _limit(spec))
