"""What a plan can show with this site's traffic, and when; refuses one without a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

from gatehouse.rollout import sizes, stats
from gatehouse.rollout.forecast_shapes import Forecast, GateForecast, SiteTraffic, StepForecast
from gatehouse.rollout.forecast_words import in_words, lines
from gatehouse.rollout.judging_rates import LOST, OF_ALL
from gatehouse.rollout.plan_shapes import Plan, Step
from gatehouse.rollout.plans import PlanRefused
from gatehouse.rollout.sizes import Sizes
from gatehouse.rollout.types import WHOLE, GateSpec

__all__ = (
    "Forecast", "GateForecast", "SiteTraffic", "StepForecast", "check", "forecast", "lines",
)  # fmt: skip

HARM: Final = 4.0  # times the limit, or the stable rate: the harm whose detection is told
WIDE: Final = 0.1  # from this limit on, and of lost visitors, the harm is LESSER times as much
LESSER: Final = 2.0
OFTEN_LOST: Final = 0.2  # assumed of visitors who do not get where they wanted
RARELY: Final = 0.01  # assumed of everything else
HEALTHY: Final = 0.5  # of the limit: the rate of a metric of which nothing is known here
HOUR: Final = 3600.0


def forecast(plan: Plan, site: SiteTraffic) -> Forecast:
    """Sizes by the boundaries in force, times by the site's traffic."""
    gates = tuple(_gate(plan, gate, site) for gate in plan.gates)
    found = {each.gate: each for each in gates}
    steps, refusals, flags = [], [*_hopeless(plan, found)], []
    carried: dict[str, float] = {}
    for number in range(len(plan.steps)):
        told, why, doubts = _step(plan, number, site, found=found, carried=carried)
        steps.append(told)
        refusals += [f"steps[{number}]: {each}" for each in why]
        flags += [f"steps[{number}]: {each}" for each in doubts]
        _carry(carried, plan, site, told)
    flags += _already_bad(plan, found)
    return Forecast(tuple(steps), gates, tuple(refusals), tuple(flags))


def check(plan: Plan, site: SiteTraffic) -> Forecast:
    """The forecast. Raises PlanRefused with every reason why it cannot reach a verdict here."""
    told = forecast(plan, site)
    if told.refusals:
        raise PlanRefused("; ".join(told.refusals))
    return told


def _gate(plan: Plan, gate: GateSpec, site: SiteTraffic) -> GateForecast:
    if gate.kind == "slo" and gate.limit is not None:
        return _slo(plan, gate, site, limit=gate.limit)
    if gate.kind == "worse":
        return _worse(plan, gate, site)
    return GateForecast(gate.name)


def _slo(plan: Plan, gate: GateSpec, site: SiteTraffic, *, limit: float) -> GateForecast:
    rate = site.rates.get(gate.metric, limit * HEALTHY)
    harm = min(limit * (HARM if limit < WIDE else LESSER), (1 + limit) / 2)
    detected = sizes.to_fail(harm, limit, log_e=_boundary(plan, gate))
    most = _most(gate, limit)
    certified = None
    if rate < most:
        certified = sizes.to_certify(rate, most, log_e=stats.threshold(plan.alpha_pass))
    hours = detected.median / _per_hour(plan.steps[_first(plan, gate)], gate, site)
    return GateForecast(gate.name, rate, harm, detected, hours, certified)


def _most(gate: GateSpec, limit: float) -> float:
    """Below what it has to be shown to lie before a step goes on."""
    is_loose = gate.policy == "no_evidence" and gate.delta_max is not None
    return gate.delta_max if is_loose and gate.delta_max is not None else limit


def _worse(plan: Plan, gate: GateSpec, site: SiteTraffic) -> GateForecast:
    step = plan.steps[_first(plan, gate)]
    is_lost = gate.metric in LOST
    rate = site.rates.get(gate.metric, OFTEN_LOST if is_lost else RARELY)
    ratios = stats.CONVERSION_RATIOS if is_lost else stats.RATIOS
    share = 0.5 if step.baseline == "equal" else step.share / WHOLE
    if not 0 < share < 1 or not 0 < rate < 1:
        return GateForecast(gate.name, rate)
    harm = LESSER if is_lost else HARM
    detected = sizes.to_tell_worse(
        min(rate, 0.99 / harm), share, ratio=harm, log_e=_boundary(plan, gate), ratios=ratios
    )
    hours = detected.median / _per_hour(step, gate, site)
    certified = None
    if gate.required:
        certified = _shown_no_worse(gate, share, rate=rate, alpha=plan.alpha_pass, ratios=ratios)
    return GateForecast(gate.name, rate, min(1.0, rate * harm), detected, hours, certified)


def _shown_no_worse(
    gate: GateSpec, share: float, *, rate: float, alpha: float, ratios: tuple[float, ...]
) -> Sizes:
    """The mirrored test: the stable arm is the worse one by `most`, for a canary just like it."""
    most = gate.tolerance
    if gate.policy == "no_evidence" and gate.delta_max is not None:
        most = gate.delta_max
    mirrored = 1 - share * most / (1 - share + share * most)
    told = sizes.to_tell_worse(
        rate * (1 - mirrored + mirrored * most) / most if most > 1 else rate,
        mirrored,
        ratio=(1 - share) / share * (1 - mirrored) / mirrored,
        log_e=stats.threshold(alpha),
        ratios=ratios,
    )
    back = share / mirrored
    return Sizes(told.median * back, told.p90 * back)


