"""The ledger's readings, compared now and then with those of a Prometheus that looks on."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from gatehouse.observe import journal
from gatehouse.rollout.readings import Readings
from gatehouse.rollout.stats_intervals import interval
from gatehouse.rollout.types import GateSpec, Reading, Standing

PAUSE_SECONDS: Final = 60.0  # between two comparisons: each asks four questions a gate
ALPHA: Final = 0.001


class CrossChecked:
    """The ledger is what counts: it has conversations, and each only once. Prometheus counts
    turns, from outside. Where the two cannot both be right, or Prometheus cannot be asked, the
    journal says so; a gate is never decided by it.
    """

    def __init__(
        self,
        ledger: Readings,
        prometheus: Readings,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause_seconds: float = PAUSE_SECONDS,
    ) -> None:
        self._ledger = ledger
        self._prometheus = prometheus
        self._monotonic = monotonic
        self._pause = pause_seconds
        self._due = float("-inf")

    def read(
        self, standing: Standing, specs: Sequence[GateSpec], *, now: float
    ) -> dict[str, Reading]:
        """See `Readings`."""
        told = self._ledger.read(standing, specs, now=now)
        if self._monotonic() >= self._due:
            self._due = self._monotonic() + self._pause
            self._compare(told, self._prometheus.read(standing, specs, now=now), standing)
        return told

    def _compare(
        self, ledger: dict[str, Reading], other: dict[str, Reading], standing: Standing
    ) -> None:
        for name, reading in ledger.items():
            if disagree(reading, other[name], step=standing.step):
                journal.event(
                    "readings_disagree",
                    level="WARNING",
                    message=f"{name}: the ledger and Prometheus cannot both be right",
                    gate=name,
                    rollout=standing.id,
                )
        deaf = [name for name, reading in other.items() if "cannot be asked" in reading.trouble]
        if deaf:
            journal.event(
                "prometheus_away", level="WARNING", gates=len(deaf), why=other[deaf[0]].trouble
            )


def disagree(ledger: Reading, other: Reading, *, step: int) -> bool:
    """Are the canary's rates at this step certainly different? A conversation with one bad turn
    of several is bad, so Prometheus may see a smaller share, but not a greater one."""
    if ledger.trouble or other.trouble:
        return False
    mine, theirs = _canary(ledger, step), _canary(other, step)
    if not mine[1] or not theirs[1]:
        return False
    return interval(*theirs, ALPHA)[0] > interval(*mine, ALPHA)[1]


def _canary(reading: Reading, step: int) -> tuple[int, int]:
    counts = [each for each in reading.counts if each.step == step]
    return sum(each.canary_bad for each in counts), sum(each.canary_n for each in counts)
