"""Verdicts that may be looked at as often as one likes: e-processes for rates of conversations.

An e-process is not negative and has a mean of at most 1 under the null at every stopping time, so
by Ville (1939) it ever reaches 1/alpha with a probability of at most alpha. Everything is in
natural logarithms. A unit is a conversation, counted once, good or bad (never a request).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar

WORSE_BY: Final = (1.5, 2.0, 3.0, 5.0, 10.0, 20.0)  # alternatives of the SLO test, times p0
WIDEST: Final = 0.99  # no alternative lies at or above it
MOST_BY_RATE: Final = 0.3  # above this p0 the alternatives multiply the odds, not the rate
BETTER_BY: Final = (0.02, 0.1, 0.25, 0.5, 0.7)  # alternatives of certification, times p_max
RATIOS: Final = (1.25, 1.5, 2.0, 3.0, 5.0, 10.0)  # canary's rate over stable's
CONVERSION_RATIOS: Final = (1.1, 1.25, 1.5, 2.0, 3.0)  # the same where the event is a lost visitor
SRM_STRENGTH: Final = 1000.0
ARM_STRENGTH: Final = 100.0
RATE_PRIOR: Final = (1.0, 99.0)  # of the confidence sequence of one rate
Split = tuple[float, int, int]  # canary's share of both arms (0 to 1), canary's count, stable's
Step = TypeVar("Step")
Line = tuple[float, float, float]  # log of its weight, of a bad unit's factor, of a good one's


def threshold(alpha: float, weight: float = 1.0) -> float:
    """The log E at which a gate that owns `weight` of the error budget `alpha` decides."""
    return -math.log(alpha * weight)


def log_sum(logs: Iterable[float]) -> float:
    """log of the sum of exp(each): no overflow; minus infinity for nothing."""
    found = list(logs)
    top = max(found, default=-math.inf)
    if math.isinf(top):
        return top
    exp = math.exp
    return top + math.log(sum([exp(each - top) for each in found]))


@lru_cache(maxsize=4096)
def log_e_slo(bad: int, n: int, p0: float) -> float:
    """Evidence that more than `p0` of the conversations are bad: (A), Robbins 1970.

    A mixture of likelihood ratios against p0 times WORSE_BY, equal weights. Each is a
    supermartingale for every rate up to p0, so a large value refutes all of them. Also the test
    of a latency quantile (G): "p95 is at most T" is "at most 5 % took longer than T".
    """
    return _mix(slo_lines(p0), bad, n)


@lru_cache(maxsize=4096)
def log_e_certify(bad: int, n: int, p_max: float) -> float:
    """Evidence that fewer than `p_max` of the conversations are bad: (A) mirrored (3.1)."""
    return _mix(certify_lines(p_max), bad, n)


@lru_cache(maxsize=1024)
def slo_lines(p0: float) -> tuple[Line, ...]:
    """The alternatives of `log_e_slo`. Where p0 leaves no room for rates, they multiply odds."""
    _demand_share(p0)
    if p0 > MOST_BY_RATE:
        odds = p0 / (1 - p0)
        return _lines([odds * k / (1 + odds * k) for k in WORSE_BY], p0)
    return _lines([p0 * k for k in WORSE_BY if p0 * k < WIDEST], p0)


@lru_cache(maxsize=1024)
def certify_lines(p_max: float) -> tuple[Line, ...]:
    """The alternatives of `log_e_certify`."""
    _demand_share(p_max)
    return _lines([p_max * k for k in BETTER_BY], p_max)


def _lines(rates: Sequence[float], null: float) -> tuple[Line, ...]:
    weight, good = -math.log(len(rates)), math.log1p(-null)
    return tuple((weight, math.log(p / null), math.log1p(-p) - good) for p in rates)


def _mix(lines: tuple[Line, ...], bad: int, n: int) -> float:
    if not 0 <= bad <= n:
        raise ValueError(f"{bad} bad of {n} conversations is no count")
    good = n - bad
    return log_sum([weight + bad * up + good * down for weight, up, down in lines])


def most_to_fail(bad: int, p0: float, *, log_e: float) -> int:
    """With `bad` bad ones, the largest n at which `log_e_slo` still reaches `log_e`; -1: none."""
    if log_e_slo(bad, bad, p0) < log_e:
        return -1
    return last_holding(lambda n: log_e_slo(bad, n, p0) >= log_e, bad)


def fewest_to_certify(bad: int, p_max: float, *, log_e: float) -> int:
    """With `bad` bad ones, the smallest n at which `log_e_certify` reaches `log_e`."""
    return 1 + last_holding(lambda n: n < bad or log_e_certify(bad, n, p_max) < log_e, bad - 1)


def last_holding(holds: Callable[[int], bool], low: int) -> int:
    """The last whole number at which something holds that holds at `low` and ends once."""
    step = 1
    while holds(low + step):
        low, step = low + step, step * 2
    while step > 1:
        step //= 2
        if holds(low + step):
            low += step
    return low


def log_e_worse(splits: Iterable[Split], *, ratios: Sequence[float] = RATIOS) -> float:
    """Evidence that the canary's bad events are too many: (B), Lindon and Malek 2022.

    `splits`: the bad conversations of both arms, by the canary's share at their assignment. Under
    the null an event is the canary's with just that share, whatever the rate of both arms does,
    so an outage that hits both says nothing. A ratio r makes it share*r/(1-share+share*r).
    """
    return log_e_worse_from([splits], ratios=ratios)[0]


def log_e_worse_from(
    steps: Sequence[Iterable[Split]], *, ratios: Sequence[float] = RATIOS
) -> list[float]:
    """`log_e_worse` of each step and all that came after it, for evidence that begins anew."""
    return list(_worse_from(tuple(map(tuple, steps)), tuple(ratios)))


@lru_cache(maxsize=4096)  # bad conversations are rare: most looks find those of the look before
def _worse_from(
    steps: tuple[tuple[Split, ...], ...], ratios: tuple[float, ...]
) -> tuple[float, ...]:
    ups, canaries, sums, found = _logs(ratios), 0, [0.0] * len(ratios), []
    for splits in reversed(steps):
        for share, canary, stable in splits:
            both = canary + stable
            if both and 0 < share < 1:  # else there is nobody to compare with
                canaries += canary
                pairs = zip(sums, _wholes(share, ratios), strict=True)
                sums = [each + both * whole for each, whole in pairs]
        logs = [canaries * up - each for up, each in zip(ups, sums, strict=True)]
        found.append(log_sum(logs) - math.log(len(ratios)))
    return tuple(found[::-1])


@lru_cache(maxsize=256)
def _logs(ratios: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(map(math.log, ratios))


@lru_cache(maxsize=4096)
def _wholes(share: float, ratios: tuple[float, ...]) -> tuple[float, ...]:
    """log of what both arms' bad ones grow to if the canary's are so many times as many."""
    return tuple(math.log1p(share * (ratio - 1)) for ratio in ratios)


def log_e_better(splits: Iterable[Split], *, ratios: Sequence[float] = RATIOS) -> float:
    """The mirror of `log_e_worse`: evidence that the canary's bad events are fewer."""
    return log_e_worse(splits, ratios=[1 / ratio for ratio in ratios])


