"""One phase of an hour: verdicts beside the rules of others on the same minutes (5.2)."""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from statistics import median

from gatehouse.ops.evaluation.rollout.paths import Failing
from gatehouse.ops.evaluation.rollout.peers import RULES, Minutes, Rule
from gatehouse.ops.evaluation.rollout.table import POWER_ROOM, Row, Table, share_row

HOUR = 60
PER_HOUR = (60, 300, 1500, 6000)
MOST_FALSE = 0.01  # the promise for a canary with a healthy margin; the guarantee is .05
OURS = "e-process"
_SEED = 20260824
_PEER_ROOM = 0.05


@dataclass(frozen=True, slots=True)
class Story:
    """A canary of one objective, healthy or not, with what others found at each rate of traffic."""

    name: str
    limit: float
    rate: float
    references: dict[str, tuple[float, ...]]

    @property
    def is_healthy(self) -> bool:
        return self.rate < self.limit


STORIES = (
    Story(
        "errors .25 %, objective .5 %",
        0.005,
        0.0025,
        {
            "runbook rule": (0.002, 0.063, 0.100, 0.043),
            "Argo, limit 0": (0.140, 0.518, 0.975, 0.809),
            "Argo, limit 3": (0.0, 0.005, 0.405, 0.063),
            "Flagger, 5": (1.0, 0.005, 0.290, 0.998),
            "Flagger, 10": (1.0, 0.0, 0.002, 0.879),
            OURS: (0.002, 0.002, 0.001, 0.0),
        },
    ),
    Story("errors 2 %, objective .5 %", 0.005, 0.02, {OURS: (0.141, 0.566, 0.998, 1.0)}),
    Story(
        "slow 3.5 %, objective 5 %",
        0.05,
        0.035,
        {
            "runbook rule": (0.34, 0.31, 0.075, 0.002),
            "Argo, limit 0": (0.88, 0.98, 0.90, 0.38),
            "Argo, limit 3": (0.12, 0.38, 0.15, 0.001),
            "Flagger, 5": (1.0, 0.98, 1.0, 1.0),
            "Flagger, 10": (1.0, 0.56, 0.97, 0.77),
            OURS: (0.004, 0.003, 0.001, 0.0),
        },
    ),
    Story("slow 10 %, objective 5 %", 0.05, 0.10, {OURS: (0.216, 0.794, 1.0, 1.0)}),
)


@dataclass(frozen=True, slots=True)
class Poisson:
    """Random counts with a fixed mean, by their distribution function."""

    sums: tuple[float, ...]

    @classmethod
    def of(cls, mean: float) -> Poisson:
        most = math.ceil(mean + 12 * math.sqrt(mean) + 12)
        logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(most))
        return cls(tuple(accumulate(math.exp(log) for log in logs)))

    def draw(self, dice: Random) -> int:
        return bisect(self.sums, dice.random())


def hours(rate: float, per_hour: int, *, runs: int) -> Iterator[Minutes]:
    """Hours of random minutes."""
    dice = Random(f"{_SEED} {rate} {per_hour}")  # noqa: S311  no secrets
    good, bad = Poisson.of(per_hour * (1 - rate) / HOUR), Poisson.of(per_hour * rate / HOUR)
    for _ in range(runs):
        yield [((b := bad.draw(dice)) + good.draw(dice), b) for _ in range(HOUR)]


def verdict(limit: float, *, most: int) -> Rule:
    """(A) at alpha .05, looked at each minute."""
    boundary = (math.inf, *Failing.of(limit, horizon=most).most)

    def rule(minutes: Minutes, _: float) -> int | None:
        n = bad = 0
        for t, (more, worse) in enumerate(minutes, start=1):
            n, bad = n + more, bad + worse
            if bad and (bad >= len(boundary) or n <= boundary[bad]):
                return t
        return None

    return rule


def measured(*, runs: int) -> Iterator[Table]:
    """A table for each story: share of the hours that were rolled back, and when."""
    for story in STORIES:
        rows = [row for k in range(len(PER_HOUR)) for row in _rows(story, k, runs=runs)]
        what = "false rollbacks" if story.is_healthy else "detected"
        yield Table(f"one hour, {story.name}: {what}", tuple(rows))


def _rows(story: Story, k: int, *, runs: int) -> Iterator[Row]:
    traces = list(hours(story.rate, PER_HOUR[k], runs=runs))
    rules = {**RULES, OURS: verdict(story.limit, most=4 * PER_HOUR[k])}
    for name, rule in rules.items():
        found = [t for t in (rule(trace, story.limit) for trace in traces) if t is not None]
        references = story.references.get(name)
        reference = None if references is None else references[k]
        title = f"{PER_HOUR[k]:>4}/h {name}"
        yield _row(title, len(found) / runs, reference, is_false=story.is_healthy, name=name)
        if found and not story.is_healthy:
            yield Row(f"{title}, minute", median(found))


def _row(title: str, found: float, reference: float | None, *, is_false: bool, name: str) -> Row:
    if name == OURS and is_false:
        return Row(title, found, reference, high=MOST_FALSE)
    if reference is None:
        return Row(title, found)
    room = POWER_ROOM if name == OURS else _PEER_ROOM
    return share_row(title, found, reference, room=room)
