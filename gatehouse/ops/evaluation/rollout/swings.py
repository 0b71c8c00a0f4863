"""Hours that are bad for everybody: an incident hits both arms, and no canary is blamed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from gatehouse.ops.evaluation.rollout.paths import gap
from gatehouse.ops.evaluation.rollout.table import Row, Table, null_row
from gatehouse.rollout import stats

RATES = (0.002, 0.01, 0.004, 0.02, 0.05, 0.003)  # of both arms, hour by hour, over and over
INCIDENT = 0.30  # of both arms, in one hour of each path
STEPS = ((0.1, 12), (0.5, 12))  # canary's share, and hours
PER_HOUR = 500  # conversations of both arms
OBJECTIVE, WEIGHT = 0.005, 0.2
_NORMAL = 1.6449  # one-sided .05
_SEED = 20260826


@dataclass(slots=True)
class Hour:
    """What was seen in one hour: conversations, and bad ones, of both arms."""

    share: float
    canary_n: int = 0
    stable_n: int = 0
    canary_bad: int = 0
    stable_bad: int = 0


Path = Sequence[tuple[Hour, tuple[tuple[int, bool], ...]]]
Blame = Callable[[Path], bool]


def paths(*, runs: int, ratio: float = 1.0) -> Iterator[Path]:
    """Days of which each hour has its own rate, the canary's `ratio` times as high."""
    dice = Random(_SEED)  # noqa: S311  no secrets
    for _ in range(runs):
        bad_hour = dice.randrange(sum(hours for _, hours in STEPS))
        shares = [share for share, hours in STEPS for _ in range(hours)]
        yield [
            _hour(dice, share, INCIDENT if k == bad_hour else RATES[k % len(RATES)], ratio=ratio)
            for k, share in enumerate(shares)
        ]


def _hour(
    dice: Random, share: float, rate: float, *, ratio: float
) -> tuple[Hour, tuple[tuple[int, bool], ...]]:
    """One hour, and its bad conversations: number in it, and whether the canary's."""
    whole = rate * (1 - share + share * ratio)
    is_canarys, log_good = share * ratio * rate / whole, math.log1p(-whole)
    events, position = [], 0
    while (position := position + gap(dice, log_good)) <= PER_HOUR:
        events.append((position, dice.random() < is_canarys))
    bad = sum(is_canary for _, is_canary in events)
    good = sum(dice.random() < share for _ in range(PER_HOUR - len(events)))
    hour = Hour(share, good + bad, PER_HOUR - good - bad, bad, len(events) - bad)
    return hour, tuple(events)


def two_arms(weight: float) -> Blame:
    """(B) with a part of the error budget, looked at after each bad conversation."""
    limit = stats.threshold(0.05, weight)

    def blame(path: Path) -> bool:
        counts: dict[float, list[int]] = {}
        for hour, events in path:
            both = counts.setdefault(hour.share, [0, 0])
            for _, is_canary in events:
                both[not is_canary] += 1
                if is_canary and stats.log_e_worse([(s, *xy) for s, xy in _pairs(counts)]) >= limit:
                    return True
        return False

    return blame


def _pairs(counts: dict[float, list[int]]) -> list[tuple[float, tuple[int, int]]]:
    return [(share, (both[0], both[1])) for share, both in counts.items()]


def one_arm(path: Path) -> bool:
    """(A) of the canary alone: it is outside the objective, as everybody is."""
    n = bad = 0
    for hour, _ in path:
        n, bad = n + hour.canary_n, bad + hour.canary_bad
        if stats.log_e_slo(bad, n, OBJECTIVE) >= stats.threshold(0.05):
            return True
    return False


def before_and_after(path: Path) -> bool:
    """The runbooks' comparison: each hour's canary with stable's hour before the rollout."""
    before = path[0][0]
    return any(_z(hour, (before.stable_bad, before.stable_n)) > _NORMAL for hour, _ in path)


def z_test_each_hour(path: Path) -> bool:
    """Both arms, all so far, by a z-test at .05 that is repeated each hour."""
    total = Hour(0.0)
    for hour, _ in path:
        total = Hour(
            0.0,
            total.canary_n + hour.canary_n,
            total.stable_n + hour.stable_n,
            total.canary_bad + hour.canary_bad,
            total.stable_bad + hour.stable_bad,
        )
        if _z(total, (total.stable_bad, total.stable_n)) > _NORMAL:
            return True
    return False


def _z(hour: Hour, other: tuple[int, int]) -> float:
    bad, n = hour.canary_bad + other[0], hour.canary_n + other[1]
    both = bad / n
    if not hour.canary_n or not 0 < both < 1:
        return 0.0
    spread = math.sqrt(both * (1 - both) * (1 / hour.canary_n + 1 / other[1]))
    return (hour.canary_bad / hour.canary_n - other[0] / other[1]) / spread


def measured(*, runs: int) -> Iterator[Table]:
    """How often a canary that is no worse is blamed, and how often one that is twice as bad."""
    same, worse = list(paths(runs=runs)), list(paths(runs=runs, ratio=2.0))
    yield Table(
        f"both arms swing between {min(RATES):.1%} and {max(RATES):.0%}, and one hour of"
        f" {INCIDENT:.0%}: canary blamed though it is no worse",
        (
            null_row("two arms, whole budget", sum(map(two_arms(1.0), same)), runs, reference=0.04),
            null_row("two arms, a fifth of it", sum(map(two_arms(WEIGHT), same)), runs,
                     most=0.05 * WEIGHT, reference=0.008),
            Row("its objective alone (needs attribution)", sum(map(one_arm, same)) / runs),
            Row("hour before the rollout (mistake)", sum(map(before_and_after, same)) / runs),
            Row("z-test each hour (mistake)", sum(map(z_test_each_hour, same)) / runs),
        ),
    )  # fmt: skip
    found = sum(map(two_arms(WEIGHT), worse)) / runs
    yield Table("the same days, twice as bad", (Row("two arms, found", found, low=0.95),))
