"""How many conversations a verdict takes, and how often it is wrong: the tables of each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from gatehouse.ops.evaluation.rollout.paths import Certifying, Comparing, Counting, Failing
from gatehouse.ops.evaluation.rollout.table import Row, Table, null_row, share_row, size_rows
from gatehouse.rollout import stats

SRM_ALPHA = 0.001
_SEED = 20260821
_MOST_EVENTS = 4_000
First = Callable[[Random], int | None]


@dataclass(frozen=True, slots=True)
class Size:
    """One case: rates, horizon and what was found by others (power, median, 90th percentile).

    No `sizes`: nothing is wrong with it, and `power` is the rate of false alarms.
    """

    name: str
    first: Callable[[], First]
    power: float
    sizes: tuple[int, int | None] | None = None
    most: float = 0.05


def _slo(p0: float, p: float, *, horizon: int, alpha: float = 0.05) -> Callable[[], First]:
    def make() -> First:
        boundary = Failing.of(p0, horizon=horizon, alpha=alpha)
        return lambda dice: boundary.first(dice, p)

    return make


def _pass(p_max: float, p: float, *, horizon: int) -> Callable[[], First]:
    def make() -> First:
        boundary = Certifying.of(p_max, horizon=horizon)
        return lambda dice: boundary.first(dice, p)

    return make


def _worse(stable: float, canary: float, *, share: float, horizon: int) -> Callable[[], First]:
    ratios = stats.CONVERSION_RATIOS if stable == 0.2 else stats.RATIOS

    def make() -> First:
        boundary = Comparing.of(share, horizon=horizon, events=_MOST_EVENTS, ratios=ratios)
        return lambda dice: boundary.first(dice, stable=stable, canary=canary)

    return make


def _srm(planned: float, true: float, *, horizon: int) -> Callable[[], First]:
    def make() -> First:
        boundary = Counting.of(planned, horizon=horizon, alpha=SRM_ALPHA)
        return lambda dice: boundary.first(dice, true)

    return make


NULLS = (
    Size("(A) 0.5 → 0.5 %", _slo(0.005, 0.005, horizon=5_000), 0.028),
    Size("(A) 5 → 5 %", _slo(0.05, 0.05, horizon=5_000), 0.035),
    Size("(B) ratio 1, share .1", _worse(0.005, 0.005, share=0.1, horizon=200_000), 0.035),
    Size("(B) ratio 1, share .5", _worse(0.005, 0.005, share=0.5, horizon=200_000), 0.043),
    Size("PASS at 0.5 %", _pass(0.005, 0.005, horizon=6_000), 0.040),
    Size("PASS at 1 %", _pass(0.01, 0.01, horizon=6_000), 0.043),
    Size("PASS at 5 %", _pass(0.05, 0.05, horizon=6_000), 0.048),
)
FAILS = (
    Size("(A) 0.5 → 1 %", _slo(0.005, 0.01, horizon=8_000), 0.994, (1630, 4274)),
    Size("(A) 0.5 → 2 %", _slo(0.005, 0.02, horizon=3_000), 1, (255, 677)),
    Size("(A) 0.5 → 5 %", _slo(0.005, 0.05, horizon=1_000), 1, (49, 132)),
    Size("(A) 0.5 → 20 %", _slo(0.005, 0.2, horizon=300), 1, (8, 19)),
    Size("(A) 5 → 7.5 %", _slo(0.05, 0.075, horizon=5_000), 1, (555, 1488)),
    Size("(A) 5 → 10 %", _slo(0.05, 0.1, horizon=2_000), 1, (146, 396)),
    Size("(A) 5 → 20 %", _slo(0.05, 0.2, horizon=600), 1, (22, 59)),
    Size("(A) 5 → 50 %", _slo(0.05, 0.5, horizon=200), 1, (5, 11)),
    Size("(A) 0.5 → 2 %, α .02", _slo(0.005, 0.02, horizon=6_000, alpha=0.02), 1, (335, 794)),
    Size("(A) 0.5 → 2 %, α .005", _slo(0.005, 0.02, horizon=6_000, alpha=0.005), 1, (459, 980)),
)
COMPARISONS = (
    Size("share .1: RR 2", _worse(0.005, 0.01, share=0.1, horizon=200_000), 1, (1839, 4757)),
    Size("share .1: RR 4", _worse(0.005, 0.02, share=0.1, horizon=60_000), 1, (287, 765)),
    Size("share .1: RR 10", _worse(0.005, 0.05, share=0.1, horizon=20_000), 1, (68, 164)),
    Size("share .1: 5 % RR 2", _worse(0.05, 0.1, share=0.1, horizon=20_000), 1, (185, 476)),
    Size("share .5: RR 2", _worse(0.005, 0.01, share=0.5, horizon=200_000), 1, (3433, 8777)),
    Size("share .5: RR 4", _worse(0.005, 0.02, share=0.5, horizon=60_000), 1, (616, 1452)),
    Size("share .5: RR 10", _worse(0.005, 0.05, share=0.5, horizon=20_000), 1, (166, 318)),
    Size("share .5: 5 % RR 2", _worse(0.05, 0.1, share=0.5, horizon=20_000), 1, (356, 879)),
    Size("share .1: 80→75 %", _worse(0.2, 0.25, share=0.1, horizon=20_000), 0.967, (563, 1355)),
    Size("share .1: 80→70 %", _worse(0.2, 0.3, share=0.1, horizon=10_000), 1, (159, 398)),
    Size("share .1: 80→60 %", _worse(0.2, 0.4, share=0.1, horizon=4_000), 1, (45, 116)),
    Size("share .5: 80→75 %", _worse(0.2, 0.25, share=0.5, horizon=20_000), 1, (1086, 2790)),
    Size("share .5: 80→70 %", _worse(0.2, 0.3, share=0.5, horizon=10_000), 1, (294, 724)),
    Size("share .5: 80→60 %", _worse(0.2, 0.4, share=0.5, horizon=4_000), 1, (90, 212)),
)
CERTIFICATIONS = (
    Size("< 1 %, true .05 %", _pass(0.01, 0.0005, horizon=3_000), 1, (379, 652)),
    Size("< 1 %, true .25 %", _pass(0.01, 0.0025, horizon=6_000), 1, (652, 1591)),
    Size("< 1 %, true .5 %", _pass(0.01, 0.005, horizon=20_000), 1, (1908, 4513)),
    Size("< 0.5 %, true .05 %", _pass(0.005, 0.0005, horizon=6_000), 1, (760, 1749)),
    Size("< 0.5 %, true .25 %", _pass(0.005, 0.0025, horizon=20_000), 1, (3821, 9034)),
    Size("< 2 %, true .5 %", _pass(0.02, 0.005, horizon=6_000), 1, (325, None)),
    Size("< 2 %, true 1 %", _pass(0.02, 0.01, horizon=20_000), 1, (951, None)),
    Size("< 5 %, true 2 %", _pass(0.05, 0.02, horizon=4_000), 1, (247, 550)),
    Size("< 5 %, true 3.5 %", _pass(0.05, 0.035, horizon=12_000), 1, (1153, 3004)),
    Size("< 10 %, true 5 %", _pass(0.1, 0.05, horizon=4_000), 1, (171, None)),
    Size("< 30 %, true 20 %", _pass(0.3, 0.2, horizon=4_000), 1, (121, None)),
)
MISMATCHES = (
    Size("planned .1, true .12", _srm(0.1, 0.12, horizon=40_000), 1, (4118, 6853)),
    Size("planned .1, true .15", _srm(0.1, 0.15, horizon=20_000), 1, (1055, 1514)),
    Size("planned .5, true .55", _srm(0.5, 0.55, horizon=20_000), 1, (2052, 3123)),
)
MATCHES = (
    Size("planned .1, true .1", _srm(0.1, 0.1, horizon=20_000), 0.0002, most=SRM_ALPHA),
    Size("planned .5, true .5", _srm(0.5, 0.5, horizon=20_000), 0.0002, most=SRM_ALPHA),
)
TABLES = {
    "conversations until (A) fails a canary": FAILS,
    "conversations of the canary until (B) fails it": COMPARISONS,
    "conversations until a canary is certified": CERTIFICATIONS,
}


def measured(title: str, cases: tuple[Size, ...], *, runs: int) -> Table:
    """Each case on so many paths of its own; the same paths each time."""
    return Table(title, tuple(row for case in cases for row in _rows(case, runs=runs)))


def _rows(case: Size, *, runs: int) -> Iterator[Row]:
    dice, first = Random(f"{_SEED} {case.name}"), case.first()  # noqa: S311  no secrets
    found = [size for size in (first(dice) for _ in range(runs)) if size is not None]
    if case.sizes is None:
        yield null_row(case.name, len(found), runs, most=case.most, reference=case.power)
        return
    yield share_row(f"{case.name}, decided", len(found) / runs, case.power)
    yield from size_rows(case.name, found, reference=case.sizes)
