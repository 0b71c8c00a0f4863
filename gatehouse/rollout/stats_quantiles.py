"""Evidence about quantiles and whole distributions of times: Howard and Ramdas 2022 (3.2)."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from gatehouse.rollout.stats import log_mixture

STRENGTH = 60.0
_STEEPNESS = 0.85
_FINENESS = 400


def log_m(below: int, n: int, tau: float, *, strength: float = STRENGTH) -> float:
    """log of the mixture martingale of `below` among `n` against the share tau (Theorem 1)."""
    mixed = log_mixture(below, n, prior=(strength * tau, strength * (1 - tau)))
    return mixed - below * math.log(tau) - (n - below) * math.log1p(-tau)


def quantile_interval(ordered: Sequence[float], tau: float, alpha: float) -> tuple[float, float]:
    """Where the tau-quantile lies at all times, from values in ascending order: (I).

    Infinite ends where too few were seen.
    """
    n, limit = len(ordered), -math.log(alpha)
    kept = [k for k in range(n + 1) if log_m(k, n, tau) < limit]
    low = -math.inf if kept[0] == 0 else ordered[kept[0] - 1]
    return low, math.inf if kept[-1] == n else ordered[kept[-1]]


def log_e_quantile(one: Sequence[float], other: Sequence[float], tau: float) -> float:
    """Evidence that two arms have different tau-quantiles, two-sided: (J), their Theorem 5.

    Both in ascending order. The least over all values of the product of both arms' martingales.
    """
    n, m = len(one), len(other)
    return min(
        log_m(bisect_right(one, x), n, tau) + log_m(bisect_right(other, x), m, tau)
        for x in {*one, *other}
    )


def band_radius(n: int, alpha: float) -> float:
    """Half the height of a band around the distribution that holds at all times: (K).

    0.85*sqrt((ln(1 + ln n) + C)/n) with the exact C; two arms differ when they are further apart
    than both radii at alpha/2.
    """
    return _STEEPNESS * math.sqrt((math.log(1 + math.log(n)) + band_constant(alpha)) / n)


@lru_cache(maxsize=64)
def band_constant(alpha: float) -> float:
    """The C of (K) at which the band errs with a chance of alpha, by halving."""
    low, high = 1.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _band_error(middle) <= alpha else (middle, high)
    return high


def _band_error(c: float) -> float:
    """The least over eta of 4*exp(-g^2*C)*(1 + 1/((g^2 - 1)*ln eta)), g > 1 (Theorem 2)."""
    widest = 2 * _STEEPNESS**2 - 1
    found = [math.inf]
    for k in range(1, _FINENESS):
        eta = 1 + widest * k / _FINENESS
        g = math.sqrt(2 / eta) * (_STEEPNESS - math.sqrt(2 * (eta - 1) / c))
        if g > 1:
            found.append(4 * math.exp(-g * g * c) * (1 + 1 / ((g * g - 1) * math.log(eta))))
    return min(found)
