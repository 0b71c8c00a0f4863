"""Other evidence of 3.1: two arms with denominators, mSPRT, and scores between 0 and 1."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LARGEST_STAKE = 0.5
_GRID = 1000


@dataclass(frozen=True, slots=True)
class Block:
    """Some conversations of both arms, and how many of them were bad."""

    canary_n: int
    canary_bad: int
    stable_n: int
    stable_bad: int


def log_e_block(block: Block, canary: float, stable: float) -> float:
    """One block of (C): the chance of its outcomes under two rates over that under one.

    Turner, Ly and Grünwald: an e-value of "both arms have the same rate", exact for any rates
    chosen before the block. No planned share is needed.
    """
    both = block.canary_n + block.stable_n
    same = (block.canary_n * canary + block.stable_n * stable) / both
    return (
        _log_chance(block.canary_bad, block.canary_n, canary)
        + _log_chance(block.stable_bad, block.stable_n, stable)
        - _log_chance(block.canary_bad + block.stable_bad, both, same)
    )


def log_e_blocks(blocks: Iterable[Block]) -> float:
    """(C) over blocks in their order; the rates come from the blocks before (plus a half)."""
    log, seen = 0.0, Block(0, 0, 0, 0)
    for block in blocks:
        canary = (seen.canary_bad + 0.5) / (seen.canary_n + 1)
        stable = (seen.stable_bad + 0.5) / (seen.stable_n + 1)
        log += log_e_block(block, canary, stable)
        seen = Block(
            seen.canary_n + block.canary_n,
            seen.canary_bad + block.canary_bad,
            seen.stable_n + block.stable_n,
            seen.stable_bad + block.stable_bad,
        )
    return log


def _log_chance(bad: int, n: int, p: float) -> float:
    return bad * math.log(p) + (n - bad) * math.log1p(-p)


def msprt(n: int, rates: tuple[float, float], *, tau2: float, theta0: float = 0.0) -> float:
    """Lambda of (E), Johari et al. 2022: for reference, as it is valid for large n only.

    `rates`: of both arms of n each.
    """
    x, y = rates
    spread = x * (1 - x) + y * (1 - y)
    grown = spread + n * tau2
    exponent = n * n * tau2 * (y - x - theta0) ** 2 / (2 * spread * grown)
    return math.sqrt(spread / grown) * math.exp(exponent)


def log_wealth(scores: Sequence[float], mean: float) -> list[float]:
    """log K after each score of a bet that the mean exceeds `mean`: (F), Waudby-Smith and Ramdas.

    Scores lie between 0 and 1. Stakes are the regularised plug-in ones, at most half of all.
    """
    log, path = 0.0, []
    total, squares, expected = 0.5, 0.25, 0.5
    for i, score in enumerate(scores, start=1):
        spread = squares / i
        gain = expected - mean
        stake = min(max(gain / (spread + gain * gain), 0.0), _LARGEST_STAKE / mean)
        log += math.log1p(stake * (score - mean))
        path.append(log)
        total += score
        expected = total / (i + 1)
        squares += (score - expected) ** 2
    return path


def mean_above(scores: Sequence[float], alpha: float) -> float:
    """The largest m on a grid of 1/1000 below which every mean is refuted at alpha by (F)."""
    limit, found = -math.log(alpha), 0.0
    for k in range(1, _GRID):
        if max(log_wealth(scores, k / _GRID), default=0.0) < limit:
            return found
        found = k / _GRID
    return found


def mean_below(scores: Sequence[float], alpha: float) -> float:
    """The mirror of `mean_above`: the smallest m above which every mean is refuted."""
    return 1 - mean_above([1 - score for score in scores], alpha)
