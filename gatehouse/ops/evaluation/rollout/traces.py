"""Random rollouts in full: minute by minute, both arms, every metric of a plan's gates."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from random import Random

from gatehouse.ops.evaluation.rollout.phase import Poisson
from gatehouse.rollout.plan_shapes import Plan
from gatehouse.rollout.types import WHOLE

MINUTE, HOUR = 60, 60
Bad = tuple[int, int]  # of the canary, and of stable


@dataclass(frozen=True, slots=True)
class Moment:
    """One minute: `step` of the plan (the last one again while baking), arms, and bad ones."""

    number: int
    step: int
    share: int
    is_baking: bool
    canary: int
    stable: int
    slice: int  # of the stable ones, those of the anchored slice
    bad: Mapping[str, Bad]


@dataclass(frozen=True, slots=True)
class World:
    """How good both arms are. `incident`: rates of both arms during its minutes.

    `worse_by`: so many times as often for the canary, in that metric.
    """

    rates: Mapping[str, float]  # of each metric
    per_hour: int = 1_500  # conversations of both arms
    incident: Mapping[str, float] = field(default_factory=dict)
    incident_minutes: range = range(0)
    worse_by: Mapping[str, float] = field(default_factory=dict)

    def rate(self, metric: str, minute: int) -> float:
        if minute in self.incident_minutes:
            return self.incident.get(metric, self.rates[metric])
        return self.rates[metric]


def moments(plan: Plan, world: World, dice: Random) -> Iterator[Moment]:
    """A rollout that nobody stops, each step as short as its plan allows."""
    number, last = 0, len(plan.steps) - 1
    stretches = [(k, step.min_seconds, False) for k, step in enumerate(plan.steps)]
    for step, seconds, is_baking in (*stretches, (last, plan.bake.seconds, True)):
        for _ in range(round(seconds / MINUTE)):
            yield _moment(world, dice, number=number, step=step, share=plan.steps[step].share,
                          is_baking=is_baking)  # fmt: skip
            number += 1


def _moment(
    world: World, dice: Random, *, number: int, step: int, share: int, is_baking: bool
) -> Moment:
    mean = world.per_hour / HOUR
    canary = _poisson(mean * share / WHOLE).draw(dice)
    stable = _poisson(mean * (1 - share / WHOLE)).draw(dice) if share < WHOLE else 0
    bad = {}
    for metric in world.rates:
        rate = world.rate(metric, number)
        worse = min(0.95, rate * world.worse_by.get(metric, 1.0))
        bad[metric] = (_binomial(canary, worse, dice), _binomial(stable, rate, dice))
    rest = WHOLE - share
    slice_ = _binomial(stable, min(share, rest // 2) / rest, dice) if rest else 0
    return Moment(number, step, share, is_baking, canary, stable, slice_, bad)


@lru_cache(maxsize=64)
def _poisson(mean: float) -> Poisson:
    return Poisson.of(mean)


def _binomial(n: int, p: float, dice: Random) -> int:
    return bisect(_sums(n, p), dice.random()) if n else 0


@lru_cache(maxsize=8192)
def _sums(n: int, p: float) -> tuple[float, ...]:
    chances = (math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n))
    return tuple(accumulate(chances))


def outcomes(moments: Sequence[Moment], metric: str, dice: Random) -> bytes:
    """The canary's outcomes of some minutes in a random order within each; 1 is bad."""
    told = bytearray()
    for moment in moments:
        bad = moment.bad[metric][0]
        minute = [1] * bad + [0] * (moment.canary - bad)
        dice.shuffle(minute)
        told += bytes(minute)
    return bytes(told)
