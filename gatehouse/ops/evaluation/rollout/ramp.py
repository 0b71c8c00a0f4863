"""A ramp, and a draw that is not the planned one: the guard of the sample's ratio."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import accumulate
from random import Random

from gatehouse.ops.evaluation.rollout import sizes
from gatehouse.ops.evaluation.rollout.table import Row, Table, null_row
from gatehouse.rollout import stats

SHARES = (0.05, 0.1, 0.25, 0.5)
PER_STEP, PER_LOOK = 2_000, 50
ALPHA = sizes.SRM_ALPHA
REPEATED = 0.02  # what the design found for a chi-squared test at .001 over 200 looks
_CHI_SQUARED = 10.8276  # upper .001 point, one degree of freedom
_SEED = 20260825
Alarm = Callable[[list[stats.Split]], bool]


def is_mismatch(seen: list[stats.Split]) -> bool:
    """Ours: each conversation against the share that was planned when it was assigned."""
    return stats.log_e_srm(seen) >= stats.threshold(ALPHA)


def is_mismatch_now(seen: list[stats.Split]) -> bool:
    """The mistake: all conversations so far against the share of today."""
    canary, stable = sum(split[1] for split in seen), sum(split[2] for split in seen)
    return stats.log_e_srm([(seen[-1][0], canary, stable)]) >= stats.threshold(ALPHA)


def is_mismatch_repeated(seen: list[stats.Split]) -> bool:
    """The other mistake: a chi-squared test at .001, looked at again and again."""
    n = sum(canary + stable for _, canary, stable in seen)
    expected = sum(share * (canary + stable) for share, canary, stable in seen)
    spread = sum(share * (1 - share) * (canary + stable) for share, canary, stable in seen)
    found = sum(canary for _, canary, _ in seen)
    return n > 0 and (found - expected) ** 2 / spread > _CHI_SQUARED


def alarms(is_alarm: Alarm, *, runs: int) -> int:
    """How many proper ramps are called improper at any look."""
    dice = Random(_SEED)  # noqa: S311  no secrets
    return sum(any(map(is_alarm, _looks(dice))) for _ in range(runs))


def _looks(dice: Random) -> Iterator[list[stats.Split]]:
    seen: list[stats.Split] = []
    for share in SHARES:
        sums, canary = _SUMS[share], 0
        seen.append((share, 0, 0))
        for n in range(PER_LOOK, PER_STEP + 1, PER_LOOK):
            canary += _drawn(sums, dice.random())
            seen[-1] = (share, canary, n - canary)
            yield seen


def _drawn(sums: tuple[float, ...], at: float) -> int:
    return sum(at >= each for each in sums[:-1])


def _binomial(n: int, p: float) -> tuple[float, ...]:
    chances = (math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1))
    return tuple(accumulate(chances))


_SUMS = {share: _binomial(PER_LOOK, share) for share in SHARES}


def measured(*, runs: int) -> Iterator[Table]:
    """A proper ramp under three tests, then improper draws and how long they take to be found."""
    looks = len(SHARES) * PER_STEP // PER_LOOK
    ours = null_row("ours", alarms(is_mismatch, runs=runs), runs, most=ALPHA, reference=0.0)
    rows = (
        ours,
        Row("against the share of today (mistake)", alarms(is_mismatch_now, runs=runs) / runs),
        Row("χ² at .001 again and again (mistake)", alarms(is_mismatch_repeated, runs=runs) / runs,
            REPEATED),
    )  # fmt: skip
    yield Table(f"a proper ramp 5 → 10 → 25 → 50 % called improper, {looks} looks", rows)
    yield sizes.measured("proper draws called improper", sizes.MATCHES, runs=runs)
    yield sizes.measured("conversations until an improper draw is found", sizes.MISMATCHES,
                         runs=runs)  # fmt: skip
