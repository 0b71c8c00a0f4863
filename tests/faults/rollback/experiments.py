"""`python -m tests.faults --rollback`: the drill, the kill, the partition, and their controls."""

from __future__ import annotations

from collections.abc import AsyncIterator

from ..lab.stage import Outcome, Stage
from .drill import drill
from .killed import killed
from .partitioned import partitioned

FOUR = ("pushed", "pushed", "polled", "polled")


async def experiments(
    stage: Stage, rounds: int, *, seed: int
) -> AsyncIterator[tuple[Outcome, bool]]:
    """Outcomes; with True those of controls, which are well when they broke the promise."""
    yield await drill(stage, rounds, kinds=FOUR, seed=seed), False
    yield await drill(stage, max(3, rounds // 3), kinds=("one node",), seed=seed + 1), False
    yield await killed(stage), False
    yield await partitioned(stage), False
    yield await drill(stage, 1, kinds=("pushed",), seed=seed, mutant="never_follows"), True
    yield await partitioned(stage, mutant="never_stale"), True
