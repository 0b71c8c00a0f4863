"""How many conversations of the canary a verdict takes: the boundaries in force, drawn at random.

Sizes are of the boundary that decides (weight of the gate, restarts), so a plan's forecast and its
verdicts cannot disagree. Draws have a fixed seed: the same question gets the same answer.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gatehouse.rollout import stats

PATHS: Final = 400
SEED: Final = 20_261
MOST_EVENTS: Final = 4_000  # bad conversations of one path; what takes longer is told as "never"
NEVER: Final = math.inf


@dataclass(frozen=True, slots=True)
class Sizes:
    """Conversations of the canary; NEVER where fewer than half (nine tenths) get there."""

    median: float
    p90: float


def sizes_of(drawn: Sequence[float]) -> Sizes:
    ordered = sorted(drawn)
    return Sizes(ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 9 // 10)])


@lru_cache(maxsize=256)
def to_fail(rate: float, limit: float, *, log_e: float, paths: int = PATHS) -> Sizes:
    """Until a canary with this true rate is found to be above `limit`."""
    draw = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    most = _grown(lambda bad: stats.most_to_fail(bad, limit, log_e=log_e))
    return sizes_of([_fails(draw, rate, most) for _ in range(paths)])


def _fails(draw: random.Random, rate: float, most: Callable[[int], int]) -> float:
    n = 0
    for bad in range(1, MOST_EVENTS):
        n += _gap(draw, rate)
        if n <= most(bad):
            return n
    return NEVER


@lru_cache(maxsize=256)
def to_certify(rate: float, limit: float, *, log_e: float, paths: int = PATHS) -> Sizes:
    """Until a canary with this true rate is shown to be below `limit`."""
    draw = random.Random(SEED)  # noqa: S311
    fewest = _grown(lambda bad: stats.fewest_to_certify(bad, limit, log_e=log_e))
    return sizes_of([_certifies(draw, rate, fewest) for _ in range(paths)])


def _certifies(draw: random.Random, rate: float, fewest: Callable[[int], int]) -> float:
    n = 0
    for bad in range(MOST_EVENTS):
        following = n + _gap(draw, rate)
        if fewest(bad) < following:
            return max(n, fewest(bad))
        n = following
    return NEVER


@lru_cache(maxsize=256)
def to_tell_worse(
    rate: float,
    share: float,
    *,
    ratio: float,
    log_e: float,
    ratios: tuple[float, ...] = stats.RATIOS,
    paths: int = PATHS // 2,
) -> Sizes:
    """Until a canary with `ratio` times the stable rate is found to be worse, by its bad ones."""
    draw = random.Random(SEED)  # noqa: S311
    part = share * ratio / (1 - share + share * ratio)
    often = rate * (1 - share + share * ratio)
    factors = [(math.log(r), math.log1p(share * (r - 1))) for r in ratios]
    drawn = (_tells(draw, part, often, boundary=log_e, factors=factors) for _ in range(paths))
    return sizes_of([each * share for each in drawn])


def _tells(
    draw: random.Random,
    part: float,
    often: float,
    *,
    boundary: float,
    factors: Sequence[tuple[float, float]],
) -> float:
    """Conversations of both arms until the label process crosses; `often`: how often one is bad."""
    n = canary = 0
    weight = -math.log(len(factors))
    for events in range(1, MOST_EVENTS // 4):
        n += _gap(draw, often)
        canary += draw.random() < part
        logs = [weight + canary * up - events * down for up, down in factors]
        if stats.log_sum(logs) >= boundary:
            return n
    return NEVER


def _gap(draw: random.Random, rate: float) -> int:
    """Conversations until and with the next bad one: geometric."""
    if rate <= 0:
        return 10**9
    if rate >= 1:
        return 1
    return 1 + int(math.log(1 - draw.random()) / math.log1p(-rate))


def _grown(boundary: Callable[[int], int]) -> Callable[[int], int]:
    """The boundary at 0, 1, 2 … bad ones, computed once each."""
    return lru_cache(maxsize=None)(boundary)