def log_e_srm(splits: Iterable[Split], *, strength: float = SRM_STRENGTH) -> float:
    """Evidence that the arms are not drawn with the planned shares: beta-binomial, two-sided.

    `splits`: conversations (not events) of both arms by the share in force at their assignment;
    a ramp therefore is no mismatch. The prior of each share is Beta(strength*share, ...).
    """
    return sum(_log_split(split, strength=strength) for split in _by_share(splits))


def _by_share(splits: Iterable[Split]) -> list[Split]:
    counts: dict[float, list[int]] = {}
    for share, canary, stable in splits:
        if 0 < share < 1:
            both = counts.setdefault(share, [0, 0])
            both[0] += canary
            both[1] += stable
    return [(share, canary, stable) for share, (canary, stable) in counts.items()]


def _log_split(split: Split, *, strength: float) -> float:
    share, canary, stable = split
    mixed = log_mixture(canary, canary + stable, prior=(strength * share, strength * (1 - share)))
    return mixed - canary * math.log(share) - stable * math.log1p(-share)


def log_mixture(bad: int, n: int, *, prior: tuple[float, float]) -> float:
    """log of the chance of one order of `bad` among `n` under a Beta prior of their rate."""
    a, b = prior
    return log_beta(a + bad, b + n - bad) - log_beta(a, b)


def log_beta(a: float, b: float) -> float:
    """log B(a, b)."""
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def combine(logs: Sequence[float], weights: Sequence[float]) -> float:
    """log of the weighted mean of e-processes, which is one itself (3.4).

    It is never behind "any of them alone reaches its own share of the budget". The weights may
    add up to less than 1.

    Raises ValueError if they add up to more, or are not as many.
    """
    pairs = zip(logs, _parts(tuple(weights)), strict=True)
    return log_sum([log + part for log, part in pairs if part > -math.inf])


@lru_cache(maxsize=256)
def _parts(weights: tuple[float, ...]) -> tuple[float, ...]:
    """The logarithms of weights of one error budget."""
    if sum(weights) > 1 + 1e-9 or min(weights, default=0.0) < 0:
        raise ValueError(f"weights {weights} are no parts of one error budget")
    return tuple(math.log(weight) if weight > 0 else -math.inf for weight in weights)


@dataclass(frozen=True, slots=True)
class Restarts:
    """Evidence begun anew at each step, so that a good past does not hide a late harm (3.4).

    The e-process of step k is 1 until that step begins and runs to the end of the rollout on what
    was assigned from then on; the weighted mean of all of them is one again.
    """

    weights: tuple[float, ...]

    @classmethod
    def equal(cls, steps: int) -> Restarts:
        """The same weight for each step of a plan."""
        return cls((1 / steps,) * steps)

    def log_e(self, steps: Sequence[Step], log_e: Callable[[Sequence[Step]], float]) -> float:
        """`steps[k]`: what was seen of step k, as far as the rollout has come.

        `log_e` judges what was seen of consecutive steps.
        """
        return self.mean([log_e(steps[k:]) for k in range(min(len(steps), len(self.weights)))])

    def mean(self, begun: Sequence[float]) -> float:
        """Of the evidence of each step that has begun; of the others it is 1."""
        return combine([*begun, *[0.0] * (len(self.weights) - len(begun))], self.weights)


def _demand_share(p: float) -> None:
    if not 0 < p < 1:
        raise ValueError(f"a rate to test against lies between 0 and 1, not at {p}")
