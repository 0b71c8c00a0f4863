"""Confidence sequences for people to look at: a rate, a difference, a ratio, at any time."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from gatehouse.rollout.stats import ARM_STRENGTH, RATE_PRIOR, Split, log_mixture

Ends = tuple[float, float]
_HALVINGS = 60
_WIDEST_LOG_RATIO = 20.0


def interval(
    bad: int, n: int, alpha: float = 0.05, *, prior: tuple[float, float] = RATE_PRIOR
) -> Ends:
    """The rates that are not refuted: two-sided beta-binomial mixture (Robbins 1970; Howard et
    al. 2021). All rates from 0 to 1 if nothing was seen.

    The true rate is inside at all times at once with a probability of 1 - alpha or more.
    """
    if not 0 <= bad <= n:
        raise ValueError(f"{bad} bad of {n} conversations is no count")
    if n == 0:
        return 0.0, 1.0
    limit = log_mixture(bad, n, prior=prior) + math.log(alpha)

    def is_kept(p: float) -> bool:
        return _log_likelihood(bad, n, p) > limit

    low = 0.0 if bad == 0 else _edge(is_kept, inside=bad / n, outside=0.0)
    return low, 1.0 if bad == n else _edge(is_kept, inside=bad / n, outside=1.0)


def _log_likelihood(bad: int, n: int, p: float) -> float:
    if p in (0.0, 1.0):
        return -math.inf if (bad if p == 0.0 else n - bad) else 0.0
    return bad * math.log(p) + (n - bad) * math.log1p(-p)


def _edge(is_kept: Callable[[float], bool], *, inside: float, outside: float) -> float:
    """Where it stops being kept on the way out, by halving."""
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if is_kept(middle):
            inside = middle
        else:
            outside = middle
    return outside


def difference_interval(canary: tuple[int, int], stable: tuple[int, int], alpha: float) -> Ends:
    """Canary's rate minus stable's: (D) without asymptotics, one sequence per arm at alpha/2.

    Each arm is (bad, n).
    """
    low_c, high_c = interval(*canary, alpha / 2)
    low_s, high_s = interval(*stable, alpha / 2)
    return low_c - high_s, high_c - low_s


def ratio_interval(splits: Iterable[Split], alpha: float, *, k: float = ARM_STRENGTH) -> Ends:
    """Canary's rate over stable's, from bad events alone: the two-sided sequence of (B).

    The prior of each share is Beta(k*share, k*(1-share)); (0, inf) if there was no event.
    """
    found = [split for split in splits if 0 < split[0] < 1 and split[1] + split[2] > 0]
    if not found:
        return 0.0, math.inf
    mixed = sum(log_mixture(x, x + y, prior=(k * s, k * (1 - s))) for s, x, y in found)
    limit = mixed + math.log(alpha)
    best = _likeliest(found)
    low = _edge(lambda r: _log_arms(found, r) > limit, inside=best, outside=-_WIDEST_LOG_RATIO)
    high = _edge(lambda r: _log_arms(found, r) > limit, inside=best, outside=_WIDEST_LOG_RATIO)
    is_open = any(x for _, x, _ in found), any(y for _, _, y in found)
    return math.exp(low) if is_open[0] else 0.0, math.exp(high) if is_open[1] else math.inf


def _log_arms(splits: Iterable[Split], log_ratio: float) -> float:
    """log chance of these arms of the events if canary's rate is exp(log_ratio) of stable's."""
    total, ratio = 0.0, math.exp(log_ratio)
    for share, canary, stable in splits:
        whole = math.log1p(share * (ratio - 1))
        total += canary * (math.log(share) + log_ratio) + stable * math.log1p(-share)
        total -= (canary + stable) * whole
    return total


def _likeliest(splits: list[Split]) -> float:
    """The log ratio of the greatest chance, by thirds (the chance is concave in it)."""
    low, high = -_WIDEST_LOG_RATIO, _WIDEST_LOG_RATIO
    for _ in range(2 * _HALVINGS):
        third = (high - low) / 3
        if _log_arms(splits, low + third) < _log_arms(splits, high - third):
            low += third
        else:
            high -= third
    return (low + high) / 2


def half_width(n: int, *, n_star: int, alpha: float, is_one_sided: bool = False) -> float:
    """Of the asymptotic sequence of a difference, in standard deviations: (D), Waudby-Smith et al.

    Times sqrt(n) times the standard error. `n_star`: the n it is tightest for (GrowthBook: 5000).
    Not before about 100 events an arm: earlier it is wrong, and that is when canaries fail.
    """
    rho = tuned_for(n_star, 2 * alpha if is_one_sided else alpha)
    grown = n * rho**2 + 1
    root = math.sqrt(grown)
    last = math.log(1 + root / (2 * alpha)) if is_one_sided else math.log(root / alpha)
    return math.sqrt(2 * grown / (n * n * rho**2) * last)


def tuned_for(n_star: int, alpha: float) -> float:
    """The rho that makes `half_width` smallest at n_star."""
    log = -2 * math.log(alpha)
    return math.sqrt((log + math.log(1 + log)) / n_star)