def _boundary(plan: Plan, gate: GateSpec) -> float:
    begun = len(plan.steps) - _first(plan, gate)
    return stats.threshold(plan.alpha, gate.weight / begun)


def _first(plan: Plan, gate: GateSpec) -> int:
    return min(gate.from_step, len(plan.steps) - 1)


def _per_hour(step: Step, gate: GateSpec, site: SiteTraffic) -> float:
    part = 1.0 if gate.metric in OF_ALL else site.parts.get(gate.metric, 1.0)
    return max(1e-9, site.conversations_per_hour * step.share / WHOLE * part)


def _hopeless(plan: Plan, found: Mapping[str, GateForecast]) -> Iterator[str]:
    """Required gates that a canary just like today's stable version could never pass."""
    for gate in plan.gates:
        told = found[gate.name]
        if gate.kind == "slo" and gate.required and told.certified is None:
            most = _most(gate, gate.limit or 0.0)
            yield (
                f"{gate.name}: here {told.assumed_rate or 0:.2%} are bad already, and it has to be "
                f"shown to lie below {most:.2%}"
            )


def _already_bad(plan: Plan, found: Mapping[str, GateForecast]) -> Iterator[str]:
    """Objectives that are missed here today, so that they can tell nothing but "both arms"."""
    for gate in plan.gates:
        rate = found[gate.name].assumed_rate
        if gate.kind == "slo" and rate is not None and rate >= (gate.limit or 1.0):
            yield f"{gate.name}: {rate:.2%} are bad here today, so it will hold, not judge"


def _step(
    plan: Plan,
    number: int,
    site: SiteTraffic,
    *,
    found: Mapping[str, GateForecast],
    carried: Mapping[str, float],
) -> tuple[StepForecast, list[str], list[str]]:
    step = plan.steps[number]
    an_hour = site.conversations_per_hour * step.share / WHOLE
    longest, late = step.max_seconds / HOUR, plan.mature_seconds / HOUR
    filled = step.min_units / max(1e-9, min(an_hour, _others(step, site))) + late
    refusals, flags, ready = [], [], max(step.min_seconds / HOUR, filled)
    if step.is_monitored and filled > longest:
        told = f"min_units {step.min_units} take {in_words(filled)}"
        refusals.append(f"{told}, and max_duration is {in_words(longest)}")
    for gate, sized in _awaited(plan, number, found):
        seen = carried.get(gate.name, 0.0)
        hours = _hours(step, gate, site, sized.median - seen) + late
        ready = max(ready, hours)
        if hours > longest:
            refusals.append(_too_late(gate, sized, hours=hours, longest=longest))
        elif _hours(step, gate, site, sized.p90 - seen) + late > longest:
            flags.append(f"{gate.name} takes longer than {in_words(longest)} once in ten times")
    units = an_hour * max(0.0, longest - late)
    return StepForecast(step.share, an_hour, units, filled, ready), refusals, flags


def _awaited(
    plan: Plan, number: int, found: Mapping[str, GateForecast]
) -> Iterator[tuple[GateSpec, Sizes]]:
    """The gates that have to be shown to be good at this step. At the full share there is nobody
    to compare with: what was shown before stays."""
    step = plan.steps[number]
    for gate in plan.gates if step.is_monitored else ():
        sized = found[gate.name].certified
        is_mute = gate.kind == "worse" and step.share == WHOLE
        if gate.required and sized is not None and gate.from_step <= number and not is_mute:
            yield gate, sized


def _others(step: Step, site: SiteTraffic) -> float:
    """Conversations an hour of the other arm; as many as one likes where it is not needed."""
    if step.share == WHOLE or step.baseline == "none":
        return math.inf
    share = step.share if step.baseline == "equal" else WHOLE - step.share
    return site.conversations_per_hour * share / WHOLE


def _hours(step: Step, gate: GateSpec, site: SiteTraffic, units: float) -> float:
    return max(0.0, units) / _per_hour(step, gate, site)


def _too_late(gate: GateSpec, sized: Sizes, *, hours: float, longest: float) -> str:
    if math.isinf(sized.median):
        return f"{gate.name} would never be shown to be good; widen its limit"
    return (
        f"{gate.name} needs about {sized.median:,.0f} conversations of the canary, which take "
        f"{in_words(hours)}, and max_duration is {in_words(longest)}: a larger weight, a longer "
        f"max_duration or a wider limit"
    )


def _carry(carried: dict[str, float], plan: Plan, site: SiteTraffic, told: StepForecast) -> None:
    """What an earlier step has seen counts in the later ones."""
    spent = min(told.ready_hours, told.units_at_most / max(1e-9, told.canary_per_hour))
    for gate in plan.gates:
        part = 1.0 if gate.metric in OF_ALL else site.parts.get(gate.metric, 1.0)
        seen = told.canary_per_hour * spent * part
        carried[gate.name] = carried.get(gate.name, 0.0) + seen
